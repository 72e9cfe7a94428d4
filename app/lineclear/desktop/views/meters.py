"""How much of a limit is used, painted as a bar. Holds no rules."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.painting import fill_rounded, painter_of
from lineclear.desktop.presenters.sheets import Meter
from lineclear.desktop.theme import INKS, Look, Token


def draw_meter(painter: QPainter, look: Look, box: QRectF, meter: Meter) -> None:
    """Paint how much of a limit is used; words beside it say the same."""
    radius = box.height() / 2
    fill_rounded(painter, box, look.colour(Token.TRACK), radius)
    used = min(max(meter.used, 0), 1)
    if used > 0:
        done = QRectF(box.left(), box.top(), max(box.width() * used, box.height()), box.height())
        fill_rounded(painter, done, look.colour(INKS[meter.tone]), radius)


class MeterBar(QWidget):
    """How much of a limit is used, as a bar; the words beside it say the same."""

    def __init__(self, look: Look, meter: Meter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._meter = meter
        self.setFixedHeight(6)

    def display(self, meter: Meter) -> None:
        """Show another amount."""
        self._meter = meter
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        draw_meter(painter_of(self), self._look, QRectF(self.rect()), self._meter)
