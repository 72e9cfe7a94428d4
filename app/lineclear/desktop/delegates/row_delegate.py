"""What delegates of uniform rows share: one height, a cell's ground, a tool tip with all of its text."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.painting import stroke_rounded
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.kit import show_tip


class RowDelegate(QStyledItemDelegate):
    """Every row is of one height, so that a million of them cost what a screen of them costs."""

    def __init__(self, look: Look, height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._height = height

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(60, self._look.row_height(self._height))

    @override
    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> bool:
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            show_tip(event, str(index.data() or ""), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_ground(
        self, painter: QPainter, box: QRect, state: QStyle.StateFlag, *, is_first: bool, is_last: bool = False
    ) -> None:
        """A cell's ground, its line below, and the ring of the keyboard's focus; the first has the bar.

        The last of a card has no line: the card's own edge is there.
        """
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            if is_first:
                painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        if not is_last:
            painter.fillRect(box.x(), box.bottom(), box.width(), 1, self._look.colour(Token.LINE))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            ring = QRectF(box).adjusted(2, 2, -2, -3)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)
