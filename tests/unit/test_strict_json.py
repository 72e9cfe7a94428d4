"""Sentences about what the border refuses and about canonical bytes."""

from __future__ import annotations

import json
import math
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.strict_json import (
    MAX_INTEGER,
    StrictJsonError,
    StrictJsonFault,
    canonical,
    parse,
)

SAFE = st.integers(-MAX_INTEGER, MAX_INTEGER)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FLOATS = st.floats(-MAX_INTEGER, MAX_INTEGER)


def values(leaves):
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=20,
    )


VALUES = values(st.none() | st.booleans() | SAFE | FLOATS | TEXT)
ANYTHING = values(
    st.none() | st.integers() | FLOATS | st.just(math.nan) | st.text(max_size=4) | st.binary(max_size=2)
)


def same(one, other):
    """Equal with types told apart, as JSON tells them."""
    return repr(one) == repr(other)


def refused(text, **limits):
    with pytest.raises(StrictJsonError) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), **limits)
    return caught.value


@given(VALUES)
def test_every_json_value_that_is_written_plainly_is_read_back_unchanged(value):
    assert same(parse(json.dumps(value, ensure_ascii=False).encode()), value)
    assert same(parse(json.dumps(value, indent=1).encode()), value)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"a":1,"a":1}', "/a"),
        ('[0,{"x":{"b/c":1,"b/c":2}}]', "/1/x/b~1c"),
        ('{"a":1,"\\u0061":2}', "/a"),
        ('{"~":{"":1,"":2}}', "/~0/"),
        ('{"x":{"a":1,"a":2},"x":3}', "/x"),
    ],
)
def test_a_repeated_key_is_refused_at_its_place(text, path):
    error = refused(text)
    assert (error.code, error.path) == (StrictJsonFault.DUPLICATE_KEY, path)
    assert str(error).endswith("Send each key of an object once.")


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "-1e400"])
def test_numbers_that_are_not_finite_are_refused(literal):
    error = refused(f'{{"n":[1,{literal}]}}')
    assert (error.code, error.path) == (StrictJsonFault.NOT_FINITE, "/n/1")


@pytest.mark.parametrize(
    "digits", [str(MAX_INTEGER + 1), str(-MAX_INTEGER - 1), "9" * 400, "-" + "9" * 5000], ids=len
)
def test_integers_that_other_readers_would_round_are_refused(digits):
    error = refused(f'{{"n":{digits}}}')
    assert (error.code, error.path) == (StrictJsonFault.INTEGER_RANGE, "/n")
    assert len(str(error)) < 200


@pytest.mark.parametrize("literal", ["1e16", "9007199254740992.0", "-1e300"])
def test_integers_in_the_spelling_of_floats_are_bounded_alike(literal):
    assert refused(literal).code is StrictJsonFault.INTEGER_RANGE


def test_the_largest_safe_integers_are_kept_exactly():
    assert parse(f"[{MAX_INTEGER},{-MAX_INTEGER},-0]".encode()) == [MAX_INTEGER, -MAX_INTEGER, 0]


@pytest.mark.parametrize("literal", ["0.10000000000000000001", "1e-400", "4.9e-324", "4503599627370497.25"])
def test_a_number_that_would_be_shown_as_another_is_refused(literal):
    assert refused(f"[{literal}]").code is StrictJsonFault.INEXACT_NUMBER


@pytest.mark.parametrize("literal", ["0.1", "1.50", "-0.0", "1E3", "5e-324", "0.30000000000000004", "1e15"])
def test_a_number_in_shortest_or_padded_form_is_kept(literal):
    assert same(parse(literal.encode()), float(literal))


@pytest.mark.parametrize(
    ("text", "path"), [(r'["\ud800"]', "/0"), (r'{"a":"x\uDC00\ud83d"}', "/a"), (r'{"\udfff":1}', "")]
)
def test_half_a_surrogate_pair_is_refused(text, path):
    error = refused(text)
    assert (error.code, error.path) == (StrictJsonFault.LONE_SURROGATE, path)
    str(error).encode()


def test_a_whole_surrogate_pair_is_one_character():
    assert parse(rb'{"\ud83d\ude00":"\uD83D\uDE00"}') == {"😀": "😀"}


def test_what_is_not_utf8_is_refused_with_the_byte_where_it_stops_being_it():
    assert refused(b'["\xc3\xa9\xff"]').offset == 4
    assert refused(b'["\xed\xa0\x80"]').code is StrictJsonFault.NOT_UTF8
    assert refused('"a"'.encode("utf-16-le")).code is StrictJsonFault.SYNTAX


