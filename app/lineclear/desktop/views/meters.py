"""How much of a limit is used, painted as a bar. Holds no rules."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from lineclear.desktop.painting import fill_rounded
from lineclear.desktop.presenters.sheets import Meter
from lineclear.desktop.theme import INKS, Look, Token


def draw_meter(painter: QPainter, look: Look, box: QRectF, meter: Meter) -> None:
    """Paint how much of a limit is used; words beside it say the same."""
    radius = box.height() / 2
    fill_rounded(painter, box, look.colour(Token.LINE), radius)
    used = min(max(meter.used, 0), 1)
    if used > 0:
        done = QRectF(box.left(), box.top(), max(box.width() * used, box.height()), box.height())
        fill_rounded(painter, done, look.colour(INKS[meter.tone]), radius)
