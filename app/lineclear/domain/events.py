"""Everything that can happen, as values. Pure; the vocabulary is stored for ever: only add.

An event is the `body` of one ledger entry; its type is `subject.verb`. What is large or
private lives beside the ledger in sealed blobs that the entry commits to by digest: payloads,
states before and after, and a `Brief` (text that people wrote or that names them).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec

from lineclear.domain.effects import HealthState, Target, UndoPlan
from lineclear.domain.policy.reasons import Reason
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import Mode, Outcome, Role, SpanKind, Stake, Tier, Verdict


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all events: public facts, never private text."""


class Brief(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all private companions of events; erasable without breaking a proof."""


# -- actions ----------------------------------------------------------------------------------


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that the agent read: where, what it says, in which span of the job."""

    source: str
    excerpt: str
    span: str = ""


class ActionBrief(Brief, frozen=True):
    """What an action is about, in words: the connector's title, the agent's own note, its evidence."""

    title: str
    target: Target
    note: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


class ActionProposed(Event, frozen=True):
    """Commits to `payload`, `before`, `after` and `brief`. `deadline` is RFC 3339 UTC."""

    job: str
    agent: str
    owner: str
    capability: str
    tool: str
    stake: Stake
    connector: str
    mutates: bool
    version: str
    undo: UndoPlan
    shape: str
    environment: str = ""
    confidence: str = ""
    amount: str = ""
    currency: str = ""
    deadline: str = ""
    undoes: str = ""


class ActionRevised(Event, frozen=True):
    """A new revision: the same change seen anew because the target moved, or an edit. Voids votes."""

    revision: int
    because: str
    version: str
    undo: UndoPlan
    shape: str
    amount: str = ""
    currency: str = ""


class ActionEvaluated(Event, frozen=True):
    """What the active policy says of one revision, with every rule that was looked at."""

    revision: int
    policy: str
    policy_version: int
    outcome: Outcome
    reasons: tuple[Reason, ...]
    executes: bool = True
    tier: Tier | None = None
    approvals: int = 0


class ActionCleared(Event, frozen=True):
    """The one-time right to execute one revision. `by` is `policy` or `decisions`."""

    revision: int
    clearance: str
    policy: str
    by: str


class DecisionBrief(Brief, frozen=True):
    """A reviewer's reason in their own words."""

    reason: str


class DecisionRecorded(Event, frozen=True):
    """A signed verdict; commits to the DSSE envelope as `statement` and to `brief`."""

    revision: int
    verdict: Verdict
    person: str
    tier: Tier
    device: str
    counter: int


class ExecutionStarted(Event, frozen=True):
    """Recorded before the call. `token` fences: only its holder may record an outcome."""

    revision: int
    clearance: str
    key: str
    token: int
    worker: str


class ExecutionSucceeded(Event, frozen=True):
    """Commits to `effect`: before, after and the receipt that an undo needs."""

    token: int
    reference: str


class ExecutionFailed(Event, frozen=True):
    """The other side refused and nothing was changed."""

    token: int
    code: str
    detail: str


class ExecutionUnknown(Event, frozen=True):
    """Sent, and nobody can say whether it took effect; a person reconciles."""

    token: int
    detail: str


class ExecutionHeld(Event, frozen=True):
    """A cleared action cannot start now; it waits and says why."""

    code: str
    detail: str


class ActionExpired(Event, frozen=True):
    """The deadline passed before the start."""

    deadline: str


class ActionWithdrawn(Event, frozen=True):
    """The agent took its own proposal back before the start."""


class ActionStopped(Event, frozen=True):
    """Stopped before the start, with its job."""

    by: str


class ActionUndone(Event, frozen=True):
    """The effect was taken back by another action."""

    by_action: str


# -- jobs -------------------------------------------------------------------------------------


class JobBrief(Brief, frozen=True):
    """What the job is for and whom its cost belongs to."""

    goal: str
    customer: str = ""
    project: str = ""
    workflow: str = ""


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Limits of a job: cost in millionths of a US dollar, steps, wall time in seconds."""

    cost_micros: int = 2_000_000
    steps: int = 50
    wall_seconds: int = 86_400


class JobOpened(Event, frozen=True):
    """Commits to `brief`."""

    agent: str
    budget: Budget


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One timed step. Times are RFC 3339 UTC as the agent claims them; cost in millionths of a dollar."""

    id: str
    name: str
    kind: SpanKind
    start: str
    end: str
    parent: str = ""
    cost_micros: int = 0
    tokens: int = 0
    model: str = ""


class SpansBrief(Brief, frozen=True):
    """A batch of spans."""

    spans: tuple[Span, ...]


class SpansRecorded(Event, frozen=True):
    """A batch of spans and what it adds to the job's spending; commits to `brief`."""

    steps: int
    cost_micros: int
    millis: int


class JobEnded(Event, frozen=True):
    """The agent says that it is done; `outcome` is `completed`, `failed` or `abandoned`."""

    outcome: str


class JobStopped(Event, frozen=True):
    """A person stopped it: no further step starts."""

    by: str
    reason: str


# -- people, agents, devices, tokens ----------------------------------------------------------


class PersonEnrolled(Event, frozen=True):
    """A person's role, tier and ceiling from here on; a later one replaces an earlier one."""

    role: Role
    tier: Tier
    ceiling: str = ""
    currency: str = ""


class AgentEnrolled(Event, frozen=True):
    """An identity that may propose. Its owner's decisions never count for its actions."""

    owner: str
    modes: dict[str, Mode] = {}


class DeviceEnrolled(Event, frozen=True):
    """A signing key of one person, valid from this position of the ledger. Ed25519, base64."""

    person: str
    public_key: str
    kept: str


class DeviceSigned(Event, frozen=True):
    """The device signed a decision; `counter` only grows. Commits to the envelope as `statement`."""

    counter: int
    action: str


class DeviceRevoked(Event, frozen=True):
    """Signatures of this key count no more from here on."""

    by: str


class TokenCreated(Event, frozen=True):
    """Only the SHA-256 of a 256-bit random token is kept."""

    sha256: str
    role: Role
    subject: str
    expires: str = ""


class TokenRevoked(Event, frozen=True):
    """The token is refused from here on."""


# -- control ----------------------------------------------------------------------------------


class WorkspaceCreated(Event, frozen=True):
    """The first entry of every ledger."""

    name: str
    environment: str


class PolicyActivated(Event, frozen=True):
    """A capability document comes into force; commits to its bytes as `document`."""

    version: int
    digest: str
    by: str


class SafeModeSwitched(Event, frozen=True):
    """Requested: from this entry on nothing that mutates may start (or may again)."""

    on: bool
    by: str
    reason: str
    in_flight: tuple[str, ...] = ()


class SafeModeConfirmed(Event, frozen=True):
    """All that was in flight at the request has ended."""


class ConnectorChanged(Event, frozen=True):
    """A probe or a real call found a connector in another state than before."""

    state: HealthState
    detail: str = ""


EVENT_TYPES: Final = MappingProxyType(
    {
        "action.cleared": ActionCleared,
        "action.evaluated": ActionEvaluated,
        "action.expired": ActionExpired,
        "action.proposed": ActionProposed,
        "action.revised": ActionRevised,
        "action.stopped": ActionStopped,
        "action.undone": ActionUndone,
        "action.withdrawn": ActionWithdrawn,
        "agent.enrolled": AgentEnrolled,
        "connector.changed": ConnectorChanged,
        "decision.recorded": DecisionRecorded,
        "device.enrolled": DeviceEnrolled,
        "device.revoked": DeviceRevoked,
        "device.signed": DeviceSigned,
        "execution.failed": ExecutionFailed,
        "execution.held": ExecutionHeld,
        "execution.started": ExecutionStarted,
        "execution.succeeded": ExecutionSucceeded,
        "execution.unknown": ExecutionUnknown,
        "job.ended": JobEnded,
        "job.opened": JobOpened,
        "job.stopped": JobStopped,
        "person.enrolled": PersonEnrolled,
        "policy.activated": PolicyActivated,
        "safe_mode.confirmed": SafeModeConfirmed,
        "safe_mode.switched": SafeModeSwitched,
        "spans.recorded": SpansRecorded,
        "token.created": TokenCreated,
        "token.revoked": TokenRevoked,
        "workspace.created": WorkspaceCreated,
    }
)

BRIEF_TYPES: Final = MappingProxyType(
    {
        "action.proposed": ActionBrief,
        "action.revised": ActionBrief,
        "decision.recorded": DecisionBrief,
        "job.opened": JobBrief,
        "spans.recorded": SpansBrief,
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
    return msgspec.convert(body, cls, strict=True)


def encode_event(event: Event) -> dict[str, Json]:
    """The JSON form of an event's body."""
    body: dict[str, Json] = msgspec.json.decode(
        msgspec.json.encode(event)
    )  # lists for tuples, text for enums
    return body


def decode_brief(name: str, content: bytes) -> Brief:
    """Read a brief back from the content of its blob."""
    return msgspec.json.decode(content, type=BRIEF_TYPES[name])
