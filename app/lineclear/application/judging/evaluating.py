"""Policy asked again about an action that is on the ledger already. Free of I/O beyond the snapshot."""

from __future__ import annotations

from lineclear.application.executing.inside import is_inside, judge_inside
from lineclear.application.executing.undoing import judge_undo
from lineclear.application.judging.clearing import judge
from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.identities import Agent
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Outcome


def evaluate_again(services: Services, snapshot: Snapshot, action: Action) -> Evaluation:
    """What the policy in force says now, from the stored payload bytes."""
    if is_inside(action):
        return judge_inside(action)
    try:
        payload = payload_of(snapshot, action)
    except Refusal as refusal:
        return _unreadable(refusal)
    match payload:
        case Undoing(undoes=undoes):
            original = snapshot.load(Action, undoes)
            if original is None:
                raise Refusal(Code.ACTION_UNKNOWN, action=undoes)
            return judge_undo(snapshot, original, action.proposer)
        case Change() as change:
            agent = snapshot.load(Agent, action.agent)
            if agent is None:
                raise Refusal(Code.TOKEN_INVALID)
            return judge(services, snapshot, action, change, agent)[1]


def _unreadable(refusal: Refusal) -> Evaluation:
    """A payload that was erased or cannot be read runs never."""
    reason = Reason(ReasonCode.UNINSPECTABLE, ReasonEffect.DENY, "payload", params={"parts": refusal.code})
    return Evaluation(Outcome.DENY, reasons=(reason,), executes=False)


def payload_of(snapshot: Snapshot, action: Action) -> Change | Undoing:
    """The payload of the present revision, read from its stored bytes."""
    return read_payload(content_of(snapshot.blob(action.content.payload), action.content.payload))
