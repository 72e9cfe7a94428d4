"""Text from outside as it is painted: what cannot be seen is shown, and nothing is interpreted."""

from __future__ import annotations

import json
import unicodedata
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.text import (
    CHUNK,
    CONTINUES,
    TextFlag,
    escape,
    identifier_flags,
    looks_like,
    paintable,
    paintable_lines,
    paintable_parts,
    unpainted,
)

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "hostile" / "texts.jsonl").read_text("utf-8").splitlines()
]
TRICKY = st.text(
    alphabet=st.sampled_from("<U+0A2E>↵⇥\n\t\r a\u0301\u0338é\u202e\u200bא\u00a0\ufeff\U000e0041\ud800ºｱ")
    | st.characters(exclude_categories=()),
    max_size=30,
)


def is_visible(char: str) -> bool:
    """Whether a character leaves a mark of its own, judged from the Unicode database alone."""
    category = unicodedata.category(char)
    return char == " " or category[0] in "LNPS" or category in {"Mn", "Mc"}


@pytest.mark.parametrize("sample", CORPUS, ids=[sample["name"] for sample in CORPUS])
def test_every_hostile_text_is_painted_visibly_flagged_and_can_be_read_back(sample: dict) -> None:
    painted = paintable(sample["text"])
    assert unpainted(painted.text) == sample["text"]
    assert all(map(is_visible, painted.text)), ascii(painted.text)
    assert set(sample["flags"]) <= set(painted.flags)
    for piece in sample["shows"]:
        assert piece in painted.text
    assert set(sample["suspicions"]) <= set(identifier_flags(sample["text"]))


def test_no_two_hostile_texts_look_the_same() -> None:
    shown = [paintable(sample["text"]).text for sample in CORPUS]
    for one, other in combinations(shown, 2):
        assert one != other
        assert unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other)


# Planes 0 and 1 whole, compatibility ideographs, tags and selectors, and the ends of all planes.
PLACES = [
    *range(0x20000),
    *range(0x2F800, 0x2FA20),
    *range(0xE0000, 0xE1000),
    *(plane * 0x10000 + offset for plane in range(2, 17) for offset in (*range(8), *range(0xFFF8, 0x10000))),
]


@pytest.mark.parametrize("start", range(0, len(PLACES), 0x8000))
def test_no_character_of_unicode_is_painted_unseen(start: int) -> None:
    chars = [chr(code) for code in PLACES[start : start + 0x8000] if code != ord(" ")]
    painted = paintable(" ".join(chars)).text.split(" ")
    for char, shown in zip(chars, painted, strict=True):
        if shown == char:
            assert unicodedata.category(char)[0] in "LNPS", ascii(char)
            assert unicodedata.normalize("NFC", char) == char, ascii(char)
        else:
            assert shown in {f"<U+{ord(char):04X}>", "↵", "⇥"}, ascii(char)


IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200f\u202a\u2060\u2065\u206f\u3164\ufe00\ufe0f"
    "\ufeff\uffa0\ufff0\ufff8\U0001bca0\U0001d173\U000e0001\U000e0020\U000e0100\U000e01ef\U000e0fff"
)


@pytest.mark.parametrize("char", IGNORABLE, ids=[f"U+{ord(char):04X}" for char in IGNORABLE])
def test_every_kind_of_default_ignorable_character_is_escaped_even_inside_a_word(char: str) -> None:
    painted = paintable(f"pay{char}ment")
    assert painted.text == f"pay<U+{ord(char):04X}>ment"
    assert painted.flags


@given(TRICKY)
def test_what_is_painted_can_be_read_back_so_no_two_texts_look_the_same(text: str) -> None:
    assert unpainted(paintable(text).text) == text


@given(TRICKY)
def test_what_is_painted_has_no_other_spelling(text: str) -> None:
    painted = paintable(text).text
    assert unicodedata.is_normalized("NFC", painted)
    assert "\n" not in painted


@given(TRICKY, st.integers(1, 12))
def test_lines_and_chunks_can_be_read_back_too(text: str, chunk: int) -> None:
    lines = [""]
    for part in paintable_lines(text, chunk=chunk):
        if part.text.endswith(CONTINUES):
            lines[-1] += unpainted(part.text.removesuffix(CONTINUES))
        else:
            lines[-1] += unpainted(part.text)
            lines.append("")
    assert lines.pop() == ""
    assert "\n".join(lines) == text


@given(
    TRICKY | st.sampled_from(["<U+202E>", "a<+>b", "x<U+0041>\u0301"]),
    st.lists(st.integers(0, 12), max_size=4),
)
def test_parts_painted_apart_read_as_the_whole_when_joined(text: str, places: list[int]) -> None:
    cuts = sorted(min(place, len(text)) for place in places)
    parts = list(paintable_parts(text, cuts))
    assert len(parts) == len(cuts) + 1
    assert unpainted("".join(part.text for part in parts)) == text


def test_a_cut_moves_only_where_it_would_divide_what_belongs_together() -> None:
    assert [part.text for part in paintable_parts("a<b>cd", [3])] == ["a<b", ">cd"]
    assert [part.text for part in paintable_parts("a<U+202E>b", [4])] == ["a<U+003C>U+202E>", "b"]


