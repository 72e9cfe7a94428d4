"""Policy asked again about an action that is on the ledger already. Free of I/O beyond the snapshot."""

from __future__ import annotations

from lineclear.application.executing.inside import is_inside, judge_inside
from lineclear.application.executing.undoing import judge_undo
from lineclear.application.judging.clearing import judge
from lineclear.application.judging.in_force import policy_in_force
from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy
from lineclear.domain.identities import Agent
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Outcome


def evaluate_again(services: Services, snapshot: Snapshot, action: Action) -> Evaluation:
    """What policy says now, from the stored payload bytes."""
    return evaluated_again(services, snapshot, action)[1]


def evaluated_again(
    services: Services, snapshot: Snapshot, action: Action
) -> tuple[ActivePolicy, Evaluation]:
    """The same, with the document that says it."""
    active, _ = policy_in_force(snapshot)
    if is_inside(action):
        return active, judge_inside(action)
    try:
        payload = payload_of(snapshot, action)
    except Refusal as refusal:
        return active, _unreadable(refusal)
    match payload:
        case Undoing(undoes=undoes):
            original = snapshot.load(Action, undoes)
            if original is None:
                raise Refusal(Code.ACTION_UNKNOWN, action=undoes)
            return active, judge_undo(snapshot, original, action.proposer)
        case Change() as change:
            agent = snapshot.load(Agent, action.agent)
            if agent is None:
                raise Refusal(Code.TOKEN_INVALID)
            return judge(services, snapshot, action, change, agent)


def _unreadable(refusal: Refusal) -> Evaluation:
    """A payload that was erased or cannot be read runs never."""
    reason = Reason(ReasonCode.UNINSPECTABLE, ReasonEffect.DENY, "payload", params={"parts": refusal.code})
    return Evaluation(Outcome.DENY, reasons=(reason,), executes=False)


def payload_of(snapshot: Snapshot, action: Action) -> Change | Undoing:
    """The payload of the present revision, read from its stored bytes."""
    return read_payload(content_of(snapshot.blob(action.content.payload), action.content.payload))
