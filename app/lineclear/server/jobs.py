"""Jobs over HTTP: opened, accounted for and ended by their agent, listed and stopped by people.

Free of frameworks.
"""

from __future__ import annotations

from http import HTTPStatus

from lineclear.application import jobs
from lineclear.application.budgeting.allowances import is_day_short
from lineclear.application.budgeting.budgets import reserve
from lineclear.application.budgeting.setting import Limit, set_budget
from lineclear.application.idempotency import replayed
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import BudgetAnswer
from lineclear.domain.events import JobBrief
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import JobStatus, Role
from lineclear.server.endpoints import Again, Answer, Call, Endpoint, once, reads, writes, written
from lineclear.wire.budgets import SetBudget
from lineclear.wire.messages import (
    EndJob,
    JobPage,
    ListJobs,
    OpenJob,
    ReadJob,
    RecordSpans,
    Reservation,
    Reserve,
    Stop,
)


def _open(call: Call, asked: OpenJob) -> Answer:
    brief = JobBrief(asked.goal, asked.customer, asked.project, asked.workflow)
    job, is_known = jobs.open_job(call.services, call.principal, brief, asked.budget, call.request)
    return written(job, replayed=is_known)


def _list(call: Call, asked: ListJobs) -> Answer:
    page = call.services.store.read(
        lambda snapshot: snapshot.jobs(after=asked.after or None, limit=asked.limit)
    )
    return Answer(JobPage(page.items, page.next or ""))


def _read(call: Call, asked: ReadJob) -> Answer:
    now = call.services.clock.now()

    def work(snapshot: Snapshot) -> tuple[Job, int, bool]:
        job = snapshot.load(Job, call.path["job"])
        if call.principal.role is Role.AGENT and (job is None or job.agent != call.principal.subject):
            raise Refusal(Code.JOB_UNKNOWN, job=call.path["job"])
        if job is None:
            raise Refusal(Code.NOT_FOUND, what=f"Job {call.path['job']}")
        is_held = job.status is JobStatus.PAUSED or (
            job.status is JobStatus.RUNNING and is_day_short(snapshot, now)
        )
        return job, snapshot.size(), is_held

    job, size, is_held = call.services.store.read(work)
    return Answer(job, again=Again(size, asked.wait) if asked.wait and is_held else None)


def _record_spans(call: Call, asked: RecordSpans) -> Answer:
    job, is_known = jobs.record_spans(
        call.services,
        call.principal,
        call.path["job"],
        asked.spans,
        call.request,
        reservation=asked.reservation,
        contents=asked.contents,
    )
    return Answer(job, HTTPStatus.OK, is_known)


def _reserve(call: Call, asked: Reserve) -> Answer:
    request = call.request
    earlier = call.services.store.read(lambda snapshot: replayed(snapshot, call.principal, request))
    job, name = reserve(
        call.services,
        call.principal,
        call.path["job"],
        cost_micros=asked.cost_micros,
        steps=asked.steps,
        request=request,
    )
    return written(Reservation(job, name), replayed=earlier is not None)


def _end(call: Call, asked: EndJob) -> Answer:
    job, is_known = jobs.end_job(call.services, call.principal, call.path["job"], asked.outcome, call.request)
    return Answer(job, HTTPStatus.OK, is_known)


def _stop(call: Call, asked: Stop) -> Answer:
    job = call.path["job"]
    return once(
        call,
        lambda: Answer(jobs.stop_job(call.services, call.principal, job, asked.reason)),
        again=lambda: _read(call, ReadJob()),
    )


def _set_budget(call: Call, asked: SetBudget) -> Answer:
    wanted = Limit(asked.kind, asked.limit, asked.reason)
    job, action, is_known = set_budget(call.services, call.principal, call.path["job"], wanted, call.request)
    return Answer(BudgetAnswer(job, action), HTTPStatus.OK, is_known)


ENDPOINTS: tuple[Endpoint, ...] = (
    writes("/v1/jobs", "Open a job.", _open, asked=OpenJob, answered=Job, deed=Deed.PROPOSE),
    reads("/v1/jobs", "List jobs, newest first.", _list, asked=ListJobs, answered=JobPage, deed=Deed.READ),
    reads(
        "/v1/jobs/{job}",
        "Read a job; an agent reads its own. With `wait`, answered when no budget holds it.",
        _read,
        asked=ReadJob,
        answered=Job,
    ),
    writes(
        "/v1/jobs/{job}/spans",
        "Record steps of a job.",
        _record_spans,
        asked=RecordSpans,
        answered=Job,
        deed=Deed.PROPOSE,
    ),
    writes(
        "/v1/jobs/{job}/reservations",
        "Set part of the budget aside before it is spent.",
        _reserve,
        asked=Reserve,
        answered=Reservation,
        deed=Deed.PROPOSE,
    ),
    writes("/v1/jobs/{job}/end", "End a job.", _end, asked=EndJob, answered=Job, deed=Deed.PROPOSE),
    writes("/v1/jobs/{job}/stop", "Stop a job.", _stop, asked=Stop, answered=Job, deed=Deed.STOP),
    writes(
        "/v1/jobs/{job}/budget",
        "Cut one limit of a job at once, or ask others to raise it; by an ops lead or administrator.",
        _set_budget,
        asked=SetBudget,
        answered=BudgetAnswer,
        deed=Deed.SET_BUDGET,
    ),
)
