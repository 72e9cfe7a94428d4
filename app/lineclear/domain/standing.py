"""The authority in which a person stands for one action: own, lent to them, or break-glass. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from lineclear.domain.actions import Action
from lineclear.domain.identities import Delegation, Person
from lineclear.domain.money import Money, parse_money
from lineclear.domain.vocabulary import Grounds, Tier


@dataclass(frozen=True, slots=True)
class Standing:
    """A tier and a ceiling, what they rest on, and where they are not a person's own, until when."""

    tier: Tier
    ceiling: Money | None
    grounds: Grounds = Grounds.OWN
    giver: str = ""
    until: str = ""


def standing_for(person: Person, action: Action, at: datetime) -> Standing:
    """The first that suffices of: their own, what others lent to them, break-glass; else their own.

    Authority that was lent never stands for an action on which its giver could not decide or has decided.
    """
    own = Standing(person.tier, money_of(person.ceiling, person.currency))
    return next((one for one in (own, *_others(person, action, at)) if _suffices(one, action)), own)


def reach_of(person: Person, at: datetime) -> Tier:
    """The highest tier at which they may stand for anything at this time; of loans, for some of it alone."""
    lent = (one.tier for one in person.received if not is_over(one.until, at))
    return Tier.THREE if _has_glass(person, at) else max((person.tier, *lent))


def money_of(ceiling: str, currency: str) -> Money | None:
    """A ceiling as the ledger has it; None where there is none."""
    return parse_money(ceiling, currency) if ceiling else None


def is_within(ceiling: Money | None, action: Action) -> bool:
    """Whether an action's amount, where it has one, is within a ceiling; of another currency it never is."""
    if ceiling is None or not action.amount:
        return True
    amount = parse_money(action.amount, action.currency)
    return amount.currency == ceiling.currency and abs(amount.amount) <= ceiling.amount


def is_over(until: str, at: datetime) -> bool:
    """Whether a time of the ledger has passed."""
    return datetime.fromisoformat(until) <= at


def _others(person: Person, action: Action, at: datetime) -> Iterator[Standing]:
    barred = {action.owner, action.proposer.partition("/")[2], *_who_decided(action)}
    for one in person.received:
        if action.capability in one.capabilities and one.giver not in barred and not is_over(one.until, at):
            yield _lent(one)
    if person.glass is not None and _has_glass(person, at):
        yield Standing(Tier.THREE, None, Grounds.BREAK_GLASS, until=person.glass.until)


def _has_glass(person: Person, at: datetime) -> bool:
    glass = person.glass
    return glass is not None and not glass.reviewed_by and not is_over(glass.until, at)


def _who_decided(action: Action) -> Collection[str]:
    return {name for vote in action.votes for name in (vote.person, vote.giver) if name}


def _lent(delegation: Delegation) -> Standing:
    ceiling = money_of(delegation.ceiling, delegation.currency)
    return Standing(delegation.tier, ceiling, Grounds.DELEGATED, delegation.giver, delegation.until)


def _suffices(standing: Standing, action: Action) -> bool:
    return standing.tier >= action.tier and is_within(standing.ceiling, action)
