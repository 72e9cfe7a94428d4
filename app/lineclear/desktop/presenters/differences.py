"""A diff of two stored states as the rows that a view paints. Pure: free of Qt and of I/O.

Every leaf of both sides is in a row: changed, or unchanged and foldable. Nothing is left out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from lineclear.desktop.presenters.formats import counted
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet, Chip, Segment, Sign, Value
from lineclear.domain.diffing.applying import Unchanged, walk
from lineclear.domain.diffing.entry import diff
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.result import Change
from lineclear.domain.diffing.result import Sign as Happened
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.values import Absent, Path
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json
from lineclear.domain.text import CHUNK, paintable

_SIGNS = {
    Happened.ADDED: Sign.ADDED,
    Happened.CHANGED: Sign.CHANGED,
    Happened.MOVED: Sign.CHANGED,
    Happened.REMOVED: Sign.REMOVED,
}
_WORDS = {Sign.ADDED: "added", Sign.CHANGED: "changed", Sign.REMOVED: "removed", Sign.SAME: "unchanged"}
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the rows."""

    title: str
    freshness: Chip | None = None
    before_title: str = "Now"
    after_title: str = "After"


def changes_sheet(before: Json, after: Json, shape: Shape | str, heading: Heading) -> ChangesSheet:
    """Compare two states in the way that suits their shape."""
    rows, unchanged = _code(before, after) if shape == Shape.CODE else _fields(before, after)
    return ChangesSheet(
        heading=paintable(heading.title),
        rows=tuple(rows),
        unchanged=tuple(unchanged),
        freshness=heading.freshness,
        before_title=heading.before_title,
        after_title=heading.after_title,
    )


def summary(sheet: ChangesSheet) -> str:
    """How much changes, in a few words."""
    counts = [
        (sum(row.sign is sign for row in sheet.rows), word)
        for sign, word in ((Sign.CHANGED, "changed"), (Sign.ADDED, "added"), (Sign.REMOVED, "removed"))
    ]
    said = [f"{number:,} {word}" for number, word in counts if number]
    if not said:
        return "Nothing"
    first = sum(row.sign is Sign.CHANGED for row in sheet.rows)
    if first:
        said[0] = f"{counted(first, 'field')} changed" if len(said) == 1 else f"{counted(first, 'field')}"
    return ", ".join(said)


def path_text(path: Path) -> str:
    """A path as people write it: `customer.balance`, `refunds[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "(all)"


def value_text(value: Comparable | Absent) -> str:
    """A value on one line, typed: texts bare, everything else as it would be written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_inner(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inner, value)) + "]"
    if isinstance(value, Absent):
        return "absent"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _inner(value: Comparable) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value_text(value)


def _fields(before: Json, after: Json) -> tuple[list[ChangeRow], list[ChangeRow]]:
    compared = diff(cast("Comparable", before), cast("Comparable", after))
    rows: list[ChangeRow] = []
    unchanged: list[ChangeRow] = []
    for step in walk(compared):
        if isinstance(step, Unchanged):
            value = _value(value_text(step.value), (), mono=not isinstance(step.value, str))
            unchanged.append(_row(Sign.SAME, path_text(step.after_path), value, value))
        else:
            rows.append(_change(step))
    return rows, unchanged


def _change(change: Change) -> ChangeRow:
    spans = change.spans()
    if change.sign is Happened.MOVED:
        before, after = path_text(change.before_path or ()), path_text(change.after_path or ())
        return _row(Sign.CHANGED, f"{after} (moved)", _value(before, ()), _value(after, ()))
    old = _side(change.before, spans.before, change)
    new = _side(change.after, spans.after, change)
    typed = change.kind is Kind.TYPE
    field = path_text(change.path) + (" (type changes)" if typed else "")
    return _row(_SIGNS[change.sign], field, old, new)


def _side(value: Comparable | Absent, spans: Iterable[Span], change: Change) -> Value | None:
    if isinstance(value, Absent):
        return None
    text = _inner(value) if change.kind is Kind.TYPE else value_text(value)
    marked = tuple(spans) if change.kind is not Kind.TYPE else ()
    return _value(text, marked or (Span(0, len(text)),), mono=change.kind is not Kind.TEXT)


