"""Modes as a matrix: capabilities down, agents across; a cell asks for another mode below the matrix."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.painting import advance, draw_line, fill_rounded, stroke_rounded
from lineclear.desktop.presenters.control.control_sheets import ModeCell, ModesSheet
from lineclear.desktop.presenters.sheets import Chip, text_of
from lineclear.desktop.theme import INKS, FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Pressable
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Hairline, Text, clear, column, row, set_tip
from lineclear.domain.wording import say

_CELL: Final = QSize(104, 28)
_AROUND: Final = 18
"""What a mode needs besides its letters."""
_NAME: Final = 240
_ROW: Final = 37
_EDGE: Final = 15


class ModeButton(Pressable):
    """One cell: the mode in words, on the ground of what is being changed while its question is open."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self._ink = Token.TEXT
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def display(self, cell: ModeCell, capability: str, why_not: str) -> None:
        self.title = cell.title
        self._ink = INKS[cell.tone]
        words = f"{capability}, {cell.agent}: {cell.title}"
        self.setAccessibleName(words)
        self.setAccessibleDescription(why_not or text_of(cell.says))
        set_tip(self, "\n".join(part for part in (text_of(cell.says), why_not) if part))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        words = int(advance(self._look, FontRole.BODY, self.title)) + _AROUND
        return QSize(max(words, _CELL.width()), self._look.px(_CELL.height()))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(2, 1, -2, -1)
        if self.isChecked():
            fill_rounded(painter, box, self._look.colour(Token.ACCENT_SOFT), 6)
            stroke_rounded(painter, box, self._look.colour(Token.ACCENT), 6)
        elif self.underMouse():
            fill_rounded(painter, box, self._look.colour(Token.HOVER), 6)
        draw_line(painter, self._look, box.adjusted(8, 0, -4, 0), self.title, FontRole.BODY, self._ink)
        self._draw_ring(painter, box, 6)


