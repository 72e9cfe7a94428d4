"""A job's budget: reserved before, settled after, and a pause with a question when it is spent. Free of I/O.

Amounts are integers in the unit of their kind and never go below zero. What is reserved and spent together
never exceeds the limit; what an agent reports after the fact is recorded whole and pauses the job.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineclear.application.budgeting.days import refuse, release_job, reserve_day
from lineclear.application.budgeting.raising import (
    MOST,
    OPEN,
    Wanted,
    ask_to_raise,
    void_question,
)
from lineclear.application.budgeting.room import amount_text
from lineclear.application.executing.inside import raises_day
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import KERNEL
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.budgets import Shortage
from lineclear.domain.events import (
    ActionStopped,
    BudgetKind,
    BudgetReserved,
    JobEnded,
    JobPaused,
)
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import JobStatus

RESERVED_LIMIT = 1_000
_LOOKED_BACK = 200
_TIMES = 10
"""Repeats are counted among so many times their limit of the newest actions, up to `_LOOKED_BACK`."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Which limit is passed, by how much is used."""

    kind: BudgetKind
    used: int


def breach_of(job: Job, now: datetime) -> Breach | None:
    """The first limit that the job has passed; None while it is within all."""
    wall = int((now - moment(job.opened_at)).total_seconds())
    used = {
        BudgetKind.COST: (job.cost_held, job.budget.cost_micros),
        BudgetKind.STEPS: (job.steps_held, job.budget.steps),
        BudgetKind.WALL: (wall, job.budget.wall_seconds),
    }
    return next((Breach(kind, spent) for kind, (spent, limit) in used.items() if spent > limit), None)


def repeats_of(snapshot: Snapshot, job: Job, tool: str, payload: bytes) -> int:
    """How often this job has proposed exactly these bytes, among its newest actions."""
    return snapshot.same(job.id, tool, payload, among=min(_TIMES * job.budget.repeats, _LOOKED_BACK))


def paused(job: Job) -> Refusal:
    """What an agent meets whose job is paused."""
    kind = BudgetKind(job.paused_by)
    used = {BudgetKind.COST: job.cost_held, BudgetKind.STEPS: job.steps_held}.get(kind, limit_of(job, kind))
    return Refusal(
        Code.JOB_PAUSED,
        job=job.id,
        budget=kind,
        used=amount_text(kind, used),
        limit=amount_text(kind, limit_of(job, kind)),
    )


def pause(services: Services, tx: Transaction, job: Job, breach: Breach) -> Job:
    """No further step of the job starts; people are asked to raise the budget or to end the job.

    What a person had asked for the same limit before is void: one question stands, and it decides on the job.
    """
    recorder = Recorder(services, tx, KERNEL)
    void_question(tx, recorder, job, breach.kind, KERNEL)
    job = recorder.record(Job, job.id, JobPaused(breach.kind, breach.used, limit_of(job, breach.kind)))
    ask(services, tx, job, breach)
    return job


def ask(services: Services, tx: Transaction, job: Job, breach: Breach) -> None:
    """Ask people to raise the limit that pauses the job, or to end the job."""
    limit = limit_of(job, breach.kind)
    why = f"paused at {amount_text(breach.kind, limit)}; rejecting ends the job"
    wanted = Wanted(breach.kind, max(limit * 2, breach.used + limit), breach.used, why)
    ask_to_raise(services, tx, Recorder(services, tx, KERNEL), job, wanted)


def pause_again(services: Services, tx: Transaction, identifier: str) -> None:
    """A job that was let go on, and has passed another limit meanwhile, pauses for that one."""
    job = tx.load(Job, identifier)
    breach = breach_of(job, services.clock.now()) if job and job.status is JobStatus.RUNNING else None
    if job is not None and breach is not None:
        pause(services, tx, job, breach)


def end_paused(services: Services, tx: Transaction, job: Job, by: str) -> None:
    """A person would not raise the budget: the job is over, and so is what still waits of it."""
    recorder = Recorder(services, tx, f"person/{by}")
    for action in tx.actions(ActionQuery(statuses=OPEN, job=job.id), limit=MOST).items:
        if not action.undoes and not raises_day(action):
            recorder.record(Action, action.id, ActionStopped(by))
    release_job(tx, recorder, job)
    recorder.record(Job, job.id, JobEnded("abandoned"))


def reserve(
    services: Services,
    principal: Principal,
    identifier: str,
    *,
    cost_micros: int,
    steps: int,
    request: Request,
) -> tuple[Job, str]:
    """Set part of a job's budget aside before it is spent; the reservation's id.

    Raises Refusal(JOB_PAUSED) where it would not fit: then the job is paused and people are asked; and
    Refusal(BUDGET_SPENT) where it would not fit into the workspace's day: then people are asked as well.
    """
    principal.require(Deed.PROPOSE)
    if cost_micros < 0 or steps < 0:
        raise Refusal(Code.BODY_INVALID, problem="a reservation is of zero or more")

    def work(tx: Transaction) -> tuple[Job, str] | Refusal:
        job = tx.load(Job, identifier)
        if job is None or job.agent != principal.subject:
            raise Refusal(Code.JOB_UNKNOWN, job=identifier)
        earlier = replayed(tx, principal, request)
        if earlier is not None:
            return job, earlier
        _require_reserving(job)
        breach = _over(job, cost_micros, steps)
        if breach is not None:
            return paused(pause(services, tx, job, breach))
        name, recorder = services.ids.new("res"), Recorder(services, tx, principal.actor)
        day = reserve_day(tx, recorder, name, cost_micros=cost_micros, steps=steps)
        if isinstance(day, Shortage):
            return refuse(services, tx, job, day)
        job = recorder.record(Job, job.id, BudgetReserved(name, cost_micros, steps, day))
        tx.remember(request.answered(principal, name))
        return job, name

    found = services.store.transact(work)
    if isinstance(found, Refusal):
        raise found  # the pause or the question is committed; the agent learns of it
    return found


def _require_reserving(job: Job) -> None:
    """Refusal unless the job goes on and holds fewer reservations than the most."""
    if job.status is JobStatus.PAUSED:
        raise paused(job)
    if job.status is not JobStatus.RUNNING:
        raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
    if len(job.reserved) >= RESERVED_LIMIT:
        problem = f"a job holds {RESERVED_LIMIT:,} reservations at most; settle some with what they were for"
        raise Refusal(Code.BODY_INVALID, problem=problem)


def _over(job: Job, cost_micros: int, steps: int) -> Breach | None:
    if job.cost_held + cost_micros > job.budget.cost_micros:
        return Breach(BudgetKind.COST, job.cost_held)
    if job.steps_held + steps > job.budget.steps:
        return Breach(BudgetKind.STEPS, job.steps_held)
    return None
