"""The job behind an action: its steps, its budget, its mode. Pure: free of Qt and I/O."""

from __future__ import annotations

from datetime import datetime

from lineclear.application.answers import Detail
from lineclear.application.formats import dollars, length_text, seconds_between
from lineclear.desktop.presenters.queue_sheet import Viewer
from lineclear.desktop.presenters.sheets import Bar, BarKind, JobBrief, Meter, TimelineSheet, Tone
from lineclear.domain.events import Budget, Span
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, SpanKind

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
        bars.append(Bar("waiting for review", BarKind.WAITING, share, 1 - share, length_text(waited)))
    working = length_text(detail.job.millis / 1000)
    limit = dollars(detail.job.budget.cost_micros)
    return TimelineSheet(f"{working} working, {dollars(detail.job.cost_micros)} of {limit}", tuple(bars))


def job_brief(detail: Detail) -> JobBrief:
    """The job with how much of each limit is used."""
    job = detail.job
    title = paintable(f"Job {job.id.partition('-')[2][-4:]} · {job.agent}")
    return JobBrief(job.id, title, paintable(job.goal), _meters(job, job.budget), _mode(detail))


def _mode(detail: Detail) -> str:
    """The mode that policy applied to this action, as its reasons say."""
    if detail.action.judged is not None:
        for reason in detail.action.judged.reasons:
            if reason.code.startswith("mode_"):
                return reason.code.split("_")[1].capitalize() if reason.code != "mode_none" else "By policy"
    return "By policy"


def _meters(job: Job, budget: Budget) -> tuple[Meter, ...]:
    cost = f"{dollars(job.cost_micros)} / {dollars(budget.cost_micros)}"
    return (
        _meter("Cost", cost, job.cost_micros, budget.cost_micros),
        _meter("Steps", f"{job.steps} / {budget.steps}", job.steps, budget.steps),
    )


def _meter(label: str, text: str, used: int, limit: int) -> Meter:
    share = used / limit if limit else 1.0
    tone = Tone.STOP if share >= 1 else Tone.CAUTION if share >= _NEARLY else Tone.ACCENT
    return Meter(label, text, share, tone)


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
    )


def _at(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
