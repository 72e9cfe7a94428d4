"""The jobs page's own work, wired: the list, the job that is open, its timeline. Holds no rules."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from lineclear.application.budgeting.setting import Limit
from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.away import away_job, away_jobs
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.jobs.jobs_presenter import JobsPresenter
from lineclear.desktop.presenters.jobs.list_sheets import JobSheet, JobsSheet
from lineclear.desktop.presenters.jobs.span_sheets import SpanSheet
from lineclear.desktop.presenters.jobs.step_reading import StepReading
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.desktop.views.shell.window import Window


class JobsDesk(QObject):
    """What a person does on the jobs page. Lives as long as its session."""

    def __init__(
        self,
        window: Window,
        with_: Collaborators,
        me: Me,
        console: ConsolePresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._console = console
        self.jobs = JobsPresenter(with_, me, self)
        self.reading = StepReading(with_, self)
        self._is_built = False
        self._state: Notice | None = None
        self._said: Notice | None = None
        """Why the last thing that was asked for here was not done."""
        self._list: JobsSheet | None = None
        self._job: JobSheet | None = None
        console.state_changed.connect(self._take_state)
        console.job_refused.connect(self._take_said)

    def opened(self, page: str) -> None:
        """A page came to the front; that of the jobs is built when it is first opened."""
        if page == "jobs" and not self._is_built:
            self._is_built = True
            self._connect_page()
        self.jobs.show(is_shown=page == "jobs")

    def open_job(self, job: str, span: str = "") -> None:
        """Show a job on its page, at one of its spans."""
        self._window.open_page("jobs")
        self.jobs.open(job, span)

    def _connect_page(self) -> None:
        page, jobs = self._window.jobs, self.jobs
        page.stop_confirmed.connect(self._stop)
        page.budget_asked.connect(self._set_budget)
        page.opened.connect(jobs.open)
        page.left.connect(jobs.close)
        page.filtered.connect(jobs.filter)
        page.searched.connect(jobs.search)
        page.ended.connect(jobs.more)
        page.span_chosen.connect(jobs.choose_span)
        page.action_asked.connect(self._open_action)
        page.detail.compare.wanted.connect(jobs.compare)
        page.detail.compare_ended.connect(lambda: jobs.compare(""))
        page.contents_asked.connect(self._open_step)
        self.reading.changed.connect(self._window.overlays.show_step)
        self._window.overlays.step_asked.connect(self.reading.again)
        self._window.overlays.left.connect(self._leave_overlay)
        jobs.listed.connect(self._show_list)
        jobs.opened.connect(self._show_job)
        jobs.span_changed.connect(self._show_span)

    def _stop(self, job: str, reason: str) -> None:
        self._console.send(lambda reviewer: reviewer.stop(job, reason))

    def _set_budget(self, job: str, wanted: Limit) -> None:
        self._console.send(lambda reviewer: reviewer.set_budget(job, wanted))

    def _open_action(self, action: str) -> None:
        self._window.open_page("review")
        self._window.review.chosen.emit(action)

    def _open_step(self) -> None:
        if self.jobs.chosen is not None:
            self.reading.open(*self.jobs.chosen)

    def _leave_overlay(self, name: str) -> None:
        if name == "step":
            self.reading.close()

    def _show_list(self, sheet: JobsSheet) -> None:
        """What is known of the connection goes first: a list that could not be read is no empty one."""
        self._list = sheet
        if self._state is not None and self._is_away:
            shown = away_jobs(sheet, self._state)
        else:
            shown = replace(sheet, notice=self._said or self._state or sheet.notice)
        self._window.jobs.display(shown)

    @property
    def _is_away(self) -> bool:
        return self._state is not None and self._state.kind is NoticeKind.OFFLINE

    def _take_state(self, notice: Notice | None) -> None:
        if notice != self._state:
            self._state = notice
            self._show_again()

    def _take_said(self, notice: Notice | None) -> None:
        if notice != self._said:
            self._said = notice
            self._show_again()

    def _show_again(self) -> None:
        if self._list is not None:
            self._show_list(self._list)
        if self._job is not None:
            self._show_job(self._job)

    def _show_job(self, sheet: JobSheet | None) -> None:
        self._job = sheet
        shown = away_job(sheet) if sheet is not None and self._is_away else sheet
        self._window.jobs.display_job(shown)

    def _show_span(self, sheet: SpanSheet | None) -> None:
        self._window.jobs.display_span(sheet)
        if self.jobs.found is not None:
            self.reading.on_job(self.jobs.found)
