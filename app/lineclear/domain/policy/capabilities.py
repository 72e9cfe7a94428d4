"""A capability document as frozen values that remember their source lines. Pure; free of YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lineclear.domain.policy.conditions import Condition, Then
from lineclear.domain.policy.stages import EVERYONE, Escalation, Stage
from lineclear.domain.vocabulary import Mode, Tier

OTHERS = "everyone"
"""Under `modes`, the name that stands for every agent that is not named there."""


class UndoRule(StrEnum):
    """Whether what cannot be undone may run: never, or only when a person says so."""

    REQUIRED = "required"
    PREFERRED = "preferred"


class KeyRule(StrEnum):
    """Whether a proposal must carry an idempotency key."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Rule[T]:
    """A value that the document states, with the 1-based line of its key."""

    value: T
    line: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How many proposals of one agent in so many seconds are taken, and what happens beyond."""

    line: int
    most: int
    seconds: int
    then: Then


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most in USD that a reviewer may approve: one for everyone, or one for each that is named."""

    line: int
    by_reviewer: Mapping[str, Rule[Decimal]]

    def of(self, reviewer: str) -> Decimal | None:
        """The named reviewer's own, else everyone's, else none."""
        rule = self.by_reviewer.get(reviewer) or self.by_reviewer.get(EVERYONE)
        return rule.value if rule else None


@dataclass(frozen=True, slots=True)
class ToolRules:
    """What the document says of one tool under one capability. Absent means that it says nothing.

    `second_review` is the share, 0 to 1, of the actions that people approve which get a second look.
    """

    name: str
    line: int
    max_amount_usd: Rule[Decimal] | None = None
    requires_approval_over_usd: Rule[Decimal] | None = None
    requires_approval: Rule[bool] | None = None
    tier: Rule[Tier] | None = None
    approvals: Rule[int] | None = None
    idempotency_key: Rule[KeyRule] | None = None
    min_confidence: Rule[Decimal] | None = None
    contract_version: Rule[int] | None = None
    reversible: Rule[UndoRule] | None = None
    rate: Rate | None = None
    conditions: tuple[Condition, ...] = ()
    stages: Rule[tuple[Stage, ...]] | None = None
    second_review: Rule[Decimal] | None = None
    escalate: Rule[Escalation] | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """How the payloads of a capability are kept; `retention_days` counts from the outcome."""

    log_payload: Rule[bool] | None = None
    retention_days: Rule[int] | None = None


@dataclass(frozen=True, slots=True)
class DayLimits:
    """What one UTC day may take: US dollars, and a count of steps or actions. Absent is without limit."""

    usd: Rule[Decimal] | None = None
    count: Rule[int] | None = None


@dataclass(frozen=True, slots=True)
class Modes:
    """How far agents are trusted: each that is named its own, and `everyone` else the other one.

    `everyone_line` is where that one stands if it has a line of its own.
    """

    line: int
    everyone: Mode | None
    by_agent: Mapping[str, Rule[Mode]]
    everyone_line: int = 0

    def of(self, agent: str) -> Mode | None:
        """The named agent's own mode, else the one for everyone, else none."""
        named = self.by_agent.get(agent)
        return named.value if named else self.everyone

    def states(self, mode: Mode) -> bool:
        """Whether the document gives this mode to anyone."""
        return mode is self.everyone or any(rule.value is mode for rule in self.by_agent.values())


@dataclass(frozen=True, slots=True)
class Capability:
    """One named permission: its tools by name, and what holds for all of them.

    `undo_window` is in seconds: how long an undo is offered; a tool's contract may offer less. `budget` is of
    each agent by itself: the money that its actions move, and how many of them start.
    """

    name: str
    line: int
    tools: Mapping[str, ToolRules]
    audit: Audit = Audit()
    environments: Rule[tuple[str, ...]] | None = None
    tier: Rule[Tier] | None = None
    approvals: Rule[int] | None = None
    modes: Modes | None = None
    undo_window: Rule[int] | None = None
    budget: DayLimits = DayLimits()
    environments_asking: Rule[tuple[str, ...]] | None = None
    min_confidence: Rule[Decimal] | None = None
    reversible: Rule[UndoRule] | None = None
    rate: Rate | None = None
    conditions: tuple[Condition, ...] = ()
    stages: Rule[tuple[Stage, ...]] | None = None
    second_review: Rule[Decimal] | None = None
    escalate: Rule[Escalation] | None = None
    ceilings: Ceilings | None = None

    def rate_window(self, tool: str) -> int:
        """For how many seconds back the proposals of an agent must be known to judge `tool`; 0 for none."""
        own = self.tools[tool].rate if tool in self.tools else None
        return max((rate.seconds for rate in (self.rate, own) if rate), default=0)


@dataclass(frozen=True, slots=True)
class OutsideJudge:
    """Open Policy Agent, asked beside the document: where, for how long, and what its silence means.

    `token_env` names the environment variable that holds a bearer token; "" sends none. `lines` has the line
    of each key that is written.
    """

    line: int
    url: str
    unreachable: Then = Then.DENY
    timeout_ms: int = 500
    token_env: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CapabilityDocument:
    """The policy of a workspace. `digest` is the SHA-256 of the bytes that it was read from.

    `budgets` is of all agents together: what their work costs, and their steps. `opa` is asked as well.
    """

    digest: str
    capabilities: Mapping[str, Capability]
    budgets: DayLimits = DayLimits()
    opa: OutsideJudge | None = None

    def mode_of(self, capability: str, agent: str) -> Mode | None:
        """The mode that this document gives an agent for a capability, if it gives one."""
        known = self.capabilities.get(capability)
        return known.modes.of(agent) if known and known.modes else None

    def rates(self) -> Iterator[Rate]:
        """Every rate that it states."""
        for known in self.capabilities.values():
            rates = (known.rate, *(tool.rate for tool in known.tools.values()))
            yield from (rate for rate in rates if rate)
