"""A change of access in sentences: who gains or loses what, on what. Pure: free of Qt."""

from __future__ import annotations

from typing import cast

from lineclear.desktop.presenters.sheets import ChangeRow, Line, Mark, Sign, Value
from lineclear.desktop.presenters.values import row, value_of, written
from lineclear.domain.diffing.access import AccessChange, AccessDiff, Direction, Standing, diff_access
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable

_SIGNS = {Direction.GAINS: Sign.ADDED, Direction.LOSES: Sign.REMOVED, Direction.REBINDS: Sign.CHANGED}
_VERBS = {
    Direction.GAINS: "gains",
    Direction.LOSES: "loses",
    Direction.REBINDS: "keeps, on other conditions,",
}
_STANDING = {
    Standing.EFFECTIVE: "",
    Standing.COVERED: " (in effect already, by a wider grant)",
    Standing.DENIED: " (a denial stands against it)",
}


def access_rows(before: Json, after: Json) -> tuple[list[ChangeRow], list[Line]]:
    """Sentences for every list of grants in two states, and what could not be put into words."""
    old, new = _grants(before), _grants(after)
    if old is None or new is None:
        return [], []
    compared = diff_access(cast("list[Comparable]", old), cast("list[Comparable]", new))
    return [_sentence(change) for change in compared.changes], _unread(compared)


def _grants(state: Json) -> list[Json] | None:
    """The one list of records that a state holds, or the state itself where it is one."""
    if isinstance(state, list):
        return state
    if isinstance(state, dict):
        lists = [value for value in state.values() if isinstance(value, list)]
        return lists[0] if len(lists) == 1 else None
    return None


def _sentence(change: AccessChange) -> ChangeRow:
    verb = _VERBS[change.direction]
    whom = f"{change.principal}, which is everyone," if change.concerns_everyone else change.principal
    what = f"{', '.join(change.actions)} on {change.resource}{_STANDING[change.standing]}"
    said = (
        f"{what}, by a denial that {'came' if change.direction is Direction.LOSES else 'went'}"
        if change.denial
        else what
    )
    was = _side(change.direction is not Direction.GAINS, said, change.condition_before)
    becomes = _side(change.direction is not Direction.LOSES, said, change.condition_after)
    return row(_SIGNS[change.direction], f"{whom} {verb}", was, becomes)


def _side(is_there: bool, what: str, condition: str | None) -> Value | None:  # noqa: FBT001  # one of two sides
    if not is_there:
        return None
    text = f"{what}, if {condition}" if condition else what
    return value_of(text, (Span(0, len(text)),), mono=False)


def _unread(compared: AccessDiff) -> list[Line]:
    lines = [
        Line(Mark.ATTENTION, paintable(f"No words for this statement; read it below: {written(statement)}"))
        for statement in compared.unread
    ]
    if compared.cut:
        said = "Too many wide grants to tell what is covered or denied; every change is listed as effective."
        lines.append(Line(Mark.ATTENTION, said))
    return lines
