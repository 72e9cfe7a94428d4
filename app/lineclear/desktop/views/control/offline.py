"""What may be decided without the backend, in Control: the rule in words, and its form. Holds no rules."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.control.control_sheets import OfflineSheet
from lineclear.desktop.presenters.sheets import Words
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.control.people import Deeds
from lineclear.desktop.views.kit import Card, Fit, Text, clear, column
from lineclear.desktop.views.states import Banner
from lineclear.domain.wording import say


class OfflineCard(Card):
    """Shows an `OfflineSheet`; `asked` carries the deed and the answers to its questions, by key."""

    asked = Signal(str, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("While the backend is away"))
        self._shown: tuple[Words, ...] = ()
        self.banner = Banner(look, is_narrow=True)
        self._lines = column(gap=3)
        self.deeds = Deeds(look)
        self.deeds.asked.connect(self.asked)
        inside = QWidget()
        stack = column(inside, margins=(15, 9, 15, 11), gap=9)
        stack.addLayout(self._lines)
        stack.addWidget(self.deeds)
        self.why_not = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        stack.addWidget(self.why_not)
        self.column.addWidget(self.banner)
        self.add(inside)
        self.hide()

    def display(self, sheet: OfflineSheet) -> None:
        """Show what holds now; what is being typed stays."""
        self.setVisible(bool(sheet.lines))
        self.banner.display(sheet.notice)
        if sheet.lines != self._shown:
            self._shown = sheet.lines
            clear(self._lines)
            for words in sheet.lines:
                line = Text(self._look, FontRole.BODY, Token.TEXT, Fit.WRAP)
                line.set_words(words)
                self._lines.addWidget(line)
        may_not = sheet.deed.why_not if sheet.deed is not None else ""
        self.why_not.set_words(may_not)
        self.why_not.setVisible(bool(may_not))
        self.deeds.display((sheet.deed,) if sheet.deed is not None else (), "")
