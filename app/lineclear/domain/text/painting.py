"""Outside text made safe to paint: what cannot be seen becomes a visible escape.

Pure: standard library only, no Qt. Nothing here normalises; the escapes can be read back (`unpainted`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lineclear.domain.text.flags import TextFlag

CHUNK: Final = 4096
"""Characters that a widget can lay out at once without a stall."""

CONTINUES: Final = "<+>"
"""Ends a chunk whose line goes on in the next chunk."""

_SIGNS: Final = {"\n": "↵", "\t": "⇥"}
_SIGNED: Final = {sign: char for char, sign in _SIGNS.items()}
_ESCAPE: Final = re.compile(r"<U\+([0-9A-F]{4,6})>|[↵⇥]")
# A `<` that would read as an escape or as CONTINUES; as no escape holds a raw `<` inside,
# escaping exactly these keeps the mapping injective.
_LOOKS_ESCAPED: Final = r"<(?=U\+[0-9A-F]{4,6}>|\+>)"
_LITERAL: Final = re.compile(r"<(?:U\+[0-9A-F]{4,6}|\+)>")
_ASCII: Final = re.compile(rf"[\x00-\x1f\x7f]|{_LOOKS_ESCAPED}")
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MOST_MARKS: Final = 3  # Vietnamese, Hebrew and Thai stay readable; a pile does not pass
_NONE: Final[frozenset[TextFlag]] = frozenset()
_LONG: Final = frozenset({TextFlag.LONG})

_KINDS: Final = (
    (TextFlag.BIDI, re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    # Default_Ignorable_Code_Point (UAX 44) that is no selector or tag, and signs that paint nothing.
    (
        TextFlag.ZERO_WIDTH,
        re.compile(
            "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164\ufeff\uffa0\ufffc"
            "\U00016fe4\U0001d159]"
        ),
    ),
    (TextFlag.TAG, re.compile("[\U000e0000-\U000e007f]")),
    (TextFlag.VARIATION, re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")),
    # Hangul parts compose with their neighbours (UAX 15).
    (TextFlag.NOT_NORMALISED, re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")),
)
_BY_CATEGORY: Final = {
    "Cc": TextFlag.CONTROL,
    "Cf": TextFlag.FORMAT,
    "Cn": TextFlag.UNASSIGNED,
    "Co": TextFlag.PRIVATE_USE,
    "Cs": TextFlag.SURROGATE,
    "Me": TextFlag.COMBINING,
    "Zl": TextFlag.SPACE,
    "Zp": TextFlag.SPACE,
    "Zs": TextFlag.SPACE,
}


@dataclass(frozen=True, slots=True)
class Paintable:
    """Text that is safe to paint as plain text on one line.

    Two different texts never give the same `text`, and every character of `text` leaves a mark of its own.
    """

    text: str
    flags: frozenset[TextFlag]


def escape(char: str) -> str:
    """Return the visible form of one character, such as `<U+202E>`."""
    return _SIGNS.get(char) or f"<U+{ord(char):04X}>"


def paintable(text: str) -> Paintable:
    """Make a whole text paintable as one line; above `CHUNK` characters prefer `paintable_lines`."""
    long = _LONG if len(text) > CHUNK else _NONE
    if text.isascii():
        return _paint_ascii(text, long)
    return _paint_unicode(text, long)


def paintable_lines(text: str, *, chunk: int = CHUNK) -> Iterator[Paintable]:
    """Yield one paintable per line, lazily; a line above `chunk` characters comes in several.

    Every part but the last of such a line ends with `CONTINUES` and carries `TextFlag.LONG`. Lines end at
    U+000A, which is not shown; a text that ends with one yields a last empty line. So two different texts
    never give the same sequence.
    """
    if chunk < 1:
        raise ValueError("a chunk holds at least one character")
    start, size = 0, len(text)
    while True:
        end = text.find("\n", start)
        end = size if end < 0 else end
        yield from _line_chunks(text, start, end, chunk)
        if end == size:
            return
        start = end + 1


def paintable_parts(text: str, cuts: Iterable[int]) -> Iterator[Paintable]:
    """Yield one paintable per stretch between rising cuts, for parts painted differently on one line.

    There is one more part than cuts; some may be empty, as a cut inside a literal escape or a letter with its
    marks moves behind it. Joined, the parts read back as the whole; stretches painted one by one may not.
    """
    start = 0
    for cut in cuts:
        moved = max(start, _safe_cut(text, cut, len(text)))
        yield paintable(text[start:moved])
        start = moved
    yield paintable(text[start:])


def unpainted(text: str) -> str:
    """Return the text that `paintable` was given. Inverse of `paintable(...).text`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _SIGNED[found[0]], text)


