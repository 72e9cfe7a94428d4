"""A diff of two stored states as the rows that a view paints. Pure: free of Qt and of I/O.

Every leaf of both sides is in a row: changed, or unchanged and foldable. Nothing is left out here. Of many
rows each is made when it comes into sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import cast

from lineclear.application.formats import counted
from lineclear.desktop.presenters.access_rows import access_rows
from lineclear.desktop.presenters.code_rows import code_sheet, split_code
from lineclear.desktop.presenters.rows import Item, rows_of
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet, Chip, Line, Mark, Sign, Value
from lineclear.desktop.presenters.values import path_text, row, value_of, value_text, written
from lineclear.domain.diffing.applying import Unchanged, walk
from lineclear.domain.diffing.entry import diff
from lineclear.domain.diffing.kinds import Kind, kind_of
from lineclear.domain.diffing.result import Change, Cut, Diff
from lineclear.domain.diffing.result import Sign as Happened
from lineclear.domain.diffing.totals import totals
from lineclear.domain.diffing.values import Absent
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable

_SIGNS = {
    Happened.ADDED: Sign.ADDED,
    Happened.CHANGED: Sign.CHANGED,
    Happened.MOVED: Sign.CHANGED,
    Happened.REMOVED: Sign.REMOVED,
}
_LARGE = 2_000
_CUTS = {
    Cut.DEEP: "Nested too deep to compare inside: the innermost parts are compared as whole values.",
    Cut.LARGE: "Too much changed at once: more may be marked as changed than need be. Nothing is left out.",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the rows."""

    title: str
    freshness: Chip | None = None
    before_title: str = "Now"
    after_title: str = "After"


def changes_sheet(before: Json, after: Json, shape: Shape | str, heading: Heading) -> ChangesSheet:
    """Compare two states in the way that suits their shape."""
    return compare(before, after, shape, heading)[0]


def compare(before: Json, after: Json, shape: Shape | str, heading: Heading) -> tuple[ChangesSheet, str]:
    """Compare two states as suits their shape: the sheet, and how much changes in a few words."""
    if shape == Shape.CODE:
        return _compare_code(before, after, heading)
    compared = diff(cast("Comparable", before), cast("Comparable", after))
    rows, unchanged = _fields(compared)
    said = _summary([_SIGNS[change.sign] for change in compared.changes], "field")
    rows += _totals(compared)
    notes = [Line(Mark.ATTENTION, _CUTS[cut]) for cut in sorted(compared.cuts)]
    if shape == Shape.ACCESS:
        sentences, unread = access_rows(before, after)
        rows, notes = [*sentences, *rows], [*unread, *notes]
    sheet = ChangesSheet(
        heading=paintable(heading.title),
        rows=rows_of(rows),
        unchanged=rows_of(unchanged),
        not_shown=tuple(notes),
        freshness=heading.freshness,
        before_title=heading.before_title,
        after_title=heading.after_title,
    )
    return sheet, said


def _compare_code(before: Json, after: Json, heading: Heading) -> tuple[ChangesSheet, str]:
    """Files of text line by line; what is no file of text, field by field above them."""
    (old, new), (old_rest, new_rest) = split_code(before, after)
    code, said = code_sheet(old, new)
    sheet, said_rest = compare(old_rest, new_rest, Shape.FIELDS, heading)
    if not code.files:
        return sheet, said_rest
    if not old_rest and not new_rest:
        return replace(sheet, rows=(), unchanged=(), code=code), said
    return replace(sheet, code=code), "; ".join((said, said_rest) if len(sheet.rows) else (said,))


def _summary(signs: Sequence[Sign], noun: str) -> str:
    counts = [
        (signs.count(sign), word)
        for sign, word in ((Sign.CHANGED, "changed"), (Sign.ADDED, "added"), (Sign.REMOVED, "removed"))
    ]
    said = [f"{number:,} {word}" for number, word in counts if number]
    if not said:
        return "Nothing"
    return f"{counted(len(signs), noun)} {said[0].split()[1]}" if len(said) == 1 else ", ".join(said)


def _fields(compared: Diff) -> tuple[list[Item], list[Item]]:
    rows: list[Item] = []
    unchanged: list[Item] = []
    for step in walk(compared):
        if isinstance(step, Unchanged):
            unchanged.append(partial(_same, step))
        else:
            rows.append(
                _change(step) if _is_large(step.before) or _is_large(step.after) else partial(_change, step)
            )
    return rows, unchanged


def _is_large(value: Comparable | Absent) -> bool:
    """Whether a row of it takes long to make: longer than a frame may."""
    return isinstance(value, (dict, list)) or (isinstance(value, str) and len(value) > _LARGE)


def _same(step: Unchanged) -> ChangeRow:
    kind = kind_of(step.after_path, step.value, step.value, {})
    value = value_of(value_text(step.value, kind), (), mono=kind is not Kind.TEXT)
    return row(Sign.SAME, path_text(step.after_path), value, value)


def _totals(compared: Diff) -> Iterator[ChangeRow]:
    """What the columns of changed line items sum up to; derived, and said to be."""
    for total in totals(compared):
        if total.before != total.after:
            field = f"{path_text(total.path)} · sum of {total.column}"
            yield row(Sign.CHANGED, field, _sum(total.before), _sum(total.after))


def _sum(amount: Decimal | None) -> Value | None:
    if amount is None:
        return None
    text = f"{amount:,f}"
    return value_of(text, (Span(0, len(text)),))


def _change(change: Change) -> ChangeRow:
    if change.sign is Happened.MOVED:
        before, after = path_text(change.before_path or ()), path_text(change.after_path or ())
        return row(Sign.CHANGED, f"{after} (moved)", value_of(before, ()), value_of(after, ()))
    spans = change.spans()
    inside = bool(spans.before or spans.after)
    old = _side(change.before, spans.before if inside else None, change)
    new = _side(change.after, spans.after if inside else None, change)
    field = path_text(change.path) + (" (type changes)" if change.kind is Kind.TYPE else "")
    return row(_SIGNS[change.sign], field, old, new, change.flags())


def _side(value: Comparable | Absent, spans: Iterable[Span] | None, change: Change) -> Value | None:
    """One side of a change; marked as a whole where no spans tell what changed inside."""
    if isinstance(value, Absent):
        return None
    text = written(value) if change.kind is Kind.TYPE else value_text(value, change.kind)
    marked = spans if spans is not None and text == value else (Span(0, len(text)),)
    return value_of(text, marked, mono=change.kind is not Kind.TEXT)
