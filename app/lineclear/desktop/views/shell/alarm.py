"""The alarm under the top bar: what was seen in the ledger that no honest log shows. On every page."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.ledger.alarm_sheets import AlarmSheet
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FILLS, FontRole, Look
from lineclear.desktop.views.kit import Fit, Icon, Text, column, row


class AlarmBar(QWidget):
    """Hidden until there is an alarm, and then there until it was accepted elsewhere: nothing closes it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._ground, ink = FILLS[Tone.STOP]
        self._title = Text(look, FontRole.HEADING, ink, Fit.WRAP)
        self._seen = Text(look, FontRole.BODY, ink, Fit.WRAP)
        self._remedy = Text(look, FontRole.BODY, ink, Fit.WRAP)
        self._evidence = Text(look, FontRole.MONO, ink, Fit.WRAP)
        words = column(gap=3)
        for part in (self._title, self._seen, self._remedy, self._evidence):
            words.addWidget(part)
        across = row(self, margins=(18, 12, 18, 13), gap=12)
        across.addWidget(Icon(look, "circle-alert", ink, 24), 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)
        self.hide()

    def display(self, sheet: AlarmSheet | None) -> None:
        """Show an alarm, or none."""
        self.setVisible(sheet is not None)
        if sheet is not None:
            self._title.set_words(sheet.title)
            self._seen.set_words(sheet.seen)
            self._remedy.set_words(sheet.remedy)
            self._evidence.set_words(sheet.evidence)
            self._evidence.setVisible(bool(self._evidence.text()))
            self.setAccessibleName(sheet.title)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour(self._ground))
