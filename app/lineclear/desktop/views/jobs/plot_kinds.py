"""How each kind of span is painted. Free of numpy."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from lineclear.desktop.theme import Look, Token
from lineclear.domain.vocabulary import SpanKind

KIND_TOKENS: Final = {
    SpanKind.MODEL: Token.CONTROL,
    SpanKind.TOOL: Token.ACCENT,
    SpanKind.READ: Token.CODE_STRING,
    SpanKind.POLICY: Token.CAUTION,
    SpanKind.WAITING: Token.CAUTION_SOFT,
    SpanKind.EXECUTION: Token.ADDED,
}
"""The colour of a bar; waits are hatched besides."""

KIND_INKS: Final = {
    SpanKind.MODEL: Token.SURFACE,
    SpanKind.TOOL: Token.ON_ACCENT,
    SpanKind.READ: Token.SURFACE,
    SpanKind.POLICY: Token.ON_CAUTION,
    SpanKind.WAITING: Token.TEXT,
    SpanKind.EXECUTION: Token.ON_ADDED,
}
"""The ink of a name in such a bar."""


def hatch(painter: QPainter, look: Look, box: QRectF) -> None:
    """Strokes across a bar: waiting is told from work without its colour."""
    outline = QPainterPath()
    outline.addRoundedRect(box, 3, 3)
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(look.colour(Token.CONTROL), 2.5))
    painter.setOpacity(0.5)
    x = box.left() - box.height()
    while x < box.right() + box.height():
        painter.drawLine(QPointF(x, box.bottom() + 2), QPointF(x + box.height() + 4, box.top() - 2))
        x += 9
    painter.restore()
