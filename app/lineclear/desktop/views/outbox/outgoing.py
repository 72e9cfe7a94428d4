"""Decisions that are not on the ledger yet, at the foot of the queue: a calm strip. Holds no rules."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingRow, OutgoingSheet
from lineclear.desktop.presenters.outbox.waiting_sheets import WaitingSheet
from lineclear.desktop.presenters.sheets import Chip, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import ChipLabel, Fit, Panel, Text, column, row, set_tip
from lineclear.desktop.views.lines import KeyedLines
from lineclear.domain.wording import say

_MOST: Final = 4


class OutgoingStrip(Panel):
    """Shows an `OutgoingSheet`; hidden while everything is on the ledger. It never takes the focus."""

    taken_back = Signal()
    looked_at = Signal(str)
    sent_again = Signal(str)
    waiting_asked = Signal()
    """Somebody wants to see what is kept on this device."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.RAISED, parent)
        heading = Text(look, FontRole.SMALL_STRONG)
        heading.set_words(say("Not sent yet"))
        set_tip(heading, say("Kept in this window alone until it is sent; closing asks first."))
        self.button = Button(look, say("Take back"), key=key_of("decision.take_back"), is_small=True)
        self.button.clicked.connect(self.taken_back)
        self.lines: KeyedLines[OutgoingRow, OutgoingLine] = KeyedLines(look, self._line)
        self._more = Text(look, FontRole.SMALL, Token.MUTED)
        head = row(gap=8)
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self.button)
        self._head = QWidget()
        self._head.setLayout(head)
        self._has_rows = self._has_kept = False
        self.kept = Text(look, FontRole.SMALL, Token.TEXT, Fit.WRAP)
        set_tip(self.kept, say("Signed and kept on this device; closing the window loses nothing."))
        self.show_kept = Button(look, say("Show"), key=key_of("outbox.open"), is_small=True)
        self.show_kept.clicked.connect(self.waiting_asked)
        self._kept_row = QWidget()
        across = row(self._kept_row, gap=8)
        across.addWidget(self.kept, 1, Qt.AlignmentFlag.AlignVCenter)
        across.addWidget(self.show_kept)
        for part in (self._head, self.lines, self._more, self._kept_row):
            part.hide()
        stack = column(self, margins=(14, 8, 12, 9), gap=4)
        stack.addWidget(self._head)
        stack.addWidget(self.lines)
        stack.addWidget(self._more)
        stack.addWidget(self._kept_row)
        self.hide()

    def display_waiting(self, sheet: WaitingSheet) -> None:
        """Say what is kept on this device, and what came of it."""
        self._has_kept = not sheet.is_empty
        said = sheet.summary or say("Something that waited here cannot be read")
        self.kept.set_words(said if self._has_kept else "")
        self._kept_row.setVisible(self._has_kept)
        self.setVisible(self._has_rows or self._has_kept)

    def display(self, sheet: OutgoingSheet) -> None:
        """Show what waits, newest first."""
        self.lines.display([(each.id, each) for each in sheet.rows[:_MOST]], OutgoingLine.display)
        left = len(sheet.rows) - _MOST
        self._more.set_words(say("and {left:,} more", left=left) if left > 0 else "")
        self._more.setVisible(left > 0)
        if self.button.why_not != sheet.why_not:
            self.button.set_why_not(sheet.why_not)
        self._has_rows = bool(sheet.rows)
        for part in (self._head, self.lines):
            part.setVisible(self._has_rows)
        self.setVisible(self._has_rows or self._has_kept)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, self._look.colour(Token.LINE))

    def _line(self) -> OutgoingLine:
        line = OutgoingLine(self._look)
        line.looked_at.connect(self.looked_at)
        line.sent_again.connect(self.sent_again)
        return line


class OutgoingLine(QWidget):
    """One decision: what, about which action, and how much longer; a refused one says why."""

    looked_at = Signal(str)
    sent_again = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = ""
        self._verb = ChipLabel(look)
        self._title = Text(look, FontRole.SMALL, Token.TEXT, Fit.ELIDE)
        self._left = Text(look, FontRole.SMALL, Token.MUTED)
        self._problem = Text(look, FontRole.SMALL, Token.REMOVED, Fit.WRAP, most_lines=4)
        self.look_at = Button(look, say("Look at it"), is_small=True)
        self.look_at.clicked.connect(self._look_at)
        self.again = Button(look, say("Send again"), is_small=True)
        self.again.clicked.connect(self._again)
        first = row(gap=8)
        first.addWidget(self._verb)
        first.addWidget(self._title, 1)
        first.addWidget(self._left)
        last = row(gap=6)
        last.addWidget(self.again)
        last.addWidget(self.look_at)
        last.addStretch(1)
        stack = column(self, margins=(0, 2, 0, 2), gap=4)
        stack.addLayout(first)
        stack.addWidget(self._problem)
        stack.addLayout(last)

    def display(self, sheet: OutgoingRow) -> None:
        """Show a decision."""
        self._id = sheet.id
        self._verb.set_chip(Chip(sheet.verb, sheet.tone))
        self._title.set_words(sheet.title)
        self._left.set_words(sheet.left)
        self._problem.set_words(sheet.problem)
        for part in (self._problem, self.look_at):
            part.setVisible(bool(sheet.problem))
        self.again.setVisible(sheet.again)
        self.setAccessibleName(f"{sheet.verb}: {text_of(sheet.title)}, {sheet.left}")

    def _look_at(self) -> None:
        self.looked_at.emit(self._id)

    def _again(self) -> None:
        self.sent_again.emit(self._id)
