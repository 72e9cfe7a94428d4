"""Safe mode as sheets: the switch in the top bar, and every scope that is on. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.reading.answers import Me
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.closed_words import deed_words, role_word
from lineclear.desktop.presenters.control.control_sheets import ScopeKind, ScopeRow, ScopesSheet
from lineclear.desktop.presenters.review.around import scope_words
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, SafeModeSheet, SafeModeState, Tone
from lineclear.domain.control import SafeMode
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Role, Tier
from lineclear.domain.wording import say, say_n

_LEFT_BY_ONE = Tier.TWO


def why_not(me: Me | None, deed: Deed) -> str:
    """Why this person may not do a deed; empty where they may."""
    if me is None:
        return say("Not connected.")
    if Role(me.role) in MAY[deed]:
        return ""
    return say("Your role ({role}) may not {deed}.", role=role_word(me.role), deed=deed_words(deed))


def safe_mode_sheet(safe_modes: Iterable[SafeMode], me: Me | None, now: datetime) -> SafeModeSheet:
    """The switch of the whole workspace: requested and confirmed are told apart."""
    on = {one.id: one for one in safe_modes if one.on}
    safe_mode = on.get(WORKSPACE)
    if safe_mode is None:
        may_not = why_not(me, Deed.SAFE_MODE)
        if not on:
            return SafeModeSheet(SafeModeState.OFF, say("Safe mode off"), why_not=may_not)
        where = paintable(", ".join(scope_words(scope) for scope in sorted(on)))
        return SafeModeSheet(SafeModeState.PARTIAL, say("Safe mode in part"), where, may_not)
    since = paintable(
        say(
            "by {by} at {time}: {reason}",
            by=safe_mode.by,
            time=local_time(safe_mode.requested_at, now),
            reason=safe_mode.reason,
        )
    )
    may_not = _why_not_leave(safe_mode, me)
    if safe_mode.leaving_by:
        return SafeModeSheet(SafeModeState.TURNING_OFF, say("Safe mode on, leaving: 1 of 2"), since, may_not)
    if safe_mode.confirmed_at:
        return SafeModeSheet(SafeModeState.ON, say("Safe mode on"), since, may_not)
    running = say_n("{count:,} execution", "{count:,} executions", len(safe_mode.in_flight))
    return SafeModeSheet(
        SafeModeState.TURNING_ON, say("Safe mode on, {running} ending", running=running), since, may_not
    )


def unknown_safe_mode(last: SafeModeSheet | None) -> SafeModeSheet:
    """The switch while the backend is out of reach: what was known last is said, not shown as if it held."""
    was = say("Last heard: “{text}”.", text=last.text) if last is not None else ""
    why_not = say("The backend has not answered.")
    return SafeModeSheet(SafeModeState.UNKNOWN, say("Safe mode not known"), was, why_not)


def scopes_sheet(
    safe_modes: Sequence[SafeMode],
    running: Mapping[str, int],
    names: tuple[tuple[ScopeKind, tuple[str, ...]], ...],
    me: Me | None,
    now: datetime,
) -> ScopesSheet:
    """Every scope that is on, the widest first; `running` counts by scope what has not ended yet."""
    on = sorted((one for one in safe_modes if one.on), key=lambda one: (one.id != WORKSPACE, one.id))
    rows = tuple(_row(one, running.get(one.id, 0), me, now) for one in on)
    return ScopesSheet(rows, names, why_not(me, Deed.SAFE_MODE))


def _row(safe_mode: SafeMode, running: int, me: Me | None, now: datetime) -> ScopeRow:
    name = scope_words(safe_mode.id)
    return ScopeRow(
        id=safe_mode.id,
        name=paintable(name[0].upper() + name[1:]),
        state=_state(safe_mode),
        text=paintable(say("by {by}: {reason}", by=safe_mode.by, reason=safe_mode.reason)),
        lines=_lines(safe_mode, running, now),
        leave=say("Confirm leaving") if safe_mode.leaving_by else say("Leave"),
        why_not=_why_not_leave(safe_mode, me),
    )


def _state(safe_mode: SafeMode) -> Chip:
    if safe_mode.leaving_by:
        return Chip(say("Leaving: 1 of 2"), Tone.CAUTION)
    return Chip(say("On") if safe_mode.confirmed_at else say("On, not confirmed"), Tone.CAUTION)


def _lines(safe_mode: SafeMode, running: int, now: datetime) -> tuple[Line, ...]:
    """Requested, confirmed, and who wants to leave."""
    then = len(safe_mode.in_flight)
    were = (
        say("with {number} running", number=say_n("{count:,} execution", "{count:,} executions", then))
        if then
        else say("with nothing running")
    )
    lines = [
        Line(
            Mark.MET,
            say("Requested at {time}, {were}", time=local_time(safe_mode.requested_at, now), were=were),
        )
    ]
    if safe_mode.confirmed_at:
        at = local_time(safe_mode.confirmed_at, now)
        lines.append(Line(Mark.MET, say("Confirmed at {at}: nothing that it holds runs", at=at)))
    else:
        lines.append(
            Line(
                Mark.MISSING,
                say("Not confirmed yet: {running} of {then} still running", running=running, then=then),
            )
        )
    if safe_mode.leaving_by:
        asked = say(
            "{leaving_by} asked to leave; a second person must confirm", leaving_by=safe_mode.leaving_by
        )
        lines.append(Line(Mark.MISSING, paintable(asked)))
    elif safe_mode.tier > _LEFT_BY_ONE:
        lines.append(Line(Mark.ATTENTION, say("Switched on at tier 3: it takes two people to leave")))
    return tuple(lines)


def _why_not_leave(safe_mode: SafeMode, me: Me | None) -> str:
    may_not = why_not(me, Deed.LEAVE_SAFE_MODE)
    if not may_not and me is not None and safe_mode.leaving_by == me.subject:
        return say("You asked to leave it; another person must confirm.")
    return may_not
