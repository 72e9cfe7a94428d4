"""Over the window: decisions that are signed here and not sent, and what became of others. Holds no rules."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lineclear.desktop.presenters.outbox.waiting_sheets import AnswerRow, Offer, WaitingRow, WaitingSheet
from lineclear.desktop.presenters.sheets import Chip, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.kit import ChipLabel, Fit, Hairline, Text, column, row
from lineclear.desktop.views.lines import KeyedLines
from lineclear.domain.wording import marked, say

_WIDTH: Final = 680
_HIGHEST: Final = 460
_LOWEST: Final = 60
_OFFERS: Final = {
    Offer.OPEN: marked("Open"),
    Offer.STOP: marked("Stop its job"),
    Offer.UNDO: marked("Open, to undo it"),
}


class WaitingView(Covering):
    """Shows a `WaitingSheet`. Nothing in it decides."""

    taken_back = Signal(int)
    followed = Signal(int, str)
    """An answer's number, and which of its offers."""
    read = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Decisions on this device"), _WIDTH, parent)
        self._heading = Text(look, FontRole.TITLE, fit=Fit.WRAP)
        self._summary = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._damaged = Text(look, FontRole.BODY, Token.REMOVED, Fit.WRAP)
        self._none = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._none.set_words(say("Everything that you decided was sent, and you have read what came of it."))
        self.waiting: KeyedLines[WaitingRow, WaitingLine] = KeyedLines(look, self._waiting_line)
        self.answers: KeyedLines[AnswerRow, AnswerLine] = KeyedLines(look, self._answer_line)
        place = QWidget()
        inside = column(place, margins=(0, 0, 8, 0), gap=6)
        for part in (self._damaged, self._none, self.waiting, self.answers):
            inside.addWidget(part)
        inside.addStretch(1)
        self._place = place
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(say("Decisions on this device"))
        self.area.setWidget(place)
        self._look_at = look
        self.done = Button(look, say("I have read it"))
        self.done.clicked.connect(self.read)
        away = Button(look, say("Close"), key="Esc")
        away.clicked.connect(self.closed)
        buttons = row(gap=8)
        buttons.addWidget(self.done)
        buttons.addWidget(away)
        buttons.addStretch(1)
        for shown in (self._heading, self._summary, self.area, Hairline(look)):
            self.inside.addWidget(shown)
        self.inside.addLayout(buttons)

    def display(self, sheet: WaitingSheet) -> None:
        """Show what waits, and what was answered."""
        self._heading.set_words(sheet.heading)
        self._summary.set_words(sheet.summary)
        self._summary.setVisible(bool(sheet.summary))
        self._damaged.set_words(sheet.damaged)
        self._damaged.setVisible(bool(sheet.damaged))
        self._none.setVisible(sheet.is_empty)
        self.waiting.display([(str(one.number), one) for one in sheet.waiting], WaitingLine.display)
        self.answers.display([(str(one.number), one) for one in sheet.answers], AnswerLine.display)
        self.done.setVisible(bool(sheet.answers))
        self._fit()

    def _fit(self) -> None:
        """As high as what there is to read, as far as there is room."""
        inside = self._place.layout()
        wanted = _LOWEST
        if inside is not None:
            inside.activate()
            wanted = max(inside.totalHeightForWidth(_WIDTH - 40), inside.totalSizeHint().height())
        self.area.setFixedHeight(max(_LOWEST, min(wanted + 8, _HIGHEST)))

    def ask(self) -> None:
        """Open with the focus on what there is to read."""
        self._fit()
        self.area.setFocus(Qt.FocusReason.PopupFocusReason)

    def _waiting_line(self) -> WaitingLine:
        line = WaitingLine(self._look_at)
        line.taken_back.connect(self.taken_back)
        return line

    def _answer_line(self) -> AnswerLine:
        line = AnswerLine(self._look_at)
        line.followed.connect(self.followed)
        return line


class WaitingLine(QWidget):
    """One that is not sent: what, about which action, since when."""

    taken_back = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._verb = ChipLabel(look)
        self._title = Text(look, FontRole.BODY, Token.TEXT, Fit.ELIDE)
        self._when = Text(look, FontRole.SMALL, Token.MUTED)
        self.button = Button(look, say("Take back"), is_small=True)
        self.button.clicked.connect(self._take_back)
        across = row(self, margins=(0, 8, 0, 4), gap=10)
        across.addWidget(self._verb)
        across.addWidget(self._title, 1)
        across.addWidget(self._when)
        across.addWidget(self.button)

    def display(self, sheet: WaitingRow) -> None:
        """Show a decision."""
        self._number = sheet.number
        self._verb.set_chip(Chip(sheet.verb, sheet.tone))
        self._title.set_words(sheet.title)
        self._when.set_words(sheet.when)
        self.button.set_why_not(sheet.why_not)
        self.setAccessibleName(f"{sheet.verb}: {text_of(sheet.title)}, {sheet.when}")

    def _take_back(self) -> None:
        self.taken_back.emit(self._number)


class AnswerLine(QWidget):
    """What became of one, with what can be done about it."""

    followed = Signal(int, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._verb = ChipLabel(look)
        self._title = Text(look, FontRole.BODY, Token.TEXT, Fit.ELIDE)
        self._said = Text(look, FontRole.BODY, fit=Fit.WRAP, most_lines=4)
        self._remedy = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP, most_lines=4)
        self.buttons = {offer: Button(look, say(_OFFERS[offer]), is_small=True) for offer in Offer}
        first = row(gap=10)
        first.addWidget(self._verb)
        first.addWidget(self._title, 1)
        for offer in (Offer.STOP, Offer.UNDO, Offer.OPEN):
            self.buttons[offer].clicked.connect(partial(self._follow, offer))
            first.addWidget(self.buttons[offer])
        stack = column(self, margins=(0, 8, 0, 6), gap=3)
        stack.addLayout(first)
        stack.addWidget(self._said)
        stack.addWidget(self._remedy)

    def display(self, sheet: AnswerRow) -> None:
        """Show an answer."""
        self._number = sheet.number
        self._verb.set_chip(Chip(sheet.verb, sheet.tone))
        self._title.set_words(sheet.title)
        self._said.set_words(sheet.said, Token.REMOVED if sheet.remedy else Token.ADDED)
        self._remedy.set_words(sheet.remedy)
        self._remedy.setVisible(bool(sheet.remedy))
        for offer, button in self.buttons.items():
            button.setVisible(offer in sheet.offers)
        self.setAccessibleName(f"{sheet.verb}: {text_of(sheet.title)}. {text_of(sheet.said)}")

    def _follow(self, offer: Offer, *_pressed: bool) -> None:
        self.followed.emit(self._number, offer.value)
