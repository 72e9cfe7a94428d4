"""Budgets of one UTC day: of the workspace, and of each agent with each capability. Pure.

The day is the one of the entry's own time, so that a replay counts as the first run did. A reservation
belongs to the day in which it was made, whenever it is settled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

import msgspec

from lineclear.domain import events as e
from lineclear.domain.jobs import Reserved
from lineclear.domain.policy.capabilities import CapabilityDocument, DayLimits
from lineclear.domain.records import Recorded

KINDS: Final = (e.BudgetKind.COST, e.BudgetKind.STEPS)
"""What a day limits: money, and steps or actions."""

_WORKSPACE: Final = "workspace"
_MICROS: Final = 1_000_000
_LONGEST: Final = 52
_DIGITS: Final = 12


class DayBudget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was used and set aside of one budget on one day. Money in millionths of a US dollar.

    `id` is `2026-11-22:workspace` or `2026-11-22:CAPABILITY:AGENT`. `raised` is by how much people raised
    each kind for this day, `asked` the action that last asked them to, `kept` what they would not raise.
    """

    id: str
    seq: int
    cost_micros: int = 0
    steps: int = 0
    reserved: dict[str, Reserved] = msgspec.field(default_factory=dict)
    raised: dict[str, int] = msgspec.field(default_factory=dict)
    asked: dict[str, str] = msgspec.field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def held(self, kind: e.BudgetKind) -> int:
        """Used and set aside together."""
        if kind is e.BudgetKind.COST:
            return self.cost_micros + sum(one.cost_micros for one in self.reserved.values())
        return self.steps + sum(one.steps for one in self.reserved.values())


def evolve_day_budget(before: DayBudget | None, recorded: Recorded) -> DayBudget:
    """A day's budget after one more event; the first makes it."""
    day = before or DayBudget(recorded.id, -1)
    return msgspec.structs.replace(day, seq=recorded.seq, **_changes(day, recorded))


def _changes(day: DayBudget, recorded: Recorded) -> dict[str, object]:
    match recorded.event:
        case e.DayReserved(reservation=name, cost_micros=cost, steps=steps):
            return {"reserved": {**day.reserved, name: Reserved(cost, steps)}}
        case e.DaySpent(cost_micros=cost, steps=steps, reservation=name):
            left = _without(day, name)
            return {"cost_micros": day.cost_micros + cost, "steps": day.steps + steps, "reserved": left}
        case e.DayReleased(reservation=name):
            return {"reserved": _without(day, name)}
        case e.DayAsked(kind=kind, action=action):
            return {"asked": {**day.asked, kind.value: action}}
        case e.DayRaised(kind=kind, by=by):
            return {"raised": {**day.raised, kind.value: day.raised.get(kind, 0) + by}}
        case e.DayKept(kind=kind):
            return {"kept": (*day.kept, kind.value)}
        case _:
            raise ValueError(f"{recorded.type} does not belong to a day's budget")


def _without(day: DayBudget, reservation: str) -> dict[str, Reserved]:
    return {name: held for name, held in day.reserved.items() if name != reservation}


@dataclass(frozen=True, slots=True)
class Shortage:
    """What does not fit: of which budget, how much is used and set aside, and of how much."""

    budget: str
    kind: e.BudgetKind
    held: int
    limit: int
    wanted: int

    @property
    def left(self) -> int:
        """How much of the day is left, never below zero."""
        return max(0, self.limit - self.held)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A day's budget beside the limits that the document in force states."""

    day: DayBudget
    limits: DayLimits

    @property
    def is_limited(self) -> bool:
        """Whether the document states any limit at all."""
        return self.limits != DayLimits()

    def limit(self, kind: e.BudgetKind) -> int | None:
        """The limit with what people raised it by; None where the document states none."""
        rule = self.limits.usd if kind is e.BudgetKind.COST else self.limits.count
        if rule is None:
            return None
        stated = micros_of(rule.value) if isinstance(rule.value, Decimal) else rule.value
        return stated + self.day.raised.get(kind, 0)

    def shortage(self, *, cost_micros: int = 0, steps: int = 0) -> Shortage | None:
        """The first kind of which so much more does not fit."""
        wanted = {e.BudgetKind.COST: cost_micros, e.BudgetKind.STEPS: steps}
        for kind, more in wanted.items():
            limit, held = self.limit(kind), self.day.held(kind)
            if limit is not None and more and held + more > limit:
                return Shortage(self.day.id, kind, held, limit, more)
        return None

    def exhausted(self) -> Shortage | None:
        """The first kind of which nothing is left."""
        for kind in KINDS:
            limit, held = self.limit(kind), self.day.held(kind)
            if limit is not None and held >= limit:
                return Shortage(self.day.id, kind, held, limit, 0)
        return None


def micros_of(amount: Decimal) -> int:
    """US dollars as whole millionths, rounded up: what is counted is never too little."""
    return int((amount * _MICROS).to_integral_value(ROUND_CEILING))


def day_of(at: datetime) -> str:
    """The UTC day of an aware time, such as `2026-11-22`."""
    return at.astimezone(UTC).date().isoformat()


def renewal(budget: str) -> datetime:
    """When a day's budget makes room for the next day's: midnight UTC."""
    begins = datetime.fromisoformat(budget.partition(":")[0]).replace(tzinfo=UTC)
    return begins + timedelta(days=1)


def of_workspace(day: str) -> str:
    """The id of the workspace's budget of a day."""
    return f"{day}:{_WORKSPACE}"


def of_agent(day: str, capability: str, agent: str) -> str:
    """The id of an agent's budget of a day with one capability."""
    return f"{day}:{_fitted(capability)}:{agent}"


def parts_of(budget: str) -> tuple[str, str]:
    """The capability and the agent of a budget; both empty for the workspace's."""
    _, _, rest = budget.partition(":")
    capability, _, agent = rest.partition(":")
    return (capability, agent) if agent else ("", "")


def limits_of(document: CapabilityDocument, budget: str) -> DayLimits:
    """What a document states for a budget."""
    capability, agent = parts_of(budget)
    if not agent:
        return document.budgets
    found = (one.budget for name, one in document.capabilities.items() if _fitted(name) == capability)
    return next(found, DayLimits())


def _fitted(capability: str) -> str:
    """A capability's name; of a very long one the beginning and a digest, as a stream's name has an end."""
    if len(capability) <= _LONGEST:
        return capability
    digest = hashlib.sha256(capability.encode()).hexdigest()[:_DIGITS]
    return f"{capability[: _LONGEST - _DIGITS - 1]}+{digest}"
