"""Whether those who approved still have the authority in which they did, when it counts. Free of I/O.

A start takes the stricter of decision time and start time (I11): between the two somebody may have left, been
given another role, tier or limit, lost a device, or what was lent to them may have ended. What is left of
their authority counts; a rejection stands whatever becomes of who gave it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lineclear.application.deciding.authorising import judgement
from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action, Vote
from lineclear.domain.authority import DECIDERS
from lineclear.domain.identities import Delegation, Device, Person
from lineclear.domain.money import Money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import is_over, is_within, money_of
from lineclear.domain.vocabulary import Grounds, Tier, Verdict


def votes_that_hold(snapshot: Snapshot, action: Action, at: datetime) -> tuple[Vote, ...]:
    """The votes as far as they count now; Refusal(AUTHORITY_MISSING) where the rest would not suffice."""
    cast = [(vote, _held(snapshot, action, vote, at)) for vote in action.votes]
    holding = tuple(held for _, held in cast if held is not None)
    if not judgement(action, holding).met:
        for vote, held in cast:
            if held != vote:
                problem = "the authority in which they approved it has ended or is less now"
                raise Refusal(Code.AUTHORITY_MISSING, person=vote.person, problem=problem)
    return holding


def _held(snapshot: Snapshot, action: Action, vote: Vote, at: datetime) -> Vote | None:
    if vote.verdict is Verdict.REJECT:
        return vote
    person, device = snapshot.load(Person, vote.person), snapshot.load(Device, vote.device)
    if person is None or person.left or person.role not in DECIDERS or device is None or device.revoked:
        return None
    found = _rests_on(person, action, vote, at)
    if found is None or not is_within(found[1], action):
        return None
    groups = tuple(group for group in vote.groups if group in person.groups)
    return msgspec.structs.replace(vote, tier=min(vote.tier, found[0]), groups=groups)


def _rests_on(person: Person, action: Action, vote: Vote, at: datetime) -> tuple[Tier, Money | None] | None:
    """The tier and the ceiling of what a vote rested on, as that is now; None where it ended."""
    match vote.grounds:
        case Grounds.OWN:
            return person.tier, money_of(person.ceiling, person.currency)
        case Grounds.DELEGATED:
            lent = [one for one in person.received if _is_of(one, vote, action, at)]
            best = max(lent, key=lambda one: one.tier, default=None)
            return (best.tier, money_of(best.ceiling, best.currency)) if best else None
        case Grounds.BREAK_GLASS:
            glass = person.glass
            is_judged = glass is not None and bool(glass.reviewed_by) and not glass.justified
            holds = glass is not None and not is_judged and not is_over(glass.until, at)
            return (Tier.THREE, None) if holds else None


def _is_of(one: Delegation, vote: Vote, action: Action, at: datetime) -> bool:
    return one.giver == vote.giver and action.capability in one.capabilities and not is_over(one.until, at)
