"""Over the window: actions that are approved at one look, and what is left out and why. Holds no rules."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.queue.bulk_sheets import BulkLine, BulkSheet
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Link
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.kit import Fit, Hairline, Text, clear, column, row
from lineclear.domain.wording import say

_WIDTH: Final = 720
_HIGHEST: Final = 420


class BulkView(Covering):
    """Shows a `BulkSheet`. Nothing in it is approved by Return: the button has to be pressed, or A."""

    approved = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Approve together"), _WIDTH, parent)
        self.heading = Text(look, FontRole.TITLE, fit=Fit.WRAP)
        self.summary = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.hint = Text(look, FontRole.SMALL, Token.CAUTION, Fit.WRAP)
        self.lines: tuple[BulkLineView, ...] = ()
        place = QWidget()
        self._stack = column(place, margins=(0, 4, 8, 4), gap=2)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(say("What is approved, and what is left out"))
        self.area.setWidget(place)
        self.yes = Button(look, say("Approve"), key="A", tone=Tone.OK)
        self.yes.clicked.connect(self.approved)
        no = Button(look, say("Cancel"), key="Esc")
        no.clicked.connect(self.closed)
        buttons = row(gap=8)
        buttons.addWidget(self.yes)
        buttons.addWidget(no)
        buttons.addWidget(self.hint, 1)
        for part in (self.heading, self.summary, Hairline(look), self.area, Hairline(look)):
            self.inside.addWidget(part)
        self.inside.addLayout(buttons)
        self._shown: BulkSheet | None = None

    def display(self, sheet: BulkSheet) -> None:
        """Show what would be approved."""
        before = self._shown
        self._shown = sheet
        self.heading.set_words(sheet.heading)
        self.summary.set_words(sheet.summary)
        self.hint.set_words(sheet.hint or sheet.why_not)
        self.yes.set_title(sheet.approve or say("Approve"))
        self.yes.set_why_not(sheet.why_not)
        if before is None or (before.lines, before.left_out) != (sheet.lines, sheet.left_out):
            self._show_lines(sheet)

    def ask(self) -> None:
        """Open with the focus on what there is to read, never on the button."""
        self.area.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_A and not event.modifiers():
            if not event.isAutoRepeat():
                self.approved.emit()
            return
        super().keyPressEvent(event)

    def _show_lines(self, sheet: BulkSheet) -> None:
        clear(self._stack)
        self.lines = tuple(BulkLineView(self._look, line) for line in sheet.lines)
        for one in self.lines:
            self._stack.addWidget(one)
        if sheet.left_out:
            head = Text(self._look, FontRole.SMALL_STRONG, Token.MUTED)
            head.set_words(say("Left out"))
            self._stack.addSpacing(8)
            self._stack.addWidget(head)
        for left in sheet.left_out:
            title = Text(self._look, FontRole.BODY, fit=Fit.ELIDE)
            title.set_words(left.title)
            why = Text(self._look, FontRole.SMALL, Token.CAUTION, Fit.WRAP)
            why.set_words(left.because)
            self._stack.addWidget(title)
            self._stack.addWidget(why)
        self._stack.addStretch(1)
        high = 64 * len(sheet.lines) + 42 * len(sheet.left_out) + 48
        self.area.setFixedHeight(min(high, _HIGHEST))


class BulkLineView(QWidget):
    """One action: its title, its amount and its first change; a press opens all of its changes."""

    def __init__(self, look: Look, line: BulkLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        caution = caution_of(line.title)
        told = f"{text_of(line.title)} ({caution})" if caution else text_of(line.title)
        title = Text(look, FontRole.STRONG, fit=Fit.ELIDE)
        title.set_words(line.title)
        amount = Text(look, FontRole.BODY)
        amount.set_words(line.amount)
        first = row(gap=12)
        first.addWidget(title, 1)
        undo = Text(look, FontRole.SMALL, Token.MUTED)
        undo.set_words(say("Undo: {says}", says=text_of(line.undo)) if line.undo else "")
        first.addWidget(undo)
        first.addWidget(amount)
        self._change = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self._change.set_words(line.change)
        self._all = QWidget()
        inside = column(self._all, margins=(12, 0, 0, 4), gap=2)
        for change in line.changes:
            said = Text(look, FontRole.SMALL, Token.TEXT, Fit.WRAP)
            said.set_words(change)
            inside.addWidget(said)
        self.more = Link(look, say("All changes"), indent=0)
        self.more.setAccessibleName(say("All changes of {title}", title=text_of(line.title)))
        self.more.clicked.connect(self._toggle)
        second = row(gap=12)
        second.addWidget(self._change, 1)
        second.addWidget(self.more)
        stack = column(self, margins=(0, 5, 0, 5), gap=2)
        stack.addLayout(first)
        stack.addLayout(second)
        stack.addWidget(self._all)
        self._all.hide()
        self.more.setVisible(len(line.changes) > 1)  # in its place by now: before, it would be a window
        self.setAccessibleName(f"{told}, {line.amount}, {text_of(line.change)}, {undo.text()}")

    def _toggle(self) -> None:
        is_open = self._all.isHidden()
        self._all.setVisible(is_open)
        self.more.set_title(
            say("Fold") if is_open else say("All changes"), "chevron-down" if is_open else "chevron-right"
        )
