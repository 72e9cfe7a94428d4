"""The side column: why it needs you, authority, job and budget, checks, and the agent's unverified words."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lineclear.desktop.presenters.sheets import ActionSheet, Chip, JobBrief, Line, Meter, Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import MeterBar
from lineclear.desktop.views.kit import ChipLabel, Fit, Hairline, MarkLine, Text, clear, column, row
from lineclear.domain.text import Paintable


class SideView(QWidget):
    """Shows the parts of an `ActionSheet` that explain it; parts that it lacks are left out."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[object, ...] = ()
        self._column = column(self, margins=(15, 14, 15, 16))

    def display(self, sheet: ActionSheet) -> None:
        """Show the explanation of an action."""
        parts = (sheet.reasons, sheet.authority, sheet.job, sheet.checks, sheet.note)
        if parts == self._shown:
            return
        self._shown = parts
        clear(self._column)
        for title, lines in (("Why it needs you", sheet.reasons), ("Authority", sheet.authority)):
            if lines:
                self._section(self._lines(title, lines))
        if sheet.job is not None:
            self._section(self._job(sheet.job))
        if sheet.checks:
            self._section(self._lines("Checks before it runs", sheet.checks))
        if sheet.note is not None:
            self._section(self._note(sheet.note))
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

    def _job(self, job: JobBrief) -> QWidget:
        heading = self._heading()
        heading.set_words(job.title)
        part, stack = self._part(heading)
        goal = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        goal.set_words(job.goal)
        stack.addWidget(goal)
        for meter in job.meters:
            stack.addWidget(self._meter(meter))
        stack.addWidget(self._pair("Mode", job.mode, FontRole.BODY))
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

    def _note(self, note: Paintable) -> QWidget:
        heading = self._heading(Fit.KEEP)
        heading.set_words("Agent’s note")  # noqa: RUF001 - a typographic apostrophe
        chip = ChipLabel(self._look)
        chip.set_chip(Chip("unverified", Tone.NEUTRAL))
        part, stack = self._part(heading, chip)
        words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(note)
        stack.addWidget(words)
        return part
