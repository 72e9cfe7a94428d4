"""An action as a request of the Agent Approval Protocol. Free of I/O beyond the snapshot.

A request is decided once: what becomes of the clearance afterwards changes nothing about its approval.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from lineclear.application.agents.courier import decided_at
from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.domain.actions import REPORTED, Action
from lineclear.domain.policy.reasons import ReasonEffect
from lineclear.domain.policy.wording import sentence
from lineclear.domain.uuids import Named, uuid_of
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.vocabulary import Verdict as Voted
from lineclear.wire.aap import ApprovalRequest, Consumption, Create, Reported, Verdict

PENDING: Final = "pending"
APPROVED: Final = "approved"
_ENDS: Final = {
    ActionStatus.EXPIRED: "expired",
    ActionStatus.WITHDRAWN: "cancelled",
}


def request_of(snapshot: Snapshot, action: Action) -> ApprovalRequest:
    """The request as it stands. Its submission is given back to the byte."""
    kept = content_of(snapshot.blob(action.submission), action.submission)
    submitted = msgspec.json.decode(kept, type=Create)
    status = status_of(action)
    return ApprovalRequest(
        id=uuid_of(Named.REQUEST, action.id),
        tool=submitted.tool,
        arguments=submitted.arguments,
        timeout=submitted.timeout,
        status=status,
        created_at=action.proposed_at,
        deadline_at=action.deadline,
        server=submitted.server,
        agent_reasoning=submitted.agent_reasoning,
        context=submitted.context,
        decision=_decision(action, status) if status != PENDING else UNSET,
        consumption=_consumption(action),
    )


def status_of(action: Action) -> str:
    """The protocol's word for where the action stands; what it has no word for was refused."""
    if not action.is_answered:
        return PENDING
    if action.cleared_at and action.status is not ActionStatus.AGREED:
        return APPROVED
    return _ENDS.get(action.status, "denied")


def _decision(action: Action, status: str) -> Verdict:
    return Verdict(
        status=status,
        decided_at=decided_at(action),
        note=_note(action) or UNSET,
        expires_at=action.cleared_until if status == APPROVED else UNSET,
    )


def _note(action: Action) -> str:
    """What people said, or policy, or what happened."""
    wanted = Voted.REJECT if action.status is ActionStatus.REJECTED else Voted.APPROVE
    said = "\n".join(vote.reason for vote in action.votes if vote.verdict is wanted and vote.reason)
    match action.status:
        case ActionStatus.DENIED if action.judged is not None:
            found = (one for one in action.judged.reasons if one.effect is ReasonEffect.DENY)
            return "Denied by policy. " + " ".join(map(sentence, found))
        case ActionStatus.AGREED:
            return "Agreed to, but this agent is in draft mode: nothing may run."
        case ActionStatus.STOPPED if not action.cleared_at:
            return f"Stopped by {action.ended_by}."
        case _:
            return said


def _consumption(action: Action) -> Consumption | UnsetType:
    run = action.run
    if run is None:
        return UNSET
    if run.code != REPORTED:
        return Consumption(run.started_at)
    happened = action.status is ActionStatus.SUCCEEDED
    reported = Reported("succeeded" if happened else "failed", run.ended_at, run.detail or UNSET)
    return Consumption(run.started_at, reported)