def test_a_byte_order_mark_is_refused():
    assert refused(b"\xef\xbb\xbf{}").code is StrictJsonFault.BYTE_ORDER_MARK


@pytest.mark.parametrize(
    "text", ["", " ", "{} {}", "[1,]", "{'a':1}", "[1] x", "01", "+1", ".5", '"\t"', '{"a":1,"a":2,}']
)
def test_what_is_not_exactly_one_json_value_is_refused(text):
    assert refused(text).code is StrictJsonFault.SYNTAX


def test_a_syntax_error_is_told_by_its_byte_not_by_its_character():
    assert refused('{"é": x}').offset == 7


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[["]"],', "]")])
def test_depth_is_bounded_however_brackets_in_strings_look(opening, closing):
    for depth in (64, 65, 5_000):
        text = opening * (depth - 1) + "[]" + closing * (depth - 1)
        if depth == 64:
            parse(text.encode())
        else:
            assert refused(text).code is StrictJsonFault.TOO_DEEP


def test_brackets_without_end_are_refused_and_break_nothing():
    assert refused("[" * 1_000_000).code in {StrictJsonFault.TOO_DEEP, StrictJsonFault.SYNTAX}


def test_many_shallow_objects_and_brackets_in_text_are_not_deep():
    value = [{"a": "[[[{{{"}] * 500
    assert parse(json.dumps(value).encode()) == value


def test_the_size_limit_counts_bytes_and_is_told():
    assert parse(b'"aa"', max_bytes=4) == "aa"
    error = refused('"é"', max_bytes=3)
    assert error.code is StrictJsonFault.TOO_LARGE
    assert "4 bytes; 3 is the most" in str(error)


def test_a_hostile_key_cannot_flood_the_message():
    key = "k" * 100_000
    assert len(str(refused(f'{{"{key}":1,"{key}":2}}'))) < 300


def test_no_unicode_normalisation_takes_place():
    assert parse('{"é":1,"e\u0301":2}'.encode()) == {"é": 1, "e\u0301": 2}


@given(VALUES)
def test_canonical_bytes_are_those_of_the_reference_library(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(values(SAFE | TEXT | st.booleans() | st.none()))
def test_canonical_bytes_of_values_without_floats_are_those_of_the_reference_library(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_bytes_read_back_to_the_same_value(value):
    assert canonical(parse(canonical(value))) == canonical(value)


@given(ANYTHING)
def test_what_the_reference_library_refuses_is_refused_and_nothing_else(value):
    try:
        expected = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(StrictJsonError):
            canonical(value)
    else:
        assert canonical(value) == expected


def test_every_single_character_is_written_as_the_reference_library_writes_it():
    whole = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    for start in range(0, len(whole), 4096):
        part = "".join(whole[start : start + 4096])
        assert canonical(part) == rfc8785.dumps(part)


def test_keys_are_ordered_by_utf16_as_rfc_8785_section_3_2_3_shows():
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert list(json.loads(canonical(value))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


def test_numbers_are_written_as_rfc_8785_section_3_2_2_shows():
    value = {"numbers": [333333333.33333329, 4.50, 2e-3, 0.000000000000000000000000001]}
    assert canonical(value) == b'{"numbers":[333333333.3333333,4.5,0.002,1e-27]}'


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [math.nan]}, StrictJsonFault.NOT_FINITE, "/a/0"),
        ({"a": MAX_INTEGER + 1}, StrictJsonFault.INTEGER_RANGE, "/a"),
        ({"a": 1e16}, StrictJsonFault.INTEGER_RANGE, "/a"),
        ({"a": "\ud800"}, StrictJsonFault.LONE_SURROGATE, "/a"),
        ({"\ud800": 1}, StrictJsonFault.LONE_SURROGATE, ""),
        ({"a": {1: 2}}, StrictJsonFault.NOT_JSON, "/a"),
        ({"a": b"x"}, StrictJsonFault.NOT_JSON, "/a"),
        ([{"a": (1.5,)}], StrictJsonFault.NOT_JSON, "/0/a"),
    ],
)
def test_a_value_without_canonical_form_is_refused_at_its_place(value, code, path):
    with pytest.raises(StrictJsonError) as caught:
        canonical(value)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_words_of_a_vocabulary_are_written_as_their_text():
    assert canonical({Colour.RED: Colour.RED}) == b'{"red":"red"}'


def test_a_value_that_contains_itself_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(StrictJsonError) as caught:
        canonical(endless)
    assert caught.value.code is StrictJsonFault.TOO_DEEP
