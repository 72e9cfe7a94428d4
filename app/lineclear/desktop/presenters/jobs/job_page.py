"""Jobs as sheets: the list, and one of them whole. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from lineclear.application.budgeting.room import amount_text
from lineclear.application.executing.inside import is_asked_for, is_inside, raises_day
from lineclear.application.reading.answers import Me
from lineclear.application.reading.formats import age_text, dollars, local_time, seconds_between
from lineclear.application.reading.jobs import JobFound, Standing, Tally
from lineclear.application.reading.questions import GOING, standing_text, undo_text
from lineclear.desktop.presenters.changes.origins import named_spans
from lineclear.desktop.presenters.jobs.job_budget import budget_why_not, limit_choices
from lineclear.desktop.presenters.jobs.list_sheets import JobAction, JobRow, JobSheet, JobsSheet, OtherJob
from lineclear.desktop.presenters.review.holds import spent_text
from lineclear.desktop.presenters.sheets import (
    Chip,
    Filter,
    Meter,
    Notice,
    NoticeKind,
    Question,
    Step,
    Tone,
    Words,
    five_questions,
)
from lineclear.domain.actions import Action
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role
from lineclear.domain.wording import marked, say, say_n

_NEARLY: Final = 0.9
_JOBS: Final = {
    JobStatus.RUNNING: (marked("Running"), Tone.ACCENT),
    JobStatus.ENDED: (marked("Ended"), Tone.OK),
    JobStatus.STOPPED: (marked("Stopped"), Tone.STOP),
}
_PAUSED: Final = {
    BudgetKind.COST: marked("Paused: cost"),
    BudgetKind.STEPS: marked("Paused: steps"),
    BudgetKind.WALL: marked("Paused: time"),
    BudgetKind.REPEATS: marked("Paused: repeats"),
}
_OUTCOMES: Final = {
    "completed": marked("Completed, says its agent"),
    "failed": marked("Failed, says its agent"),
    "abandoned": marked("Abandoned by its agent"),
}
_STANDINGS: Final = {
    Standing.ALL: marked("All"),
    Standing.RUNNING: marked("Running"),
    Standing.WAITING: marked("Waiting for a person"),
    Standing.STOPPED: marked("Stopped"),
    Standing.ENDED: marked("Ended"),
}
_METERS: Final = {
    BudgetKind.COST: marked("Cost"),
    BudgetKind.STEPS: marked("Steps"),
    BudgetKind.WALL: marked("Time"),
}
_TONES: Final = {
    ActionStatus.PENDING: Tone.CAUTION,
    ActionStatus.CLEARED: Tone.ACCENT,
    ActionStatus.STARTED: Tone.ACCENT,
    ActionStatus.SUCCEEDED: Tone.OK,
    ActionStatus.FAILED: Tone.STOP,
    ActionStatus.UNKNOWN: Tone.STOP,
    ActionStatus.REJECTED: Tone.STOP,
    ActionStatus.DENIED: Tone.STOP,
    ActionStatus.STOPPED: Tone.STOP,
}


def jobs_sheet(
    jobs: Sequence[Job],
    me: Me | None,
    now: datetime,
    tallies: Mapping[str, Tally] | None = None,
    standing: Standing = Standing.ALL,
    text: str = "",
    *,
    has_more: bool = False,
) -> JobsSheet:
    """The newest jobs with their own answers; which one is chosen is left as it is."""
    filters = tuple(Filter(one, say(title), one is standing) for one, title in _STANDINGS.items())
    if not jobs:
        return JobsSheet(notice=_none(standing, text), filters=filters)
    rows = tuple(job_row(job, (tallies or {}).get(job.id, Tally()), me, now) for job in jobs)
    said = say_n("{count:,} job", "{count:,} jobs", len(rows))
    said = say("The newest {said}", said=said) if has_more else said
    return JobsSheet(rows, filters=filters, said=said, has_more=has_more)


def _none(standing: Standing, text: str) -> Notice:
    if standing is Standing.ALL and not text:
        sentence = say("A job appears here when an agent opens one.")
        return Notice(NoticeKind.EMPTY, say("No jobs yet"), sentence)
    title, sentence = say("No job fits"), say("Other jobs are there; the filter leaves them out.")
    return Notice(NoticeKind.INFO, title, sentence, Step("jobs.show_all", say("Show all jobs")))


def job_row(job: Job, tally: Tally, me: Me | None, now: datetime) -> JobRow:
    """One job in the list."""
    is_going = job.status in GOING
    why_not = ""
    if not is_going:
        why_not = say("It is over.")
    elif me is None or Role(me.role) not in MAY[Deed.STOP]:
        why_not = say("Your role may not stop jobs.")
    belongs = " · ".join(filter(None, (job.customer, job.project, job.workflow)))
    return JobRow(
        id=job.id,
        title=paintable(job.goal) if job.goal else say("Text erased"),
        agent=paintable(job.agent),
        state=_state(job),
        cost=_cost(job),
        steps=_steps(job),
        updated=age_text(seconds_between(job.updated_at, now)),
        questions=_questions(job, tally),
        stop_why_not=why_not,
        waiting=f"{tally.waiting:,}" if tally.waiting else "",
        since=age_text(seconds_between(job.opened_at, now)),
        belongs=paintable(belongs),
        agent_id=job.agent,
    )


def job_sheet(found: JobFound, me: Me | None, now: datetime) -> JobSheet:
    """One job, whole but for its timeline, which takes numpy and so is added by who asks for it."""
    job, row = found.job, job_row(found.job, found.tally, me, now)
    asked = [one for one in found.actions if is_inside(one) and not raises_day(one) and _is_open(one)]
    request = next((one.id for one in sorted(asked, key=is_asked_for)), "")
    byline = say("{agent}, opened {since}", agent=paintable(job.agent).text, since=row.since)
    return JobSheet(
        row=row,
        byline=paintable(byline),
        meters=tuple(_meters(job, now)),
        facts=tuple(_facts(job, found.spans, now)),
        actions=tuple(_action(action, now) for action in found.actions),
        summary=summary_text(job, found.spans),
        notice=_notice(job, request, found.actions),
        request=request,
        agent_why_not=_agent_why_not(me),
        marked=named_spans(found.actions),
        limits=limit_choices(job, max(0, int(seconds_between(job.opened_at, now)))),
        budget_why_not=budget_why_not(job, me),
        others=tuple(OtherJob(one.id, paintable(_other(one, now))) for one in found.others),
    )


def summary_text(job: Job, spans: Sequence[Span]) -> str:
    """How much there is, how long it worked, what it cost."""
    parts = [say_n("{count:,} step", "{count:,} steps", len(spans)), dollars(job.cost_micros)]
    tokens = sum(span.tokens for span in spans)
    parts += [say_n("{count:,} token", "{count:,} tokens", tokens)] if tokens else []
    failed = sum(bool(span.error) for span in spans)
    parts += [say("{count} failed", count=failed)] if failed else []
    return ", ".join(parts)


def _is_open(action: Action) -> bool:
    return action.status is ActionStatus.PENDING


def _other(job: Job, now: datetime) -> str:
    return f"{job.goal or say('Text erased')} · {age_text(seconds_between(job.opened_at, now))}"


def _agent_why_not(me: Me | None) -> str:
    may = me is not None and Role(me.role) in MAY[Deed.STOP]
    return "" if may else say("Your role may not stop agents.")


def _raise_waits(request: str, requests: Sequence[Action]) -> Notice | None:
    """What somebody asked for and nobody has decided on yet."""
    asked = next((one for one in requests if one.id == request), None)
    if asked is None:
        return None
    title = paintable(asked.title).text
    by = asked.proposer.partition("/")[2]
    text = paintable(
        say("{by} asks for it: {why}. The limit stays until somebody else approves.", by=by, why=asked.why)
    )
    return Notice(NoticeKind.INFO, title, text, Step("jobs.open_request", say("Decide on its budget")))


def _notice(job: Job, request: str, requests: Sequence[Action]) -> Notice | None:
    if job.status is not JobStatus.PAUSED:
        return _raise_waits(request, requests)
    step = Step("jobs.open_request", say("Decide on its budget")) if request else None
    text = say("It waits until its budget is raised, or is ended by a rejection.")
    return Notice(NoticeKind.HELD, spent_text(job), text, step)


def _questions(job: Job, tally: Tally) -> tuple[Question, ...]:
    is_going = job.status in GOING
    answers = (
        _doing(job, tally),
        paintable(job.goal) if job.goal else say("Text erased"),
        _changes(job, tally),
        _stops(job),
        _undoes(tally),
    )
    return five_questions(answers, has_run=not is_going)


def _doing(job: Job, tally: Tally) -> Words:
    match job.status:
        case JobStatus.PAUSED:
            return spent_text(job)
        case JobStatus.RUNNING if tally.waiting:
            waits = say_n("{count:,} action waits", "{count} actions wait", tally.waiting)
            return say("Step {step}, {waits} for a person", step=job.steps, waits=waits)
        case JobStatus.RUNNING:
            return say("Step {step}", step=job.steps)
        case JobStatus.STOPPED:
            said = say("Stopped by {by}: {reason}", by=job.stopped_by, reason=job.stop_reason)
            return paintable(said)
        case JobStatus.ENDED:
            return say(_OUTCOMES[job.outcome]) if job.outcome in _OUTCOMES else say("Ended")


def _changes(job: Job, tally: Tally) -> str:
    if job.status is JobStatus.PAUSED and not tally.done:
        return say("Nothing until the budget is raised; the request is in the queue")
    done = say_n("{count:,} effect so far", "{count:,} effects so far", tally.done)
    if job.status not in GOING:
        return say_n("{count:,} effect", "{count:,} effects", tally.done) if tally.done else say("Nothing")
    if tally.waiting and tally.done:
        return say("{done}, {waiting} more after a decision", done=done, waiting=tally.waiting)
    if tally.waiting:
        return say_n(
            "{count:,} change, after a decision", "{count:,} changes, after a decision", tally.waiting
        )
    return done if tally.done else say("Nothing so far")


def _stops(job: Job) -> str:
    if job.status not in GOING:
        return say("It is over")
    paused = job.status is JobStatus.PAUSED
    return say("Yes, it is paused now") if paused else say("Yes, before the next step starts")


def _undoes(tally: Tally) -> str:
    if not tally.done:
        return say("There is nothing to undo")
    if not tally.undoable:
        return say_n("No, it cannot be undone", "No, none of the {count:,} effects", tally.done)
    return say("Yes, {undoable} of {done} effects, each by itself", undoable=tally.undoable, done=tally.done)


def _state(job: Job) -> Chip:
    if job.status is JobStatus.PAUSED:
        return Chip(say(_PAUSED[BudgetKind(job.paused_by)]), Tone.STOP)
    title, tone = _JOBS[job.status]
    return Chip(say(title), tone)


def _cost(job: Job) -> Meter:
    text = f"{dollars(job.cost_micros)} / {dollars(job.budget.cost_micros)}"
    return _meter(job, BudgetKind.COST, text, job.cost_micros / max(job.budget.cost_micros, 1))


def _steps(job: Job) -> Words | Chip:
    """The steps of a limit; the one that paused the job stands out."""
    text = f"{job.steps:,} / {job.budget.steps:,}"
    return Chip(text, Tone.STOP) if job.paused_by == BudgetKind.STEPS else text


def _meters(job: Job, now: datetime) -> Iterator[Meter]:
    """What is used of each limit; how often it said the same is judged when it proposes."""
    yield _cost(job)
    steps = f"{job.steps:,} / {job.budget.steps:,}"
    yield _meter(job, BudgetKind.STEPS, steps, job.steps / max(job.budget.steps, 1))
    end = now if job.status in GOING else datetime.fromisoformat(job.updated_at)
    wall = max(0, int(seconds_between(job.opened_at, end)))
    time = " / ".join(amount_text(BudgetKind.WALL, one) for one in (wall, job.budget.wall_seconds))
    yield _meter(job, BudgetKind.WALL, time, wall / max(job.budget.wall_seconds, 1))


def _meter(job: Job, kind: BudgetKind, text: str, used: float) -> Meter:
    tone = Tone.STOP if job.paused_by == kind else Tone.CAUTION if used >= _NEARLY else Tone.ACCENT
    return Meter(say(_METERS[kind]), text, used, tone)


def _facts(job: Job, spans: Sequence[Span], now: datetime) -> Iterator[tuple[str, Words]]:
    for name, text in (
        (say("Customer"), job.customer),
        (say("Project"), job.project),
        (say("Workflow"), job.workflow),
    ):
        if text:
            yield name, paintable(text)
    yield say("Opened"), local_time(job.opened_at, now)
    if job.status not in GOING:
        yield say("Over"), local_time(job.updated_at, now)
    models = sorted({span.model for span in spans if span.model})
    if models:
        yield say("Models"), paintable(", ".join(models))
    yield say("Equal proposals"), say("{count} at most", count=limit_of(job, BudgetKind.REPEATS))
    yield say("Job"), paintable(job.id)


def _action(action: Action, now: datetime) -> JobAction:
    title = paintable(action.title or action.tool)
    chip = Chip(paintable(standing_text(action)), _TONES.get(action.status, Tone.NEUTRAL))
    since = age_text(seconds_between(action.updated_at, now))
    return JobAction(action.id, title, chip, since, paintable(undo_text(action, now)))
