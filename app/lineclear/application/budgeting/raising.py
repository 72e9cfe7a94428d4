"""The question whether a job's budget is raised: asked by its breach or by a person. Free of I/O.

Of each limit of a job one question stands at a time, and it shows the limit as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.budgeting.room import amount_text
from lineclear.application.executing.inside import CONTRACT, INSIDE, RAISE_BUDGET, judge_inside, version_of
from lineclear.application.judging.clearing import policy_in_force, record_evaluation
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.effects import Shape, Target, UndoPlan
from lineclear.domain.events import ActionBrief, ActionProposed, ActionStopped, BudgetKind
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.strict_json import Json, canonical
from lineclear.domain.vocabulary import ActionStatus, JobStatus

OPEN = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
MOST = 10_000
_NAMES = {
    BudgetKind.COST: "cost budget",
    BudgetKind.STEPS: "step budget",
    BudgetKind.WALL: "time budget",
    BudgetKind.REPEATS: "repetition limit",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which limit is to be raised to how much, how much of it is used where that is known, and why."""

    kind: BudgetKind
    limit: int
    used: int | None
    why: str


def ask_to_raise(services: Services, tx: Transaction, recorder: Recorder, job: Job, wanted: Wanted) -> Action:
    """Propose to raise one limit of a job in the recorder's name; a person at tier 2 decides on it."""
    commits = _contents(recorder, job, wanted)
    title = f"Raise the {_NAMES[wanted.kind]} to {amount_text(wanted.kind, wanted.limit)}"
    brief = ActionBrief(title, Target(INSIDE, "job", job.id), why=wanted.why)
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
        version=version_of(job, wanted.kind),
        undo=UndoPlan(possible=False, loses="what was raised may be spent at once"),
        shape=Shape.FIELDS,
    )
    action = recorder.record(Action, services.ids.new("act"), proposed, brief=brief, commits=commits)
    active, _ = policy_in_force(tx)
    return record_evaluation(services, tx, action, active, judge_inside(action))


def standing_question(snapshot: Snapshot, job: Job, kind: BudgetKind) -> Action | None:
    """The action that asks already to raise this limit of the job, decided or not."""
    query = ActionQuery(statuses=OPEN, job=job.id, capability=INSIDE)
    asked = (one for one in snapshot.actions(query, limit=MOST).items if one.tool == RAISE_BUDGET)
    return next((one for one in asked if one.version.partition(":")[0] == kind), None)


def void_question(tx: Transaction, recorder: Recorder, job: Job, kind: BudgetKind, by: str) -> None:
    """End what asks to raise this limit from where it no longer is."""
    asked = standing_question(tx, job, kind)
    if asked is not None:
        recorder.record(Action, asked.id, ActionStopped(by))


def _contents(recorder: Recorder, job: Job, wanted: Wanted) -> dict[str, str]:
    """What is carried out, and the job's limit before and after it."""
    kind, limit = wanted.kind, limit_of(job, wanted.kind)
    arguments: dict[str, Json] = {"job": job.id, "kind": kind.value, "limit": wanted.limit}
    payload = canonical({"capability": INSIDE, "tool": RAISE_BUDGET, "arguments": arguments})
    before: dict[str, Json] = {
        "job": job.id,
        f"{kind.value} limit": amount_text(kind, limit),
        "status": job.status.value,
    }
    if wanted.used is not None:
        before["used"] = amount_text(kind, wanted.used)
    goes_on = job.status is JobStatus.PAUSED and job.paused_by == kind
    after: dict[str, Json] = {
        **before,
        f"{kind.value} limit": amount_text(kind, wanted.limit),
        "status": JobStatus.RUNNING.value if goes_on else job.status.value,
    }
    commits = {"payload": recorder.blob(payload)}
    return commits | {"before": recorder.blob(canonical(before)), "after": recorder.blob(canonical(after))}
