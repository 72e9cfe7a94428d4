"""Top bar and jobs as sheets. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lineclear.application.reading.answers import Me
from lineclear.application.reading.formats import age_text, dollars, seconds_between
from lineclear.application.reading.questions import GOING
from lineclear.desktop.presenters.environments import environment_chip
from lineclear.desktop.presenters.holds import spent_text
from lineclear.desktop.presenters.list_sheets import JobRow, JobsSheet
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import (
    Chip,
    Notice,
    NoticeKind,
    Question,
    SafeModeSheet,
    Tone,
    TopSheet,
    Words,
    five_questions,
)
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import JobStatus, Role, Tier
from lineclear.domain.wording import marked, say

_TIERS = {Tier.ONE: Tone.OK, Tier.TWO: Tone.CAUTION, Tier.THREE: Tone.STOP}
_JOBS = {
    JobStatus.RUNNING: Chip(marked("Running"), Tone.ACCENT),
    JobStatus.ENDED: Chip(marked("Ended"), Tone.OK),
    JobStatus.STOPPED: Chip(marked("Stopped"), Tone.STOP),
}
_PAUSED = {
    BudgetKind.COST: marked("Paused: cost"),
    BudgetKind.STEPS: marked("Paused: steps"),
    BudgetKind.WALL: marked("Paused: time"),
    BudgetKind.REPEATS: marked("Paused: repeats"),
}


def top_sheet(me: Me | None, freshness: Chip, safe_mode: SafeModeSheet) -> TopSheet:
    """What is always in sight."""
    if me is None:
        return TopSheet("", Chip(""), freshness, safe_mode, "", Chip(""))
    tier = (
        Chip(say("Tier {tier}", tier=int(me.person.tier)), _TIERS[me.person.tier])
        if me.person
        else Chip(me.role)
    )
    return TopSheet(
        paintable(me.workspace),
        environment_chip(me.environment),
        freshness,
        safe_mode,
        paintable(me.subject),
        tier,
    )


def jobs_sheet(jobs: Sequence[Job], me: Me | None, now: datetime) -> JobsSheet:
    """The newest jobs with their own answers; which one is chosen is left as it is."""
    if not jobs:
        notice = Notice(
            NoticeKind.EMPTY, say("No jobs yet"), say("A job appears here when an agent opens one.")
        )
        return JobsSheet(notice=notice)
    return JobsSheet(tuple(_job(job, me, now) for job in jobs))


def _job(job: Job, me: Me | None, now: datetime) -> JobRow:
    is_going = job.status in GOING
    can_stop = me is not None and Role(me.role) in MAY[Deed.STOP]
    why_not = (
        ""
        if is_going and can_stop
        else say("Your role may not stop jobs.")
        if is_going
        else say("It is over.")
    )
    return JobRow(
        id=job.id,
        title=paintable(job.goal or say("Text erased")),
        agent=paintable(job.agent),
        state=_state(job),
        cost=_used(job, BudgetKind.COST, f"{dollars(job.cost_micros)} / {dollars(job.budget.cost_micros)}"),
        steps=_used(job, BudgetKind.STEPS, f"{job.steps} / {job.budget.steps}"),
        updated=age_text(seconds_between(job.updated_at, now)),
        questions=_questions(job),
        stop_why_not=why_not,
    )


def _questions(job: Job) -> tuple[Question, ...]:
    is_going, is_paused = job.status in GOING, job.status is JobStatus.PAUSED
    answers = (
        spent_text(job) if is_paused else _doing(job),
        paintable(job.goal or say("Text erased")),
        say("Nothing until the budget is raised; the request is in the queue")
        if is_paused
        else say("See its actions"),
        (say("Yes, it is paused now") if is_paused else say("Yes, before the next step starts"))
        if is_going
        else say("It is over"),
        say("Each action by itself"),
    )
    return five_questions(answers, has_run=not is_going)


def _doing(job: Job) -> Words:
    if job.status is JobStatus.RUNNING:
        return say("Step {steps}", steps=job.steps)
    return (
        paintable(
            say(
                "Stopped by {stopped_by}: {stop_reason}",
                stopped_by=job.stopped_by,
                stop_reason=job.stop_reason,
            )
        )
        if job.stopped_by
        else say("Ended")
    )


def _state(job: Job) -> Chip:
    if job.status is JobStatus.PAUSED:
        return Chip(say(_PAUSED[BudgetKind(job.paused_by)]), Tone.STOP)
    return said_chip(_JOBS[job.status])


def _used(job: Job, kind: BudgetKind, text: str) -> Words | Chip:
    """What is used of a limit; the one that paused the job stands out."""
    return Chip(text, Tone.STOP) if job.paused_by == kind else text
