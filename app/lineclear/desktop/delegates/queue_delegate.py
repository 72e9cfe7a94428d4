"""Paints one queue entry: title, due time, subtitle, badge. Paints plain text only."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.models.queue_model import GroupHead
from lineclear.desktop.painting import advance, draw_icon_at, draw_line, stroke_rounded
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import QueueRow, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import chip_size, draw_chip, show_tip

ROW_HEIGHT: Final = 56
HEAD_HEIGHT: Final = 28
_LEFT: Final = 17
_RIGHT: Final = 15


class QueueDelegate(QStyledItemDelegate):
    """Rows are of one height, headings of another, whatever they say."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        is_head = isinstance(index.data(ITEM), GroupHead)
        return QSize(0, HEAD_HEIGHT if is_head else ROW_HEIGHT)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        entry = index.data(ITEM)
        box = option.rect
        painter.save()
        if isinstance(entry, GroupHead):
            self._paint_head(painter, box, entry)
        elif isinstance(entry, QueueRow):
            state = option.state
            self._paint_ground(painter, box, state)
            self._paint_row(painter, QRectF(box), entry)
        painter.restore()

    @override
    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> bool:
        entry = index.data(ITEM)
        if event.type() == QEvent.Type.ToolTip and isinstance(entry, QueueRow):
            told = caution_of(entry.title, entry.subtitle)
            parts = (text_of(entry.title), text_of(entry.subtitle), f"Look twice: {told}." if told else "")
            show_tip(event, "\n".join(filter(None, parts)), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_head(self, painter: QPainter, box: QRect, head: GroupHead) -> None:
        if not head.is_first:
            painter.fillRect(box.x(), box.y(), box.width(), 1, self._look.colour(Token.LINE))
        place = QRectF(box).adjusted(14, 1, -_RIGHT, 0)
        draw_line(painter, self._look, place, head.title, FontRole.SMALL, Token.MUTED)

    def _paint_ground(self, painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, self._look.colour(Token.HOVER))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            ring = QRectF(box).adjusted(3, 0, 0, 0)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 2, 2)

    def _paint_row(self, painter: QPainter, box: QRectF, row: QueueRow) -> None:
        look = self._look
        left, right = box.left() + _LEFT, box.right() - _RIGHT
        due = advance(look, FontRole.SMALL, row.due)
        badge = text_of(row.badge.text)
        size = chip_size(look, badge)
        first = QRectF(left, box.top() + 9, right - left - due - 12, 19)
        second = QRectF(left, box.top() + 29, right - left - size.width() - 10, 19)
        if caution_of(row.title, row.subtitle):
            at = QPointF(left, first.top() + 2)
            draw_icon_at(painter, look, at, "triangle-alert", Token.CAUTION, 14)
            first.setLeft(left + 19)
        draw_line(painter, look, first, text_of(row.title), FontRole.STRONG, Token.TEXT)
        draw_line(painter, look, second, text_of(row.subtitle), FontRole.SMALL, Token.MUTED)
        late = QRectF(right - due, first.top(), due + 1, 19)
        draw_line(painter, look, late, row.due, FontRole.SMALL, Token.MUTED)
        chip = QRectF(right - size.width(), second.top(), size.width(), size.height())
        draw_chip(painter, look, chip, badge, row.badge.tone)
