"""One value, one path, one row: typed and injective, in segments that a view can paint. Pure: free of Qt."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lineclear.desktop.presenters.changes.glossing import READS_AS_GLOSSED
from lineclear.desktop.presenters.changes.syntax import Run
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Sign, Value
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.values import Absent, Json, Path
from lineclear.domain.diffing.words import Span
from lineclear.domain.text import CHUNK, Paintable, TextFlag, identifier_flags, paintable, paintable_parts
from lineclear.domain.wording import marked, say

ABSENT = marked("absent")
_NUMBER_SAID = marked("{value} (number)")
_WORDS = {
    Sign.ADDED: marked("added"),
    Sign.CHANGED: marked("changed"),
    Sign.REMOVED: marked("removed"),
    Sign.SAME: marked("unchanged"),
    Sign.CONFLICT: marked("in the way"),
}
_PLAIN_STEP = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*")
_NUMBER = r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_READS_AS_ANOTHER = re.compile(rf"""{_NUMBER}|true|false|null|absent|["{{\[].*|\s.*|.*\s|""", re.DOTALL)
"""Texts that would read as a number, a word for another type, a quotation, or as nothing at all."""
_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2,}")


def path_text(path: Path) -> str:
    """A path as people write it: `customer.balance`, `refunds[0]`; names that could mislead are quoted."""
    text = ""
    for step in path:
        text += step_text(step, is_first=not text)
    return text or say("(all)")


def step_text(step: str | int, *, is_first: bool) -> str:
    """One step of a path."""
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_STEP.fullmatch(step):
        return step if is_first else f".{step}"
    return f"[{quoted(step)}]"


def value_text(value: Json | Absent, kind: Kind = Kind.TEXT) -> str:
    """A value on one line; two different values of one kind never give the same text.

    Texts stand bare unless they would read as something else (`"1"`, `"true"`, `""`): then in quotes.
    Money is a decimal text in this product and stands bare; a number in its place says that it is one.
    """
    is_money = kind is Kind.MONEY
    if isinstance(value, str):
        is_bare = is_money and _AMOUNT.fullmatch(value)
        is_taken = any(form.fullmatch(value) for form in (_READS_AS_ANOTHER, READS_AS_GLOSSED))
        is_taken = is_taken or value == say(ABSENT)
        is_taken = is_taken or (is_money and value.endswith(say(_NUMBER_SAID, value="")))
        return value if is_bare or not is_taken else quoted(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return say(_NUMBER_SAID, value=value) if is_money and is_number else written(value)


def written(value: Json | Absent) -> str:
    """A value as it stands inside others: texts always in quotes."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_name(name)}: {written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, Absent):
        return say(ABSENT)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def quoted(text: str) -> str:
    """A text in double quotes, with quotes and backslashes escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def value_of(text: str, spans: Iterable[Span], *, mono: bool = True, gloss: str = "") -> Value:
    """A text with changed spans, in segments of at most `CHUNK` characters; never without one."""
    return Value(tuple(segments(text, spans)) or (Segment(paintable("")),), mono, gloss)


def segments(text: str, spans: Iterable[Span]) -> Iterator[Segment]:
    """Runs of changed and unchanged text, line by line."""
    marked, start = tuple(spans), 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        end = start + len(line)
        inside = [
            Span(max(span.start, start) - start, min(span.end, end) - start)
            for span in marked
            if span.start < end and span.end > start
        ]
        yield from _line(line, inside, ends=number < len(lines) - 1)
        start = end + 1


def code_value(text: str, spans: Iterable[Span], runs: Sequence[Run]) -> Value:
    """A line of code with its changed spans and its parts; never without a segment."""
    marked, starts = tuple(spans), [run.start for run in runs]
    edges = {edge for span in marked for edge in span} | set(starts) | set(range(CHUNK, len(text), CHUNK))
    cuts = sorted(edge for edge in edges if 0 < edge < len(text))
    pieces = zip((0, *cuts), paintable_parts(text, cuts), strict=True)
    made = tuple(
        Segment(
            piece,
            is_changed=any(span.start <= start < span.end for span in marked),
            part=runs[max(bisect_right(starts, start) - 1, 0)].part,
        )
        for start, piece in pieces
        if piece.text
    )
    return Value(made or (Segment(paintable("")),))


def named(text: str) -> Paintable:
    """A name, title or target: what its letters could be mistaken for is flagged with the rest."""
    painted = paintable(text)
    return replace(painted, flags=painted.flags | identifier_flags(text))


def row(
    sign: Sign,
    field: str,
    before: Value | None,
    after: Value | None,
    flags: frozenset[TextFlag] = frozenset(),
) -> ChangeRow:
    """One row of a diff, with all of it in words for a screen reader.

    `flags` are what is suspicious about the values as wholes, such as letters of several alphabets in a name.
    """
    was, becomes = _spoken(before), _spoken(after)
    said = (
        say(
            "{field}, {words}: {was}, then {becomes}",
            field=field,
            words=say(_WORDS[sign]),
            was=was,
            becomes=becomes,
        )
        if sign is not Sign.SAME
        else f"{field}: {was}"
    )
    told = paintable(field)
    return ChangeRow(sign, replace(told, flags=told.flags | flags), before, after, paintable(said).text)


def row_of_three(
    sign: Sign, field: str, before: Value | None, after: Value | None, now: Value | None
) -> ChangeRow:
    """One row of three states."""
    states = say(
        "{before}, then {after}, now {now}", before=_spoken(before), after=_spoken(after), now=_spoken(now)
    )
    said = paintable(f"{field}, {say(_WORDS[sign])}: {states}").text
    return ChangeRow(sign, paintable(field), before, after, said, now)


def _line(line: str, inside: list[Span], *, ends: bool) -> Iterator[Segment]:
    """One line; a boundary never falls inside a literal escape, so pieces read as the whole does."""
    edges = {edge for span in inside for edge in span} | set(range(CHUNK, len(line), CHUNK))
    cuts = sorted(edges - {0, len(line)})
    starts = [0, *cuts]
    parts = list(paintable_parts(line, cuts))
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        changed = any(span.start <= starts[place] < span.end for span in inside)
        if part.text or (is_last and ends):
            yield Segment(part, changed, ends_line=is_last and ends)


def _name(name: str) -> str:
    return name if _PLAIN_STEP.fullmatch(name) else quoted(name)


def _spoken(value: Value | None) -> str:
    if value is None:
        return say(ABSENT)
    return "".join(one.text if isinstance(one.text, str) else one.text.text for one in value.segments)