def _row(sign: Sign, field: str, before: Value | None, after: Value | None) -> ChangeRow:
    was, becomes = _spoken(before), _spoken(after)
    spoken = f"{field}, {_WORDS[sign]}: {was}, then {becomes}" if sign is not Sign.SAME else f"{field}: {was}"
    return ChangeRow(sign, paintable(field), before, after, paintable(spoken).text)


def _spoken(value: Value | None) -> str:
    if value is None:
        return "absent"
    return "".join(one.text if isinstance(one.text, str) else one.text.text for one in value.segments)


def _value(text: str, spans: Iterable[Span], *, mono: bool = True) -> Value:
    return Value(tuple(_segments(text, spans)) or (Segment(paintable("")),), is_mono=mono)


def _segments(text: str, spans: Iterable[Span]) -> Iterator[Segment]:
    """Changed and unchanged runs by line, each at most `CHUNK` characters long."""
    at = 0
    for span in (*spans, Span(len(text), len(text))):
        yield from _runs(text[at : span.start], is_changed=False)
        yield from _runs(text[span.start : span.end], is_changed=True)
        at = span.end


def _runs(text: str, *, is_changed: bool) -> Iterator[Segment]:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        ends = number < len(lines) - 1
        pieces = [line[start : start + CHUNK] for start in range(0, len(line), CHUNK)] or [""]
        for place, piece in enumerate(pieces):
            ends_line = ends and place == len(pieces) - 1
            if piece or ends_line:
                yield Segment(paintable(piece), is_changed, ends_line)


# -- code ----------------------------------------------------------------------------------------


def _code(before: Json, after: Json) -> tuple[list[ChangeRow], list[ChangeRow]]:
    """Files by path: changed runs of lines with their line numbers, and whole files that came or went."""
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    rows: list[ChangeRow] = []
    unchanged: list[ChangeRow] = []
    for path in sorted(old.keys() | new.keys()):
        was, becomes = old.get(path), new.get(path)
        if isinstance(was, str) and isinstance(becomes, str):
            changed, same = _file(path, was, becomes)
            rows += changed
            unchanged += same
        elif was != becomes:
            gone, came = _whole(was), _whole(becomes)
            rows.append(_row(Sign.ADDED if gone is None else Sign.REMOVED, path, gone, came))
    return rows, unchanged


def _whole(text: Json) -> Value | None:
    return _value(text, (Span(0, len(text)),)) if isinstance(text, str) else None


def _file(path: str, before: str, after: str) -> tuple[list[ChangeRow], list[ChangeRow]]:
    compared = diff_texts(before, after)
    rows = [_hunk(path, hunk) for hunk in _hunks(compared.changes)]
    same = [
        _row(Sign.SAME, f"{path}:{_number(step.after_path)}", line, line)
        for step in walk(compared)
        if isinstance(step, Unchanged)
        for line in [_value(value_text(step.value), ())]
    ]
    return rows, same


def _hunks(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes of neighbouring lines together."""
    hunk: list[Change] = []
    for change in changes:
        if hunk and _number(change.path) > _number(hunk[-1].path) + _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _hunk(path: str, hunk: list[Change]) -> ChangeRow:
    first, last = _number(hunk[0].path), _number(hunk[-1].path)
    where = f"{path}:{first}" if first == last else f"{path}:{first}–{last}"  # noqa: RUF001  # a range
    before, after = _lines(hunk, is_before=True), _lines(hunk, is_before=False)
    sign = Sign.CHANGED if before and after else Sign.ADDED if after else Sign.REMOVED
    return _row(sign, where, before, after)


def _lines(hunk: list[Change], *, is_before: bool) -> Value | None:
    segments: list[Segment] = []
    for change in hunk:
        value = change.before if is_before else change.after
        if not isinstance(value, str):
            continue
        spans = change.spans()
        marked = (spans.before if is_before else spans.after) or (Span(0, len(value)),)
        if segments:
            segments[-1] = Segment(segments[-1].text, segments[-1].is_changed, ends_line=True)
        segments += _segments(value, marked) if value else [Segment(paintable(""), is_changed=True)]
    return Value(tuple(segments)) if segments else None


def _number(path: Path | None) -> int:
    """A line's number as people count, from 1."""
    return int(path[-1]) + 1 if path else 0
