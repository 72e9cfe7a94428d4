"""What is said over HTTP about the budget of a job, as values. Free of I/O."""

from __future__ import annotations

from lineclear.application.reading.answers import BudgetAnswer
from lineclear.domain.events import BudgetKind
from lineclear.wire.messages import Index, Message

__all__ = ["BudgetAnswer", "SetBudget"]


class SetBudget(Message, frozen=True):
    """POST /v1/jobs/{job}/budget: one limit, in millionths of a dollar, steps, seconds or equal proposals."""

    kind: BudgetKind
    limit: Index
    reason: str
