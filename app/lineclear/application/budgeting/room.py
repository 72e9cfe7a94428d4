"""How much a job's limit may be raised to, given what the workspace's day has left. Free of I/O."""

from __future__ import annotations

from lineclear.application.budgeting.allowances import workspace_day
from lineclear.application.ports import Snapshot
from lineclear.application.reading.formats import dollars, length_text
from lineclear.domain.budgets import KINDS
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal


def require_room(snapshot: Snapshot, at: str, job: Job, kind: BudgetKind, limit: int) -> None:
    """Refusal(BUDGET_BEYOND_DAY): a job can have what it has used and what the day has left."""
    if kind not in KINDS:
        return
    day = workspace_day(snapshot, at)
    whole = day.limit(kind)
    if whole is None:
        return
    held = job.cost_held if kind is BudgetKind.COST else job.steps_held
    most = held + max(0, whole - day.day.held(kind))
    if limit > most:
        raise Refusal(
            Code.BUDGET_BEYOND_DAY,
            job=job.id,
            limit=amount_text(kind, limit),
            most=amount_text(kind, most),
        )


def amount_text(kind: BudgetKind, amount: int) -> str:
    """An amount in the unit of its kind, as people read it."""
    match kind:
        case BudgetKind.COST:
            return dollars(amount)
        case BudgetKind.WALL:
            return length_text(amount)
        case BudgetKind.STEPS:
            return f"{amount} steps"
        case BudgetKind.REPEATS:
            return f"{amount} equal proposals"
