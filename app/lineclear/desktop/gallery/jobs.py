"""Sample sheets of the jobs page for the gallery: the list, and jobs in every state. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from lineclear.application.reading.jobs import JobFound, Standing, Tally
from lineclear.desktop.gallery.samples import ACTION, CHANGES
from lineclear.desktop.presenters.changes.origin_sheets import Origin
from lineclear.desktop.presenters.jobs.job_page import job_sheet, jobs_sheet
from lineclear.desktop.presenters.jobs.jobs_presenter import beside_other, with_track
from lineclear.desktop.presenters.jobs.list_sheets import JobAction, JobSheet, JobsSheet
from lineclear.desktop.presenters.sheets import Chip, EvidenceSheet, Notice, NoticeKind, Source, Step, Tone
from lineclear.domain.events import Budget, BudgetKind, Span
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import JobStatus, SpanKind

_NOW: Final = datetime(2026, 11, 22, 14, 12, tzinfo=UTC)
_BEGIN: Final = _NOW - timedelta(minutes=3)


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _span(
    name: str, kind: SpanKind, start: float, length: float, parent: str = "", *, error: str = ""
) -> Span:
    first = _BEGIN + timedelta(seconds=start)
    model = "atlas-2" if kind is SpanKind.MODEL else ""
    tokens, cost = (1_840, 14_000) if model else (0, 0)
    last = first + timedelta(seconds=length)
    return Span(name, name, kind, _stamp(first), _stamp(last), parent, cost, tokens, model, error=error)


SPANS: Final = (
    _span("resolve ticket", SpanKind.TOOL, 0, 172),
    _span("read ticket", SpanKind.READ, 0.2, 1.6, "resolve ticket"),
    _span("model: plan", SpanKind.MODEL, 2, 3.9, "resolve ticket"),
    _span("payments.list", SpanKind.TOOL, 6.1, 12.2, "resolve ticket"),
    _span("first attempt", SpanKind.TOOL, 6.2, 5, "payments.list", error="TimeoutError"),
    _span("second attempt", SpanKind.TOOL, 11.4, 6.8, "payments.list"),
    _span("model: draft refund", SpanKind.MODEL, 19, 8.4, "resolve ticket"),
    _span("policy check", SpanKind.POLICY, 28, 0.12, "resolve ticket"),
    _span("waiting for review", SpanKind.WAITING, 28.2, 126, "resolve ticket"),
    _span("execution", SpanKind.EXECUTION, 154.5, 2.4, "resolve ticket"),
)


def _job(number: int, goal: str, agent: str, minutes: float, **more: object) -> Job:
    at = _stamp(_NOW - timedelta(minutes=minutes))
    known: dict[str, object] = {
        "status": JobStatus.RUNNING,
        "budget": Budget(steps=12),
        "customer": "Northwind",
        "project": "Refunds",
        "steps": 4,
        "cost_micros": 42_000,
        "millis": 18_400,
    }
    identity = {"id": str(number), "seq": 1, "index": number, "agent": agent, "goal": goal}
    times = {"opened_at": at, "updated_at": _stamp(_NOW - timedelta(seconds=40))}
    return Job(**{**known, **identity, **times, **more})  # type: ignore[arg-type]  # one mapping of many fields


RUNNING: Final = _job(7120, "Resolve ticket 20418", "support-agent", 3)
TIDYING: Final = _job(
    7119,
    "Tidy the CRM of the northern region",
    "crm-agent",
    64,
    budget=Budget(cost_micros=5_000_000, steps=60),
    steps=31,
    cost_micros=310_000,
    customer="",
    project="CRM",
    workflow="nightly",
)
PAUSED: Final = _job(
    7117,
    "Weekly research digest",
    "research-agent",
    180,
    status=JobStatus.PAUSED,
    paused_by=BudgetKind.COST.value,
    budget=Budget(cost_micros=50_000_000, steps=400),
    steps=212,
    cost_micros=50_120_000,
    customer="",
    project="Research",
)
STOPPED: Final = _job(
    7115,
    "Refund every order of last week",
    "support-agent",
    220,
    status=JobStatus.STOPPED,
    stopped_by="ops-lead",
    stop_reason="Refunds doubled since 08:40",
    steps=11,
    cost_micros=1_960_000,
)
ENDED: Final = _job(
    7112, "Resolve ticket 20391", "support-agent", 300, status=JobStatus.ENDED, outcome="completed", steps=5
)
_ALL: Final = (RUNNING, TIDYING, PAUSED, STOPPED, ENDED)
_TALLIES: Final = {
    RUNNING.id: Tally(waiting=1, done=1, undoable=1),
    TIDYING.id: Tally(waiting=38, done=12, undoable=12),
    PAUSED.id: Tally(waiting=1),
    STOPPED.id: Tally(done=3, undoable=0),
    ENDED.id: Tally(done=2, undoable=1),
}

_SEEN: Final = Origin("payments.list", 4, "step 4, payments.list")
SOURCED: Final = replace(
    ACTION,
    changes=replace(
        CHANGES,
        rows=tuple(
            replace(row, origin=_SEEN if at in {1, 2} else None) for at, row in enumerate(CHANGES.rows)
        ),
    ),
    evidence=EvidenceSheet(
        (
            Source(
                paintable("payments.list"),
                paintable("2 captures of 180.00 USD, 41 s apart"),
                "step 4",
                "payments.list",
            ),
        ),
        (Source(paintable("amount"), paintable("180.00"), "step 4", _SEEN.span),),
    ),
)
"""An action whose agent said of two fields and one argument which step they came from."""


def _may_stop(sheet: JobsSheet) -> JobsSheet:
    """As somebody sees it who may stop jobs."""
    rows = (row if row.stop_why_not == "It is over." else replace(row, stop_why_not="") for row in sheet.rows)
    return replace(sheet, rows=tuple(rows))


ACTIONS: Final = (
    JobAction(
        "a2",
        "Refund $180.00 to customer 4411",
        Chip("Waiting for you", Tone.CAUTION),
        "2 min ago",
        "No, a refund is final",
    ),
    JobAction(
        "a1", "Tag ticket 20418 as duplicate charge", Chip("Done", Tone.OK), "3 min ago", "Yes, at any time"
    ),
)

JOBS: Final = _may_stop(jobs_sheet(_ALL, None, _NOW, _TALLIES))
NO_JOBS: Final = jobs_sheet((), None, _NOW)
NONE_FITS: Final = jobs_sheet((), None, _NOW, {}, Standing.STOPPED)


def sheet_of(job: Job, spans: tuple[Span, ...] = SPANS) -> JobSheet:
    """A job, whole, as somebody sees it who may stop it."""
    found = JobFound(
        job, _TALLIES.get(job.id, Tally()), (), spans, tuple(one for one in _ALL if one is not job)
    )
    sheet = with_track(job_sheet(found, None, _NOW), found)
    why_not = "" if job.status in {JobStatus.RUNNING, JobStatus.PAUSED} else "It is over."
    row = replace(sheet.row, stop_why_not=why_not)
    return replace(sheet, row=row, agent_why_not="", budget_why_not=why_not, actions=ACTIONS if spans else ())


def compared() -> JobSheet:
    """The run of today beside the one of yesterday, which asked twice and failed once."""
    other = JobFound(ENDED, Tally(), (), (*SPANS[:4], *SPANS[5:7], *SPANS[8:]), ())
    sheet = sheet_of(RUNNING)
    return beside_other(sheet, JobFound(RUNNING, Tally(), (), SPANS, ()), other)


def raise_asked() -> JobSheet:
    """A job with whose budget somebody is not content, and waits for somebody else."""
    notice = Notice(
        NoticeKind.INFO,
        "Raise the step budget to 80 steps",
        "ops-east asks for it: Month end. The limit stays until somebody else approves.",
        Step("jobs.open_request", "Decide on its budget"),
    )
    return replace(sheet_of(RUNNING), notice=notice, request="a2")


@cache
def huge() -> tuple[Span, ...]:
    """Sixty thousand steps of a night, nested and at once."""
    kinds = tuple(SpanKind)
    return tuple(_step(number, kinds[(number * 7 + number // 11) % len(kinds)]) for number in range(60_000))


def _step(number: int, kind: SpanKind) -> Span:
    """A step of many; how long it takes follows from its number alone."""
    start = number * 0.5 + (number * 37 % 100) / 100
    length = 0.05 + (number * 7_919 % 1_000) ** 2 / 400_000
    parent = f"step {number - 1}" if number % 5 else ""
    error = "RateLimited" if number % 997 == 0 else ""
    return _span(f"step {number}", kind, start, length, parent, error=error)
