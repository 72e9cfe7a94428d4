"""The foot of the jobs page: the five answers of a job, and stopping it or its agent with a reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lineclear.application.budgeting.setting import Limit
from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.jobs.job_budget import LimitChoice
from lineclear.desktop.presenters.jobs.list_sheets import JobRow
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.jobs.budget_panel import BudgetPanel
from lineclear.desktop.views.kit import Hairline, Panel, column, row
from lineclear.desktop.views.review.action import QuestionStrip
from lineclear.desktop.views.review.panels import StopPanel
from lineclear.domain.wording import say


class JobFoot(Panel):
    """Shows a `JobRow`. What is asked names the job that was on screen."""

    stop_confirmed = Signal(str, str)
    agent_asked = Signal(str, bool, str)
    """The agent's id, that it shall stop, and why."""
    budget_asked = Signal(str, object)
    """The job's id, and the `Limit` that it shall have."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self.job: JobRow | None = None
        self.panel: StopPanel | BudgetPanel | None = None
        self._limits: tuple[LimitChoice, ...] = ()
        self._stops_agent = False
        self._is_detailed = False
        self._questions = QuestionStrip(look)
        self.open_job = Button(look, say("Open"), key=key_of("jobs.open"))
        self.stop = Button(look, say("Stop job"), key=key_of("jobs.stop"))
        self.stop_agent = Button(look, say("Stop agent"), key=key_of("jobs.stop_agent"))
        self.budget = Button(look, say("Change budget"), key=key_of("jobs.budget"))
        self.budget.clicked.connect(self._ask_budget)
        self.compare = Button(look, say("Compare"), key=key_of("jobs.compare"))
        self.stop.clicked.connect(partial(self._ask_stop, agent=False))
        self.stop_agent.clicked.connect(partial(self._ask_stop, agent=True))
        stack = column(self)
        self._line = Hairline(look)
        for part in (Hairline(look), self._questions, self._line):
            stack.addWidget(part)
        self._bar = column(margins=(20, 11, 20, 10), gap=8)
        self._buttons = row(gap=8)
        for button in (self.open_job, self.stop, self.stop_agent, self.budget, self.compare):
            self._buttons.addWidget(button)
        across = row()
        across.addLayout(self._buttons)
        across.addStretch(1)
        self._bar.addLayout(across)
        stack.addLayout(self._bar)
        self.show_whole(is_detailed=False)

    def display(self, job: JobRow | None) -> None:
        """Show a job's answers; a question about another job is closed."""
        if self.panel is not None and (job is None or self.job is None or job.id != self.job.id):
            self.close_panel()
        self.job = job
        self.setVisible(job is not None)
        if job is not None:
            self._questions.display(job.questions)
            self.stop.set_why_not(job.stop_why_not)

    def show_whole(self, *, is_detailed: bool) -> None:
        """Where the job is shown whole, its answers stand above and there is something to compare."""
        self._is_detailed = is_detailed
        for part in (self._questions, self._line):
            part.setVisible(not is_detailed)
        self._show_buttons()

    def display_limits(self, limits: tuple[LimitChoice, ...], why_not: str) -> None:
        """What of the open job's budget can be changed, or why this person may not."""
        self._limits = limits
        self.budget.set_why_not(why_not)
        if why_not and isinstance(self.panel, BudgetPanel):
            self.close_panel()

    def close_panel(self) -> None:
        """Ask no more whether to stop."""
        if self.panel is not None:
            for part in (self.panel, self.panel.yes, self.panel.no):
                part.hide()
                part.deleteLater()
            self.panel = None
        self._show_buttons()

    def _show_buttons(self) -> None:
        is_free = self.panel is None
        self.stop.setVisible(is_free)
        self.stop_agent.setVisible(is_free)
        self.open_job.setVisible(is_free and not self._is_detailed)
        for button in (self.compare, self.budget):
            button.setVisible(is_free and self._is_detailed)

    def _ask_stop(self, *, agent: bool) -> None:
        if self.panel is not None or self.job is None:
            return
        self._stops_agent = agent
        told = say("No further step starts. What it has done stays as it is.")
        if agent:
            name = text_of(self.job.agent)
            told = say(
                "{agent} proposes nothing more, and all its jobs stop. Control lets it go on.", agent=name
            )
        panel = StopPanel(self._look, told, of_agent=agent)
        panel.confirmed.connect(self._confirm_stop)
        self._open(panel)

    def _ask_budget(self) -> None:
        if self.panel is None and self.job is not None and self._is_detailed and self._limits:
            panel = BudgetPanel(self._look, self._limits)
            panel.confirmed.connect(self._confirm_budget)
            self._open(panel)

    def _open(self, panel: StopPanel | BudgetPanel) -> None:
        self.panel = panel
        self.panel.left.connect(self.close_panel)
        self._bar.insertWidget(0, self.panel)
        self._buttons.addWidget(self.panel.yes)
        self._buttons.addWidget(self.panel.no)
        self._show_buttons()
        for part in (self.panel, self.panel.yes, self.panel.no):
            part.show()
        self.panel.take_focus()

    def _confirm_budget(self, reason: str) -> None:
        job, panel = self.job, self.panel
        if job is None or not isinstance(panel, BudgetPanel):
            return
        wanted = Limit(panel.choice.kind, panel.limit.limit, reason)
        self.close_panel()
        self.budget_asked.emit(job.id, wanted)

    def _confirm_stop(self, reason: str) -> None:
        job, stops_agent = self.job, self._stops_agent
        self.close_panel()
        if job is not None and stops_agent:
            self.agent_asked.emit(job.agent_id, True, reason)  # noqa: FBT003  # a signal's argument
        elif job is not None:
            self.stop_confirmed.emit(job.id, reason)
