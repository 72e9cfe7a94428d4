"""The replay of history in the lab: figures side by side, what they cost, and how far the reading is."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from lineclear.desktop.painting import fill_rounded, painter_of
from lineclear.desktop.presenters.lab.effort import USUAL, Effort, effort_of
from lineclear.desktop.presenters.lab.lab_sheets import HistorySheet
from lineclear.desktop.presenters.sheets import Line
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field
from lineclear.desktop.views.kit import Card, Fit, MarkLine, Text, clear, column, row
from lineclear.domain.wording import say

_WIDEST: Final = 640
"""Of the figures: what they count stays beside them."""


class Lines(QWidget):
    """Statements with their signs, made anew only when they change."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[Line, ...] = ()
        self._stack = column(self, gap=6)
        self.hide()

    def display(self, lines: tuple[Line, ...]) -> None:
        self.setVisible(bool(lines))
        if lines != self._shown:
            self._shown = lines
            clear(self._stack)
            for line in lines:
                self._stack.addWidget(MarkLine(self._look, line))


class HistoryCard(Card):
    """The replay: a button, progress while it runs, then two columns of figures."""

    started = Signal()
    cancelled = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("What happened, judged anew"))
        self.start = Button(look, say("Replay history"), is_small=True)
        self.start.clicked.connect(self.started)
        self.stop = Button(look, say("Cancel"), is_small=True)
        self.stop.clicked.connect(self.cancelled)
        self.head.addWidget(self.start)
        self.head.addWidget(self.stop)
        self._progress = Progress(look)
        self._table = QWidget()
        self._table.setMaximumWidth(_WIDEST)
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self._hint = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._hint.set_words(say("Every past action under this text, against what people decided then."))
        self.lines = Lines(look)
        inside = QWidget()
        stack = column(inside, margins=(15, 10, 15, 12), gap=10)
        self.effort = EffortLine(look)
        beside = row()
        beside.addWidget(self._table, 1)
        beside.addStretch(0)
        for part in (self._progress, self._hint, self.lines):
            stack.addWidget(part)
        stack.addLayout(beside)
        stack.addWidget(self.effort)
        self.add(inside)
        self._shown: object = None

    def display(self, sheet: HistorySheet) -> None:
        self.remark.set_words(sheet.remark)
        self.start.setVisible(not sheet.is_running)
        self.start.set_why_not(sheet.why_not)
        self.stop.setVisible(sheet.is_running)
        self._progress.setVisible(sheet.is_running)
        self._progress.show_share(sheet.done)
        self._hint.setVisible(not sheet.rows and not sheet.is_running)
        self._table.setVisible(bool(sheet.rows))
        self.lines.display(sheet.lines)
        if sheet.rows != self._shown:
            self._shown = sheet.rows
            self._fill(sheet)

    def _fill(self, sheet: HistorySheet) -> None:
        while (item := self._grid.itemAt(0)) is not None:
            part = item.widget()
            if part is None:
                self._grid.takeAt(0)
                continue
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        if not sheet.rows:
            return
        self._cells(0, ("", say("In force"), say("This text")), FontRole.SMALL, Token.MUTED)
        for number, each in enumerate(sheet.rows, 1):
            label = f"    {each.label}" if each.is_part else each.label
            ink = Token.MUTED if each.is_part else Token.TEXT
            self._cells(number, (label, each.before, each.after), FontRole.BODY, ink)

    def _cells(self, number: int, words: tuple[str, str, str], role: FontRole, ink: Token) -> None:
        for place, said in enumerate(words):
            cell = Text(self._look, role, ink, Fit.KEEP if place else Fit.ELIDE)
            cell.set_words(said)
            self._grid.addWidget(
                cell, number, place, Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag(0)
            )


class EffortLine(QWidget):
    """What a review takes and costs, to be typed over; what is no number is said and changes nothing."""

    chosen = Signal(object)
    """Effort."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = USUAL
        self.minutes = Field(look, say("Minutes a review takes"))
        self.usd = Field(look, say("US dollars that an hour costs"))
        self._problem = Text(look, FontRole.SMALL, Token.REMOVED, Fit.WRAP)
        self._problem.hide()
        across = row(gap=8)
        for field, words in ((self.minutes, say("minutes a review")), (self.usd, say("USD an hour"))):
            field.setFixedWidth(64)
            field.editingFinished.connect(self._take)
            field.entered.connect(self._take)
            label = Text(look, FontRole.SMALL, Token.MUTED)
            label.set_words(words)
            across.addWidget(field)
            across.addWidget(label)
        across.addStretch(1)
        stack = column(self, gap=4)
        stack.addLayout(across)
        stack.addWidget(self._problem)
        self._write()

    def display(self, effort: Effort) -> None:
        """Show what is reckoned with; what is being typed stays until it is done."""
        if effort != self._shown:
            self._shown = effort
            self._write()

    def _write(self) -> None:
        self.minutes.setText(f"{self._shown.minutes:g}")
        self.usd.setText(f"{self._shown.usd_an_hour:g}")

    def _take(self) -> None:
        made = effort_of(self.minutes.text(), self.usd.text())
        self._problem.setVisible(made is None)
        self._problem.set_words(
            say("Write numbers such as 2 or 1.5; nothing is changed.") if made is None else ""
        )
        if made is not None and made != self._shown:
            self._shown = made
            self.chosen.emit(made)


class Progress(QWidget):
    """How far something is, as a bar; the words beside it say the same."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._share = 0.0
        self.setFixedHeight(6)

    def show_share(self, share: float) -> None:
        """Show a share of 1."""
        self._share = share
        self.setAccessibleName(say("{share:.0%} read", share=share))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        fill_rounded(painter, box, self._look.colour(Token.LINE), 3)
        if self._share > 0:
            box.setWidth(max(box.width() * min(self._share, 1), 6))
            fill_rounded(painter, box, self._look.colour(Token.ACCENT), 3)
