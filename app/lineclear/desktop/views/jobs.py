"""The jobs page: every job, and the five answers of the one that is chosen. Decides nothing itself."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.models.table_model import Column
from lineclear.desktop.presenters.list_sheets import JobRow, JobsSheet
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.action import QuestionStrip
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Hairline, Panel, column, row
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.panels import StopPanel
from lineclear.desktop.views.table import Table
from lineclear.domain.wording import marked, say

_COLUMNS: Final[tuple[Column[JobRow], ...]] = (
    Column(marked("Job"), 30, lambda job: job.title),
    Column(marked("Agent"), 16, lambda job: job.agent),
    Column(marked("State"), 14, lambda job: job.state),
    Column(marked("Cost"), 15, lambda job: job.cost, is_mono=True),
    Column(marked("Steps"), 11, lambda job: job.steps, is_mono=True),
    Column(marked("Last step"), 14, lambda job: job.updated),
)


class JobsPage(Page):
    """Shows a `JobsSheet`. `stop_confirmed` carries the id of the job that was on screen, and why."""

    chosen = Signal(str)
    stop_confirmed = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Jobs"), parent)
        self.head.addStretch(1)
        self._job: JobRow | None = None
        self._panel: StopPanel | None = None
        self.table = Table(look, say("Jobs"), _COLUMNS, lambda job: job.id)
        self.table.chosen.connect(self._choose)
        self._questions = QuestionStrip(look)
        self.stop = Button(look, say("Stop job"))
        self.stop.clicked.connect(self._ask_stop)
        self._foot = self._make_foot()
        content = QWidget()
        whole = column(content)
        whole.addWidget(self.table, 1)
        whole.addWidget(self._foot)
        self.set_content(content)

    def display(self, sheet: JobsSheet) -> None:
        """Show the jobs and the answers of the chosen one; a sheet that chooses none leaves the choice."""
        self.display_state(sheet.notice, has_content=bool(sheet.rows))
        wanted = sheet.selected or (self._job.id if self._job else None)
        chosen = next((job for job in sheet.rows if job.id == wanted), sheet.rows[0] if sheet.rows else None)
        self.table.show_rows(sheet.rows, chosen.id if chosen else None)
        self._show_job(chosen)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape and self._panel is not None:
            self._close_panel()
            return
        super().keyPressEvent(event)

    def _make_foot(self) -> Panel:
        foot = Panel(self._look, Token.SURFACE)
        stack = column(foot)
        stack.addWidget(Hairline(self._look))
        stack.addWidget(self._questions)
        stack.addWidget(Hairline(self._look))
        self._bar = column(margins=(20, 11, 20, 10), gap=8)
        self._buttons = row(gap=8)
        self._buttons.addWidget(self.stop)
        across = row()
        across.addLayout(self._buttons)
        across.addStretch(1)
        self._bar.addLayout(across)
        stack.addLayout(self._bar)
        return foot

    def _choose(self, position: int) -> None:
        job = self.table.rows.row(position)
        self._show_job(job)
        self.chosen.emit(job.id)

    def _show_job(self, job: JobRow | None) -> None:
        if self._panel is not None and (job is None or self._job is None or job.id != self._job.id):
            self._close_panel()
        self._job = job
        self._foot.setVisible(job is not None)
        if job is not None:
            self._questions.display(job.questions)
            self.stop.set_why_not(job.stop_why_not)

    def _ask_stop(self) -> None:
        self._panel = StopPanel(self._look, say("No further step starts. What it has done stays as it is."))
        self._panel.left.connect(self._close_panel)
        self._panel.confirmed.connect(self._confirm_stop)
        self.stop.hide()
        self._bar.insertWidget(0, self._panel)
        self._buttons.addWidget(self._panel.yes)
        self._buttons.addWidget(self._panel.no)
        for part in (self._panel, self._panel.yes, self._panel.no):
            part.show()
        self._panel.take_focus()

    def _close_panel(self) -> None:
        if self._panel is not None:
            for part in (self._panel, self._panel.yes, self._panel.no):
                part.hide()
                part.deleteLater()
            self._panel = None
        self.stop.show()

    def _confirm_stop(self, reason: str) -> None:
        job = self._job
        self._close_panel()
        if job is not None:
            self.stop_confirmed.emit(job.id, reason)
