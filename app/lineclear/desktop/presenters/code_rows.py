"""A change of code as rows: changed runs of lines with their numbers, file by file. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from lineclear.desktop.presenters.rows import Item
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Sign, Value
from lineclear.desktop.presenters.values import row, segments, value_of
from lineclear.domain.diffing.applying import Unchanged, walk
from lineclear.domain.diffing.result import Change
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.values import Path
from lineclear.domain.diffing.words import Span
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable

type Found = tuple[list[ChangeRow], list[Item]]
"""Changed and unchanged ones."""

_NEAR = 3


def code_rows(before: Json, after: Json) -> Found:
    """Compare two mappings of path to text; a path without text is a file that is not there."""
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    rows: list[ChangeRow] = []
    unchanged: list[Item] = []
    for path in sorted(old.keys() | new.keys()):
        was, becomes = old.get(path), new.get(path)
        if isinstance(was, str) and isinstance(becomes, str):
            changed, same = _file(path, was, becomes)
            rows += changed
            unchanged += same
        elif was != becomes:
            gone, came = _whole(was), _whole(becomes)
            rows.append(row(Sign.ADDED if gone is None else Sign.REMOVED, path, gone, came))
    return rows, unchanged


def _whole(text: Json) -> Value | None:
    return value_of(text, (Span(0, len(text)),)) if isinstance(text, str) else None


def _file(path: str, before: str, after: str) -> Found:
    compared = diff_texts(before, after)
    rows = [_hunk(path, hunk) for hunk in _hunks(compared.changes)]
    same: list[Item] = [
        partial(_same, f"{path}:{_number(step.after_path)}", str(step.value))
        for step in walk(compared)
        if isinstance(step, Unchanged)
    ]
    return rows, same


def _same(where: str, text: str) -> ChangeRow:
    line = value_of(text, ())
    return row(Sign.SAME, where, line, line)


def _hunks(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes of neighbouring lines together."""
    hunk: list[Change] = []
    for change in changes:
        if hunk and _number(change.path) > _number(hunk[-1].path) + _NEAR:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _hunk(path: str, hunk: list[Change]) -> ChangeRow:
    first, last = _number(hunk[0].path), _number(hunk[-1].path)
    where = f"{path}:{first}" if first == last else f"{path}:{first}-{last}"
    before, after = _lines(hunk, is_before=True), _lines(hunk, is_before=False)
    sign = Sign.CHANGED if before and after else Sign.ADDED if after else Sign.REMOVED
    return row(sign, where, before, after)


def _lines(hunk: list[Change], *, is_before: bool) -> Value | None:
    made: list[Segment] = []
    for change in hunk:
        value = change.before if is_before else change.after
        if not isinstance(value, str):
            continue
        spans = change.spans()
        inside = spans.before or spans.after
        marked = (spans.before if is_before else spans.after) if inside else (Span(0, len(value)),)
        if made:
            made[-1] = Segment(made[-1].text, made[-1].is_changed, ends_line=True)
        made += segments(value, marked) if value else [Segment(paintable(""), is_changed=True)]
    return Value(tuple(made)) if made else None


def _number(path: Path | None) -> int:
    """A line's number as people count, from 1."""
    return int(path[-1]) + 1 if path else 0
