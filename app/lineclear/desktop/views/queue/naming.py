"""Over the window: the name under which a view of the queue is kept. Holds no rules."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Field
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.kit import Fit, Text
from lineclear.domain.wording import say


class NameView(Covering):
    """Asks for the name of a view. Without one nothing is kept."""

    named = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Save this view"), 420, parent)
        heading = Text(look, FontRole.HEADING)
        heading.set_words(say("Save this view"))
        about = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        about.set_words(say("Its filter and its order are kept on this device under a name."))
        self.field = Field(look, say("Name of the view"), say("Name of the view"))
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.closed)
        for part in (heading, about, self.field):
            self.inside.addWidget(part)

    def ask(self) -> None:
        """Open with an empty name."""
        self.field.clear()
        self.field.setFocus()

    def _confirm(self, name: str) -> None:
        if name.strip():
            self.closed.emit()
            self.named.emit(name.strip())
