"""The job behind an action: its steps, its budget, its mode. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lineclear.application.reading.answers import BudgetOfDay, Detail
from lineclear.application.reading.formats import dollars, length_text, seconds_between
from lineclear.desktop.presenters.jobs.timeline_sheets import Bar, BarKind, TimelineSheet
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.sheets import JobBrief, Meter, Tone
from lineclear.domain.budgets import parts_of
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Mode, SpanKind
from lineclear.domain.wording import marked, say

_MONEY_TODAY, _ACTIONS_TODAY = marked("Money today, {capability}"), marked("Actions today, {capability}")
_COST_TODAY, _STEPS_TODAY = marked("Cost today, workspace"), marked("Steps today, workspace")
_BY_POLICY = marked("By policy")
_MODES: dict[str, str] = {
    Mode.DRAFT: marked("Draft"),
    Mode.ASSISTED: marked("Assisted"),
    Mode.DELEGATED: marked("Delegated"),
    Mode.MANAGED: marked("Managed"),
}
_KINDS = {
    SpanKind.MODEL: BarKind.MODEL,
    SpanKind.TOOL: BarKind.WORK,
    SpanKind.READ: BarKind.WORK,
    SpanKind.EXECUTION: BarKind.WORK,
    SpanKind.POLICY: BarKind.POLICY,
    SpanKind.WAITING: BarKind.WAITING,
}
_MOST_BARS = 40
_NEARLY = 0.9
_WAITING_SHARE = 0.5


def timeline_sheet(detail: Detail, viewer: Viewer) -> TimelineSheet | None:
    """The job's newest steps and, at the end, the wait for review.

    A wait longer than all work together is drawn at half the width, so that the work stays readable;
    its length is written beside it.
    """
    spans = [span for span in detail.spans if span.kind is not SpanKind.WAITING][-_MOST_BARS:]
    if not spans:
        return None
    start = min(_at(span.start) for span in spans)
    worked = max(_at(span.end) for span in spans) - start
    whole = max(worked.total_seconds(), 0.001)
    waited = _waited(detail, viewer)
    share = 1.0 if waited is None else max(1 - _WAITING_SHARE, whole / (whole + waited))
    bars = [_bar(span, start, whole, share) for span in spans]
    if waited is not None:
        bars.append(Bar(say("waiting for review"), BarKind.WAITING, share, 1 - share, length_text(waited)))
    working = length_text(detail.job.millis / 1000)
    limit = dollars(detail.job.budget.cost_micros)
    return TimelineSheet(
        say(
            "{working} working, {amount} of {limit}",
            working=working,
            amount=dollars(detail.job.cost_micros),
            limit=limit,
        ),
        tuple(bars),
    )


def job_brief(detail: Detail, viewer: Viewer) -> JobBrief:
    """The job with how much of each limit is used."""
    job = detail.job
    paused = say(" · paused") if job.status is JobStatus.PAUSED else ""
    title = paintable(
        say("Job {id} · {agent}{paused}", id=job.id.partition("-")[2][-4:], agent=job.agent, paused=paused)
    )
    meters = (*_meters(job, viewer), *map(_today, detail.budgets))
    return JobBrief(job.id, title, paintable(job.goal), meters, _mode(detail))


def _mode(detail: Detail) -> str:
    """The mode that policy applied to this action, as its reasons say."""
    if detail.action.judged is not None:
        for reason in detail.action.judged.reasons:
            if reason.code.startswith("mode_"):
                return say(_MODES.get(reason.code.split("_")[1], _BY_POLICY))
    return say(_BY_POLICY)


def _meters(job: Job, viewer: Viewer) -> Iterator[Meter]:
    """Cost and steps; another limit where it is the one that paused the job."""
    budget = job.budget
    spent, of = dollars(job.cost_micros), dollars(budget.cost_micros)
    yield _meter(
        job, BudgetKind.COST, say("Cost"), f"{spent} / {of}", job.cost_micros / max(budget.cost_micros, 1)
    )
    yield _meter(
        job, BudgetKind.STEPS, say("Steps"), f"{job.steps} / {budget.steps}", job.steps / max(budget.steps, 1)
    )
    if job.paused_by == BudgetKind.WALL:
        ran = seconds_between(job.opened_at, viewer.now)
        text = f"{length_text(ran)} / {length_text(budget.wall_seconds)}"
        yield _meter(job, BudgetKind.WALL, say("Time"), text, ran / max(budget.wall_seconds, 1))
    if job.paused_by == BudgetKind.REPEATS:
        text = f"{budget.repeats} / {budget.repeats}"
        yield _meter(job, BudgetKind.REPEATS, say("Equal proposals"), text, 1.0)


def _today(row: BudgetOfDay) -> Meter:
    """A limit of the day that the action counts against; set aside counts as used."""
    capability, agent = parts_of(row.budget)
    of = (
        say(
            _MONEY_TODAY if row.kind is BudgetKind.COST else _ACTIONS_TODAY,
            capability=capability,
        )
        if agent
        else ""
    )
    label = of or say(_COST_TODAY if row.kind is BudgetKind.COST else _STEPS_TODAY)
    share = row.held / max(row.limit, 1)
    tone = Tone.STOP if row.is_spent else Tone.CAUTION if share >= _NEARLY else Tone.ACCENT
    if row.kind is BudgetKind.COST:
        return Meter(label, f"{dollars(row.held)} / {dollars(row.limit)}", share, tone)
    return Meter(label, say("{used:,} / {limit:,}", used=row.held, limit=row.limit), share, tone)


def _meter(job: Job, kind: BudgetKind, label: str, text: str, share: float) -> Meter:
    """What is spent, or has paused the job by what it would have taken, is in the tone that stops."""
    if share >= 1 or job.paused_by == kind:
        return Meter(label, text, share, Tone.STOP)
    return Meter(label, text, share, Tone.CAUTION if share >= _NEARLY else Tone.ACCENT)


def _waited(detail: Detail, viewer: Viewer) -> float | None:
    """Seconds that a person took or has been taking; None where nobody was asked."""
    action = detail.action
    if action.votes:
        return max(0.0, seconds_between(action.proposed_at, _at(action.votes[-1].at)))
    if action.status is ActionStatus.PENDING:
        return max(0.0, seconds_between(action.proposed_at, viewer.now))
    return None


def _bar(span: Span, start: datetime, whole: float, share: float) -> Bar:
    begins = (_at(span.start) - start).total_seconds()
    lasts = (_at(span.end) - _at(span.start)).total_seconds()
    return Bar(
        paintable(span.name),
        _KINDS[span.kind],
        begins / whole * share,
        lasts / whole * share,
        length_text(lasts),
        span.id,
    )


def _at(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
