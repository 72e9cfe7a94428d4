"""What covers the window while the session is locked: nothing can be read or pressed. Holds no rules."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Fit, Text, column, row
from lineclear.domain.wording import say, say_n


class LockScreen(QWidget):
    """Opaque. Its one button asks for the signing key anew, which the system's keyring may ask about."""

    asked = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.hide()
        self.setAccessibleName(say("Locked"))
        heading = Text(look, FontRole.TITLE)
        heading.set_words(say("Locked"))
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._text.setFixedWidth(380)
        self._problem = Text(look, FontRole.BODY, Token.REMOVED, Fit.WRAP)
        self._problem.setFixedWidth(380)
        self.button = Button(look, say("Unlock"), tone=Tone.ACCENT)
        self.button.clicked.connect(self.asked)
        inside = column(gap=12)
        for part in (heading, self._text, self._problem, self.button):
            inside.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)
        across = row()
        across.addStretch(1)
        across.addLayout(inside)
        across.addStretch(1)
        whole = column(self)
        whole.addStretch(1)
        whole.addLayout(across)
        whole.addStretch(1)

    def cover(self, unsent: int) -> None:
        """Cover the window; `unsent` decisions wait until it is unlocked."""
        kept = say_n(
            " {count:,} decision that is not sent yet is kept and waits.",
            " {count:,} decisions that are not sent yet are kept and wait.",
            unsent,
        )
        kept = kept if unsent else ""
        self._text.set_words(say("Nothing can be read or signed here until it is unlocked.{kept}", kept=kept))
        self.say("")
        self.show()
        self.raise_()
        self.button.setFocus(Qt.FocusReason.PopupFocusReason)

    def say(self, problem: str) -> None:
        """Say why it stays locked."""
        self._problem.set_words(problem)
        self._problem.setVisible(bool(problem))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour(Token.CANVAS))
