"""One place of a form: its name, what stands in it, what is asked for, and what is wrong. Holds no rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, override

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from lineclear.application.deciding.forms import Kind
from lineclear.application.deciding.forms import Row as FormRow
from lineclear.desktop.presenters.changes.gloss_sign import SIGN
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill, claims_key
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Text, column, row
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

_INDENT: Final = 18
_NAME_WIDTH: Final = 150
_LINE: Final = 30
_AT_FIELD: Final = Qt.AlignmentFlag.AlignTop
_TYPED: Final = frozenset({Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.JSON, Kind.LONG})
_FLAGS: Final = ("true", "false")


class FormLine(QWidget):
    """Built for a row's place and kind; `display` shows what changes: its text, its hint, its problem."""

    typed = Signal(str, str)
    grown = Signal(str)
    shrunk = Signal(str)
    entered = Signal()
    left = Signal()

    def __init__(self, look: Look, each: FormRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._path = each.path
        self._title = paintable(each.title)
        self.control: Field | LongField | None = None
        self.pills: tuple[Pill, ...] = ()
        is_group = each.kind in (Kind.GROUP, Kind.LIST)
        name = Text(look, FontRole.STRONG if is_group else FontRole.BODY, Token.TEXT, Fit.ELIDE)
        name.set_words(self._title)
        name.setFixedWidth(max(_NAME_WIDTH - each.depth * _INDENT, 60))
        self.hint = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP, most_lines=3)
        self._problem = Text(look, FontRole.SMALL, Token.REMOVED, Fit.WRAP, most_lines=3)
        first = row(gap=10)
        name.setMinimumHeight(_LINE if each.kind in _TYPED else 0)
        first.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        self._fill(first, each)
        below = column(margins=(name.width() + 10, 0, 0, 0), gap=1)
        below.addWidget(self.hint)
        below.addWidget(self._problem)
        stack = column(self, margins=(each.depth * _INDENT, 5, 0, 3), gap=2)
        stack.addLayout(first)
        stack.addLayout(below)

    def display(self, each: FormRow, gloss: str = "") -> None:
        """Show what stands there now, and how it reads; the cursor stays where it is."""
        if self.control is not None:
            self.control.show_text(each.text) if isinstance(self.control, LongField) else _show(
                self.control, each.text
            )
        for pill in self.pills:
            pill.setChecked(pill.title == paintable(each.text).text)
        reads = f"{SIGN} {gloss}" if gloss else ""
        asked = paintable(each.hint)  # from outside; how it reads is made here, with spaces that do not break
        self.hint.set_words(replace(asked, text="   ".join(filter(None, (reads, asked.text)))))
        self.hint.setVisible(bool(gloss or each.hint))
        if self.control is not None:
            self.control.setAccessibleDescription(gloss)
        self._problem.set_words(paintable(each.problem))
        self._problem.setVisible(bool(each.problem))

    def has_focus(self) -> bool:
        """Whether typing goes here."""
        return self.control is not None and self.control.hasFocus()

    def take_focus(self) -> None:
        """Let typing go here."""
        if self.control is not None:
            self.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, across: QHBoxLayout, each: FormRow) -> None:
        match each.kind:
            case Kind.CHOICE | Kind.FLAG:
                across.addLayout(self._choices(each), 1)
            case Kind.LONG:
                self.control = LongField(self._look, self._title.text)
                self.control.changed.connect(self._tell)
                self.control.left.connect(self.left)
                across.addWidget(self.control, 1)
            case Kind.TEXT | Kind.WHOLE | Kind.NUMBER | Kind.JSON:
                self.control = Field(self._look, self._title.text)
                self.control.setText(each.text)
                self.control.textEdited.connect(self._tell)
                self.control.entered.connect(self.entered)
                self.control.left.connect(self.left)
                across.addWidget(self.control, 1)
            case Kind.FIXED:
                words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
                words.set_words(paintable(each.text))
                across.addWidget(words, 1)
            case _:
                across.addStretch(1)
        if each.kind is Kind.ABSENT or each.can_grow:
            across.addWidget(self._button(say("Add"), self.grown), 0, _AT_FIELD)
        if each.can_go and each.kind is not Kind.ABSENT:
            across.addWidget(self._button(say("Remove"), self.shrunk), 0, _AT_FIELD)

    def _choices(self, each: FormRow) -> Flow:
        flow = Flow()
        choices = each.choices or _FLAGS
        self.pills = tuple(Pill(self._look, paintable(choice).text) for choice in choices)
        for pill, choice in zip(self.pills, choices, strict=True):
            pill.clicked.connect(lambda _checked=False, chosen=choice: self._tell(chosen))
            flow.addWidget(pill)
        return flow

    def _button(self, title: str, asked: SignalInstance) -> Button:
        button = Button(self._look, title, is_small=True)
        button.setAccessibleName(f"{title} {self._title.text}")
        button.clicked.connect(lambda: asked.emit(self._path))
        return button

    def _tell(self, text: str) -> None:
        self.typed.emit(self._path, text)


def _show(field: Field, text: str) -> None:
    if field.text() != text:
        field.setText(text)


class LongField(QPlainTextEdit):
    """Several lines of text, never read as markup. Tab leaves it."""

    changed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("long")
        self.setFont(look.font(FontRole.MONO))
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(120)
        self._is_showing = False
        self.textChanged.connect(self._tell)

    def show_text(self, text: str) -> None:
        """Show a text without telling of it; the same text leaves the cursor alone."""
        if self.toPlainText() != text:
            self._is_showing = True
            self.setPlainText(text)
            self._is_showing = False

    @override
    def event(self, event: QEvent, /) -> bool:
        if claims_key(event, (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _tell(self) -> None:
        if not self._is_showing:
            self.changed.emit(self.toPlainText())
