"""The capability document as stored, read-only, with the line numbers that reasons cite."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QSyntaxHighlighter
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from lineclear.desktop.painting import advance, draw_line
from lineclear.desktop.presenters.changes.code_parts import Part
from lineclear.desktop.presenters.changes.syntax import Colouring
from lineclear.desktop.presenters.sheets import Words, text_of
from lineclear.desktop.theme import CODE_INKS, FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import CORNER, Card
from lineclear.domain.wording import say


class DocumentCard(Card):
    """The capability document, read-only, with line numbers to match what reasons cite."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.column.setContentsMargins(1, 0, 1, CORNER)
        self.heading.set_words(say("Capability document"))
        self.change = Button(look, say("Try a change"), is_small=True)
        self.head.addWidget(self.change)
        self._text = Document(look)
        self._colours = YamlColours(self._text, look)
        look.changed.connect(self._colours.rehighlight)
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
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as code runs in every language
        self.setAccessibleName(say("Capability document"))
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


class YamlColours(QSyntaxHighlighter):
    """The parts of YAML, line by line, in the inks of code."""

    def __init__(self, editor: QPlainTextEdit, look: Look) -> None:
        super().__init__(editor.document())
        self._look = look

    @override
    def highlightBlock(self, text: str, /) -> None:
        runs = Colouring("policy.yaml", (text,)).line(0)
        for run, after in zip(runs, (*runs[1:], None), strict=True):
            if run.part is not Part.PLAIN:
                end = after.start if after is not None else len(text)
                self.setFormat(run.start, end - run.start, QColor(self._look.colour(CODE_INKS[run.part])))
