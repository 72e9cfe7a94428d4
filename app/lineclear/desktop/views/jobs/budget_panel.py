"""Asks which limit of a job shall be how much, and why; says beforehand what that does. No dialog."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.jobs.job_budget import LimitChoice, LimitJudged, judged
from lineclear.desktop.presenters.saying import said_all
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Text, row
from lineclear.desktop.views.review.panels import ReasonPanel
from lineclear.domain.wording import marked, say

_FIELD: Final = 150
_WHY: Final = (
    marked("It costs too much"),
    marked("It needs longer than planned"),
    marked("The task has grown"),
    marked("Enough was spent"),
)


class BudgetPanel(ReasonPanel):
    """Confirms a reason; `limit` is then the chosen limit with what was typed for it."""

    def __init__(self, look: Look, limits: tuple[LimitChoice, ...], parent: QWidget | None = None) -> None:
        super().__init__(
            look, say("Change its budget?"), say("Cut it"), say("Leave it"), Tone.CAUTION, parent
        )
        self.choice = limits[0]
        self.amount = Field(look, say("New limit"))
        self.amount.setMaximumWidth(_FIELD)
        self.pills = {one.kind: Pill(look, one.title) for one in limits}
        self._told = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        flow = Flow()
        for one in limits:
            pill = self.pills[one.kind]
            pill.clicked.connect(lambda _checked=False, chosen=one: self.choose(chosen))
            flow.addWidget(pill)
        across = row(gap=10)
        across.addWidget(self.amount)
        across.addWidget(self._told, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(flow)
        self.body.addLayout(across)
        self.amount.entered.connect(lambda _text: self.field.setFocus(Qt.FocusReason.TabFocusReason))
        self.amount.left.connect(self.left)
        self.amount.textChanged.connect(self._judge)
        self._ask_reason(said_all(_WHY))
        self.choose(self.choice)

    @property
    def limit(self) -> LimitJudged:
        """What is typed, judged."""
        return judged(self.choice, self.amount.text())

    def choose(self, choice: LimitChoice) -> None:
        """Change this limit; its present amount stands there to begin with."""
        self.choice = choice
        for kind, pill in self.pills.items():
            pill.setChecked(kind is choice.kind)
        self.amount.setText(choice.typed)
        self.amount.selectAll()
        self._judge()

    @override
    def take_focus(self) -> None:
        self.amount.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.amount.selectAll()

    @override
    def _why_not(self) -> str:
        return self.limit.why_not or super()._why_not()

    @override
    def _judge(self) -> None:
        super()._judge()
        found = self.limit
        self._told.set_words(found.told or found.why_not)
        if found.title:
            self.yes.set_title(found.title)
