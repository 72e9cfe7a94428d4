"""The queue as a sheet. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from lineclear.application.ports import ActionQuery, Page
from lineclear.application.reading.formats import (
    DAY,
    MINUTE,
    age_text,
    due_text,
    length_text,
    seconds_between,
)
from lineclear.application.reading.questions import UndoState, undo_left, undo_state
from lineclear.application.reading.queue_query import QueueQuery, Sort, State
from lineclear.desktop.presenters.changes.values import named
from lineclear.desktop.presenters.queue.narrowing_sheets import Narrowing
from lineclear.desktop.presenters.queue.queue_views import FOR_ME, OWN, Lens, is_narrow
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.degrading import BLOCKING, degraded
from lineclear.desktop.presenters.review.holds import held_badge
from lineclear.desktop.presenters.review.passing import escalated_about, handed_about
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import Chip, Notice, QueueRow, QueueSheet, Tone
from lineclear.domain.actions import Action
from lineclear.domain.flags import least_tier
from lineclear.domain.standing import standing_for
from lineclear.domain.text import Paintable, paintable
from lineclear.domain.vocabulary import ActionStatus, Tier
from lineclear.domain.wording import marked, say, say_n

SOON = 10 * MINUTE
WAITING_ON_OTHERS = marked("Waiting on others")
NEEDS_ANSWER = marked("Needs an answer")
NOT_SENT = marked("Decided just now")
KEPT_HERE = marked("Waiting to be sent")
DUE_SOON, TODAY, LATER = marked("Due within 10 minutes"), marked("Today"), marked("Later")
IN_HAND, TODAYS_OUTCOMES, EARLIER = marked("In hand"), marked("Today's outcomes"), marked("Earlier")
LARGEST_NUMBER = marked("The largest number first, whatever its currency")
"""Amounts of several currencies are sorted by their numbers: there are no rates here to compare them by."""
_CROWDED = 8
"""Rows from which a group is told apart by what they are about."""
_BY = {
    Sort.AGE: marked("The oldest first"),
    Sort.RISK: marked("The riskiest first"),
    Sort.AMOUNT: marked("The largest amount first"),
    Sort.AGENT: marked("By agent"),
    Sort.NEWEST: marked("The newest first"),
}
_BY_DUE = frozenset({DUE_SOON, TODAY, LATER})
_GROUPS = (
    NEEDS_ANSWER,
    *_BY.values(),
    LARGEST_NUMBER,
    DUE_SOON,
    TODAY,
    LATER,
    WAITING_ON_OTHERS,
    KEPT_HERE,
    NOT_SENT,
    IN_HAND,
    TODAYS_OUTCOMES,
    EARLIER,
)
NEEDS_ME = frozenset({NEEDS_ANSWER, DUE_SOON, TODAY, LATER, *_BY.values()})
"""The groups of what waits for the person who looks, and for nobody else."""
_WAITING = frozenset({ActionStatus.PENDING, ActionStatus.CLEARED, ActionStatus.STARTED, ActionStatus.UNKNOWN})
_ENDED = frozenset(ActionStatus) - _WAITING - {ActionStatus.PROPOSED}
_TIER_TONES = {Tier.ONE: Tone.OK, Tier.TWO: Tone.CAUTION, Tier.THREE: Tone.STOP}
_DECIDED_HERE = frozenset({NOT_SENT, KEPT_HERE})
_NOT_MINE = _DECIDED_HERE | {WAITING_ON_OTHERS, IN_HAND}
_NEEDS_YOU = marked("Needs you")
_UNSORTED = frozenset({IN_HAND, TODAYS_OUTCOMES, EARLIER})
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


def unknown_query(query: ActionQuery) -> ActionQuery | None:
    """What of a question needs an answer at once, wherever it would come; None where none of it can."""
    if ActionStatus.UNKNOWN not in query.statuses:
        return None
    return replace(query, statuses=frozenset({ActionStatus.UNKNOWN}))


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found through a lens: the rows at hand of `count`, among `total` of that part of the queue.

    `expired` is how many expired within a day without a decision.
    """

    lens: Lens
    query: QueueQuery
    page: Page[Action]
    count: int
    total: int
    viewer: Viewer
    expired: int = 0


