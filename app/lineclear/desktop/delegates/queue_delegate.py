"""Paints one queue entry: title, due time, subtitle, badge. Paints plain text only, each row once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.models.queue_model import GroupHead
from lineclear.desktop.painting import advance, draw_icon_at, draw_line, stroke_rounded, turned
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import QueueRow, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import chip_size, draw_chip, show_tip
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

ROW_HEIGHT: Final = 56
HEAD_HEIGHT: Final = 28
_MOST_PICTURES: Final = 300
"""Some screens full of rows; at twice the pixels each takes about 300 KB."""
# Numbers, as the flags themselves take longer to combine than a row takes to paint.
_SELECTED: Final = QStyle.StateFlag.State_Selected.value
_UNDER_POINTER: Final = QStyle.StateFlag.State_MouseOver.value
_GROUND: Final = _SELECTED | _UNDER_POINTER
_FOCUSED: Final = QStyle.StateFlag.State_HasFocus.value | QStyle.StateFlag.State_KeyboardFocusChange.value
_LEFT: Final = 17
_RIGHT: Final = 15


@dataclass(frozen=True, slots=True)
class _Picture:
    """A row as it was painted; it holds as long as the row is the very same, in the same width."""

    row: QueueRow
    width: int
    ratio: float
    pixmap: QPixmap


class QueueDelegate(QStyledItemDelegate):
    """Rows are of one height, headings of another, whatever they say."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pictures: dict[tuple[str, int], _Picture] = {}
        look.changed.connect(self._pictures.clear)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        is_head = isinstance(index.data(ITEM), GroupHead)
        return QSize(0, HEAD_HEIGHT if is_head else self._look.row_height(ROW_HEIGHT))

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
        if isinstance(entry, QueueRow):
            state = option.state.value
            painter.drawPixmap(box.topLeft(), self._picture(painter, box, entry, state))
            if state & _FOCUSED == _FOCUSED:
                with turned(painter, QRectF(box)):
                    ring = QRectF(box).adjusted(3, 0, 0, 0)
                    stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 2, 2)
        elif isinstance(entry, GroupHead):
            with turned(painter, QRectF(box)):
                self._paint_head(painter, box, entry)

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
            parts = (
                text_of(entry.title),
                text_of(entry.subtitle),
                say("Look twice: {told}.", told=told) if told else "",
            )
            show_tip(event, "\n".join(filter(None, parts)), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _picture(self, painter: QPainter, box: QRect, row: QueueRow, state: int) -> QPixmap:
        """The row on its ground. Shaping its words takes longer than all else, so it is done once."""
        ratio = max(painter.deviceTransform().m11(), 1.0)
        key = row.id, state & _GROUND
        known = self._pictures.get(key)
        if known is not None and known.row is row and known.width == box.width() and known.ratio == ratio:
            return known.pixmap
        pixmap = QPixmap(round(box.width() * ratio), round(box.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        place = QRect(0, 0, box.width(), box.height())
        inside = QPainter(pixmap)
        inside.fillRect(place, self._look.colour(Token.SURFACE))
        with turned(inside, QRectF(place)):
            self._paint_ground(inside, place, state)
            self._paint_row(inside, QRectF(place), row)
        inside.end()
        if len(self._pictures) >= _MOST_PICTURES:
            self._pictures.clear()
        self._pictures[key] = _Picture(row, box.width(), ratio, pixmap)
        return pixmap

    def _paint_head(self, painter: QPainter, box: QRect, head: GroupHead) -> None:
        if not head.is_first and not head.over:
            painter.fillRect(box.x(), box.y(), box.width(), 1, self._look.colour(Token.LINE))
        place = QRectF(box).adjusted(14, 1, -_RIGHT, 0)
        if head.over:
            place.setLeft(place.left() + 10)
        count = f"{head.count:,}" if head.count else ""
        wide = advance(self._look, FontRole.SMALL, count)
        draw_line(
            painter,
            self._look,
            place.adjusted(0, 0, -wide - 12, 0),
            text_of(paintable(head.title)) if head.over else say(head.title),
            FontRole.SMALL,
            Token.MUTED,
        )
        at = QRectF(place.right() - wide, place.top(), wide + 1, place.height())
        draw_line(painter, self._look, at, count, FontRole.SMALL, Token.MUTED)

    def _paint_ground(self, painter: QPainter, box: QRect, state: int) -> None:
        if state & _SELECTED:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        elif state & _UNDER_POINTER:
            painter.fillRect(box, self._look.colour(Token.HOVER))

    def _paint_row(self, painter: QPainter, box: QRectF, row: QueueRow) -> None:
        look = self._look
        left, right = box.left() + _LEFT, box.right() - _RIGHT
        due = advance(look, FontRole.SMALL, row.due)
        badge = text_of(row.badge.text)
        size = chip_size(look, badge)
        above = (box.height() - 39) / 2
        first = QRectF(left, box.top() + above, right - left - due - 12, 19)
        second = QRectF(left, first.top() + 20, right - left - size.width() - 10, 19)
        if row.is_marked:
            draw_icon_at(painter, look, QPointF(left, first.top() + 2), "check", Token.ACCENT, 14)
            first.setLeft(left + 19)
        if caution_of(row.title, row.subtitle):
            at = QPointF(first.left(), first.top() + 2)
            draw_icon_at(painter, look, at, "triangle-alert", Token.CAUTION, 14)
            first.setLeft(first.left() + 19)
        draw_line(painter, look, first, text_of(row.title), FontRole.STRONG, Token.TEXT)
        draw_line(painter, look, second, text_of(row.subtitle), FontRole.SMALL, Token.MUTED)
        late = QRectF(right - due, first.top(), due + 1, 19)
        draw_line(painter, look, late, row.due, FontRole.SMALL, Token.MUTED)
        chip = QRectF(right - size.width(), second.top(), size.width(), size.height())
        draw_chip(painter, look, chip, badge, row.badge.tone)
