"""What must hold of authority that is lent, or taken in an emergency. Pure; a rule yields problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.application.governing import break_glass, delegation
from lineclear.application.record.rules import States
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.identities import Glass, Person
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate
from lineclear.domain.vocabulary import Tier

type Broken = e.GlassBroken | e.GlassReviewed


def lending_problems(recorded: Recorded, event: e.AuthorityDelegated, states: States) -> Iterator[str]:
    """Whether somebody lent a part of what they had been enrolled with, to somebody else, for a while."""
    giver = states.get(f"person/{event.giver}")
    if not isinstance(giver, Person) or giver.left:
        yield f"{event.giver} was not enrolled at this point of the ledger"
        return
    if recorded.actor != f"person/{giver.id}" or recorded.id == giver.id:
        yield f"{giver.id} is said to have lent it to {recorded.id}, and it was recorded by {recorded.actor}"
    if event.tier > giver.tier:
        yield f"tier {event.tier} was lent, and {giver.id} was at tier {giver.tier}"
    if (event.ceiling, event.currency) != (giver.ceiling, giver.currency):
        yield f"it was lent with another ceiling than that of {giver.id}"
    yield from _too_long(recorded, event.until, delegation.LONGEST)


def ending_problems(before: Person, recorded: Recorded, event: e.DelegationEnded) -> Iterator[str]:
    """Whether what ended was lent to this person, and ended by who says so."""
    if event.delegation not in {one.id for one in before.received}:
        yield f"{event.delegation} was not lent to {before.id}"
    if recorded.actor != f"person/{event.by}":
        yield f"it is said to be by {event.by}, and was recorded by {recorded.actor}"


def glass_problems(recorded: Recorded, event: Broken) -> Iterator[str]:
    """Whether who broke the glass did so themselves, for an hour at most, and somebody else reviewed it."""
    by = event.by if isinstance(event, e.GlassReviewed) else recorded.id
    if recorded.actor != f"person/{by}":
        yield f"it is said to be by {by}, and was recorded by {recorded.actor}"
    if isinstance(event, e.GlassReviewed) and by == recorded.id:
        yield f"{by} reviewed their own break-glass"
    if isinstance(event, e.GlassBroken):
        yield from _too_long(recorded, event.until, break_glass.LONGEST)


def review_problems(
    before: Aggregate | None, recorded: Recorded, event: Broken, states: States
) -> Iterator[str]:
    """Whether each break-glass was reviewed once, by somebody at tier 3, before the next one."""
    glass = before.glass if isinstance(before, Person) else None
    is_open = isinstance(glass, Glass) and not glass.reviewed_by
    if isinstance(event, e.GlassBroken):
        if is_open:
            yield f"{recorded.id} had not had the break-glass before it reviewed"
        return
    reviewer = states.get(f"person/{event.by}")
    if not is_open:
        yield f"there was no break-glass of {recorded.id} to review"
    if not isinstance(reviewer, Person) or reviewer.left or reviewer.tier < Tier.THREE:
        yield f"{event.by} was not at tier {Tier.THREE} at this point of the ledger"


def _too_long(recorded: Recorded, until: str, longest: timedelta) -> Iterator[str]:
    if moment(until) > moment(recorded.at) + longest:
        yield f"it lasts until {until}, which is more than {longest} after {recorded.at}"