def queue_sheet(listing: Listing, *, notice: Notice | None, selected: str | None) -> QueueSheet:
    """The rows in groups, in the order in which they are due; what needs an answer comes before all else."""
    viewer, query, count = listing.viewer, listing.query, listing.count
    rows = [_row(action, viewer) for action in listing.page.items]
    if query.order is not Sort.DUE:
        title = title_of_order(query.order, listing.page.items)
        rows = [_sorted_otherwise(row, title) for row in rows]
    rows.sort(key=lambda row: _GROUPS.index(row.group))
    if query.order is Sort.DUE:
        rows = list(_by_subject(rows))
    others = sum(row.group == WAITING_ON_OTHERS for row in rows)
    hidden = count - len(rows)
    told = (
        say("{count} waiting on others", count=f"{others:,}") if others else "",
        _expired_words(listing),
        say("{count} more further down", count=f"{hidden:,}") if hidden > 0 else "",
    )
    done = _DECIDED_HERE if _heading(listing) != say(_NEEDS_YOU) else _NOT_MINE
    return QueueSheet(
        _heading(listing),
        count - sum(row.group in done for row in rows),
        listing.lens.filters,
        tuple(rows),
        selected,
        notice,
        " · ".join(filter(None, told)),
        _narrowing(listing),
    )


def title_of_order(order: Sort, actions: Iterable[Action]) -> str:
    """What stands over the rows in an order. Amounts of several currencies are not compared: it says so."""
    currencies = {action.currency for action in actions if action.amount}
    return LARGEST_NUMBER if order is Sort.AMOUNT and len(currencies) > 1 else _BY[order]


def _sorted_otherwise(row: QueueRow, title: str) -> QueueRow:
    return replace(row, group=title if row.group in _BY_DUE else row.group, about="")


def _heading(listing: Listing) -> str:
    if listing.query.state in {State.DECIDED, State.ENDED, State.EXPIRED, State.ALL}:
        return say("What happened")
    return say(_NEEDS_YOU) if listing.lens.chosen.id == FOR_ME else say("All that is open")


def _expired_words(listing: Listing) -> str:
    if not listing.expired or listing.query.state is State.ENDED:
        return ""
    return say("{count} expired undecided today", count=f"{listing.expired:,}")


def _narrowing(listing: Listing) -> Narrowing:
    shown, total = f"{listing.count:,}", f"{listing.total:,}"
    is_on = is_narrow(listing.query) and bool(listing.total)
    words = say("{shown} of {total} shown", shown=shown, total=total) if is_on else say("Nothing left out")
    is_own = listing.lens.chosen.id.startswith(OWN)
    return Narrowing(words, is_on, listing.query.order.value, is_own)


def _by_subject(rows: Sequence[QueueRow]) -> Iterator[QueueRow]:
    """In crowded groups, rows that are about the same thing stand together, behind the first of them."""
    for group, members in groupby(rows, key=lambda row: row.group):
        inside = list(members)
        subjects = list(dict.fromkeys(row.about for row in inside))
        if len(inside) < _CROWDED or len(subjects) == 1 or group in _UNSORTED:
            yield from (replace(row, about="") for row in inside)
        else:
            yield from sorted(inside, key=lambda row: subjects.index(row.about))


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
    if viewer.around.health_for(action) in BLOCKING:
        return Chip(say("Blocked"))
    if action.needs_second_look:
        return Chip(say("Tier {tier} · second look", tier=int(action.tier)), _TIER_TONES[action.tier])
    needed = max(1, action.judged.approvals if action.judged else 1)
    said = say("Tier {tier}", tier=int(action.tier)) + (
        say(" · {votes} of {needed}", votes=len(action.votes), needed=needed) if needed > 1 else ""
    )
    return Chip(said, _TIER_TONES[action.tier])


def _row(action: Action, viewer: Viewer) -> QueueRow:
    group, due = _place(action, viewer)
    about, worse = _about(action, viewer), degraded(action, viewer.around)
    many = say_n("{count:,} record", "{count:,} records", action.records) if action.records > 1 else ""
    subtitle = " · ".join(part for part in (action.agent, many, about, worse) if part)
    badge = badge_of(action, viewer)
    is_marked = action.id in viewer.marked
    title, about, tier = _title(action), action.capability, int(action.tier)
    return QueueRow(action.id, title, paintable(subtitle), due, badge, group, about, is_marked, tier)


