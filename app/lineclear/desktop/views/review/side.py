"""The side column: why it needs you, authority, job and budget, checks, and the agent's unverified words."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lineclear.desktop.presenters.sheets import ActionSheet, Chip, JobBrief, Line, Mark, Meter, Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Link
from lineclear.desktop.views.kit import ChipLabel, Fit, Hairline, MarkLine, Text, clear, column, row
from lineclear.desktop.views.meters import MeterBar
from lineclear.domain.wording import marked, say

_WERE: Final = {Mark.REFUSED: marked("Why it was denied"), Mark.ATTENTION: marked("Why a person was asked")}
"""What policy came to, once it is over; where neither is among its reasons it allowed the action."""
_CHECKS: Final = {False: marked("Checks before it runs"), True: marked("Checks before it ran")}
_FEW: Final = 2
"""Lines that are not worth a fold."""
_DECIDES: Final = frozenset({Mark.ATTENTION, Mark.REFUSED})


def _title(sheet: ActionSheet) -> str:
    """What the reasons are reasons for."""
    if not sheet.is_over:
        return say("Why it needs you")
    marks = {one.mark for one in sheet.reasons}
    return next((say(words) for mark, words in _WERE.items() if mark in marks), say("Why it was allowed"))


class SideView(QWidget):
    """Shows the parts of an `ActionSheet` that explain it; parts that it lacks are left out."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[object, ...] = ()
        self._column = column(self, margins=(15, 14, 15, 16))

    def display(self, sheet: ActionSheet) -> None:
        """Show the explanation of an action."""
        parts = (
            sheet.reasons,
            sheet.authority,
            sheet.job,
            sheet.checks,
            sheet.note,
            sheet.answers,
            sheet.is_over,
        )
        if parts == self._shown:
            return
        self._shown = parts
        clear(self._column)
        if sheet.reasons:
            self._section(self._reasons(sheet))
        if sheet.authority:
            self._section(self._lines(say("Authority"), sheet.authority))
        if sheet.job is not None:
            self._section(self._job(sheet.job))
        if sheet.checks:
            self._section(self._lines(say(_CHECKS[sheet.is_over]), sheet.checks))
        if sheet.note is not None or sheet.answers:
            self._section(self._note(sheet))
        self._column.addStretch(1)

    def _section(self, part: QWidget) -> None:
        if self._column.count():
            self._column.addWidget(Hairline(self._look))
        self._column.addWidget(part)

    def _part(self, title: Text, chip: ChipLabel | None = None) -> tuple[QWidget, QVBoxLayout]:
        part = QWidget()
        stack = column(part, margins=(0, 12 if self._column.count() else 0, 0, 14), gap=6)
        head = row(gap=8)
        head.addWidget(title, 0 if chip else 1)
        if chip is not None:
            head.addWidget(chip)
            head.addStretch(1)
        stack.addLayout(head)
        return part, stack

    def _heading(self, fit: Fit = Fit.WRAP) -> Text:
        return Text(self._look, FontRole.HEADING, fit=fit)

    def _lines(self, title: str, lines: tuple[Line, ...]) -> QWidget:
        heading = self._heading()
        heading.set_words(title)
        part, stack = self._part(heading)
        for line in lines:
            stack.addWidget(MarkLine(self._look, line))
        return part

    def _reasons(self, sheet: ActionSheet) -> QWidget:
        """What decided first; what else was looked at folds with its count."""
        decided = [one for one in sheet.reasons if one.mark in _DECIDES] or [*sheet.reasons[:1]]
        others = [one for one in sheet.reasons if one not in decided]
        if len(others) <= _FEW:
            return self._lines(_title(sheet), sheet.reasons)
        part = self._lines(_title(sheet), tuple(decided))
        rest = Folded(self._look, say("{others} more that policy looked at", others=len(others)))
        for line in others:
            rest.add(MarkLine(self._look, line))
        stack = part.layout()
        if stack is not None:
            stack.addWidget(rest)
        return part

    def _job(self, job: JobBrief) -> QWidget:
        heading = self._heading()
        heading.set_words(job.title)
        part, stack = self._part(heading)
        goal = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        goal.set_words(job.goal)
        stack.addWidget(goal)
        for meter in job.meters:
            stack.addWidget(self._meter(meter))
        stack.addWidget(self._pair(say("Mode"), job.mode, FontRole.BODY))
        return part

    def _meter(self, meter: Meter) -> QWidget:
        part = QWidget()
        stack = column(part, gap=3)
        stack.addWidget(self._pair(meter.label, meter.text, FontRole.MONO))
        stack.addWidget(MeterBar(self._look, meter))
        return part

    def _pair(self, label: str, text: str, role: FontRole) -> QWidget:
        pair = QWidget()
        name = Text(self._look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        name.set_words(label)
        value = Text(self._look, role, Token.TEXT)
        value.set_words(text)
        value.setAccessibleName(f"{label}: {text}")
        across = row(pair, gap=8)
        across.addWidget(name, 1)
        across.addWidget(value)
        return pair

    def _note(self, sheet: ActionSheet) -> QWidget:
        heading = self._heading(Fit.KEEP)
        heading.set_words(say("Agent’s note"))  # noqa: RUF001 - a typographic apostrophe
        chip = ChipLabel(self._look)
        chip.set_chip(Chip(say("unverified"), Tone.NEUTRAL))
        part, stack = self._part(heading, chip)
        if sheet.note is not None:
            words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
            words.set_words(sheet.note)
            stack.addWidget(words)
        for line in sheet.answers:
            stack.addWidget(MarkLine(self._look, line))
        return part


class Folded(QWidget):
    """Parts that are shown when a person asks for them."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = Link(look, title, indent=0)
        self.link.clicked.connect(self._turn)
        self._held = QWidget()
        self._inside = column(self._held, gap=6)
        self._held.hide()
        stack = column(self, gap=2)
        stack.addWidget(self.link)
        stack.addWidget(self._held)

    def add(self, part: QWidget) -> None:
        """Take a part in."""
        self._inside.addWidget(part)

    def _turn(self) -> None:
        is_open = self._held.isHidden()
        self._held.setVisible(is_open)
        self.link.set_title(self.link.title, "chevron-down" if is_open else "chevron-right")