@given(TRICKY)
def test_a_text_that_was_painted_is_painted_differently_if_anything_was_escaped(text: str) -> None:
    painted = paintable(text).text
    assert (paintable(painted).text == painted) == (painted == text)


def test_plain_text_stays_as_it_is() -> None:
    for text in ("", "Pay 100.00 € to Zoë Müller (Nº 7)", "Москва", "東京", "<b>pay</b> & {x} <U+>"):
        assert paintable(text).text == text
        assert not paintable(text).flags


def test_a_literal_escape_is_told_from_a_real_one() -> None:
    assert paintable("<U+202E>").text == "<U+003C>U+202E>"
    assert paintable("\u202e").text == "<U+202E>"
    assert paintable(CONTINUES).text == "<U+003C>+>"


def test_line_ends_and_tabs_have_signs_and_literal_signs_are_escaped() -> None:
    assert paintable("a\tb\r\n").text == "a⇥b<U+000D>↵"
    assert paintable("↵⇥").text == "<U+21B5><U+21E5>"
    assert paintable("a\tb\n").flags == frozenset()
    assert escape("\n") == "↵"


def test_marks_pile_up_visibly_and_a_letter_keeps_its_own() -> None:
    assert paintable("שָׁלוֹם").text.startswith("ש")
    piled = paintable("a" + "\u0489" + "\u0332" * 5)
    assert piled.text == "a<U+0489>" + "<U+0332>" * 5
    assert TextFlag.COMBINING in piled.flags
    assert paintable("5\u0338").text == "5<U+0338>", "a stroke through a digit changes how it reads"


def test_another_spelling_of_the_same_letter_is_seen() -> None:
    assert paintable("e\u0301").text == "e<U+0301>"
    assert paintable("\u212b").text == "<U+212B>"
    assert TextFlag.NOT_NORMALISED in paintable("\u1100\u1161").flags


def test_a_long_text_is_flagged_and_its_chunks_say_that_they_go_on() -> None:
    text = "x" * (2 * CHUNK + 1)
    assert paintable(text).flags == {TextFlag.LONG}
    parts = list(paintable_lines(text))
    assert [part.text.endswith(CONTINUES) for part in parts] == [True, True, False]
    assert all(TextFlag.LONG in part.flags for part in parts[:2])


def test_the_first_chunk_of_ten_million_characters_needs_no_more_than_itself() -> None:
    class Counted(str):
        """Counts the characters that are cut out of it."""

        __slots__ = ("taken",)

        def __getitem__(self, key: slice | int) -> str:
            cut = super().__getitem__(key)
            self.taken = getattr(self, "taken", 0) + len(cut)
            return cut

    text = Counted("y" * 10_000_000)
    next(paintable_lines(text))
    assert text.taken <= 2 * CHUNK


def test_a_chunk_holds_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(paintable_lines("text", chunk=0))


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("paypal", set()),
        ("p\u0430ypal", {TextFlag.CONFUSABLE, TextFlag.MIXED_SCRIPT}),
        ("\u0440\u0430\u0443\u0440\u0430l", {TextFlag.CONFUSABLE, TextFlag.MIXED_SCRIPT}),
        ("\u0441\u043e\u0440", {TextFlag.CONFUSABLE}),
        ("Москва", set()),
        ("日本語テキスト", set()),
        ("한국어漢字", set()),
        ("Zoë Müller", set()),
        ("1O0.00", {TextFlag.CONFUSABLE}),
        ("1,000.00", set()),
        ("\u0661\u06623", {TextFlag.MIXED_SCRIPT, TextFlag.RIGHT_TO_LEFT}),
        ("\uff15\uff10\uff10", {TextFlag.CONFUSABLE}),
        ("\U0001d429\U0001d41a\U0001d432", {TextFlag.CONFUSABLE}),
        ("12 m²", set()),
        ("5 µg", set()),
        ("bank.com\u2215login.example", {TextFlag.CONFUSABLE}),
        ("xn--pypal-4ve.com", {TextFlag.PUNYCODE, TextFlag.CONFUSABLE, TextFlag.MIXED_SCRIPT}),
        ("xn--99999999999", {TextFlag.PUNYCODE}),
        ("acc\u200bount", {TextFlag.ZERO_WIDTH}),
    ],
)
def test_names_hosts_and_amounts_carry_what_is_suspicious(name: str, flags: set[TextFlag]) -> None:
    assert identifier_flags(name) == flags


def test_a_name_longer_than_any_name_is_judged_by_its_beginning_and_says_so() -> None:
    assert identifier_flags("1," * 500_000 + "x") == {TextFlag.LONG}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "p\u0430ypal"),
        ("micro", "rnicro"),
        ("l0ck", "lOck"),
        ("Ivan", "lvan"),
        ("ann", "an\u200bn"),
        ("\u212b", "\u00c5"),
        ("ABC", "\u0410\u0412\u0421"),
    ],
)
def test_look_alikes_are_recognised(one: str, other: str) -> None:
    assert looks_like(one, other)
    assert not looks_like(one, one)
    assert not looks_like(one, "other")
