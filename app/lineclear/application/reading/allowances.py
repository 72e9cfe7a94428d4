"""What budgets and limits allow, as people read it: never recorded, so it is in their language. Pure."""

from __future__ import annotations

from lineclear.application.reading.answers import BudgetOfDay
from lineclear.application.reading.formats import dollars, length_text
from lineclear.domain.budgets import parts_of
from lineclear.domain.events import BudgetKind
from lineclear.domain.wording import say, say_n


def name_of(budget: str, kind: BudgetKind) -> str:
    """Which budget of the day it is; it begins a sentence."""
    capability, agent = parts_of(budget)
    is_cost = kind is BudgetKind.COST
    if not agent:
        return say("The workspace's cost budget") if is_cost else say("The workspace's step budget")
    if is_cost:
        return say("{agent}'s budget for {capability}", agent=agent, capability=capability)
    return say("{agent}'s number of actions for {capability}", agent=agent, capability=capability)


def amount_of_day(budget: str, kind: BudgetKind, amount: int) -> str:
    """An amount of a budget of the day in its unit."""
    if kind is BudgetKind.COST:
        return dollars(amount)
    if parts_of(budget)[1]:
        return say_n("{count:,} action", "{count:,} actions", amount)
    return say_n("{count:,} step", "{count:,} steps", amount)


def amount_of_job(kind: BudgetKind, amount: int) -> str:
    """An amount of a job's limit in its unit; time in seconds."""
    match kind:
        case BudgetKind.COST:
            return dollars(amount)
        case BudgetKind.WALL:
            return length_text(amount)
        case BudgetKind.STEPS:
            return say_n("{count:,} step", "{count:,} steps", amount)
        case BudgetKind.REPEATS:
            return say_n("{count:,} equal proposal", "{count:,} equal proposals", amount)


def today_text(row: BudgetOfDay) -> str:
    """How much of a limit of today is used, what is left, and what happens when nothing is."""
    is_cost, left = row.kind is BudgetKind.COST, max(0, row.limit - row.held)
    used = say(
        "{used} of {limit} used or set aside, {left} left",
        used=dollars(row.held) if is_cost else say("{number:,}", number=row.held),
        limit=amount_of_day(row.budget, row.kind, row.limit),
        left=dollars(left) if is_cost else say("{number:,}", number=left),
    )
    if row.asked:
        return say("{used}; renews at 00:00 UTC; a request to raise it is in the queue", used=used)
    if row.kept:
        return say("{used}; renews at 00:00 UTC; a person kept it for today", used=used)
    return say("{used}; renews at 00:00 UTC", used=used)
