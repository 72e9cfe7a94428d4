"""Empty, loading, stale, offline, failed and forbidden, as designed states with a next step."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.painting import painter_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step, Tone, text_of
from lineclear.desktop.theme import GROUNDS, INKS, FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Fit, Icon, Text, column, row

_WIDEST: Final = 360
_BEGINS: Final = 0.36
"""The share of the window's height above a state that has the room."""
STATES: Final = {
    NoticeKind.EMPTY: ("check", Tone.OK),
    NoticeKind.LOADING: ("loader-circle", Tone.NEUTRAL),
    NoticeKind.STALE: ("clock", Tone.CAUTION),
    NoticeKind.OFFLINE: ("wifi-off", Tone.CAUTION),
    NoticeKind.FAILED: ("circle-alert", Tone.STOP),
    NoticeKind.FORBIDDEN: ("lock", Tone.STOP),
    NoticeKind.SAFE_MODE: ("shield-check", Tone.CAUTION),
    NoticeKind.HELD: ("clock", Tone.CAUTION),
    NoticeKind.INFO: ("info", Tone.ACCENT),
}
"""Each state as an icon of its own shape and a tone."""


class Banner(QWidget):
    """A state above content that is still worth reading; a narrow one has its next step below the words."""

    stepped = Signal(str)

    def __init__(self, look: Look, *, is_narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.NEUTRAL
        self._step = ""
        self._notice: Notice | None = None
        self._icon = Icon(look, "circle-alert", Token.MUTED, 16)
        self._title = Text(look, FontRole.STRONG, fit=Fit.WRAP)
        self._text = Text(look, FontRole.BODY, fit=Fit.WRAP)
        self._button: Button | None = None
        words = column(gap=1)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._across = row(self, margins=(16, 9, 16, 10), gap=10)
        self._across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._across.addLayout(words, 1)
        self._steps = column(margins=(0, 6, 0, 2)) if is_narrow else self._across
        if is_narrow:
            words.addLayout(self._steps)
        self.hide()

    def display(self, notice: Notice | None) -> None:
        """Show a state, or nothing."""
        self.setVisible(notice is not None)
        is_news = notice != self._notice
        self._notice = notice
        if notice is None or not is_news:
            return
        icon, self._tone = STATES[notice.kind]
        self._icon.set_icon(icon, INKS[self._tone])
        self._title.set_words(notice.title)
        self._text.set_words(notice.text)
        self._text.setVisible(bool(self._text.text()))
        self._offer(notice)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        painter.fillRect(self.rect(), self._look.colour(GROUNDS[self._tone]))
        painter.fillRect(0, 0, 3, self.height(), self._look.colour(INKS[self._tone]))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour(Token.LINE))

    def _offer(self, notice: Notice) -> None:
        if self._button is not None:
            self._button.hide()
            self._button.deleteLater()
            self._button = None
        if notice.step is not None:
            self._step = notice.step.command
            self._button = step_button(self._look, notice.step)
            self._button.clicked.connect(self._take_step)
            # Without an alignment the words would be no wider than the button.
            self._steps.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _take_step(self) -> None:
        self.stepped.emit(self._step)


class StateView(QWidget):
    """A state that fills the place where content would be."""

    stepped = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._step = ""
        self._block: QWidget | None = None
        self._notice: Notice | None = None
        self._above: QWidget | None = None
        self._across = row(self, margins=(24, 0, 24, 0))

    @property
    def notice(self) -> Notice | None:
        """The state that is shown."""
        return self._notice

    def display(self, notice: Notice) -> None:
        """Show a state with its next step."""
        if notice == self._notice:
            return
        self._notice = notice
        if self._block is not None:
            self._across.removeWidget(self._block)
            self._block.hide()
            self._block.deleteLater()
        self._block = QWidget(self)
        self._block.setMaximumWidth(_WIDEST)
        self._across.addWidget(self._block, 1)
        self._fill(column(self._block), notice)
        self._rise()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._rise()

    def _rise(self) -> None:
        """Begin at one height of the window, so that two states side by side stand in one line."""
        stack = self._block.layout() if self._block is not None else None
        if stack is None or self._above is None:
            return
        self._above.setFixedHeight(0)
        stack.invalidate()
        needs = stack.totalHeightForWidth(min(max(self.width() - 48, 0), _WIDEST))
        free = max(self.height() - max(needs, stack.totalSizeHint().height()), 0)
        top = self.mapTo(self.window(), QPoint(0, 0)).y()
        wanted = max(int(self.window().height() * _BEGINS) - top, 24)
        self._above.setFixedHeight(min(wanted, free * 2 // 5))

    def _fill(self, stack: QVBoxLayout, notice: Notice) -> None:
        icon, tone = STATES[notice.kind]
        title = Text(self._look, FontRole.HEADING, fit=Fit.WRAP)
        title.set_words(notice.title)
        text = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        text.set_words(notice.text)
        self.setAccessibleName(". ".join(filter(None, (text_of(notice.title), text.text()))))
        self._above = QWidget()
        stack.addWidget(self._above)
        stack.addWidget(Icon(self._look, icon, INKS[tone], 24))
        stack.addSpacing(10)
        stack.addWidget(title)
        stack.addSpacing(2)
        stack.addWidget(text)
        if notice.step is not None:
            self._step = notice.step.command
            button = step_button(self._look, notice.step)
            button.clicked.connect(self._take_step)
            stack.addSpacing(14)
            stack.addWidget(button)
        stack.addStretch(1)

    def _take_step(self) -> None:
        self.stepped.emit(self._step)


def step_button(look: Look, step: Step) -> Button:
    """Return the button for a next step, with its command's key."""
    return Button(look, step.title, key=key_of(step.command))
