"""A job's budget: reserved before, settled after, and a pause with a question when it is spent. Free of I/O.

Amounts are integers in the unit of their kind and never go below zero. What is reserved and spent together
never exceeds the limit; what an agent reports after the fact is recorded whole and pauses the job.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineclear.application.budgeting.days import refuse, release_job, reserve_day
from lineclear.application.executing.inside import (
    CONTRACT,
    INSIDE,
    RAISE_BUDGET,
    judge_inside,
    limit_of,
    raises_day,
    version_of,
)
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import KERNEL, policy_in_force, record_evaluation
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.reading.formats import dollars, length_text
from lineclear.application.recording import Recorder, content_of
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.budgets import Shortage
from lineclear.domain.effects import Shape, Target, UndoPlan
from lineclear.domain.events import (
    ActionBrief,
    ActionProposed,
    ActionStopped,
    BudgetKind,
    BudgetReserved,
    JobEnded,
    JobPaused,
)
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, canonical
from lineclear.domain.vocabulary import ActionStatus, JobStatus

_LOOKED_BACK = 200
_TIMES = 10
"""Repeats are counted among so many times their limit of the newest actions, up to `_LOOKED_BACK`."""
_OPEN = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
_MOST = 10_000


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
    """How often this job has proposed exactly these bytes, among its newest actions; 0 while it has few."""
    query = ActionQuery(job=job.id, order="newest")
    if snapshot.count_actions(query) < job.budget.repeats:
        return 0
    same = 0
    newest = min(_TIMES * job.budget.repeats, _LOOKED_BACK)
    for action in snapshot.actions(query, limit=newest).items:
        sealed = snapshot.blob(action.content.payload) if action.tool == tool else None
        same += sealed is not None and content_of(sealed, action.content.payload) == payload
    return same


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
    """No further step of the job starts; people are asked to raise the budget or to end the job."""
    limit = limit_of(job, breach.kind)
    recorder = Recorder(services, tx, KERNEL)
    job = recorder.record(Job, job.id, JobPaused(breach.kind, breach.used, limit))
    wanted = max(limit * 2, breach.used + limit)
    arguments: dict[str, Json] = {"job": job.id, "kind": breach.kind.value, "limit": wanted}
    payload = canonical({"capability": INSIDE, "tool": RAISE_BUDGET, "arguments": arguments})
    before: dict[str, Json] = {
        "job": job.id,
        f"{breach.kind.value} limit": amount_text(breach.kind, limit),
        "used": amount_text(breach.kind, breach.used),
        "status": JobStatus.PAUSED.value,
    }
    after: dict[str, Json] = {
        **before,
        f"{breach.kind.value} limit": amount_text(breach.kind, wanted),
        "status": JobStatus.RUNNING.value,
    }
    commits = {"payload": recorder.blob(payload)}
    commits |= {"before": recorder.blob(canonical(before)), "after": recorder.blob(canonical(after))}
    title = f"Raise the {_NAMES[breach.kind]} to {amount_text(breach.kind, wanted)}"
    why = f"paused at {amount_text(breach.kind, limit)}; rejecting ends the job"
    brief = ActionBrief(title, Target(INSIDE, "job", job.id), why=why)
    agent = tx.load(Agent, job.agent)
    proposed = ActionProposed(
        job=job.id,
        agent=job.agent,
        owner=agent.owner if agent else "",
        capability=INSIDE,
        tool=RAISE_BUDGET,
        stake=CONTRACT.stake,
        connector=INSIDE,
        mutates=False,
        version=version_of(job, breach.kind),
        undo=UndoPlan(possible=False, loses="what was raised may be spent at once"),
        shape=Shape.FIELDS,
    )
    action = recorder.record(Action, services.ids.new("act"), proposed, brief=brief, commits=commits)
    active, _ = policy_in_force(tx)
    record_evaluation(services, tx, action, active, judge_inside(action))
    return job


def pause_again(services: Services, tx: Transaction, identifier: str) -> None:
    """A job that was let go on, and has passed another limit meanwhile, pauses for that one."""
    job = tx.load(Job, identifier)
    breach = breach_of(job, services.clock.now()) if job and job.status is JobStatus.RUNNING else None
    if job is not None and breach is not None:
        pause(services, tx, job, breach)


def end_paused(services: Services, tx: Transaction, job: Job, by: str) -> None:
    """A person would not raise the budget: the job is over, and so is what still waits of it."""
    recorder = Recorder(services, tx, f"person/{by}")
    for action in tx.actions(ActionQuery(statuses=_OPEN, job=job.id), limit=_MOST).items:
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
        if job.status is JobStatus.PAUSED:
            raise paused(job)
        if job.status is not JobStatus.RUNNING:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
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


_NAMES = {
    BudgetKind.COST: "cost budget",
    BudgetKind.STEPS: "step budget",
    BudgetKind.WALL: "time budget",
    BudgetKind.REPEATS: "repetition limit",
}


def _over(job: Job, cost_micros: int, steps: int) -> Breach | None:
    if job.cost_held + cost_micros > job.budget.cost_micros:
        return Breach(BudgetKind.COST, job.cost_held)
    if job.steps_held + steps > job.budget.steps:
        return Breach(BudgetKind.STEPS, job.steps_held)
    return None
