"""What policy says of taking an effect back. Free of I/O beyond the snapshot.

An undo has its own evaluation: a reviewer whose tier and limit sufficed for the original may take it back,
for that returns the target to a reviewed state; anyone else must ask. Access, people and policy always take a
second person, because there an undo can shut somebody out.
"""

from __future__ import annotations

from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.authority import DECIDERS
from lineclear.domain.identities import Person
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.standing import is_within, money_of
from lineclear.domain.vocabulary import Outcome, Stake, Tier

_SECOND_PERSON = frozenset({Stake.ACCESS, Stake.PEOPLE, Stake.POLICY})


def judge_undo(snapshot: Snapshot, original: Action, proposer: str) -> Evaluation:
    """Allow, or ask at the tier that the original took."""
    person = snapshot.load(Person, proposer.partition("/")[2])
    tier = Tier.THREE if original.stake in _SECOND_PERSON else tier_of(snapshot, original)
    may_decide = person is not None and not person.left and person.role in DECIDERS
    held = int(person.tier) if person is not None and may_decide else 0
    params = {"tier": str(int(tier)), "held": str(held)}
    if original.stake in _SECOND_PERSON:
        reason = Reason(ReasonCode.UNDO_SECOND_PERSON, ReasonEffect.ASK, "undo", params=params)
        return Evaluation(Outcome.ASK, tier, 1, (reason,))
    if person is not None and not is_within(money_of(person.ceiling, person.currency), original):
        moves = f"{original.amount} {original.currency}"
        limit = {"ceiling": f"{person.ceiling} {person.currency}", "amount": moves}
        reason = Reason(ReasonCode.UNDO_ABOVE_CEILING, ReasonEffect.ASK, "undo", params=limit)
        return Evaluation(Outcome.ASK, tier, 1, (reason,))
    if held >= tier:
        reason = Reason(ReasonCode.UNDO_WITHIN_TIER, ReasonEffect.ALLOW, "undo", params=params)
        return Evaluation(Outcome.ALLOW, None, 0, (reason,))
    reason = Reason(ReasonCode.UNDO_ABOVE_TIER, ReasonEffect.ASK, "undo", params=params)
    return Evaluation(Outcome.ASK, tier, 1, (reason,))


def tier_of(snapshot: Snapshot, action: Action) -> Tier:
    """The highest tier that an action took, or what it takes back: an undo of an undo is no way around it."""
    highest = action.tier
    while action.undoes:
        before = snapshot.load(Action, action.undoes)
        if before is None:
            return Tier.THREE
        action, highest = before, max(highest, before.tier)
    return highest
