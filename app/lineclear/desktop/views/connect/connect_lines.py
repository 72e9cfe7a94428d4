"""Lines to paste, block by block, each with a button that copies it. Holds no rules."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from lineclear.desktop.presenters.connect.connect_lines import Block
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Card, Fit, Text, clear, column, row
from lineclear.domain.wording import say

_MOST_LINES: Final = 14
"""Lines of a block in sight; a longer one scrolls, and copies as a whole."""
_ROOM: Final = 24
"""Pixels around the lines."""


class LinesCard(Card):
    """What to paste, in order."""

    copied = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Lines to paste"))
        self._shown: tuple[Block, ...] = ()
        self.blocks: list[BlockView] = []
        inside = QWidget()
        self._stack = column(inside, margins=(15, 9, 15, 13), gap=10)
        self.add(inside)

    def display(self, blocks: tuple[Block, ...]) -> None:
        if blocks == self._shown:
            return
        self._shown = blocks
        clear(self._stack)
        self.blocks = [BlockView(self._look, block) for block in blocks]
        for view in self.blocks:
            view.copied.connect(self.copied)
            self._stack.addWidget(view)


class BlockView(QWidget):
    """One block."""

    copied = Signal(str)

    def __init__(self, look: Look, block: Block, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block = block
        title = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        title.set_words(block.title)
        self.copy = Button(look, say("Copy"), is_small=True)
        self.copy.setAccessibleName(say("Copy: {title}", title=block.title))
        self.copy.clicked.connect(self._copy)
        head = row(gap=8)
        head.addWidget(title, 1)
        head.addWidget(self.copy)
        self.text = Lines(look, block)
        stack = column(self, gap=4)
        stack.addLayout(head)
        stack.addWidget(self.text)

    def _copy(self) -> None:
        self.copied.emit(self._block.text)
        self.copy.set_title(say("Copied"))


class Lines(QPlainTextEdit):
    """Plain lines, as high as they need up to a bound; a long one goes on below, and copies as one."""

    def __init__(self, look: Look, block: Block, parent: QWidget | None = None) -> None:
        super().__init__(block.text.rstrip("\n"), parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(look.font(FontRole.MONO))
        self.setAccessibleName(block.title)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._spacing = QFontMetrics(self.font()).lineSpacing()
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(int(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(self._spacing * lines + _ROOM)