class ModesCard(Card):
    """Shows a `ModesSheet`; tells which mode an agent shall have for a capability."""

    asked = Signal(str, str, str)
    """Capability, agent, mode."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Modes"))
        self.remark.set_words(say("How far each agent is trusted; a mode narrows what the document allows"))
        self._shown = ModesSheet()
        self.cells: dict[tuple[str, str], ModeButton] = {}
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        self._area = WholeArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._table)
        self.add(self._area)
        self.column.setStretchFactor(self._area, 1)
        self.question = ModeQuestion(look)
        self.question.asked.connect(self.asked)
        self.question.left.connect(self._leave)
        self.add(self.question)

    def display(self, sheet: ModesSheet) -> None:
        """Show the matrix; the question stays open while its cell is there."""
        if sheet == self._shown:
            return
        before, self._shown = self._shown, sheet
        keys = [(each.capability, cell.agent) for each in sheet.rows for cell in each.cells]
        if before.agents != sheet.agents or keys != list(self.cells):
            self._fill(sheet)
        for each in sheet.rows:
            for cell in each.cells:
                self.cells[each.capability, cell.agent].display(cell, each.capability, sheet.why_not)
        self._ask_again()

    def _fill(self, sheet: ModesSheet) -> None:
        clear(self._grid)
        self.cells = {}
        for number, head in enumerate(sheet.agents, 1):
            text = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
            text.set_words(head)
            text.setMinimumWidth(min(text.sizeHint().width(), _NAME))
            held = QWidget()
            row(held, margins=(10, 6, 0, 6)).addWidget(text, 1)
            self._grid.addWidget(held, 0, number)
            self._grid.setColumnStretch(number, 10)
        self._grid.setColumnStretch(0, 14)
        end = len(sheet.agents) + 1
        self._grid.setColumnMinimumWidth(end, _EDGE)
        for number, each in enumerate(sheet.rows, 1):
            name = Text(self._look, FontRole.STRONG, Token.TEXT, Fit.ELIDE)
            name.set_words(each.name)
            name.setMinimumWidth(min(max(name.sizeHint().width(), 120), _NAME))
            self._grid.addWidget(Hairline(self._look), 2 * number - 1, 0, 1, end + 1)
            self._grid.setRowMinimumHeight(2 * number, _ROW)
            held = QWidget()
            row(held, margins=(_EDGE, 0, 8, 0)).addWidget(name, 1)
            self._grid.addWidget(held, 2 * number, 0)
            for place, cell in enumerate(each.cells, 1):
                button = ModeButton(self._look)
                key = each.capability, cell.agent
                button.clicked.connect(lambda _on=False, key=key: self._open(*key))
                self.cells[key] = button
                self._grid.addWidget(button, 2 * number, place)
        self._area.updateGeometry()

    def _open(self, capability: str, agent: str) -> None:
        for key, button in self.cells.items():
            button.setChecked(key == (capability, agent))
        cell = self._cell(capability, agent)
        if cell is not None:
            self.question.ask(capability, cell, self._shown.why_not)

    def _cell(self, capability: str, agent: str) -> ModeCell | None:
        cells = (cell for each in self._shown.rows if each.capability == capability for cell in each.cells)
        return next((cell for cell in cells if cell.agent == agent), None)

    def _ask_again(self) -> None:
        open_at = next((key for key, button in self.cells.items() if button.isChecked()), None)
        if open_at is None:
            self.question.close_question()
        else:
            self._open(*open_at)

    def _leave(self) -> None:
        for button in self.cells.values():
            if button.isChecked():
                button.setChecked(False)
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.question.close_question()


class WholeArea(QScrollArea):
    """Wants to be as high as what it holds, and scrolls where it may not."""

    _is_short = False
    """Whether what it holds is wider, so that a scroll bar takes of its height."""

    @override
    def sizeHint(self) -> QSize:
        held, bar = self.widget(), self.horizontalScrollBar()
        if held is None:
            return super().sizeHint()
        return held.sizeHint() + QSize(0, bar.sizeHint().height() if self._is_short else 0)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        held = self.widget()
        is_short = held is not None and held.minimumSizeHint().width() > self.width()
        if is_short != self._is_short:
            self._is_short = is_short
            self.updateGeometry()


class ModeQuestion(QWidget):
    """The four modes in words, each with a button that goes on to the change; else a hint."""

    asked = Signal(str, str, str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._title = Text(look, FontRole.STRONG, fit=Fit.ELIDE)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._rows = column(gap=6)
        self.choices: dict[str, Button] = {}
        self.leave = Button(look, say("Leave it as it is"), is_small=True)
        self.leave.clicked.connect(self.left)
        head = row(gap=10)
        head.addWidget(self._title, 1)
        head.addWidget(self.leave)
        stack = column(self, margins=(15, 10, 15, 12), gap=7)
        stack.addLayout(head)
        stack.addWidget(self._text)
        stack.addLayout(self._rows)
        self.close_question()

    def ask(self, capability: str, cell: ModeCell, why_not: str) -> None:
        """Offer the modes for one cell; with a reason why not, they are only explained."""
        self._title.set_words(f"{capability} · {cell.agent}")
        self._title.show()
        self.leave.show()
        self._text.set_words(why_not or cell.says)
        clear(self._rows)
        self.choices = {}
        for choice in cell.choices:
            self._rows.addWidget(Hairline(self._look))
            line = QWidget()
            button = Button(self._look, choice.title, is_small=True)
            button.setMinimumWidth(96)
            button.setAccessibleName(f"{choice.title}: {choice.says}")
            button.set_why_not(why_not or (say("It is in force.") if choice.is_chosen else ""))
            mode, agent = choice.mode, cell.agent
            button.clicked.connect(
                lambda _on=False, mode=mode, agent=agent: self.asked.emit(capability, agent, mode)
            )
            self.choices[choice.mode] = button
            says = Text(self._look, fit=Fit.WRAP)
            says.set_words(choice.says)
            across = row(line, gap=12)
            across.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            across.addWidget(says, 1, Qt.AlignmentFlag.AlignVCenter)
            if choice.is_chosen:
                chip = ChipLabel(self._look)
                chip.set_chip(Chip(say("In force")))
                across.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
                chip.show()
            self._rows.addWidget(line)

    def close_question(self) -> None:
        """Ask nothing; say what can be asked."""
        clear(self._rows)
        self.choices = {}
        self._title.hide()
        self.leave.hide()
        self._text.set_words(
            say("Choose a cell to change a mode. The change is shown as a diff before it is in force.")
        )
