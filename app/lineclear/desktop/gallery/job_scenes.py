"""What the gallery shows of jobs: the list, one of them whole, and both while the backend is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lineclear.desktop.gallery import away, jobs, states, steps
from lineclear.desktop.presenters.jobs.list_sheets import JobSheet, JobsSheet
from lineclear.desktop.presenters.jobs.span_sheets import span_sheet
from lineclear.desktop.presenters.jobs.step_sheets import StepSheet
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.events import Span


def job_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    """By the names of their files."""
    yield "sources", lambda window: window.review.display_action(jobs.SOURCED)
    yield "jobs", _jobs
    yield "jobs-none", lambda window: _jobs_list(window, jobs.NO_JOBS)
    yield "jobs-none-fits", lambda window: _jobs_list(window, jobs.NONE_FITS)
    yield "job-running", lambda window: _job(window, jobs.sheet_of(jobs.RUNNING), jobs.SPANS[4])
    yield "job-stopped", lambda window: _job(window, jobs.sheet_of(jobs.STOPPED, jobs.SPANS[:5]))
    yield "job-paused", lambda window: _job(window, jobs.sheet_of(jobs.PAUSED), steps.READABLE)
    yield "job-new", lambda window: _job(window, jobs.sheet_of(jobs.TIDYING, ()))
    yield "job-huge", lambda window: _job(window, jobs.sheet_of(jobs.TIDYING, jobs.huge()))
    yield "job-steps", _job_steps
    yield "job-compare", lambda window: _job(window, jobs.compared(), jobs.SPANS[3])
    yield "job-choose-other", _job_choose
    yield "job-budget", _job_budget
    for name, step in steps.SHEETS.items():
        yield f"job-step-{name}", _job_step(step)
    for name, sheet in away.JOBS.items():
        yield f"jobs-{name}", _jobs_as(sheet)


def _jobs(window: Window) -> None:
    window.run_command("go.jobs")
    window.jobs.display(jobs.JOBS)


def _jobs_list(window: Window, sheet: JobsSheet) -> None:
    window.run_command("go.jobs")
    window.jobs.display(sheet)


def _job(window: Window, sheet: JobSheet, span: Span | None = None) -> None:
    _jobs(window)
    window.jobs.display_job(sheet)
    if span is not None:
        window.jobs.display_span(span_sheet(span, None))


def _job_steps(window: Window) -> None:
    _job(window, jobs.sheet_of(jobs.RUNNING))
    window.run_command("jobs.steps")


def _job_step(sheet: StepSheet) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        _job(window, jobs.sheet_of(jobs.RUNNING), steps.READABLE)
        window.overlays.show_step(sheet)

    return show


def _job_budget(window: Window) -> None:
    _job(window, jobs.raise_asked())
    window.run_command("jobs.budget")


def _job_choose(window: Window) -> None:
    _job(window, jobs.sheet_of(jobs.RUNNING))
    window.run_command("jobs.compare")


def _jobs_as(sheet: JobsSheet) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.display_top(states.TOP_OFFLINE)
        window.run_command("go.jobs")
        window.jobs.display(sheet)

    return show
