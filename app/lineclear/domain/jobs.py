"""A job and its fold. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import JobStatus


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
        case e.SpansRecorded(steps=steps, cost_micros=cost, millis=millis):
            return msgspec.structs.replace(
                job, steps=job.steps + steps, cost_micros=job.cost_micros + cost, millis=job.millis + millis
            )
        case e.JobEnded(outcome=outcome):
            return msgspec.structs.replace(job, status=JobStatus.ENDED, outcome=outcome)
        case e.JobStopped(by=by, reason=reason):
            return msgspec.structs.replace(job, status=JobStatus.STOPPED, stopped_by=by, stop_reason=reason)
        case _:
            raise ValueError(f"{recorded.type} does not belong to a job's stream")
