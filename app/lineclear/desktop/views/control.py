"""The control page: safe mode, the capability document as stored, connectors and agents."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from lineclear.desktop.painting import advance, draw_line
from lineclear.desktop.presenters.sheets import (
    ControlSheet,
    HealthRow,
    SafeModeSheet,
    SafeModeState,
    Tone,
    Words,
    text_of,
)
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Switch
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Hairline, Text, clear, column, row
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.top_bar import show_switch


class ControlPage(Page):
    """Shows a `ControlSheet`."""

    safe_mode_asked = Signal(bool, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Control", parent)
        self.head.addStretch(1)
        self.safe_mode = SafeModeCard(look)
        self.safe_mode.asked.connect(self.safe_mode_asked)
        self._connectors = HealthCard(look, "Connectors")
        self._agents = HealthCard(look, "Agents")
        self.document = DocumentCard(look)
        content = QWidget()
        across = row(content, margins=(20, 15, 20, 20), gap=14)
        across.addWidget(self._left(), 1)
        across.addWidget(self.document, 1)
        self.set_content(content)

    def display(self, sheet: ControlSheet) -> None:
        """Show what is in force now."""
        has_content = bool(sheet.document or sheet.connectors or sheet.agents)
        self.display_state(sheet.notice, has_content=has_content)
        self.safe_mode.display(sheet.safe_mode)
        self._connectors.setVisible(bool(sheet.connectors))
        self._connectors.display(sheet.connectors)
        self._agents.setVisible(bool(sheet.agents))
        self._agents.display(sheet.agents)
        self.document.display(sheet.document_title, sheet.document)

    def _left(self) -> QScrollArea:
        page = QWidget()
        stack = column(page, gap=13)
        for card in (self.safe_mode, self._connectors, self._agents):
            stack.addWidget(card)
        stack.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area


class SafeModeCard(Card):
    """Safe mode with the reason that turning it needs."""

    asked = Signal(bool, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._sheet = SafeModeSheet(SafeModeState.UNKNOWN, "")
        self.heading.set_words("Safe mode")
        self.remark.set_words("Nothing that changes anything may start while it is on")
        self.switch = Switch(look)
        self.switch.clicked.connect(self._focus_reason)
        self._since = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.field = Field(look, "Reason", "Reason, for the ledger")
        self.field.entered.connect(self._ask)
        self.field.textChanged.connect(self._judge)
        self.yes = Button(look, "Turn on", tone=Tone.CAUTION)
        self.yes.clicked.connect(self._ask)
        body = QWidget()
        stack = column(body, margins=(15, 11, 15, 13), gap=9)
        first = row(gap=12)
        first.addWidget(self.switch)
        first.addWidget(self._since, 1, Qt.AlignmentFlag.AlignVCenter)
        second = row(gap=8)
        second.addWidget(self.field, 1)
        second.addWidget(self.yes)
        stack.addLayout(first)
        stack.addLayout(second)
        self.add(body)

    def display(self, sheet: SafeModeSheet) -> None:
        self._sheet = sheet
        show_switch(self.switch, sheet)
        self._since.set_words(sheet.since)
        self.yes.title = "Turn on" if self._turns_on else "Turn off"
        self.yes.setAccessibleName(f"{self.yes.title} safe mode")
        self.yes.updateGeometry()
        self._judge(self.field.text())

    @property
    def _turns_on(self) -> bool:
        return self._sheet.state is SafeModeState.OFF

    def _focus_reason(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _judge(self, text: str) -> None:
        self.yes.set_why_not(self._sheet.why_not or ("" if text.strip() else "Safe mode needs a reason."))

    def _ask(self) -> None:
        reason = self.field.text().strip()
        if reason and not self._sheet.why_not:
            self.field.clear()
            self.asked.emit(self._turns_on, reason)


class HealthCard(Card):
    """Connectors or agents with their state in words."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self._shown: tuple[HealthRow, ...] = ()
        self._rows: QVBoxLayout = column()
        self.column.addLayout(self._rows)

    def display(self, rows: tuple[HealthRow, ...]) -> None:
        if rows == self._shown:
            return
        self._shown = rows
        clear(self._rows)
        for each in rows:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._row(each))

    def _row(self, health: HealthRow) -> QWidget:
        line = QWidget()
        name = Text(self._look, FontRole.STRONG, Token.TEXT, Fit.WRAP)
        name.set_words(health.name)
        chip = ChipLabel(self._look)
        chip.set_chip(health.state)
        text = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        text.set_words(health.text)
        text.setAccessibleName(
            f"{text_of(health.name)}, {text_of(health.state.text)}: {text_of(health.text)}"
        )
        across = row(line, margins=(15, 7, 15, 7), gap=12)
        across.addWidget(name, 30)
        state = row()
        state.addWidget(chip)
        state.addStretch(1)
        across.addLayout(state, 24)
        across.addWidget(text, 46)
        return line


class DocumentCard(Card):
    """The capability document, read-only, with line numbers to match what reasons cite."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words("Capability document")
        self._text = Document(look)
        self.add(self._text)
        self.column.setStretchFactor(self._text, 1)

    def display(self, title: str, lines: tuple[Words, ...]) -> None:
        self.remark.set_words(title)
        self._text.show_lines(tuple(text_of(line) for line in lines))


class Document(QPlainTextEdit):
    """Plain lines with their numbers in a margin."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._lines: tuple[str, ...] = ()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(look.font(FontRole.MONO))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Capability document")
        self._margin = Margin(self)
        self.updateRequest.connect(self._move_margin)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        if lines != self._lines:
            self._lines = lines
            self.setPlainText("\n".join(lines))
            self.setViewportMargins(self.margin_width(), 0, 0, 0)

    def margin_width(self) -> int:
        """Return the room that the line numbers need."""
        digits = max(len(str(self.blockCount())), 2)
        return int(advance(self._look, FontRole.MONO, "0" * digits)) + 26

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines in sight."""
        painter = QPainter(self._margin)
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                return
            number = str(block.blockNumber() + 1)
            width = advance(self._look, FontRole.MONO, number)
            height = self.fontMetrics().height()
            place = QRectF(self._margin.width() - 12 - width, box.top(), width + 1, height)
            draw_line(painter, self._look, place, number, FontRole.MONO, Token.MUTED)
            block = block.next()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(
            QRect(inside.left(), self.viewport().y(), self.margin_width(), self.viewport().height())
        )

    def _move_margin(self, area: QRect, down: int) -> None:
        if down:
            self._margin.scroll(0, down)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())


class Margin(QWidget):
    """The strip in which a document paints its line numbers."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._document.margin_width(), 0)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        self._document.paint_margin(event)
