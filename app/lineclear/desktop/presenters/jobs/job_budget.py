"""Changing a job's budget: the limits to choose from, and what a typed one would do. Pure: free of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from lineclear.application.budgeting.room import amount_text
from lineclear.application.jobs import LARGEST
from lineclear.application.reading.answers import Me
from lineclear.domain.budgets import micros_of
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.vocabulary import JobStatus, Role
from lineclear.domain.wording import marked, say

_MICROS: Final = 1_000_000
_MINUTE: Final = 60
_LONGEST: Final = 20
_TITLES: Final = {
    BudgetKind.COST: marked("Cost in US dollars"),
    BudgetKind.STEPS: marked("Steps"),
    BudgetKind.WALL: marked("Time in minutes"),
    BudgetKind.REPEATS: marked("Equal proposals"),
}


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """One limit of a job as it is: what is used where that is counted, in the unit of its kind."""

    kind: BudgetKind
    title: str
    present: int
    used: int = 0

    @property
    def typed(self) -> str:
        """The limit as somebody would type it."""
        if self.kind is BudgetKind.COST:
            return f"{Decimal(self.present) / _MICROS:.2f}"
        return (
            f"{Decimal(self.present) / _MINUTE:.10g}" if self.kind is BudgetKind.WALL else str(self.present)
        )


@dataclass(frozen=True, slots=True)
class LimitJudged:
    """What was typed for a limit: the limit that it means, what it would do, or why it cannot be."""

    limit: int = 0
    told: str = ""
    why_not: str = ""
    title: str = ""


def limit_choices(job: Job, now_used: int) -> tuple[LimitChoice, ...]:
    """Every limit of a job; `now_used` are the seconds since it was opened."""
    used = {
        BudgetKind.COST: job.cost_held,
        BudgetKind.STEPS: job.steps_held,
        BudgetKind.WALL: now_used,
    }
    return tuple(
        LimitChoice(kind, say(title), limit_of(job, kind), used.get(kind, 0))
        for kind, title in _TITLES.items()
    )


def budget_why_not(job: Job, me: Me | None) -> str:
    """Why this person may not change its budget; empty where they may."""
    if job.status not in {JobStatus.RUNNING, JobStatus.PAUSED}:
        return say("It is over.")
    if me is None or Role(me.role) not in MAY[Deed.SET_BUDGET]:
        return say("Changing a budget takes an ops lead or an administrator.")
    return ""


def judged(choice: LimitChoice, text: str) -> LimitJudged:
    """What a typed limit would do."""
    kind, limit = choice.kind, _limit(choice.kind, text)
    if limit is None or not 1 <= limit <= LARGEST:
        return LimitJudged(why_not=say("Type a limit above zero; to allow nothing more, stop the job."))
    before, after = amount_text(kind, choice.present), amount_text(kind, limit)
    if limit == choice.present:
        return LimitJudged(why_not=say("That is the limit already."))
    if limit > choice.present:
        told = say(
            "Asks others to raise it from {before} to {after}: a reviewer of tier 2 decides, who is neither"
            " you nor the agent's owner. Until then the limit stays.",
            before=before,
            after=after,
        )
        return LimitJudged(limit, told, title=say("Ask to raise it"))
    told = say("Cuts it from {before} to {after} at once.", before=before, after=after)
    if choice.used > limit:
        told += " " + say(
            "The job has used more: it pauses before its next step, and the queue asks what next."
        )
    return LimitJudged(limit, told, title=say("Cut it"))


def _limit(kind: BudgetKind, text: str) -> int | None:
    """What is typed in the unit of its kind; a comma may stand for the point."""
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if len(text) > _LONGEST or not amount.is_finite() or not 0 < amount <= LARGEST:
        return None
    match kind:
        case BudgetKind.COST:
            return micros_of(amount)
        case BudgetKind.WALL:
            return int(amount * _MINUTE)
        case BudgetKind.STEPS | BudgetKind.REPEATS:
            return int(amount) if amount == int(amount) else None
