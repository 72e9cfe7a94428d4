"""A job opens, records its steps, ends, or is stopped by a person. Free of frameworks and databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from lineclear.application.budgeting.budgets import breach_of, pause
from lineclear.application.budgeting.days import release_job, settle_spans
from lineclear.application.deciding.loading import load_person
from lineclear.application.executing.inside import is_inside, raises_day
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment_named
from lineclear.domain.actions import Action
from lineclear.domain.events import (
    ActionStopped,
    ActionWithdrawn,
    AgentResumed,
    AgentStopped,
    Budget,
    DecisionBrief,
    JobBrief,
    JobEnded,
    JobOpened,
    JobStopped,
    Span,
    SpansBrief,
    SpansRecorded,
    StepContents,
)
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, SpanKind

SPANS_LIMIT = 1_000
OUTCOMES = frozenset({"completed", "failed", "abandoned"})
_STOPPABLE = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
_GOING = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})
STEP_CONTENTS = "contents"
LARGEST = 10**12
"""The most of anything that an agent may name; sums of it stay exact in every JSON reader."""

LONGEST = timedelta(days=366)
_WAITING = {
    JobStatus.RUNNING: frozenset({ActionStatus.PENDING}),
    JobStatus.PAUSED: frozenset({ActionStatus.PENDING, ActionStatus.CLEARED}),
}
MOST_NAMED = 1_000
"""So many calls under way are named in the entry of a stop, which has an end: a stop never fails for that."""
_MOST = 10_000
_PAGE = 500


def open_job(
    services: Services, principal: Principal, brief: JobBrief, budget: Budget, request: Request
) -> tuple[Job, bool]:
    """Open a job for the calling agent; True where this was answered before. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    if not brief.goal.strip():
        raise Refusal(Code.BODY_INVALID, problem="a job needs a goal")
    limits = (budget.cost_micros, budget.steps, budget.wall_seconds, budget.repeats)
    if not all(0 <= limit <= LARGEST for limit in limits):
        raise Refusal(Code.BODY_INVALID, problem=f"a budget's limits are from 0 to {LARGEST:,}")

    def work(tx: Transaction) -> tuple[Job, bool]:
        earlier = replayed(tx, principal, request)
        if earlier is not None:
            return _owned(tx, principal, earlier), True
        agent = tx.load(Agent, principal.subject)
        if agent is None:
            raise Refusal(Code.TOKEN_INVALID)
        if agent.stopped_by:
            raise Refusal(Code.AGENT_STOPPED, agent=agent.id, by=agent.stopped_by)
        recorder = Recorder(services, tx, principal.actor)
        job = recorder.record(Job, services.ids.new("job"), JobOpened(principal.subject, budget), brief=brief)
        tx.remember(request.answered(principal, job.id))
        return job, False

    return services.store.transact(work)


def record_spans(
    services: Services,
    principal: Principal,
    identifier: str,
    spans: tuple[Span, ...],
    request: Request,
    *,
    reservation: str = "",
    contents: Mapping[str, StepContents] | None = None,
) -> tuple[Job, bool]:
    """Record a batch of steps, settling a reservation; what passes a limit pauses the job.

    What went into steps and came out of them is sealed and kept beside the ledger, erasable by itself.
    Raises Refusal for a job that is over and for spans that end before they start.
    """
    principal.require(Deed.PROPOSE)
    _require_sound(spans, contents or {})
    event = SpansRecorded(
        steps=sum(span.kind in {SpanKind.MODEL, SpanKind.TOOL, SpanKind.READ} for span in spans),
        cost_micros=sum(span.cost_micros for span in spans),
        millis=sum(_millis(span) for span in spans),
        reservation=reservation,
    )

    def work(tx: Transaction) -> tuple[Job, bool]:
        job = _owned(tx, principal, identifier)
        if replayed(tx, principal, request) is not None:
            return job, True
        if job.status not in _GOING:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
        _require_countable(job, event)
        recorder, before = Recorder(services, tx, principal.actor), job
        kept, commits = _with_contents(recorder, spans, contents or {})
        job = recorder.record(Job, job.id, event, brief=SpansBrief(kept), commits=commits)
        settle_spans(services, tx, recorder, before, event)
        tx.remember(request.answered(principal, job.id))
        breach = breach_of(job, services.clock.now())
        if breach is not None and job.status is JobStatus.RUNNING:
            job = pause(services, tx, job, breach)
        return job, False

    return services.store.transact(work)


