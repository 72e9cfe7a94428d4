"""A job and its fold. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain import events as e
from lineclear.domain.erasure import BRIEF, STEPS, Erased, erased_by
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import JobStatus

LIMITS = {
    e.BudgetKind.COST: "cost_micros",
    e.BudgetKind.STEPS: "steps",
    e.BudgetKind.WALL: "wall_seconds",
    e.BudgetKind.REPEATS: "repeats",
}
"""The field of `Budget` that limits each kind."""


class Reserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one reservation holds; of the job, and of the workspace's day where that is limited."""

    cost_micros: int
    steps: int
    day: str = ""


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One long-running piece of agent work. Cost in millionths of a US dollar, time in milliseconds."""

    id: str
    seq: int
    index: int
    agent: str
    status: JobStatus
    goal: str
    budget: e.Budget
    opened_at: str
    updated_at: str
    customer: str = ""
    project: str = ""
    workflow: str = ""
    steps: int = 0
    cost_micros: int = 0
    millis: int = 0
    outcome: str = ""
    stopped_by: str = ""
    stop_reason: str = ""
    paused_by: str = ""
    reserved: dict[str, Reserved] = msgspec.field(default_factory=dict)
    erased: Erased | None = None
    has_contents: bool = False

    @property
    def cost_held(self) -> int:
        """Spent and reserved together, in millionths of a US dollar."""
        return self.cost_micros + sum(held.cost_micros for held in self.reserved.values())

    @property
    def steps_held(self) -> int:
        """Taken and reserved together."""
        return self.steps + sum(held.steps for held in self.reserved.values())

    @property
    def starts_nothing(self) -> bool:
        """Whether it was stopped, or ended while a budget was spent: then no further step starts."""
        return self.status is JobStatus.STOPPED or (self.status is JobStatus.ENDED and bool(self.paused_by))


def limit_of(job: Job, kind: e.BudgetKind) -> int:
    """The present limit, in the unit of its kind."""
    limit: int = getattr(job.budget, LIMITS[kind])
    return limit


def open_job(recorded: Recorded) -> Job:
    """The first event of a job's stream makes the job."""
    event = recorded.event
    if not isinstance(event, e.JobOpened):
        raise ValueError(f"{recorded.stream} does not begin with its opening")  # noqa: TRY004  # a wrong history
    brief = recorded.brief if isinstance(recorded.brief, e.JobBrief) else e.JobBrief(goal="")
    return Job(
        id=recorded.id,
        seq=recorded.seq,
        index=recorded.index,
        agent=event.agent,
        status=JobStatus.RUNNING,
        goal=brief.goal,
        budget=event.budget,
        opened_at=recorded.at,
        updated_at=recorded.at,
        customer=brief.customer,
        project=brief.project,
        workflow=brief.workflow,
    )


def evolve_job(job: Job, recorded: Recorded) -> Job:
    """The job after one more event of its stream."""
    return msgspec.structs.replace(
        _evolved(job, recorded), seq=recorded.seq, index=recorded.index, updated_at=recorded.at
    )


def _evolved(job: Job, recorded: Recorded) -> Job:
    match recorded.event:
        case e.SpansRecorded() as spans:
            return _with(_spent(job, spans), has_contents=job.has_contents or set(recorded.commits) >= STEPS)
        case e.BudgetReserved(reservation=reservation, cost_micros=cost, steps=steps, day=day):
            return _with(job, reserved={**job.reserved, reservation: Reserved(cost, steps, day)})
        case e.BudgetRaised(kind=kind, limit=limit) | e.BudgetCut(kind=kind, limit=limit):
            return _with(job, budget=msgspec.structs.replace(job.budget, **{LIMITS[kind]: limit}))
        case e.ContentErased() as event:
            words = {"goal": "", "customer": "", "project": "", "workflow": "", "stop_reason": ""}
            erased = erased_by(job.erased, event, recorded.at)
            return _with(job, erased=erased, **(words if BRIEF in event.parts else {}))
    return _with(job, **_standing(recorded))


def _standing(recorded: Recorded) -> dict[str, object]:
    """What changes where a job pauses, goes on or is over."""
    match recorded.event:
        case e.JobPaused(kind=kind):
            return {"status": JobStatus.PAUSED, "paused_by": kind}
        case e.JobResumed():
            return {"status": JobStatus.RUNNING, "paused_by": ""}
        case e.JobEnded(outcome=outcome):
            return {"status": JobStatus.ENDED, "outcome": outcome, "reserved": {}}
        case e.JobStopped(by=by, reason=inline):
            brief = recorded.brief
            reason = brief.reason if isinstance(brief, e.DecisionBrief) else inline
            return {"status": JobStatus.STOPPED, "stopped_by": by, "stop_reason": reason, "reserved": {}}
        case _:
            raise ValueError(f"{recorded.type} does not belong to a job's stream")


def _with(job: Job, **changes: object) -> Job:
    return msgspec.structs.replace(job, **changes)


def _spent(job: Job, spans: e.SpansRecorded) -> Job:
    """What was spent counts whole, whatever was reserved for it; the reservation ends."""
    left = {name: held for name, held in job.reserved.items() if name != spans.reservation}
    return msgspec.structs.replace(
        job,
        steps=job.steps + spans.steps,
        cost_micros=job.cost_micros + spans.cost_micros,
        millis=job.millis + spans.millis,
        reserved=left,
    )
