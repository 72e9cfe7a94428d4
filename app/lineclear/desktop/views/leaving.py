"""What is asked before the window closes on decisions that were not sent. Never a dialog."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Fit, Text, column, row
from lineclear.desktop.views.overlays import Sheet
from lineclear.domain.wording import say, say_n

_WIDTH: Final = 500


class LeaveQuestion(QWidget):
    """Send first, forget them, or stay. Staying has the focus, and Escape stays."""

    sends = Signal()
    drops = Signal()
    closed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._around = parent
        self.hide()
        self._sheet = sheet = Sheet(look)
        sheet.setFixedWidth(_WIDTH)
        self._heading = Text(look, FontRole.TITLE, fit=Fit.WRAP)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.send = Button(look, say("Send, then close"), tone=Tone.ACCENT)
        self.drop = Button(look, say("Close without sending"), tone=Tone.STOP)
        self.stay = Button(look, say("Stay"), key="Esc")
        self.send.clicked.connect(self.sends)
        self.drop.clicked.connect(self.drops)
        self.stay.clicked.connect(self.closed)
        buttons = row(gap=8)
        for button in (self.send, self.drop, self.stay):
            buttons.addWidget(button)
        buttons.addStretch(1)
        stack = column(sheet, margins=(24, 20, 24, 22), gap=12)
        stack.addWidget(self._heading)
        stack.addWidget(self._text)
        stack.addLayout(buttons)
        around = column(self, margins=(40, 40, 40, 40))
        around.addStretch(1)
        around.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        around.addStretch(1)

    def ask(self, unsent: int) -> None:
        """Ask about so many decisions."""
        self._heading.set_words(
            say_n("{count:,} decision is not sent yet", "{count:,} decisions are not sent yet", unsent)
        )
        self._text.set_words(
            say_n(
                "It is kept in this window alone. Closing without sending forgets it; "
                "the ledger then never has it.",
                "They are kept in this window alone. Closing without sending forgets them; "
                "the ledger then never has them.",
                unsent,
            )
        )
        self._sheet.setFixedHeight(self._sheet.heightForWidth(_WIDTH))
        self.setAccessibleName(self._heading.text())
        self.setGeometry(self._around.rect())
        self.show()
        self.raise_()
        self.stay.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour(Token.SCRIM))
