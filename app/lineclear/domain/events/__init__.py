"""Everything that can happen, as values. Pure; the vocabulary is stored for ever: only add.

An event is the `body` of one ledger entry; its type is `subject.verb`. What is large or
private lives beside the ledger in sealed blobs that the entry commits to by digest: payloads,
states before and after, and a `Brief` (text that people wrote or that names them).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec

from lineclear.domain.events.actions import (
    ActionAnswered,
    ActionAsked,
    ActionBrief,
    ActionClaimed,
    ActionCleared,
    ActionConsulted,
    ActionEscalated,
    ActionEvaluated,
    ActionExpired,
    ActionProposed,
    ActionReleased,
    ActionRevised,
    ActionStopped,
    ActionUndone,
    ActionWithdrawn,
    CanaryRevealed,
    DeadlineMoved,
    DecisionBrief,
    DecisionRecorded,
    DetailBrief,
    EscalationBrief,
    Evidence,
    ExecutionAsked,
    ExecutionCancelled,
    ExecutionDelayed,
    ExecutionFailed,
    ExecutionHeld,
    ExecutionReconciled,
    ExecutionReported,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionUnknown,
    HandOverBrief,
    OutcomeBrief,
    QuestionBrief,
    SecondLookDrawn,
)
from lineclear.domain.events.base import Brief, Event
from lineclear.domain.events.budgets import (
    DayAsked,
    DayKept,
    DayRaised,
    DayReleased,
    DayReserved,
    DaySpent,
)
from lineclear.domain.events.control import (
    BreakerClosed,
    BreakerFailed,
    BreakerOpened,
    CanariesPrepared,
    ConnectorChanged,
    OfflineRuled,
    PolicyActivated,
    SafeModeConfirmed,
    SafeModeLeaveAsked,
    SafeModeSwitched,
    WorkspaceCreated,
)
from lineclear.domain.events.identities import (
    AgentEnrolled,
    AgentResumed,
    AgentStopped,
    AuthorityDelegated,
    DelegationEnded,
    DeviceEnrolled,
    DeviceRevoked,
    DeviceSigned,
    GlassBroken,
    GlassReviewed,
    PersonEnrolled,
    PersonLeft,
    TokenCreated,
    TokenRevoked,
    WitnessEnrolled,
)
from lineclear.domain.events.instances import (
    Delivery,
    InstanceDeleted,
    InstanceProvisioned,
    InstanceUpdated,
    NoticeEnded,
)
from lineclear.domain.events.jobs import (
    Budget,
    BudgetCut,
    BudgetKind,
    BudgetRaised,
    BudgetReserved,
    JobBrief,
    JobEnded,
    JobOpened,
    JobPaused,
    JobResumed,
    JobStopped,
    Span,
    SpansBrief,
    SpansRecorded,
    StepContents,
)
from lineclear.domain.events.retention import ContentErased, ErasureCause, HoldLifted, HoldPlaced
from lineclear.domain.events.trials import TrialEnd, TrialEnded, TrialStarted
from lineclear.domain.strict_json import Json

__all__ = [
    "BRIEF_TYPES",
    "EVENT_TYPES",
    "ActionAnswered",
    "ActionAsked",
    "ActionBrief",
    "ActionClaimed",
    "ActionCleared",
    "ActionConsulted",
    "ActionEscalated",
    "ActionEvaluated",
    "ActionExpired",
    "ActionProposed",
    "ActionReleased",
    "ActionRevised",
    "ActionStopped",
    "ActionUndone",
    "ActionWithdrawn",
    "AgentEnrolled",
    "AgentResumed",
    "AgentStopped",
    "AuthorityDelegated",
    "BreakerClosed",
    "BreakerFailed",
    "BreakerOpened",
    "Brief",
    "Budget",
    "BudgetCut",
    "BudgetKind",
    "BudgetRaised",
    "BudgetReserved",
    "CanariesPrepared",
    "CanaryRevealed",
    "ConnectorChanged",
    "ContentErased",
    "DayAsked",
    "DayKept",
    "DayRaised",
    "DayReleased",
    "DayReserved",
    "DaySpent",
    "DeadlineMoved",
    "DecisionBrief",
    "DecisionRecorded",
    "DelegationEnded",
    "Delivery",
    "DetailBrief",
    "DeviceEnrolled",
    "DeviceRevoked",
    "DeviceSigned",
    "ErasureCause",
    "EscalationBrief",
    "Event",
    "Evidence",
    "ExecutionAsked",
    "ExecutionCancelled",
    "ExecutionDelayed",
    "ExecutionFailed",
    "ExecutionHeld",
    "ExecutionReconciled",
    "ExecutionReported",
    "ExecutionStarted",
    "ExecutionSucceeded",
    "ExecutionUnknown",
    "GlassBroken",
    "GlassReviewed",
    "HandOverBrief",
    "HoldLifted",
    "HoldPlaced",
    "InstanceDeleted",
    "InstanceProvisioned",
    "InstanceUpdated",
    "JobBrief",
    "JobEnded",
    "JobOpened",
    "JobPaused",
    "JobResumed",
    "JobStopped",
    "NoticeEnded",
    "OfflineRuled",
    "OutcomeBrief",
    "PersonEnrolled",
    "PersonLeft",
    "PolicyActivated",
    "QuestionBrief",
    "SafeModeConfirmed",
    "SafeModeLeaveAsked",
    "SafeModeSwitched",
    "SecondLookDrawn",
    "Span",
    "SpansBrief",
    "SpansRecorded",
    "StepContents",
    "TokenCreated",
    "TokenRevoked",
    "TrialEnd",
    "TrialEnded",
    "TrialStarted",
    "WitnessEnrolled",
    "WorkspaceCreated",
    "decode_brief",
    "decode_event",
    "encode_event",
    "type_of",
]

EVENT_TYPES: Final = MappingProxyType(
    {
        "action.answered": ActionAnswered,
        "action.asked": ActionAsked,
        "action.claimed": ActionClaimed,
        "action.cleared": ActionCleared,
        "action.consulted": ActionConsulted,
        "action.escalated": ActionEscalated,
        "action.evaluated": ActionEvaluated,
        "action.expired": ActionExpired,
        "action.proposed": ActionProposed,
        "action.released": ActionReleased,
        "action.revised": ActionRevised,
        "action.stopped": ActionStopped,
        "action.undone": ActionUndone,
        "action.withdrawn": ActionWithdrawn,
        "agent.enrolled": AgentEnrolled,
        "agent.resumed": AgentResumed,
        "agent.stopped": AgentStopped,
        "authority.delegated": AuthorityDelegated,
        "breaker.closed": BreakerClosed,
        "breaker.failed": BreakerFailed,
        "breaker.opened": BreakerOpened,
        "budget.cut": BudgetCut,
        "budget.raised": BudgetRaised,
        "budget.reserved": BudgetReserved,
        "canary.prepared": CanariesPrepared,
        "action.second_look": SecondLookDrawn,
        "canary.revealed": CanaryRevealed,
        "connector.changed": ConnectorChanged,
        "content.erased": ContentErased,
        "day.asked": DayAsked,
        "day.kept": DayKept,
        "day.raised": DayRaised,
        "day.released": DayReleased,
        "day.reserved": DayReserved,
        "day.spent": DaySpent,
        "deadline.moved": DeadlineMoved,
        "decision.recorded": DecisionRecorded,
        "delegation.ended": DelegationEnded,
        "device.enrolled": DeviceEnrolled,
        "device.revoked": DeviceRevoked,
        "device.signed": DeviceSigned,
        "execution.asked": ExecutionAsked,
        "execution.cancelled": ExecutionCancelled,
        "execution.delayed": ExecutionDelayed,
        "execution.failed": ExecutionFailed,
        "execution.held": ExecutionHeld,
        "execution.reconciled": ExecutionReconciled,
        "execution.reported": ExecutionReported,
        "execution.started": ExecutionStarted,
        "execution.succeeded": ExecutionSucceeded,
        "execution.unknown": ExecutionUnknown,
        "glass.broken": GlassBroken,
        "glass.reviewed": GlassReviewed,
        "hold.lifted": HoldLifted,
        "hold.placed": HoldPlaced,
        "instance.deleted": InstanceDeleted,
        "instance.provisioned": InstanceProvisioned,
        "instance.updated": InstanceUpdated,
        "job.ended": JobEnded,
        "job.opened": JobOpened,
        "job.paused": JobPaused,
        "job.resumed": JobResumed,
        "job.stopped": JobStopped,
        "notice.ended": NoticeEnded,
        "offline.ruled": OfflineRuled,
        "person.enrolled": PersonEnrolled,
        "person.left": PersonLeft,
        "policy.activated": PolicyActivated,
        "safe_mode.confirmed": SafeModeConfirmed,
        "safe_mode.leave_asked": SafeModeLeaveAsked,
        "safe_mode.switched": SafeModeSwitched,
        "spans.recorded": SpansRecorded,
        "token.created": TokenCreated,
        "token.revoked": TokenRevoked,
        "trial.ended": TrialEnded,
        "trial.started": TrialStarted,
        "witness.enrolled": WitnessEnrolled,
        "workspace.created": WorkspaceCreated,
    }
)

BRIEF_TYPES: Final = MappingProxyType(
    {
        "action.answered": QuestionBrief,
        "action.asked": QuestionBrief,
        "action.claimed": HandOverBrief,
        "action.escalated": EscalationBrief,
        "action.proposed": ActionBrief,
        "action.revised": ActionBrief,
        "budget.cut": DecisionBrief,
        "canary.revealed": DecisionBrief,
        "content.erased": DecisionBrief,
        "decision.recorded": DecisionBrief,
        "execution.delayed": DetailBrief,
        "execution.failed": DetailBrief,
        "execution.held": DetailBrief,
        "execution.reconciled": DecisionBrief,
        "execution.reported": OutcomeBrief,
        "execution.unknown": DetailBrief,
        "job.opened": JobBrief,
        "job.stopped": DecisionBrief,
        "offline.ruled": DecisionBrief,
        "policy.activated": DecisionBrief,
        "spans.recorded": SpansBrief,
        "trial.ended": DecisionBrief,
        "trial.started": DecisionBrief,
    }
)

_TYPE_OF: Final = MappingProxyType({cls: name for name, cls in EVENT_TYPES.items()})


def type_of(event: Event) -> str:
    """The `subject.verb` under which the ledger stores an event."""
    return _TYPE_OF[type(event)]


def decode_event(name: str, body: object) -> Event:
    """Read a body back; raises ValueError for an unknown type or a body that does not fit it."""
    try:
        cls = EVENT_TYPES[name]
    except KeyError:
        raise ValueError(f"unknown event type {name!r}") from None
    event: Event = msgspec.convert(body, cls, strict=True)
    return event


def encode_event(event: Event) -> dict[str, Json]:
    """The JSON form of an event's body."""
    body: dict[str, Json] = msgspec.json.decode(
        msgspec.json.encode(event)
    )  # lists for tuples, text for enums
    return body


def decode_brief(name: str, content: bytes) -> Brief:
    """Read a brief back from the content of its blob."""
    brief: Brief = msgspec.json.decode(content, type=BRIEF_TYPES[name])
    return brief
