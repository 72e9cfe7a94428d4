"""The line in which a person says what to find among the changes, and how often it is there."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field
from lineclear.desktop.views.kit import Fit, Text, row
from lineclear.domain.wording import say


class FindBar(QWidget):
    """Hidden until it is asked for. Enter goes on, Shift+Enter back, Escape closes."""

    changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = FindField(look)
        self.field.textChanged.connect(self.changed)
        self.field.stepped.connect(self.stepped)
        self.field.left.connect(self.close_bar)
        self._told = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        across = row(self, margins=(15, 0, 15, 8), gap=8)
        across.addWidget(self.field, 1)
        across.addWidget(self._told, 1)
        for title, step in ((say("Previous"), -1), (say("Next"), 1)):
            button = Button(look, title, is_small=True)
            button.clicked.connect(lambda _checked=False, by=step: self.stepped.emit(by))
            across.addWidget(button)
        done = Button(look, say("Close"), key="Esc", is_small=True)
        done.clicked.connect(self.close_bar)
        across.addWidget(done)
        self.hide()

    def open_bar(self) -> None:
        """Ask what to find; what was asked before stays, selected."""
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_bar(self) -> None:
        """Close; nothing is marked any more."""
        self.hide()
        self.closed.emit()

    def tell(self, words: str) -> None:
        """Say how often it was found, and which of them is in sight."""
        self._told.set_words(words)


class FindField(Field):
    """Input that tells the direction in which Enter goes."""

    stepped = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Find in the changes"), say("Find in the changes…"), parent)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.stepped.emit(-1 if is_back else 1)
            return
        super().keyPressEvent(event)
