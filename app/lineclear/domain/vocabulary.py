"""The closed vocabularies of the product. Pure; stored for ever: rename nothing, only add."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """How much a reviewer may approve; higher includes lower."""

    ONE = 1
    TWO = 2
    THREE = 3


class Role(StrEnum):
    """What a token may do. No agent token can ever decide or change control."""

    AGENT = "agent"
    APPROVER = "approver"
    OPS = "ops"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PROVISIONER = "provisioner"


class Grounds(StrEnum):
    """What a reviewer's authority rested on when they decided."""

    OWN = "own"
    DELEGATED = "delegated"
    BREAK_GLASS = "break_glass"


class Mode(StrEnum):
    """How far an agent is trusted with a capability; a cap on policy, never a widening."""

    DRAFT = "draft"
    ASSISTED = "assisted"
    DELEGATED = "delegated"
    MANAGED = "managed"


class Executor(StrEnum):
    """Who carries a cleared action out: the backend through a connector, or the agent that proposed it."""

    BACKEND = "backend"
    AGENT = "agent"


class Word(StrEnum):
    """What an agent says of an execution of its own; unknown where it cannot say whether it took effect."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """The way in by which a proposal came."""

    NATIVE = "native"
    AAP = "aap"


class EffectClass(StrEnum):
    """What the other side of a tool promises about repetition."""

    TRANSACTIONAL = "A"
    KEYED = "B"
    QUERYABLE = "C"
    BLIND = "D"


class Stake(StrEnum):
    """What a tool touches; decides the tier where a capability document names none."""

    DATA = "data"
    MONEY = "money"
    CODE = "code"
    DEPLOYMENT = "deployment"
    ACCESS = "access"
    PEOPLE = "people"
    POLICY = "policy"


class Verdict(StrEnum):
    """A reviewer's verdict on one revision."""

    APPROVE = "approve"
    REJECT = "reject"


class Outcome(StrEnum):
    """What policy says of one action."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class ActionStatus(StrEnum):
    """Where an action is in its life. A terminal status is terminal."""

    PROPOSED = "proposed"
    PENDING = "pending"
    AGREED = "agreed"
    CLEARED = "cleared"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DENIED = "denied"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    UNDONE = "undone"

    @property
    def is_open(self) -> bool:
        """Whether something may still happen without a new proposal."""
        return self in _OPEN


_OPEN = frozenset(
    {
        ActionStatus.PROPOSED,
        ActionStatus.PENDING,
        ActionStatus.CLEARED,
        ActionStatus.STARTED,
        ActionStatus.UNKNOWN,
    }
)


class JobStatus(StrEnum):
    """Where a job is in its life."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    STOPPED = "stopped"


class SpanKind(StrEnum):
    """What a timed step of a job was spent on."""

    MODEL = "model"
    TOOL = "tool"
    READ = "read"
    POLICY = "policy"
    WAITING = "waiting"
    EXECUTION = "execution"
