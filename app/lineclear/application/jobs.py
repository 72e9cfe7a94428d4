"""A job opens, records its steps, ends, or is stopped by a person. Free of frameworks and databases."""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.decide import load_person
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.events import (
    ActionStopped,
    ActionWithdrawn,
    Budget,
    JobBrief,
    JobEnded,
    JobOpened,
    JobStopped,
    Span,
    SpansBrief,
    SpansRecorded,
)
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, SpanKind

SPANS_LIMIT = 1_000
OUTCOMES = frozenset({"completed", "failed", "abandoned"})
_STOPPABLE = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
_MOST = 10_000


def open_job(
    services: Services, principal: Principal, brief: JobBrief, budget: Budget, request: Request
) -> tuple[Job, bool]:
    """Open a job for the calling agent; True where this was answered before. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    if not brief.goal.strip():
        raise Refusal(Code.BODY_INVALID, problem="a job needs a goal")

    def work(tx: Transaction) -> tuple[Job, bool]:
        earlier = replayed(tx, principal, request)
        if earlier is not None:
            return _owned(tx, principal, earlier), True
        if tx.load(Agent, principal.subject) is None:
            raise Refusal(Code.TOKEN_INVALID)
        recorder = Recorder(services, tx, principal.actor)
        job = recorder.record(Job, services.ids.new("job"), JobOpened(principal.subject, budget), brief=brief)
        tx.remember(request.answered(principal, job.id))
        return job, False

    return services.store.transact(work)


def record_spans(
    services: Services, principal: Principal, identifier: str, spans: tuple[Span, ...], request: Request
) -> tuple[Job, bool]:
    """Record a batch of steps. Raises Refusal for a closed job and for spans that end before they start."""
    principal.require(Deed.PROPOSE)
    if not 0 < len(spans) <= SPANS_LIMIT:
        raise Refusal(Code.BODY_INVALID, problem=f"a batch has 1 to {SPANS_LIMIT:,} spans")
    event = SpansRecorded(
        steps=sum(span.kind in {SpanKind.MODEL, SpanKind.TOOL, SpanKind.READ} for span in spans),
        cost_micros=sum(span.cost_micros for span in spans),
        millis=sum(_millis(span) for span in spans),
    )

    def work(tx: Transaction) -> tuple[Job, bool]:
        job = _owned(tx, principal, identifier)
        if replayed(tx, principal, request) is not None:
            return job, True
        _check_running(job)
        job = Recorder(services, tx, principal.actor).record(Job, job.id, event, brief=SpansBrief(spans))
        tx.remember(request.answered(principal, job.id))
        return job, False

    return services.store.transact(work)


def end_job(
    services: Services, principal: Principal, identifier: str, outcome: str, request: Request
) -> tuple[Job, bool]:
    """The agent says that its job is over; proposals that still wait are withdrawn. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    if outcome not in OUTCOMES:
        raise Refusal(Code.BODY_INVALID, problem=f"outcome is one of {', '.join(sorted(OUTCOMES))}")

    def work(tx: Transaction) -> tuple[Job, bool]:
        job = _owned(tx, principal, identifier)
        if replayed(tx, principal, request) is not None:
            return job, True
        _check_running(job)
        recorder = Recorder(services, tx, principal.actor)
        waiting = ActionQuery(statuses=frozenset({ActionStatus.PENDING}), job=job.id)
        for action in tx.actions(waiting, limit=_MOST).items:
            recorder.record(Action, action.id, ActionWithdrawn())
        job = recorder.record(Job, job.id, JobEnded(outcome))
        tx.remember(request.answered(principal, job.id))
        return job, False

    return services.store.transact(work)


def withdraw(services: Services, principal: Principal, identifier: str) -> Action:
    """The agent takes its own proposal back before its start. Raises Refusal."""
    principal.require(Deed.PROPOSE)

    def work(tx: Transaction) -> Action:
        action = tx.load(Action, identifier)
        if action is None or action.agent != principal.subject or action.undoes:
            raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
        if action.status is ActionStatus.WITHDRAWN:
            return action
        if action.status not in _STOPPABLE:
            raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
        return Recorder(services, tx, principal.actor).record(Action, action.id, ActionWithdrawn())

    return services.store.transact(work)


def stop_job(services: Services, principal: Principal, identifier: str, reason: str) -> Job:
    """No further step of the job starts; what waits is stopped, what runs is recorded. Raises Refusal."""
    principal.require(Deed.STOP)
    if not reason.strip():
        raise Refusal(Code.REASON_MISSING, deed="Stopping a job")

    def work(tx: Transaction) -> Job:
        load_person(tx, principal)
        job = tx.load(Job, identifier)
        if job is None:
            raise Refusal(Code.NOT_FOUND, what=f"Job {identifier}")
        if job.status is JobStatus.STOPPED:
            return job
        _check_running(job)
        recorder = Recorder(services, tx, principal.actor)
        for action in tx.actions(ActionQuery(statuses=_STOPPABLE, job=job.id), limit=_MOST).items:
            if not action.undoes:
                recorder.record(Action, action.id, ActionStopped(principal.subject))
        return recorder.record(Job, job.id, JobStopped(principal.subject, reason))

    return services.store.transact(work)


def _owned(snapshot: Snapshot, principal: Principal, identifier: str) -> Job:
    job = snapshot.load(Job, identifier)
    if job is None or job.agent != principal.subject:
        raise Refusal(Code.JOB_UNKNOWN, job=identifier)
    return job


def _check_running(job: Job) -> None:
    if job.status is not JobStatus.RUNNING:
        raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)


def _millis(span: Span) -> int:
    try:
        length = moment(span.end) - moment(span.start)
    except ValueError:
        problem = f"span {span.id}: start and end are times such as 2026-11-22T14:05:00.120Z"
        raise Refusal(Code.BODY_INVALID, problem=problem) from None
    if length < timedelta(0) or span.cost_micros < 0 or span.tokens < 0:
        raise Refusal(Code.BODY_INVALID, problem=f"span {span.id} has a negative length, cost or token count")
    return length // timedelta(milliseconds=1)
