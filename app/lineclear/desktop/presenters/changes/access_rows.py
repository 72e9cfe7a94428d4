"""A change of access in sentences: who gains or loses what, on what. Pure: free of Qt."""

from __future__ import annotations

from typing import cast

from lineclear.desktop.presenters.changes.values import row, value_of, written
from lineclear.desktop.presenters.sheets import ChangeRow, Line, Mark, Sign, Value
from lineclear.domain.diffing.access import AccessChange, AccessDiff, Direction, Standing, diff_access
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

_STANDING = {
    Standing.EFFECTIVE: "",
    Standing.COVERED: marked(" (in effect already, by a wider grant)"),
    Standing.DENIED: marked(" (a denial stands against it)"),
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
    sign, verb, was, becomes = _told(change)
    whom = (
        say("{principal}, which is everyone,", principal=change.principal)
        if change.concerns_everyone
        else change.principal
    )
    said = say(
        "{actions} on {resource}{standing}",
        actions=", ".join(change.actions),
        resource=change.resource,
        standing=say(_STANDING[change.standing]),
    )
    if change.denial:
        said = say("denied: {said}", said=said)
    before = _side(said, change.condition_before) if was else None
    after = _side(said, change.condition_after) if becomes else None
    return row(sign, f"{whom} {verb}", before, after)


def _told(change: AccessChange) -> tuple[Sign, str, bool, bool]:
    """The sign, the verb, and on which sides the statement stands.

    A statement that stays under a condition neither came nor went: what changed is how far it reaches.
    """
    is_gain = change.direction is Direction.GAINS
    widened = is_gain is not change.denial
    stays = change.condition_before is not None if widened else change.condition_after is not None
    if stays or change.direction is Direction.REBINDS:
        keeps = say("stays denied") if change.denial else say("keeps")
        return Sign.CHANGED, f"{keeps}, {_reach(change, widened=widened)},", True, True
    return (
        (Sign.ADDED if is_gain else Sign.REMOVED),
        say("gains") if is_gain else say("loses"),
        not widened,
        widened,
    )


def _reach(change: AccessChange, *, widened: bool) -> str:
    """How the reach of a statement that stays has changed."""
    if change.direction is Direction.REBINDS:
        return say("on other conditions")
    if widened:
        return say("no longer on a condition") if change.condition_after is None else say("more widely")
    return say("now only on a condition") if change.condition_before is None else say("less widely")


def _side(what: str, condition: str | None) -> Value:
    text = say("{what}, if {condition}", what=what, condition=condition) if condition else what
    return value_of(text, (Span(0, len(text)),), mono=False)


def _unread(compared: AccessDiff) -> list[Line]:
    lines = [
        Line(
            Mark.ATTENTION,
            paintable(say("No words for this statement; read it below: {value}", value=written(statement))),
        )
        for statement in compared.unread
    ]
    if compared.cut:
        said = say(
            "Too many wide grants to tell what is covered or denied; every change is listed as effective."
        )
        lines.append(Line(Mark.ATTENTION, said))
    return lines
