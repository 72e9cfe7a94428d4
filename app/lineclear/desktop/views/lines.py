"""Lines of a card, updated in place by their keys, and a question for a reason below one. Holds no rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field
from lineclear.desktop.views.kit import Fit, Hairline, Text, column, row
from lineclear.domain.wording import say


class KeyedLines[T, L: QWidget](QWidget):
    """A widget for each key, under a hairline, in the order given; what is open in one that stays, stays."""

    def __init__(self, look: Look, make: Callable[[], L], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._make = make
        self._made: dict[str, tuple[QWidget, L]] = {}
        self._stack = column(self)

    def line(self, key: str) -> L:
        """The widget of a key; KeyError where there is none."""
        return self._made[key][1]

    def display(self, values: Sequence[tuple[str, T]], show: Callable[[L, T], None]) -> None:
        """Show these values and no others."""
        for key in self._made.keys() - {key for key, _ in values}:
            self._drop(key)
        for place, (key, value) in enumerate(values):
            if key not in self._made:
                self._add(key)
            held, line = self._made[key]
            if self._stack.indexOf(held) != place:
                self._stack.removeWidget(held)
                self._stack.insertWidget(place, held)
            show(line, value)

    def _add(self, key: str) -> None:
        held, line = QWidget(), self._make()
        inside = column(held)
        inside.addWidget(Hairline(self._look))
        inside.addWidget(line)
        self._made[key] = held, line
        self._stack.addWidget(held)

    def _drop(self, key: str) -> None:
        held, _ = self._made.pop(key)
        self._stack.removeWidget(held)
        held.hide()
        held.deleteLater()


class ReasonLine(QWidget):
    """Closed until it is asked: then a sentence, a field for the reason, yes and no. No reason, no yes."""

    confirmed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._told = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.field = Field(look, say("Reason"), say("Reason, for the ledger"))
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self._leave)
        self.field.textChanged.connect(self._judge)
        self._answers = row(gap=8)
        self.yes = Button(look, "")
        self._no = Button(look, say("Cancel"), key="Esc")
        self._no.clicked.connect(self._leave)
        self._answers.addWidget(self.yes)
        self._answers.addWidget(self._no)
        self._answers.addStretch(1)
        stack = column(self, margins=(0, 6, 0, 4), gap=8)
        stack.addWidget(self._told)
        stack.addWidget(self.field)
        stack.addLayout(self._answers)
        self.hide()

    @property
    def is_asking(self) -> bool:
        """Whether the question is open."""
        return not self.isHidden()

    def ask(self, told: str, yes: str, tone: Tone) -> None:
        """Open the question; what was typed before is gone."""
        self.yes.hide()
        self.yes.deleteLater()
        self.yes = Button(self._look, yes, tone=tone)
        self.yes.clicked.connect(self._confirm)
        self._answers.insertWidget(0, self.yes)
        self._told.set_words(told)
        self.field.clear()
        self._judge()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_question(self) -> None:
        """Close it without an answer."""
        self.hide()

    def _judge(self) -> None:
        self.yes.set_why_not("" if self.field.text().strip() else say("It needs a reason."))

    def _confirm(self) -> None:
        reason = self.field.text().strip()
        if reason:
            self.hide()
            self.left.emit()
            self.confirmed.emit(reason)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
