"""Sentences about entries: one value, one spelling, nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.entries import Entry, EntryError, EntryFault, decode, encode, is_instant
from lineclear.domain.strict_json import MAX_INTEGER, canonical
from support_ledger import entry, flipped

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
BODIES = st.dictionaries(
    TEXT,
    TEXT | st.booleans() | st.none() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.lists(TEXT, max_size=3),
    max_size=5,
)


def members(**changes):
    return json.loads(encode(entry(0))) | changes


def refused(data):
    with pytest.raises(EntryError) as caught:
        decode(data)
    return caught.value.code


def test_an_entry_is_spelled_in_one_way():
    written = encode(entry(3, body={"b": 1, "a": "é"}, commits={}))
    assert (
        written
        == (
            '{"actor":"agent/refunds","at":"2026-01-31T09:30:00.000Z","body":{"a":"é","b":1},"commits":{},"seq":3,'
            '"stream":"action/a1","type":"action.proposed","v":1}'
        ).encode()
    )


@given(
    BODIES,
    st.dictionaries(TEXT, st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=3),
    st.integers(0, MAX_INTEGER),
)
def test_an_entry_is_read_back_as_it_was_written(body, commits, seq):
    value = entry(seq, body=body, commits=commits)
    assert decode(encode(value)) == value


@given(st.data())
def test_i38_a_changed_bit_is_another_entry_or_none(data):
    written = encode(entry(7))
    changed = flipped(written, data.draw(st.integers(0, len(written) * 8 - 1)))
    try:
        value = decode(changed)
    except EntryError:
        return
    assert encode(value) == changed
    assert value != entry(7)


@pytest.mark.parametrize(
    "spelling",
    [
        json.dumps(members()).encode(),
        encode(entry(0)) + b"\n",
        encode(entry(0)).replace(b'"seq":0', b'"seq":0,"seq":0'),
        encode(entry(0)).replace(b'"seq":0', b'"seq":-0'),
        encode(entry(0)).replace(b'"seq":0', b'"seq":0.0'),
        encode(entry(0)).replace(b"action", b"\\u0061ction"),
        b"\xef\xbb\xbf" + encode(entry(0)),
        b"[" * 65_000,
        b"",
    ],
)
def test_any_other_spelling_of_an_entry_is_refused(spelling):
    assert refused(spelling) is EntryFault.JSON


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"v": 2}, EntryFault.VERSION),
        ({"v": True}, EntryFault.VERSION),
        ({"extra": 1}, EntryFault.MEMBERS),
        ({"type": "proposed"}, EntryFault.TYPE),
        ({"type": "Action.proposed"}, EntryFault.TYPE),
        ({"type": 1}, EntryFault.TYPE),
        ({"stream": "action"}, EntryFault.STREAM),
        ({"stream": "action/a 1"}, EntryFault.STREAM),
        ({"stream": "action/a1\n"}, EntryFault.STREAM),
        ({"seq": -1}, EntryFault.SEQ),
        ({"seq": True}, EntryFault.SEQ),
        ({"seq": "0"}, EntryFault.SEQ),
        ({"at": "2026-01-31T09:30:00Z"}, EntryFault.AT),
        ({"at": "2026-02-30T09:30:00.000Z"}, EntryFault.AT),
        ({"at": None}, EntryFault.AT),
        ({"actor": ""}, EntryFault.ACTOR),
        ({"actor": "a b"}, EntryFault.ACTOR),
        ({"body": []}, EntryFault.BODY),
        ({"commits": {"a": "CD" * 32}}, EntryFault.COMMITS),
        ({"commits": {"a": "cd" * 31}}, EntryFault.COMMITS),
        ({"commits": []}, EntryFault.COMMITS),
    ],
)
def test_an_entry_with_a_wrong_part_is_refused_by_that_part(changes, fault):
    assert refused(canonical(members(**changes))) is fault


@pytest.mark.parametrize("missing", ["v", "type", "stream", "seq", "at", "actor", "body", "commits"])
def test_an_entry_with_a_part_missing_is_refused(missing):
    assert (
        refused(canonical({key: value for key, value in members().items() if key != missing}))
        is EntryFault.MEMBERS
    )


@pytest.mark.parametrize("data", [b"[]", b"null", b'"entry"'])
def test_what_is_not_an_object_is_no_entry(data):
    assert refused(data) is EntryFault.MEMBERS


def test_an_entry_that_could_not_be_read_back_cannot_be_built():
    with pytest.raises(EntryError) as caught:
        entry(MAX_INTEGER + 1)
    assert caught.value.code is EntryFault.SEQ


def test_an_entry_may_fill_65535_bytes_and_no_more():
    room = 65_535 - len(encode(entry(0, body={"text": ""})))
    full = entry(0, body={"text": "x" * room})
    assert decode(encode(full)) == full
    with pytest.raises(EntryError) as caught:
        encode(entry(0, body={"text": "x" * (room + 1)}))
    assert caught.value.code is EntryFault.TOO_LARGE
    assert "this one has 65536" in str(caught.value)
    assert refused(b" " * 65_536) is EntryFault.TOO_LARGE


def test_a_body_without_canonical_form_is_refused_with_its_place():
    with pytest.raises(EntryError, match="/body/n") as caught:
        encode(entry(0, body={"n": float("nan")}))
    assert caught.value.code is EntryFault.JSON


def test_an_entry_needs_no_commits_and_no_body_to_say_that_something_happened():
    value = Entry("safe_mode.left", "workspace/main", 0, "2026-01-31T09:30:00.000Z", "person/ada")
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    ("text", "is_time"),
    [
        ("2024-02-29T23:59:59.999Z", True),
        ("2023-02-29T00:00:00.000Z", False),
        ("2026-01-31T24:00:00.000Z", False),
        ("2026-12-31T23:59:60.000Z", False),
        ("2026-01-31T09:30:00.000z", False),
        ("2026-01-31T09:30:00.000+00:00", False),
        ("2026-01-31 09:30:00.000Z", False),
        ("٢٠٢٦-01-31T09:30:00.000Z", False),
    ],
)
def test_a_time_is_a_real_one_in_the_one_spelling(text, is_time):
    assert is_instant(text) is is_time
