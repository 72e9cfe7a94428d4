"""What a day's budget allows under the document in force. Free of I/O beyond the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lineclear.application.judging.clearing import ACTIVE, policy_in_force
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import BudgetOfDay
from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.budgets import (
    KINDS,
    Allowance,
    DayBudget,
    day_of,
    limits_of,
    of_agent,
    of_workspace,
    renewal,
)
from lineclear.domain.control import ActivePolicy
from lineclear.domain.events import BudgetKind
from lineclear.domain.identities import Agent
from lineclear.domain.policy.capabilities import DayLimits


def allowance(snapshot: Snapshot, budget: str) -> Allowance:
    """A day's budget with its limits; without limit where no document is in force."""
    day = snapshot.load(DayBudget, budget) or DayBudget(budget, -1)
    if snapshot.load(ActivePolicy, ACTIVE) is None:
        return Allowance(day, DayLimits())
    return Allowance(day, limits_of(policy_in_force(snapshot)[1], budget))


def workspace_day(snapshot: Snapshot, at: str) -> Allowance:
    """The workspace's budget of the day of an entry."""
    return allowance(snapshot, of_workspace(day_of(moment(at))))


def budgets_of(snapshot: Snapshot, action: Action, now: datetime) -> tuple[BudgetOfDay, ...]:
    """The limits of today that an action counts against, of its agent and capability last."""
    day = day_of(now)
    ids = (of_workspace(day), of_agent(day, action.capability, action.agent))
    return tuple(row for budget in ids for row in _rows(snapshot, allowance(snapshot, budget)))


def budgets_today(snapshot: Snapshot, now: datetime) -> tuple[BudgetOfDay, ...]:
    """The limits of the workspace's day, and those of agents and capabilities that were used today."""
    if snapshot.load(ActivePolicy, ACTIVE) is None:
        return ()
    day, (_, document) = day_of(now), policy_in_force(snapshot)
    limited = [name for name, one in document.capabilities.items() if one.budget != DayLimits()]
    agents = [one.id for one in snapshot.every(Agent)] if limited else []
    ids = [of_agent(day, capability, agent) for capability in limited for agent in agents]
    used = [budget for budget in ids if snapshot.load(DayBudget, budget) is not None]
    found = (allowance(snapshot, budget) for budget in (of_workspace(day), *used))
    return tuple(row for one in found for row in _rows(snapshot, one))


def _rows(snapshot: Snapshot, one: Allowance) -> Iterator[BudgetOfDay]:
    for kind in KINDS:
        limit, day = one.limit(kind), one.day
        if limit is None:
            continue
        asked = snapshot.load(Action, day.asked.get(kind, ""))
        yield BudgetOfDay(
            budget=day.id,
            kind=kind,
            used=day.cost_micros if kind is BudgetKind.COST else day.steps,
            held=day.held(kind),
            limit=limit,
            renews_at=stamp(renewal(day.id)),
            asked=asked.id if asked is not None and asked.status.is_open else "",
            kept=kind in day.kept,
        )


def is_day_short(snapshot: Snapshot, now: datetime) -> bool:
    """Whether the workspace's day was too short for somebody, and nobody has raised it since."""
    day = snapshot.load(DayBudget, of_workspace(day_of(now)))
    if day is None:
        return False
    asked = (snapshot.load(Action, action) for action in day.asked.values())
    return bool(day.kept) or any(one is not None and one.status.is_open for one in asked)