def _about(action: Action, viewer: Viewer) -> str:
    """Why it was proposed, or what keeps this person from deciding on it now."""
    if action.id in viewer.kept:
        return viewer.kept[action.id]
    waits = _waits_for(action, viewer) if action.status is ActionStatus.PENDING else ""
    if waits:
        return waits
    if action.status is ActionStatus.SUCCEEDED and not action.undoes:
        return undo_about(action, viewer.now)
    if action.undoes:
        return say("undo · {about}", about=action.why) if action.why else say("undo")
    has_answer = action.status is ActionStatus.PENDING and bool(action.attention.questions)
    answered = say("the agent answered") if has_answer else ""
    return " · ".join(filter(None, (answered, action.why or action.tool)))


def undo_about(action: Action, now: datetime) -> str:
    """Of what was done, first whether it can be undone: that is what one looks for there."""
    final = action.undo.loses if not action.undo.possible else ""
    if undo_state(action, now) is UndoState.POSSIBLE:
        left = undo_left(action, now)
        known = say("can be undone") if left is None else say("undo: {length} left", length=length_text(left))
    else:
        known = say("cannot be undone: {why}", why=final) if final else say("cannot be undone")
    return " · ".join(filter(None, (known, action.why or action.tool)))


def _waits_for(action: Action, viewer: Viewer) -> str:
    """Who has it in hand, or what else keeps it; empty where nothing does."""
    if action.attention.open_question is not None:
        return say("the agent was asked")
    if passed := handed_about(action, viewer) or escalated_about(action):
        return passed
    if holder := action.attention.holder(viewer.now):
        return _held_by(holder, action, viewer)
    return say("cannot be decided while offline") if viewer.offline else ""


def _held_by(holder: str, action: Action, viewer: Viewer) -> str:
    left = due_text(-seconds_between(action.attention.until, viewer.now))
    if viewer.person is not None and viewer.person.id == holder:
        return say("claimed by you, {left} left", left=left)
    return say("being reviewed by {person}, {left} left", person=holder, left=left)


def _title(action: Action) -> Paintable:
    return named(action.title or say("{tool} (text erased)", tool=action.tool))


def _place(action: Action, viewer: Viewer) -> tuple[str, str]:
    """The group of a row and the time that it shows."""
    age = seconds_between(action.updated_at, viewer.now)
    if action.status in _ENDED:
        return (TODAYS_OUTCOMES if age < DAY else EARLIER), age_text(age)
    if action.status is ActionStatus.UNKNOWN:
        return (NEEDS_ANSWER if _may_answer(action, viewer) else WAITING_ON_OTHERS), age_text(age)
    if action.status is not ActionStatus.PENDING:
        return IN_HAND, age_text(age)
    left = -seconds_between(action.deadline, viewer.now) if action.deadline else None
    shown = due_text(left) if left is not None else say("no limit")
    if left is not None and viewer.around.safe_mode_over(action) is not None:
        shown = say("stands still")
    if action.id in viewer.kept or action.id in viewer.taken:
        return (KEPT_HERE if action.id in viewer.kept else NOT_SENT), shown
    return (WAITING_ON_OTHERS if _waits_on_others(action, viewer) else _when_due(left)), shown


def _when_due(left: float | None) -> str:
    if left is None or left > DAY:
        return LATER
    return DUE_SOON if left <= SOON else TODAY


def _waits_on_others(action: Action, viewer: Viewer) -> bool:
    person = viewer.person
    if person is None or action.attention.holder(viewer.now) not in ("", person.id):
        return True
    if action.attention.open_question is not None:
        return True
    voted = any(vote.person == person.id for vote in action.votes)
    return voted or action.proposer == f"person/{person.id}" or not _may_answer(action, viewer)


def _may_answer(action: Action, viewer: Viewer) -> bool:
    """Whether who looks has the tier, by whatever gives it, and does not own the agent."""
    person = viewer.person
    if person is None or action.owner == person.id:
        return False
    return standing_for(person, action, viewer.now).tier >= least_tier(action)
