"""What policy says of taking an effect back. Free of I/O beyond the snapshot.

An undo has its own evaluation: a reviewer whose tier sufficed for the original may take it back, for
that returns the target to a reviewed state; anyone below must ask. Access, people and policy always
take a second person, because there an undo can shut somebody out.
"""

from __future__ import annotations

from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.identities import Person
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.vocabulary import Outcome, Stake, Tier

_SECOND_PERSON = frozenset({Stake.ACCESS, Stake.PEOPLE, Stake.POLICY})


def judge_undo(snapshot: Snapshot, original: Action, proposer: str) -> Evaluation:
    """Allow, or ask at the tier that the original took."""
    person = snapshot.load(Person, proposer.partition("/")[2])
    tier = Tier.THREE if original.stake in _SECOND_PERSON else original.tier
    held = person.tier if person is not None else Tier.ONE
    params = {"tier": str(int(tier)), "held": str(int(held))}
    if original.stake in _SECOND_PERSON:
        reason = Reason(ReasonCode.UNDO_SECOND_PERSON, ReasonEffect.ASK, "undo", params=params)
        return Evaluation(Outcome.ASK, tier, 1, (reason,))
    if held >= tier:
        reason = Reason(ReasonCode.UNDO_WITHIN_TIER, ReasonEffect.ALLOW, "undo", params=params)
        return Evaluation(Outcome.ALLOW, None, 0, (reason,))
    reason = Reason(ReasonCode.UNDO_ABOVE_TIER, ReasonEffect.ASK, "undo", params=params)
    return Evaluation(Outcome.ASK, tier, 1, (reason,))
