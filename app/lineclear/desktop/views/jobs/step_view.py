"""Over the window: what went into a step and what came out of it, as plain text. Holds no rules."""

from __future__ import annotations

from functools import partial
from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedWidget, QWidget

from lineclear.desktop.presenters.jobs.step_sheets import Side, StepSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.kit import Fit, Hairline, Text, column, row
from lineclear.desktop.views.states import StateView
from lineclear.domain.wording import say

_WIDEST: Final = 1_180
_HIGHEST: Final = 820
_AROUND: Final = (80, 104)


class StepView(Covering):
    """Shows a `StepSheet`. F turns JSON from as it was recorded to a line for each member, and back."""

    again = Signal()
    """What could not be read is asked for once more."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("What went into the step and what came out"), _WIDEST, parent)
        self._sheet: StepSheet | None = None
        self.is_laid_out = False
        self._last: SideView | None = None
        self.title = Text(look, FontRole.TITLE, fit=Fit.ELIDE)
        self._about = Text(look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        self.input = SideView(look, say("Input"))
        self.output = SideView(look, say("Output"))
        self.state = StateView(look)
        self.state.stepped.connect(lambda _command: self.again.emit())
        self._places = QStackedWidget()
        both = QWidget()
        across = row(both, gap=12)
        across.addWidget(self.input, 1)
        across.addWidget(Hairline(look, upright=True))
        across.addWidget(self.output, 1)
        self._places.addWidget(both)
        self._places.addWidget(self.state)
        self.turn = Button(look, say("Lay out as JSON"), key="F")
        self.copy = Button(look, say("Copy input"), key="C")
        self._fill(look)

    def display(self, sheet: StepSheet) -> None:
        """Show a step, or the state that stands in its place."""
        self._sheet = sheet
        self.title.set_words(sheet.title)
        self._about.set_words(sheet.about)
        if sheet.state is not None:
            self.state.display(sheet.state)
        self._places.setCurrentIndex(0 if sheet.state is None else 1)
        self._show_sides()
        if self.isVisible():
            self.take_focus()

    def ask(self) -> None:
        """Open, as it was recorded, with the focus on what there is to read."""
        self.is_laid_out = False
        self._show_sides()
        self.take_focus()

    def take_focus(self) -> None:
        """Give the focus to the first side that has a text, so that keys scroll and select in it."""
        sides = (side for side in (self.input, self.output) if side.has_text)
        target = next((side.text for side in sides), self) if self._places.currentIndex() == 0 else self
        target.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        deeds = {
            Qt.Key.Key_F: self._turn_layout,
            Qt.Key.Key_C: self._copy_side,
            Qt.Key.Key_F5: self.again.emit,
        }
        deed = deeds.get(Qt.Key(event.key())) if not event.modifiers() else None
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        beside, above = _AROUND
        self.sheet.setFixedWidth(min(_WIDEST, self.width() - beside))
        self.sheet.setFixedHeight(min(_HIGHEST, self.height() - above))

    def _fill(self, look: Look) -> None:
        self.turn.clicked.connect(self._turn_layout)
        self.copy.clicked.connect(self._copy_side)
        for side in (self.input, self.output):
            side.text.entered.connect(partial(self._enter, side))
        close = Button(look, say("Close"), key="Esc")
        close.clicked.connect(self.closed)
        titles = column(gap=2)
        titles.addWidget(self.title)
        titles.addWidget(self._about)
        head = row(gap=10)
        head.addLayout(titles, 1)
        for button in (self.turn, self.copy, close):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.inside.addLayout(head)
        self.inside.addWidget(Hairline(look))
        self.inside.addWidget(self._places, 1)

    def _show_sides(self) -> None:
        sheet = self._sheet
        sides = (sheet.input, sheet.output) if sheet is not None else (None, None)
        for view, side in zip((self.input, self.output), sides, strict=True):
            view.display(side or Side(), is_laid_out=self.is_laid_out)
        has_json = any(side is not None and side.laid_out is not None for side in sides)
        self.turn.set_title(say("As it was recorded") if self.is_laid_out else say("Lay out as JSON"))
        self.turn.set_why_not("" if has_json else say("Neither of them is JSON."))
        self._tell_copy()

    def _turn_layout(self) -> None:
        if self.turn.isEnabled():
            self.is_laid_out = not self.is_laid_out
            self._show_sides()

    def _tell_copy(self) -> None:
        side = self._chosen()
        self.copy.set_title(say("Copy output") if side is self.output else say("Copy input"))
        self.copy.set_why_not("" if side.has_text else say("There is nothing to copy."))

    def _copy_side(self) -> None:
        side = self._chosen()
        if side.has_text:
            QGuiApplication.clipboard().setText(side.text.toPlainText())

    def _chosen(self) -> SideView:
        """The side that has the focus, or had it last; else the first that has a text."""
        if self._last is not None and self._last.has_text:
            return self._last
        return self.output if self.output.has_text and not self.input.has_text else self.input

    def _enter(self, side: SideView) -> None:
        self._last = side
        self._tell_copy()


class SideView(QWidget):
    """Input or output under its name."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side: tuple[Side, bool] | None = None
        heading = Text(look, FontRole.HEADING)
        heading.set_words(name)
        self.remark = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.said = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.text = PlainText(look, name)
        stack = column(self, gap=4)
        for part in (heading, self.remark, self.said):
            stack.addWidget(part)
        stack.addWidget(self.text, 1)
        stack.addStretch(0)

    @property
    def has_text(self) -> bool:
        """Whether there is a text to read, and not a sentence in its place."""
        return self._side is not None and bool(self._side[0].text)

    def display(self, side: Side, *, is_laid_out: bool) -> None:
        """Show one side; where it is the same as before, it stays where it was scrolled to."""
        if self._side == (side, is_laid_out):
            return
        self._side = side, is_laid_out
        ink = Token.CAUTION if side.is_unusual else Token.MUTED
        self.remark.set_words(side.remark, ink)
        self.remark.setVisible(bool(side.remark))
        self.said.set_words(side.said)
        self.said.setVisible(bool(side.said))
        spread = side.laid_out if is_laid_out else None
        self.text.setPlainText(side.text if spread is None else spread)
        self.text.setVisible(bool(side.text))


class PlainText(QPlainTextEdit):
    """A text of any length, wrapped where its room ends; keys move, select and copy in it."""

    entered = Signal()
    """It got the focus."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setFont(look.font(FontRole.MONO))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as code runs in every language

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        super().focusInEvent(event)
        self.entered.emit()
