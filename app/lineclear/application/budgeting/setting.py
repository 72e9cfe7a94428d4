"""A person changes a running job's budget: cut at once, raised by a decision. Free of I/O.

Stricter is always allowed, so a cut takes effect in its own commit. A raise is asked for like the one of a
breach, so that it takes the same tier and never the one who asks or the agent's owner.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.budgeting.budgets import Breach, ask, breach_of, pause
from lineclear.application.budgeting.raising import (
    Wanted,
    ask_to_raise,
    standing_question,
    void_question,
)
from lineclear.application.budgeting.room import amount_text, require_room
from lineclear.application.deciding.loading import load_person
from lineclear.application.idempotency import Request, replayed
from lineclear.application.jobs import LARGEST
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.events import BudgetCut, BudgetKind, DecisionBrief
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import JobStatus

_GOING = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as a person wants it: millionths of a dollar, steps, seconds or equal proposals; and why."""

    kind: BudgetKind
    limit: int
    reason: str


def set_budget(
    services: Services, principal: Principal, identifier: str, wanted: Limit, request: Request
) -> tuple[Job, str, bool]:
    """Cut one limit of a job at once, or ask others to raise it.

    Gives the job, the action that asks where one does, and whether this was answered before. A job that has
    used more than its cut limit is paused in the same commit, before its next step. Raises Refusal.
    """
    principal.require(Deed.SET_BUDGET)
    _require_sound(wanted)

    def work(tx: Transaction) -> tuple[Job, str, bool]:
        load_person(tx, principal)
        earlier = replayed(tx, principal, request)
        job = _going(tx, identifier, is_over_allowed=earlier is not None)
        if earlier is not None:
            return job, earlier if earlier != job.id else "", True
        present = limit_of(job, wanted.kind)
        if wanted.limit == present:
            problem = f"this limit is {amount_text(wanted.kind, present)} already"
            raise Refusal(Code.BODY_INVALID, problem=problem)
        if wanted.limit > present:
            action = _ask(services, tx, principal, job, wanted)
            tx.remember(request.answered(principal, action.id))
            return job, action.id, False
        job = _cut(services, tx, principal, job, wanted)
        tx.remember(request.answered(principal, job.id))
        return job, "", False

    return services.store.transact(work)


def _cut(services: Services, tx: Transaction, principal: Principal, job: Job, wanted: Limit) -> Job:
    """Lower the limit; what asks to raise it from where it was is void, and asked anew if the job waits."""
    kind, was = wanted.kind, limit_of(job, wanted.kind)
    recorder = Recorder(services, tx, principal.actor)
    void_question(tx, recorder, job, kind, principal.subject)
    event = BudgetCut(kind, wanted.limit, was, principal.subject)
    job = recorder.record(Job, job.id, event, brief=DecisionBrief(wanted.reason))
    if job.status is JobStatus.PAUSED:
        if job.paused_by == kind:
            used = _used(services, job, kind)
            ask(services, tx, job, Breach(kind, was if used is None else used))
        return job
    breach = breach_of(job, services.clock.now())
    return job if breach is None else pause(services, tx, job, breach)


def _ask(services: Services, tx: Transaction, principal: Principal, job: Job, wanted: Limit) -> Action:
    standing = standing_question(tx, job, wanted.kind)
    if standing is not None:
        raise Refusal(Code.BUDGET_ASKED, job=job.id, action=standing.id)
    recorder = Recorder(services, tx, principal.actor)
    require_room(tx, recorder.at, job, wanted.kind, wanted.limit)
    asked = Wanted(wanted.kind, wanted.limit, _used(services, job, wanted.kind), wanted.reason)
    return ask_to_raise(services, tx, recorder, job, asked)


def _used(services: Services, job: Job, kind: BudgetKind) -> int | None:
    """How much of a limit is used; how often it said the same is no count that a job keeps."""
    match kind:
        case BudgetKind.COST:
            return job.cost_held
        case BudgetKind.STEPS:
            return job.steps_held
        case BudgetKind.WALL:
            return max(0, int((services.clock.now() - moment(job.opened_at)).total_seconds()))
        case BudgetKind.REPEATS:
            return None


def _going(snapshot: Snapshot, identifier: str, *, is_over_allowed: bool) -> Job:
    job = snapshot.load(Job, identifier)
    if job is None:
        raise Refusal(Code.NOT_FOUND, what=f"Job {identifier}")
    if job.status not in _GOING and not is_over_allowed:
        raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
    return job


def _require_sound(wanted: Limit) -> None:
    require_reason(wanted.reason, "Changing a budget")
    if not 1 <= wanted.limit <= LARGEST:
        problem = f"a limit is from 1 to {LARGEST:,}; to allow nothing more, stop the job"
        raise Refusal(Code.BODY_INVALID, problem=problem)
