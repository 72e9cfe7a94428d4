"""What is asked before decisions that were not sent would be lost. Never a dialog."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.outbox.outgoing_sheets import Leaving
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Text
from lineclear.domain.wording import marked, say, say_n

_WIDTH: Final = 500
_SAID: Final = {
    Leaving.WINDOW: (marked("Send, then close"), marked("Close without sending")),
    Leaving.BACKEND: (marked("Send, then go"), marked("Go without sending")),
}


class LeaveQuestion(Covering):
    """Send first, forget them, or stay. Staying has the focus, and Escape and a press beside it stay."""

    sends = Signal()
    drops = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "", _WIDTH, parent, is_middle=True)
        self.inside.setSpacing(12)
        self._heading = Text(look, FontRole.TITLE, fit=Fit.WRAP)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.send = Button(look, "", tone=Tone.ACCENT)
        self.drop = Button(look, "", tone=Tone.STOP)
        self.stay = Button(look, say("Stay"), key="Esc")
        self.send.clicked.connect(self.sends)
        self.drop.clicked.connect(self.drops)
        self.stay.clicked.connect(self.closed)
        buttons = Flow(gap=8)
        for button in (self.send, self.drop, self.stay):
            buttons.addWidget(button)
        self.inside.addWidget(self._heading)
        self.inside.addWidget(self._text)
        self.inside.addLayout(buttons)

    def ask(self, unsent: int, leaving: Leaving) -> None:
        """Ask about so many decisions."""
        send, drop = _SAID[leaving]
        self.send.set_title(say(send))
        self.drop.set_title(say(drop))
        self._heading.set_words(
            say_n("{count} decision is not sent yet", "{count} decisions are not sent yet", unsent)
        )
        self._text.set_words(
            say_n(
                "It is kept in this window alone. Without sending it is forgotten; "
                "the ledger then never has it.",
                "They are kept in this window alone. Without sending they are forgotten; "
                "the ledger then never has them.",
                unsent,
            )
        )
        self.sheet.setFixedHeight(self.sheet.heightForWidth(self.sheet.width()))
        self.setAccessibleName(self._heading.text())
        self.stay.setFocus(Qt.FocusReason.PopupFocusReason)
