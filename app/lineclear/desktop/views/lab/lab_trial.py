"""The live trial in the lab: what it means, its guardrail, both halves so far, and how it ended."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lineclear.desktop.presenters.lab.lab_sheets import TrialSheet
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Text, column, row
from lineclear.desktop.views.lab.lab_history import Lines
from lineclear.domain.trials import Guardrail
from lineclear.domain.wording import say

_MARGINS: Final = (10, 20, 50)
_LEAST: Final = (30, 100)


class TrialCard(Card):
    """Shows a `TrialSheet`. Where it cannot be begun or ended there is no form, but the reason."""

    started = Signal(object, str)
    """The Guardrail, and why."""
    stopped = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Live trial on half of all new jobs"))
        self.state = ChipLabel(look)
        self.head.addWidget(self.state)
        self._says = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.lines = Lines(look)
        self._why = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.guard = Guardrail()
        self.margins = {one: Pill(look, f"{one / 10:g} %") for one in _MARGINS}
        self.least = {one: Pill(look, str(one)) for one in _LEAST}
        self._choices = QWidget()
        self._lay_choices()
        self.reason = Field(look, say("Reason of the trial"), say("Why; kept in the ledger"))
        self.reason.textChanged.connect(self._judge)
        self.reason.entered.connect(self._confirm)
        self.reason.left.connect(self.reason.clear)
        self.yes = Button(look, say("Begin the trial"), tone=Tone.ACCENT)
        self.yes.clicked.connect(self._confirm)
        self._is_on = False
        inside = QWidget()
        stack = column(inside, margins=(15, 10, 15, 12), gap=9)
        across = row(gap=8)
        across.addWidget(self.reason, 1)
        across.addWidget(self.yes)
        for part in (self._says, self.lines, self._choices):
            stack.addWidget(part)
        stack.addLayout(across)
        stack.addWidget(self._why)
        self.add(inside)

    def display(self, sheet: TrialSheet) -> None:
        """Show the trial; what is being typed stays while its question does."""
        if sheet.is_on is not self._is_on:
            self.reason.clear()
        self._is_on = sheet.is_on
        self.state.set_chip(sheet.state)
        self._says.set_words(sheet.says)
        self.lines.display(sheet.lines)
        may = not sheet.why_not
        for part in (self.reason, self.yes):
            part.setVisible(may)
        self._choices.setVisible(may and not sheet.is_on)
        self.yes.set_title(say("End the trial") if sheet.is_on else say("Begin the trial"))
        self._why.setVisible(bool(sheet.why_not or sheet.refused))
        self._why.set_words(sheet.refused or sheet.why_not)
        self._choose(self.guard)
        self._judge()

    def _lay_choices(self) -> None:
        stack = column(self._choices, gap=6)
        for words, pills in (
            (say("End it when so much more of its jobs are in trouble"), self.margins),
            (say("Look each time both halves have so many jobs more"), self.least),
        ):
            across = row(gap=6)
            label = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
            label.set_words(words)
            across.addWidget(label, 1, Qt.AlignmentFlag.AlignVCenter)
            self._add(across, list(pills.values()))
            stack.addLayout(across)
        for one, pill in self.margins.items():
            pill.clicked.connect(lambda _on=False, n=one: self._choose(Guardrail(n, self.guard.least)))
        for one, pill in self.least.items():
            pill.clicked.connect(lambda _on=False, n=one: self._choose(Guardrail(self.guard.margin, n)))

    @staticmethod
    def _add(across: QHBoxLayout, pills: list[Pill]) -> None:
        for pill in pills:
            across.addWidget(pill)

    def _choose(self, guard: Guardrail) -> None:
        self.guard = guard
        for one, pill in self.margins.items():
            pill.setChecked(one == guard.margin)
        for one, pill in self.least.items():
            pill.setChecked(one == guard.least)

    def _judge(self) -> None:
        self.yes.set_why_not("" if self.reason.text().strip() else say("It needs a reason."))

    def _confirm(self) -> None:
        reason = self.reason.text().strip()
        if self.reason.isHidden() or not reason:
            return
        if self._is_on:
            self.stopped.emit(reason)
        else:
            self.started.emit(self.guard, reason)
