"""The queue as a sheet. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from lineclear.application.ports import ActionQuery
from lineclear.application.reading.formats import DAY, MINUTE, age_text, due_text, seconds_between
from lineclear.desktop.presenters.around import Viewer
from lineclear.desktop.presenters.holds import held_badge
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import Chip, Filter, Notice, QueueRow, QueueSheet, Tone
from lineclear.desktop.presenters.values import named
from lineclear.domain.actions import Action
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Person
from lineclear.domain.text import Paintable, paintable
from lineclear.domain.vocabulary import ActionStatus, Stake, Tier
from lineclear.domain.wording import marked, say

SOON = 10 * MINUTE
WAITING_ON_OTHERS = marked("Waiting on others")
NEEDS_ANSWER = marked("Needs an answer")
NOT_SENT = marked("Decided just now")
DUE_SOON, TODAY, LATER = marked("Due within 10 minutes"), marked("Today"), marked("Later")
IN_HAND, TODAYS_OUTCOMES, EARLIER = marked("In hand"), marked("Today's outcomes"), marked("Earlier")
_GROUPS = (
    NEEDS_ANSWER,
    DUE_SOON,
    TODAY,
    LATER,
    WAITING_ON_OTHERS,
    NOT_SENT,
    IN_HAND,
    TODAYS_OUTCOMES,
    EARLIER,
)
NEEDS_ME = frozenset({NEEDS_ANSWER, "Due within 10 minutes", "Today", "Later"})
"""The groups of what waits for the person who looks, and for nobody else."""
FOR_ME, ALL, MONEY, ACCESS, DONE = "mine", "all", "money", "access", "done"
_TITLES = {
    FOR_ME: marked("For my tier"),
    ALL: marked("All"),
    MONEY: marked("Money"),
    ACCESS: marked("Access"),
    DONE: marked("Done"),
}
_WAITING = frozenset({ActionStatus.PENDING, ActionStatus.CLEARED, ActionStatus.STARTED, ActionStatus.UNKNOWN})
_ENDED = frozenset(ActionStatus) - _WAITING - {ActionStatus.PROPOSED}
_TIER_TONES = {Tier.ONE: Tone.OK, Tier.TWO: Tone.CAUTION, Tier.THREE: Tone.STOP}
_STATES = {
    ActionStatus.AGREED: Chip(marked("Agreed")),
    ActionStatus.CLEARED: Chip(marked("Cleared"), Tone.OK),
    ActionStatus.DENIED: Chip(marked("Denied"), Tone.STOP),
    ActionStatus.EXPIRED: Chip(marked("Expired"), Tone.CAUTION),
    ActionStatus.FAILED: Chip(marked("Failed"), Tone.STOP),
    ActionStatus.REJECTED: Chip(marked("Rejected"), Tone.STOP),
    ActionStatus.STARTED: Chip(marked("Running"), Tone.ACCENT),
    ActionStatus.STOPPED: Chip(marked("Stopped"), Tone.STOP),
    ActionStatus.SUCCEEDED: Chip(marked("Done"), Tone.OK),
    ActionStatus.SUPERSEDED: Chip(marked("Superseded")),
    ActionStatus.UNDONE: Chip(marked("Undone"), Tone.CAUTION),
    ActionStatus.UNKNOWN: Chip(marked("Outcome unknown"), Tone.STOP),
    ActionStatus.WITHDRAWN: Chip(marked("Withdrawn")),
}


def query_of(filter_id: str, text: str, person: Person | None) -> ActionQuery:
    """The question behind a filter and a search."""
    tier = person.tier if person is not None else None
    match filter_id:
        case "mine":
            return ActionQuery(statuses=_WAITING, at_most=tier, text=text)
        case "money":
            return ActionQuery(statuses=_WAITING, stakes=frozenset({Stake.MONEY}), text=text)
        case "access":
            return ActionQuery(statuses=_WAITING, stakes=frozenset({Stake.ACCESS}), text=text)
        case "done":
            return ActionQuery(statuses=_ENDED, text=text, order="newest")
        case _:
            return ActionQuery(statuses=_WAITING, text=text)


def unknown_query(query: ActionQuery) -> ActionQuery | None:
    """What of a question needs an answer at once, wherever it would come; None where none of it can."""
    if ActionStatus.UNKNOWN not in query.statuses:
        return None
    return replace(query, statuses=frozenset({ActionStatus.UNKNOWN}))


def filters(chosen: str) -> tuple[Filter, ...]:
    """The filters with the chosen one on."""
    return tuple(Filter(one, say(title), is_on=one == chosen) for one, title in _TITLES.items())


def queue_sheet(
    actions: Sequence[Action],
    count: int,
    chosen: str,
    viewer: Viewer,
    *,
    notice: Notice | None,
    selected: str | None,
    expired: int = 0,
) -> QueueSheet:
    """The rows in groups, in the order in which they are due; what needs an answer comes before all else.

    `expired` is how many expired within a day without a decision.
    """
    rows = [_row(action, viewer) for action in actions]
    rows.sort(key=lambda row: _GROUPS.index(row.group))
    heading = (
        say("What happened") if chosen == DONE else say("Needs you") if chosen == FOR_ME else say("Open")
    )
    others = sum(row.group == WAITING_ON_OTHERS for row in rows)
    hidden = count - len(rows)
    told = (
        say("{others:,} waiting on others", others=others) if others else "",
        say("{expired:,} expired undecided today", expired=expired) if expired and chosen != DONE else "",
        say("{hidden:,} more further down", hidden=hidden) if hidden > 0 else "",
    )
    aside = " · ".join(filter(None, told))
    return QueueSheet(heading, count, filters(chosen), tuple(rows), selected, notice, aside)


def expired_today(actions: Iterable[Action], now: datetime) -> int:
    """How many of these, the newest first, expired within a day without a decision."""
    return sum(seconds_between(action.updated_at, now) < DAY for action in actions)


def badge_of(action: Action, viewer: Viewer) -> Chip:
    """One word on where the action stands: its tier while it waits for people, else its state."""
    if action.status is ActionStatus.CLEARED and action.held:
        return held_badge(action.held)
    if action.status is not ActionStatus.PENDING:
        known = _STATES.get(action.status)
        return said_chip(known) if known else Chip(action.status.value)
    if viewer.around.health.get(action.connector) is HealthState.DOWN:
        return Chip(say("Blocked"))
    needed = max(1, action.judged.approvals if action.judged else 1)
    said = say("Tier {tier}", tier=int(action.tier)) + (
        say(" · {votes} of {needed}", votes=len(action.votes), needed=needed) if needed > 1 else ""
    )
    return Chip(said, _TIER_TONES[action.tier])


def _row(action: Action, viewer: Viewer) -> QueueRow:
    group, due = _place(action, viewer)
    about = action.why or action.tool
    if action.undoes:
        about = say("undo · {about}", about=about) if action.why else say("undo")
    holder = action.attention.holder(viewer.now) if action.status is ActionStatus.PENDING else ""
    if holder:
        is_mine = viewer.person is not None and viewer.person.id == holder
        about = say("claimed by you") if is_mine else say("being reviewed by {holder}", holder=holder)
    elif action.attention.open_question is not None and action.status is ActionStatus.PENDING:
        about = say("the agent was asked")
    subtitle = f"{action.agent} · {about}"
    badge, tier = badge_of(action, viewer), int(action.tier)
    return QueueRow(action.id, _title(action), paintable(subtitle), due, badge, group, tier)


def _title(action: Action) -> Paintable:
    return named(action.title or say("{tool} (text erased)", tool=action.tool))


def _place(action: Action, viewer: Viewer) -> tuple[str, str]:
    """The group of a row and the time that it shows."""
    age = seconds_between(action.updated_at, viewer.now)
    if action.status in _ENDED:
        return (TODAYS_OUTCOMES if age < DAY else EARLIER), age_text(age)
    if action.status is ActionStatus.UNKNOWN:
        return (NEEDS_ANSWER if _may_answer(action, viewer.person) else WAITING_ON_OTHERS), age_text(age)
    if action.status is not ActionStatus.PENDING:
        return IN_HAND, age_text(age)
    left = -seconds_between(action.deadline, viewer.now) if action.deadline else None
    shown = due_text(left) if left is not None else say("no limit")
    if left is not None and viewer.around.safe_mode_over(action) is not None:
        shown = say("stands still")
    if action.id in viewer.taken or _waits_on_others(action, viewer):
        return (NOT_SENT if action.id in viewer.taken else WAITING_ON_OTHERS), shown
    if left is None or left > DAY:
        return LATER, shown
    return (DUE_SOON if left <= SOON else TODAY), shown


def _waits_on_others(action: Action, viewer: Viewer) -> bool:
    person = viewer.person
    if person is None or action.attention.holder(viewer.now) not in ("", person.id):
        return True
    if action.attention.open_question is not None:
        return True
    voted = any(vote.person == person.id for vote in action.votes)
    return voted or action.proposer == f"person/{person.id}" or not _may_answer(action, person)


def _may_answer(action: Action, person: Person | None) -> bool:
    """Whether somebody has the tier and does not own the agent."""
    return person is not None and action.owner != person.id and person.tier >= action.tier
