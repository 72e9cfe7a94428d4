"""The jobs page: every job with filters, the answers of one, and that one whole. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from lineclear.desktop.models.table_model import Column
from lineclear.desktop.presenters.jobs.list_sheets import JobRow, JobSheet, JobsSheet
from lineclear.desktop.presenters.jobs.span_sheets import SpanSheet
from lineclear.desktop.presenters.sheets import Notice
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.jobs.job import JobView
from lineclear.desktop.views.jobs.job_foot import JobFoot
from lineclear.desktop.views.kit import Hairline, Panel, Text, clear, column, row
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.table import Table
from lineclear.domain.wording import marked, say

_COLUMNS: Final[tuple[Column[JobRow], ...]] = (
    Column(marked("Job"), 27, lambda job: job.title),
    Column(marked("Agent"), 14, lambda job: job.agent),
    Column(marked("For"), 14, lambda job: job.belongs),
    Column(marked("State"), 13, lambda job: job.state),
    Column(marked("Waiting"), 7, lambda job: job.waiting, is_mono=True),
    Column(marked("Cost"), 15, lambda job: job.cost, is_mono=True),
    Column(marked("Steps"), 9, lambda job: job.steps, is_mono=True),
    Column(marked("Opened"), 10, lambda job: job.since),
)
_EDGE: Final = 20
"""Where the title above stands: the list goes from edge to edge."""
_PAUSE: Final = 180
"""Milliseconds after the last letter before the list is read anew."""


class JobsPage(Page):
    """Shows a `JobsSheet`, or a `JobSheet` in its place.

    `stop_confirmed` carries the id of the job that was on screen, and why; `agent_asked` the agent's.
    """

    chosen = Signal(str)
    opened = Signal(str)
    """Id of a job to show whole."""
    left = Signal()
    """The job that was shown whole is left for the list."""
    stop_confirmed = Signal(str, str)
    agent_asked = Signal(str, bool, str)
    budget_asked = Signal(str, object)
    filtered = Signal(str)
    searched = Signal(str)
    ended = Signal()
    """The list was read to its end."""
    span_chosen = Signal(str)
    contents_asked = Signal()
    """What went into the chosen step, and what came out, shall be shown."""
    action_asked = Signal(str)
    timeline_focused = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Jobs"), parent)
        self._notice: Notice | None = None
        self.search = Field(look, say("Search jobs"), say("Goal, agent, customer, project"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self.table = Table(look, say("Jobs"), _COLUMNS, lambda job: job.id, lead=_EDGE)
        self.foot = JobFoot(look)
        self.stop = self.foot.stop
        self.more = Button(look, say("Show older jobs"), is_small=True)
        self._said = Text(look, FontRole.SMALL, Token.MUTED)
        self.detail = JobView(look)
        self._make_head()
        self._places = QStackedWidget()
        self._places.addWidget(self._make_list())
        self._places.addWidget(self.detail)
        content = QWidget()
        whole = column(content)
        whole.addWidget(self._places, 1)
        whole.addWidget(self.foot)
        self.set_content(content)
        self.setFocusProxy(self.table)
        self._connect()

    # -- what is shown ----------------------------------------------------------------------------

    @property
    def is_detailed(self) -> bool:
        """Whether one job is shown whole."""
        return self._places.currentWidget() is self.detail

    @property
    def has_timeline_focus(self) -> bool:
        """Whether keys move the timeline now."""
        return self.is_detailed and self.detail.steps.plot.hasFocus()

    def display(self, sheet: JobsSheet) -> None:
        """Show the jobs and the answers of the chosen one; a sheet that chooses none leaves the choice."""
        self._notice = sheet.notice if sheet.rows else None
        shown = self._notice if self.is_detailed else sheet.notice
        self.display_state(shown, has_content=bool(sheet.rows) or self.is_detailed)
        clear(self.choices)
        for one in sheet.filters:
            pill = Pill(self._look, one.title)
            pill.setChecked(one.is_on)
            pill.clicked.connect(lambda _checked=False, asked=one.id: self.filtered.emit(asked))
            self.choices.addWidget(pill)
        self._said.set_words(sheet.said)
        self.more.setVisible(sheet.has_more)
        wanted = sheet.selected or (self.foot.job.id if self.foot.job else None)
        chosen = next((job for job in sheet.rows if job.id == wanted), sheet.rows[0] if sheet.rows else None)
        self.table.show_rows(sheet.rows, chosen.id if chosen else None)
        if not self.is_detailed:
            self.foot.display(chosen)
            self.foot.stop_agent.set_why_not(sheet.agent_why_not)

    def display_job(self, sheet: JobSheet | None) -> None:
        """Show one job whole; without one the list."""
        if sheet is None:
            self._turn_to_list()
            return
        is_new = not self.is_detailed or self.foot.job is None or self.foot.job.id != sheet.row.id
        self.detail.display(sheet)
        self.display_state(self._notice, has_content=True)
        self._places.setCurrentWidget(self.detail)
        self.show_head(is_shown=False)
        self.foot.show_whole(is_detailed=True)
        self.foot.display(sheet.row)
        self.foot.stop_agent.set_why_not(sheet.agent_why_not)
        self.foot.display_limits(sheet.limits, sheet.budget_why_not)
        if is_new:
            self.detail.steps.take_focus()
        self.timeline_focused.emit()

    def display_span(self, sheet: SpanSheet | None) -> None:
        """Show what is known of the chosen step."""
        self.detail.steps.display_span(sheet)

    def run_command(self, command_id: str) -> None:
        """Carry out a command of this page."""
        deeds: dict[str, Callable[[], object]] = {
            "jobs.next": partial(self._move, 1),
            "jobs.previous": partial(self._move, -1),
            "jobs.open": self._open,
            "jobs.back": self._back,
            "jobs.stop": self.stop.click,
            "jobs.stop_agent": self.foot.stop_agent.click,
            "jobs.budget": self.foot.budget.click,
            "jobs.timeline": self.detail.steps.take_focus,
            "jobs.steps": self.detail.steps.turn,
            "jobs.contents": self.contents_asked.emit,
            "jobs.compare": self.detail.turn_compare,
            "jobs.show_all": self._show_all,
            "jobs.open_request": self._open_request,
        }
        if command_id in deeds:
            deeds[command_id]()
        else:
            self.detail.steps.plot.run_command(command_id)

    # -- how it is made ---------------------------------------------------------------------------

    def _make_head(self) -> None:
        self.search.setFixedWidth(230)
        self.head.addWidget(self.search)

    def _make_list(self) -> QWidget:
        place = Panel(self._look, Token.SURFACE)
        stack = column(place)
        stack.addWidget(self.table, 1)
        stack.addWidget(Hairline(self._look))
        below = row(margins=(_EDGE, 6, _EDGE, 6), gap=10)
        below.addWidget(self._said)
        below.addWidget(self.more)
        below.addStretch(1)
        stack.addLayout(below)
        return place

    def _connect(self) -> None:
        self.table.chosen.connect(self._choose)
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.search.textChanged.connect(self._pause.start)
        self.search.entered.connect(self._search_now)
        self.search.left.connect(self._leave_search)
        self._pause.timeout.connect(self._search_now)
        self.more.clicked.connect(self.ended)
        self.foot.open_job.clicked.connect(self._open)
        self.foot.stop_confirmed.connect(self.stop_confirmed)
        self.foot.agent_asked.connect(self.agent_asked)
        self.foot.budget_asked.connect(self.budget_asked)
        self.foot.compare.clicked.connect(self.detail.turn_compare)
        self.detail.back.clicked.connect(self._back)
        self.detail.stepped.connect(self.run_command)
        self.detail.action_asked.connect(self.action_asked)
        self.detail.steps.chosen.connect(self.span_chosen)
        self.detail.steps.span.contents_asked.connect(self.contents_asked)
        self.detail.steps.plot.focused.connect(lambda _has: self.timeline_focused.emit())

    # -- choosing and moving ----------------------------------------------------------------------

    def _choose(self, position: int) -> None:
        job = self.table.rows.row(position)
        self.foot.display(job)
        self.chosen.emit(job.id)

    def _move(self, by: int) -> None:
        """To the next job or the one before, in the list or from one whole to the next."""
        last = self.table.rows.rowCount() - 1
        at = min(max(self.table.currentIndex().row() + by, 0), last)
        if last >= 0:
            self.table.selectRow(at)
            if self.is_detailed:
                self.opened.emit(self.table.rows.row(at).id)

    def _open(self) -> None:
        if self.is_detailed:
            self.detail.proposals.open_chosen()
        elif self.foot.job is not None:
            self.opened.emit(self.foot.job.id)

    def _back(self) -> None:
        if self.foot.panel is not None:
            self.foot.close_panel()
        elif self.is_detailed:
            self.left.emit()
            self._turn_to_list()

    def _turn_to_list(self) -> None:
        if not self.is_detailed:
            return
        self._places.setCurrentIndex(0)
        self.show_head(is_shown=True)
        self.foot.show_whole(is_detailed=False)
        self.foot.stop_agent.set_why_not("")
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.timeline_focused.emit()

    def _search_now(self) -> None:
        self._pause.stop()
        self.searched.emit(self.search.text())

    def _leave_search(self) -> None:
        self.search.clear()
        self._search_now()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_all(self) -> None:
        self.search.clear()
        self._search_now()
        self.filtered.emit("all")

    def _open_request(self) -> None:
        sheet = self.detail.sheet
        if sheet is not None and sheet.request:
            self.action_asked.emit(sheet.request)
