"""The form of an edit in the place of the action, with what it comes to beside it. Holds no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.application.deciding.forms import Kind
from lineclear.application.deciding.forms import Row as FormRow
from lineclear.desktop.presenters.review.edit_sheets import EditSheet
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.controls import Button, Field
from lineclear.desktop.views.kit import Card, Fit, Hairline, MarkLine, Panel, Text, clear, column, row
from lineclear.desktop.views.review.edit_lines import FormLine
from lineclear.desktop.views.scrolling import scrolled
from lineclear.domain.wording import say

_ROOM: Final = 420


class EditView(Panel):
    """Shows an `EditSheet`. What is typed is told by its place; saving names the action."""

    typed = Signal(str, str)
    grown = Signal(str)
    shrunk = Signal(str)
    saved = Signal(str, str)
    """Action id, reason."""
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        self._id = ""
        self._shape: tuple[tuple[str, Kind, tuple[str, ...]], ...] = ()
        self.lines: dict[str, FormLine] = {}
        self._title = Text(look, FontRole.TITLE, fit=Fit.WRAP, most_lines=2)
        self._form = column(margins=(0, 4, 0, 10), gap=2)
        self._left_out = Text(look, FontRole.BODY, Token.CAUTION, Fit.WRAP)
        self.verdict = VerdictCard(look)
        self.edited, self.effect = ChangesCard(look), ChangesCard(look)
        self.reason = Field(look, say("Reason"), say("Why you edit it; kept in the ledger"))
        self.reason.entered.connect(self._save)
        self.reason.left.connect(self.left)
        self.save = Button(look, "", tone=Tone.ACCENT)
        self.save.clicked.connect(self._save)
        self.leave = Button(look, say("Leave"), key="Esc")
        self.leave.clicked.connect(self.left)
        self._why = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self._lay_out()

    def display(self, sheet: EditSheet) -> None:
        """Show the form; what has the focus keeps it, and its cursor."""
        is_new = sheet.id != self._id
        self._id = sheet.id
        self._title.set_words(sheet.title)
        self._show_form(sheet.rows, sheet.glosses)
        self._left_out.set_words(
            say("{left_out:,} more places; edit them with lineclear review edit.", left_out=sheet.left_out)
            if sheet.left_out
            else ""
        )
        self._left_out.setVisible(bool(sheet.left_out))
        self.verdict.display(sheet)
        for card, changes in ((self.edited, sheet.edited), (self.effect, sheet.effect)):
            card.setVisible(changes is not None)
            if changes is not None:
                card.display(changes)
        self.save.set_title(sheet.save)
        self.save.set_why_not(sheet.why_not)
        self._why.set_words(sheet.why_not)
        if is_new:
            self.reason.clear()

    def take_focus(self) -> None:
        """Begin where typing begins."""
        first = next((line for line in self.lines.values() if line.control is not None), None)
        (first.control if first is not None and first.control is not None else self.leave).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _show_form(self, rows: tuple[FormRow, ...], glosses: Mapping[str, str]) -> None:
        shape = tuple((each.path, each.kind, each.choices) for each in rows)
        if shape != self._shape:
            self._shape = shape
            focused = next((path for path, line in self.lines.items() if line.has_focus()), "")
            clear(self._form)
            self.lines = {each.path: self._line(each) for each in rows}
            if focused in self.lines:
                self.lines[focused].take_focus()
        for each in rows:
            self.lines[each.path].display(each, glosses.get(each.path, ""))

    def _line(self, each: FormRow) -> FormLine:
        line = FormLine(self._look, each)
        line.typed.connect(self.typed)
        line.grown.connect(self.grown)
        line.shrunk.connect(self.shrunk)
        line.entered.connect(self.focusNextChild)
        line.left.connect(self.left)
        self._form.addWidget(line)
        return line

    def _save(self) -> None:
        if self.save.isEnabled():
            self.saved.emit(self._id, self.reason.text().strip())

    def _lay_out(self) -> None:
        page = QWidget()
        stack = column(page, margins=(20, 15, 20, 20), gap=13)
        card = Card(self._look)
        card.heading.set_words(say("Arguments"))
        card.remark.set_words(say("What the agent asked for, to change before it is decided on"))
        inside = QWidget()
        inner = column(inside, margins=(15, 0, 15, 0))
        inner.addLayout(self._form)
        inner.addWidget(self._left_out)
        card.add(inside)
        for part in (card, self.verdict, self.edited, self.effect):
            stack.addWidget(part)
        stack.addStretch(1)
        for one in (self.edited, self.effect):
            one.set_room(_ROOM)
        area = scrolled(page)
        head = QWidget()
        row(head, margins=(20, 15, 20, 14)).addWidget(self._title, 1)
        whole = column(self)
        whole.addWidget(head)
        whole.addWidget(Hairline(self._look))
        whole.addWidget(area, 1)
        whole.addWidget(self._foot())

    def _foot(self) -> QWidget:
        foot = Foot(self._look, Token.SURFACE)
        across = row(gap=8)
        across.addWidget(self.save)
        across.addWidget(self.leave)
        across.addWidget(self._why, 1)
        stack = column(foot, margins=(20, 11, 20, 10), gap=8)
        stack.addWidget(self.reason)
        stack.addLayout(across)
        return foot


class Foot(Panel):
    """The ground of the buttons, with a hairline above."""

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, self._look.colour(Token.LINE))


class VerdictCard(Card):
    """What policy would say of the edit as it stands."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("What policy would say"))
        self._lines = column(margins=(15, 9, 15, 11), gap=6)
        self.column.addWidget(Hairline(look))
        self.column.addLayout(self._lines)

    def display(self, sheet: EditSheet) -> None:
        """Show the verdict, or why there is none yet."""
        self.chip.set_chip(sheet.state)
        clear(self._lines)
        for line in sheet.verdict:
            self._lines.addWidget(MarkLine(self._look, line))
        if not sheet.verdict:
            words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
            words.set_words(sheet.why_not or say("Nothing stands against it."))
            self._lines.addWidget(words)