def end_job(
    services: Services, principal: Principal, identifier: str, outcome: str, request: Request
) -> tuple[Job, bool]:
    """The agent says that its job is over; proposals that still wait are withdrawn. Raises Refusal.

    In a paused job what was cleared waits as well: ending it is no way around its budget.
    """
    principal.require(Deed.PROPOSE)
    if outcome not in OUTCOMES:
        raise Refusal(Code.BODY_INVALID, problem=f"outcome is one of {', '.join(sorted(OUTCOMES))}")

    def work(tx: Transaction) -> tuple[Job, bool]:
        job = _owned(tx, principal, identifier)
        if replayed(tx, principal, request) is not None:
            return job, True
        if job.status not in _GOING:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
        recorder = Recorder(services, tx, principal.actor)
        waiting = ActionQuery(statuses=_WAITING[job.status], job=job.id)
        for action in tx.actions(waiting, limit=_MOST).items:
            if not raises_day(action) and not action.undoes:
                recorder.record(Action, action.id, ActionWithdrawn())
        release_job(tx, recorder, job)
        job = recorder.record(Job, job.id, JobEnded(outcome))
        tx.remember(request.answered(principal, job.id))
        return job, False

    return services.store.transact(work)


def withdraw(services: Services, principal: Principal, identifier: str, *, undecided: bool = False) -> Action:
    """The agent takes its own proposal back before its start, or before its decision. Raises Refusal."""
    principal.require(Deed.PROPOSE)

    def work(tx: Transaction) -> Action:
        action = tx.load(Action, identifier)
        if action is None or action.agent != principal.subject or action.undoes or is_inside(action):
            raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
        if action.status is ActionStatus.WITHDRAWN:
            return action
        if action.status not in _STOPPABLE or (undecided and action.is_answered):
            raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
        return Recorder(services, tx, principal.actor).record(Action, action.id, ActionWithdrawn())

    return services.store.transact(work)


def stop_job(services: Services, principal: Principal, identifier: str, reason: str) -> Job:
    """No further step of the job starts; what waits is stopped, what runs is recorded. Raises Refusal."""
    principal.require(Deed.STOP)
    require_reason(reason, "Stopping a job")

    def work(tx: Transaction) -> Job:
        load_person(tx, principal)
        job = tx.load(Job, identifier)
        if job is None:
            raise Refusal(Code.NOT_FOUND, what=f"Job {identifier}")
        if job.status is JobStatus.STOPPED:
            return job
        if job.status not in _GOING:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
        return _stop(tx, Recorder(services, tx, principal.actor), principal.subject, job, reason)

    return services.store.transact(work)


def stop_agent(services: Services, principal: Principal, identifier: str, reason: str) -> Agent:
    """The agent may propose nothing more, and all its jobs are stopped. Raises Refusal."""
    principal.require(Deed.STOP)
    require_reason(reason, "Stopping an agent")

    def work(tx: Transaction) -> Agent:
        load_person(tx, principal)
        agent = _agent(tx, identifier)
        if agent.stopped_by:
            return agent
        recorder = Recorder(services, tx, principal.actor)
        for job in _going(tx, agent):
            _stop(tx, recorder, principal.subject, job, reason)
        return recorder.record(Agent, agent.id, AgentStopped(principal.subject, reason))

    return services.store.transact(work)


def resume_agent(services: Services, principal: Principal, identifier: str, reason: str) -> Agent:
    """The agent may open jobs and propose again; what was stopped stays stopped. Raises Refusal."""
    principal.require(Deed.RESUME_AGENT)
    require_reason(reason, "Resuming an agent")

    def work(tx: Transaction) -> Agent:
        load_person(tx, principal)
        agent = _agent(tx, identifier)
        if not agent.stopped_by:
            return agent
        resumed = AgentResumed(principal.subject, reason)
        return Recorder(services, tx, principal.actor).record(Agent, agent.id, resumed)

    return services.store.transact(work)


