"""The verdict over a ledger: under way with its progress, or what is proven and what is not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lineclear.desktop.presenters.ledger.ledger_sheets import VerdictKind, VerdictSheet
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import Chip, Line, Meter, Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Card, Fit, MarkLine, Panel, Text, clear, column, row
from lineclear.desktop.views.meters import MeterBar
from lineclear.domain.wording import marked, say

_CHIPS: Final = {
    VerdictKind.RUNNING: Chip(marked("Under way"), Tone.ACCENT),
    VerdictKind.SOUND: Chip(marked("Sound"), Tone.OK),
    VerdictKind.UNSOUND: Chip(marked("Not sound"), Tone.STOP),
    VerdictKind.ENDED: Chip(marked("No verdict"), Tone.CAUTION),
}


class VerdictView(QScrollArea):
    """Shows a `VerdictSheet`."""

    stopped = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: VerdictSheet | None = None
        self._bar: MeterBar | None = None
        self._title = Text(look, FontRole.HEADING, fit=Fit.WRAP)
        ground = Panel(look, Token.CANVAS)
        self._column = column(ground, margins=(14, 14, 14, 18), gap=12)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(say("The verdict over the ledger"))

    def display(self, sheet: VerdictSheet) -> None:
        """Show how far it is, or what came of it."""
        if sheet == self._shown:
            return
        is_moving = self._bar is not None and sheet.kind is VerdictKind.RUNNING
        self._shown = sheet
        if is_moving and self._bar is not None:
            self._title.set_words(sheet.title)
            self._bar.display(Meter(say("Verified"), sheet.title, sheet.used))
            return
        clear(self._column)
        self._bar = None
        self._column.addWidget(self._head(sheet))
        for title, lines in (
            (say("What does not hold"), sheet.fails),
            (say("Proven"), sheet.holds),
            (say("Not proven"), sheet.open),
        ):
            if lines:
                self._column.addWidget(self._card(title, lines))
        self._column.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def _head(self, sheet: VerdictSheet) -> QWidget:
        card = Card(self._look)
        card.heading.set_words(say("Verdict"))
        card.chip.set_chip(said_chip(_CHIPS[sheet.kind]))
        body = QWidget()
        stack = column(body, margins=(15, 11, 15, 13), gap=8)
        self._title = Text(self._look, FontRole.HEADING, fit=Fit.WRAP)
        self._title.set_words(sheet.title)
        stack.addWidget(self._title)
        text = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        text.set_words(sheet.text)
        stack.addWidget(text)
        is_running = sheet.kind is VerdictKind.RUNNING
        if is_running:
            self._bar = MeterBar(self._look, Meter(say("Verified"), sheet.title, sheet.used))
            stack.addWidget(self._bar)
        button = Button(self._look, say("Stop") if is_running else say("Back to the entry"), is_small=True)
        button.clicked.connect(self.stopped if is_running else self.left)
        foot = row()
        foot.addWidget(button)
        foot.addStretch(1)
        stack.addLayout(foot)
        card.add(body)
        return card

    def _card(self, title: str, lines: tuple[Line, ...]) -> QWidget:
        card = Card(self._look)
        card.heading.set_words(title)
        body = QWidget()
        stack = column(body, margins=(15, 10, 15, 12), gap=9)
        for line in lines:
            stack.addWidget(MarkLine(self._look, line))
        card.add(body)
        return card
