"""How people decide, for those who answer for it: times, overrides, what came of it. Free of I/O.

Made from actions as they stand, those that changed last first, and never from more than `MOST` of them: what
it costs does not grow with the ledger. Everything counts where its own time is inside the window.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.reading.answers import Oversight, ReviewFigures, Spread
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.actions import Action, Vote
from lineclear.domain.dwelling import is_hasty
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Tier, Verdict

MOST: Final = 10_000
LONGEST_DAYS: Final = 90
_PAGE: Final = 1_000
_ALL: Final = ""


def read_oversight(services: Services, principal: Principal, days: int) -> Oversight:
    """The figures of the last so many days, 1 to 90; for ops leads and administrators."""
    principal.require(Deed.OVERSEE)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(Code.QUERY_INVALID, problem=f"days is 1 to {LONGEST_DAYS}")
    until = services.clock.now()
    since = until - timedelta(days=days)
    return services.store.read(lambda snapshot: _fold(snapshot, since, until))


def _fold(snapshot: Snapshot, since: datetime, until: datetime) -> Oversight:
    tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
    start, count, more = stamp(since), 0, False
    for action in _changed(snapshot, start):
        if count == MOST:
            more = True
            break
        count += 1
        for person, one in _told(action, start):
            for key in {(person, action.capability), (person, _ALL), (_ALL, action.capability), (_ALL, _ALL)}:
                tallies[key].add(one)
    rows = tuple(tally.figures(*key) for key, tally in sorted(tallies.items()))
    return Oversight(start, stamp(until), count, rows, more)


def _changed(snapshot: Snapshot, since: str) -> Iterator[Action]:
    """Actions by last change, the newest first, back to a time."""
    after: str | None = None
    while True:
        page = snapshot.actions(ActionQuery(order="newest"), after=after, limit=_PAGE)
        for action in page.items:
            if action.updated_at < since:
                return
            yield action
        after = page.next
        if after is None:
            return


@dataclass(frozen=True, slots=True)
class _Told:
    """What one action tells of one person: counts by the name of a figure, and measures."""

    counts: tuple[str, ...]
    queued: int | None = None
    dwelt: int | None = None


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    queued: list[int] = field(default_factory=list)
    dwelt: list[int] = field(default_factory=list)

    def add(self, told: _Told) -> None:
        self.counts.update(told.counts)
        if told.queued is not None:
            self.queued.append(told.queued)
        if told.dwelt is not None:
            self.dwelt.append(told.dwelt)

    def figures(self, person: str, capability: str) -> ReviewFigures:
        spreads = (_spread(self.queued), _spread(self.dwelt))
        return ReviewFigures(person, capability, **self.counts, queue_seconds=spreads[0], dwell_ms=spreads[1])


def _told(action: Action, since: str) -> Iterator[tuple[str, _Told]]:
    """Everything that an action tells of people, inside the window."""
    for vote in action.votes:
        if vote.at >= since:
            queued = round((moment(vote.at) - moment(action.revised_at)).total_seconds())
            yield vote.person, _Told(tuple(_of_vote(action, vote)), max(queued, 0), vote.dwell_ms)
    for vote in action.voided:
        if vote.at >= since:
            yield vote.person, _Told(("decided", _VERDICTS[vote.verdict]), None, vote.dwell_ms)
    if action.edited_by and action.revised_at >= since:
        yield action.edited_by, _Told(("edited",))
    for one in action.escalated:
        if one.by and one.at >= since:
            yield one.by, _Told(("escalated",))
    yield from _overturned(action, since)


def _of_vote(action: Action, vote: Vote) -> Iterator[str]:
    yield "decided"
    yield _VERDICTS[vote.verdict]
    is_approval = vote.verdict is Verdict.APPROVE
    if is_approval and is_hasty(Tier(action.tier), vote.dwell_ms, vote.changes_seen):
        yield "hasty"
    if action.canary:
        yield "canaries_missed" if is_approval else "canaries_caught"
    elif is_approval and action.status in _BECAME:
        yield _BECAME[action.status]
    if _is_second(action, vote):
        yield "second_looks"
        if not is_approval:
            yield "differed"


def _is_second(action: Action, vote: Vote) -> bool:
    look = action.second_look
    return look is not None and look.is_drawn and vote.person not in look.after


def _overturned(action: Action, since: str) -> Iterator[tuple[str, _Told]]:
    """Whoever approved what a second look then rejected."""
    rejected = any(_is_second(action, vote) and vote.verdict is Verdict.REJECT for vote in action.votes)
    if rejected and action.second_look is not None and action.second_look.at >= since:
        for person in action.second_look.after:
            yield person, _Told(("overturned",))


_VERDICTS: Final = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected"}
_BECAME: Final = {ActionStatus.UNDONE: "undone", ActionStatus.FAILED: "failed"}


def _spread(measured: list[int]) -> Spread:
    """By nearest rank, so that each figure is one that was measured."""
    if not measured:
        return Spread()
    ordered = sorted(measured)
    p10, median, p90 = (ordered[max(0, -(-len(ordered) * part // 100) - 1)] for part in (10, 50, 90))
    return Spread(len(ordered), p10, median, p90)