def _agent(snapshot: Snapshot, identifier: str) -> Agent:
    agent = snapshot.load(Agent, identifier)
    if agent is None:
        raise Refusal(Code.NOT_FOUND, what=f"Agent {identifier}")
    return agent


def _going(snapshot: Snapshot, agent: Agent) -> list[Job]:
    """Every job of the agent that is not over."""
    found: list[Job] = []
    after: str | None = None
    while True:
        page = snapshot.jobs(after=after, limit=_PAGE)
        found += [job for job in page.items if job.agent == agent.id and job.status in _GOING]
        after = page.next
        if after is None:
            return found


def _stop(tx: Transaction, recorder: Recorder, by: str, job: Job, reason: str) -> Job:
    for action in tx.actions(ActionQuery(statuses=_STOPPABLE, job=job.id), limit=_MOST).items:
        if not action.undoes and not raises_day(action):
            recorder.record(Action, action.id, ActionStopped(by))
    running = [one.id for one in tx.actions(_of(job, ActionStatus.STARTED), limit=MOST_NAMED).items]
    effects = tx.count_actions(_of(job, ActionStatus.SUCCEEDED, ActionStatus.UNDONE))
    release_job(tx, recorder, job)
    event = JobStopped(by, running=tuple(running), effects=effects)
    return recorder.record(Job, job.id, event, brief=DecisionBrief(reason))


def _of(job: Job, *statuses: ActionStatus) -> ActionQuery:
    return ActionQuery(statuses=frozenset(statuses), job=job.id)


def _owned(snapshot: Snapshot, principal: Principal, identifier: str) -> Job:
    job = snapshot.load(Job, identifier)
    if job is None or job.agent != principal.subject:
        raise Refusal(Code.JOB_UNKNOWN, job=identifier)
    return job


def _require_sound(spans: tuple[Span, ...], contents: Mapping[str, StepContents]) -> None:
    if not 0 < len(spans) <= SPANS_LIMIT:
        raise Refusal(Code.BODY_INVALID, problem=f"a batch has 1 to {SPANS_LIMIT:,} spans")
    if any(span.contents for span in spans):
        raise Refusal(
            Code.BODY_INVALID, problem="a span's contents are given beside the spans, not as a digest"
        )
    strangers = contents.keys() - {span.id for span in spans}
    if strangers:
        problem = f"there are contents of {min(strangers)}, and no such span in this batch"
        raise Refusal(Code.BODY_INVALID, problem=problem)


def _require_countable(job: Job, spans: SpansRecorded) -> None:
    """Refusal for a reservation that the job does not hold, and for a cost that no budget can be."""
    if spans.reservation and spans.reservation not in job.reserved:
        raise Refusal(Code.NOT_FOUND, what=f"Reservation {spans.reservation}")
    if job.cost_micros + spans.cost_micros > LARGEST:
        raise Refusal(Code.BODY_INVALID, problem=f"the cost of a job is {LARGEST:,} millionths at most")


def _with_contents(
    recorder: Recorder, spans: tuple[Span, ...], contents: Mapping[str, StepContents]
) -> tuple[tuple[Span, ...], dict[str, str]]:
    """The spans with the digest of what is kept of them, and what the entry commits to for it."""
    if not contents:
        return spans, {}
    digest = recorder.blob(msgspec.json.encode(contents))
    named = (
        msgspec.structs.replace(span, contents=digest) if span.id in contents else span for span in spans
    )
    return tuple(named), {STEP_CONTENTS: digest}


def _millis(span: Span) -> int:
    try:
        length = moment_named(span.end) - moment_named(span.start)
    except ValueError:
        problem = f"span {span.id}: start and end are times such as 2026-11-22T14:05:00.120Z"
        raise Refusal(Code.BODY_INVALID, problem=problem) from None
    if not timedelta() <= length <= LONGEST:
        problem = f"span {span.id} ends before it starts, or lasts for more than {LONGEST.days} days"
        raise Refusal(Code.BODY_INVALID, problem=problem)
    if not (0 <= span.cost_micros <= LARGEST and 0 <= span.tokens <= LARGEST):
        problem = f"span {span.id}: cost and tokens are from 0 to {LARGEST:,}"
        raise Refusal(Code.BODY_INVALID, problem=problem)
    return length // timedelta(milliseconds=1)