def _line_chunks(text: str, start: int, end: int, chunk: int) -> Iterator[Paintable]:
    while end - start > chunk:
        cut = _safe_cut(text, start + chunk, end)
        part = paintable(text[start:cut])
        start = cut
        if start == end:
            yield Paintable(part.text, part.flags | _LONG)
            return
        yield Paintable(part.text + CONTINUES, part.flags | _LONG)
    yield paintable(text[start:end])


def _safe_cut(text: str, cut: int, end: int) -> int:
    """Move a cut behind the literal escape or the letter with marks that it would divide."""
    opening = text.rfind("<", max(cut - 9, 0), cut)
    literal = _LITERAL.match(text, opening) if opening >= 0 else None
    if literal is not None:
        cut = max(cut, min(literal.end(), end))
    for position in range(cut, min(cut + _MOST_MARKS + 1, end)):
        if not unicodedata.combining(text[position]):
            return position
    return cut


def _paint_ascii(text: str, flags: frozenset[TextFlag]) -> Paintable:
    found = _ASCII.search(text)
    if found is None:
        return Paintable(text, flags)
    if any(_judge(char) for char in set(text)):
        flags |= {TextFlag.CONTROL}
    return Paintable(_ASCII.sub(lambda at: escape(at[0]), text), flags)


def _paint_unicode(text: str, flags: frozenset[TextFlag]) -> Paintable:
    distinct = set(text)
    flags |= {flag for char in distinct if (flag := _judge(char))}
    if _RIGHT_TO_LEFT.search(text):
        flags |= {TextFlag.RIGHT_TO_LEFT}
    special = sorted(char for char in distinct if _judge(char) or char in _SIGNS or char in _SIGNED)
    marks = sorted(filter(_is_mark, distinct))
    extra: set[TextFlag] = set()

    def visible(found: re.Match[str]) -> str:
        if not found["marks"]:
            return escape(found[0])
        flag = _judge_cluster(found["base"] or "", found["marks"])
        if flag is None:
            return found[0]
        extra.add(flag)
        return (found["base"] or "") + "".join(map(escape, found["marks"]))

    painted = _pattern(special, marks).sub(visible, text)
    return Paintable(painted, flags | extra)


def _pattern(special: Iterable[str], marks: Iterable[str]) -> re.Pattern[str]:
    some, piled = re.escape("".join(special)), re.escape("".join(marks))
    parts = [_LOOKS_ESCAPED]
    if some:
        parts.append(f"[{some}]")
    parts.append(f"(?P<base>[^{piled}])?(?P<marks>[{piled}]+)" if piled else "(?P<base>)(?P<marks>(?!))")
    return re.compile("|".join(parts), re.DOTALL)


def _judge_cluster(base: str, marks: str) -> TextFlag | None:
    """Return why the marks are to be escaped, or None when they may combine with the base."""
    cluster = base + marks
    if not unicodedata.is_normalized("NFC", cluster):
        return TextFlag.NOT_NORMALISED
    if len(marks) > _MOST_MARKS or not base or not unicodedata.category(base).startswith("L"):
        return TextFlag.COMBINING
    return None


@lru_cache(maxsize=16_384)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Mc"} and _judge(char) is None


@lru_cache(maxsize=16_384)
def _judge(char: str) -> TextFlag | None:
    """Return why this character is never painted as itself, or None. Line and tab signs are no fault."""
    if " " <= char <= "~" or char in "\n\t":
        return None
    for flag, kind in _KINDS:
        if kind.match(char):
            return flag
    if not unicodedata.is_normalized("NFC", char):
        return TextFlag.NOT_NORMALISED
    return _BY_CATEGORY.get(unicodedata.category(char))
