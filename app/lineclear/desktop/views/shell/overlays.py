"""What lies over the page for a moment: the shortcut help, and the reason for safe mode. Never a dialog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, override

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.commands import Command, shown_key
from lineclear.desktop.painting import advance, painter_of, runs_from_right
from lineclear.desktop.presenters.saying import said_all
from lineclear.desktop.presenters.sheets import SafeModeState, Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, draw_key
from lineclear.desktop.views.covering import Covering, Sheet
from lineclear.desktop.views.kit import Fit, Text, column, row
from lineclear.domain.wording import marked, say

_AROUND_HELP: Final = 190
"""Logical pixels of the window that the list of keys leaves to its head and to what lies around."""
_NOTHING_STARTS: Final = marked(
    "Nothing that changes anything will start. What runs already goes on to its end, and is shown until then."
)
_LEAVE: Final = (marked("Turn safe mode off"), marked("Cleared actions may start again."), marked("Turn off"))
_ASKED: Final = {
    SafeModeState.OFF: (marked("Turn safe mode on"), _NOTHING_STARTS, marked("Turn on")),
    SafeModeState.PARTIAL: (marked("Turn safe mode on everywhere"), _NOTHING_STARTS, marked("Turn on")),
    SafeModeState.TURNING_OFF: (
        marked("Confirm leaving safe mode"),
        marked("Somebody asked to leave it and you are the second person. Cleared actions may start again."),
        marked("Confirm"),
    ),
}
"""What pressing the switch asks for, by its state; in all others it asks to leave."""


class KeyCaps(QWidget):
    """The keys of a command, first the one that is shown elsewhere."""

    def __init__(self, look: Look, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._caps = tuple(dict.fromkeys(shown_key(key) for key in keys))
        self.setAccessibleName(say(" or ").join(self._caps))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(int(sum(self._width(cap) + 5 for cap in self._caps)) + 1, self._look.px(18) + 1)

    def _width(self, cap: str) -> float:
        return advance(self._look, FontRole.KEY, cap) + 12

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        x = 0.5
        for cap in self._caps:
            draw_key(
                painter, self._look, QRectF(x, 0.5, self._width(cap), self._look.px(18)), cap, Token.MUTED
            )
            x += self._width(cap) + 5


class HelpOverlay(Covering):
    """All commands with their keys. Escape, `?` or a press beside it closes it."""

    def __init__(self, look: Look, commands: Iterable[Command], parent: QWidget) -> None:
        super().__init__(look, say("Keyboard shortcuts"), 760, parent, is_middle=True)
        self.titles: list[str] = []
        self.inside.setSpacing(14)
        heading = Text(look, FontRole.TITLE)
        heading.set_words(say("Keyboard shortcuts"))
        close = Button(look, say("Close"), key="Esc")
        close.clicked.connect(self.closed)
        head = row()
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(close)
        self.inside.addLayout(head)
        self._area = self._scrolled(tuple(commands))
        self.inside.addWidget(self._area)

    def _scrolled(self, commands: tuple[Command, ...]) -> QScrollArea:
        page = QWidget()
        across = row(page, gap=36)
        halves = (column(gap=4), column(gap=4))
        placed = 0
        for section in dict.fromkeys(command.section for command in commands):
            count = sum(command.section is section for command in commands)
            half = halves[placed * 2 + count > len(commands)]
            placed += count
            heading = Text(self._look, FontRole.SMALL, Token.MUTED)
            heading.set_words(say(section.value))
            half.addWidget(heading)
            for command in commands:
                if command.section is section:
                    half.addWidget(self._line(command))
            half.addSpacing(10)
        for half in halves:
            half.addStretch(1)
            across.addLayout(half, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(page)
        self._whole = page.sizeHint().height()
        return area

    def _line(self, command: Command) -> QWidget:
        line = QWidget()
        title = Text(self._look, FontRole.BODY, fit=Fit.ELIDE)
        title.set_words(say(command.title))
        self.titles.append(say(command.title))
        across = row(line, margins=(0, 2, 0, 2), gap=12)
        across.addWidget(title, 1)
        across.addWidget(KeyCaps(self._look, command.keys))
        return line

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self._area.setMinimumHeight(min(self._whole, self.height() - _AROUND_HELP))
        super().resizeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in (Qt.Key.Key_Question, Qt.Key.Key_F1):
            self.closed.emit()
            return
        super().keyPressEvent(event)


class ReasonPopover(Sheet):
    """Asks for the reason why safe mode is turned on or off. Without one nothing happens."""

    confirmed = Signal(bool, str)
    closed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._turns_on = True
        self._heading = Text(look, FontRole.HEADING, fit=Fit.WRAP)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.field = Field(look, say("Reason"), say("Reason, for the ledger"))
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.closed)
        self.field.textChanged.connect(self._judge)
        self.yes = Button(look, say("Turn safe mode off"), tone=Tone.CAUTION)
        self.yes.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.yes.clicked.connect(self._confirm)
        no = Button(look, say("Cancel"), key="Esc")
        no.clicked.connect(self.closed)
        buttons = row(gap=8)
        buttons.addWidget(self.yes)
        buttons.addWidget(no)
        buttons.addStretch(1)
        stack = column(self, margins=(16, 14, 16, 14), gap=8)
        for part in (self._heading, self._text, self.field):
            stack.addWidget(part)
        stack.addLayout(buttons)
        self._look = look
        self.hide()

    def ask(self, below: QPoint, state: SafeModeState) -> None:
        """Open below a point, with its end there, and ask about what pressing the switch does now."""
        title, text, yes = said_all(_ASKED.get(state, _LEAVE))
        self._turns_on = state in _ASKED and state is not SafeModeState.TURNING_OFF
        self._heading.set_words(title)
        self._text.set_words(text)
        self.yes.title = yes
        self.yes.setAccessibleName(title)
        self.yes.updateGeometry()
        self.field.clear()
        self._judge("")
        self.setFixedWidth(self._look.px(340))
        self.resize(self.width(), self.heightForWidth(self.width()))
        self.move(below.x() - (0 if runs_from_right() else self.width()), below.y())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _judge(self, text: str) -> None:
        self.yes.set_why_not("" if text.strip() else say("Safe mode needs a reason."))

    def _confirm(self) -> None:
        if reason := self.field.text().strip():
            self.confirmed.emit(self._turns_on, reason)
