"""A box over the whole window, under which everything else rests. Closes by Escape or a press beside it."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lineclear.desktop.painting import fill_rounded, painter_of, stroke_rounded
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.kit import column

_HIGH: Final = (40, 64, 40, 40)
_MIDDLE: Final = (40, 40, 40, 40)


class Sheet(QWidget):
    """A raised box with a hairline."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        fill_rounded(painter, QRectF(self.rect()), self._look.colour(Token.SURFACE), 8)
        stroke_rounded(painter, QRectF(self.rect()), self._look.colour(Token.CONTROL), 8)


_WIDEST = 980
"""Logical pixels: what a window of the smallest size has room for."""


class Covering(QWidget):
    """Dims the window; `inside` takes what the box holds. The box hangs at the top, or lies in the middle."""

    closed = Signal()

    def __init__(
        self, look: Look, name: str, width: int, parent: QWidget, *, is_middle: bool = False
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.sheet = Sheet(look)
        self._usual_width = width
        self._widen()
        look.changed.connect(self._widen)
        self.inside: QVBoxLayout = column(self.sheet, margins=(16, 14, 16, 14), gap=10)
        self._margins = _MIDDLE if is_middle else _HIGH
        around = column(self, margins=self._margins)
        if is_middle:
            self.inside.setContentsMargins(24, 20, 24, 22)
            around.addStretch(1)
        around.addWidget(self.sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        around.addStretch(1)

    def room(self) -> int:
        """How high the box may be in this window, in logical pixels."""
        _, top, _, bottom = self._margins
        return max(self.height() - top - bottom, 0)

    def _widen(self) -> None:
        """As wide as its words take in their size, and never wider than the smallest window."""
        self.sheet.setFixedWidth(min(self._look.px(self._usual_width), _WIDEST))

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.closed.emit()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour(Token.SCRIM))
