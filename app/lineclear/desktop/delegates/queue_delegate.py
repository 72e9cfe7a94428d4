"""Paints the queue's entries: title, due time, subtitle, badge. Paints plain text only, each row once."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.models.queue_model import Entry, GroupHead
from lineclear.desktop.painting import advance, draw_icon_at, draw_line, stroke_rounded, turned
from lineclear.desktop.pictures import Pictures, setting_of
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import QueueRow, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import chip_size, draw_chip, show_tip
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

ROW_HEIGHT: Final = 56
HEAD_HEIGHT: Final = 28
_LEFT: Final = 17
_RIGHT: Final = 15


class Ground(IntEnum):
    """What a row stands on."""

    PLAIN = 0
    UNDER_POINTER = 1
    SELECTED = 2


def entry_height(look: Look, entry: Entry) -> int:
    """Rows are of one height, headings of another, whatever they say."""
    return look.px(HEAD_HEIGHT) if isinstance(entry, GroupHead) else look.row_height(ROW_HEIGHT)


class QueuePainter:
    """Paints entries below one another. Shaping words takes longer than all else, so it is done once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pictures = Pictures()

    def paint(
        self, painter: QPainter, box: QRect, entries: Iterable[Entry], grounds: dict[int, Ground]
    ) -> None:
        """Paint entries from the top of a box to its bottom; a ground that is not plain by its place."""
        self._pictures.enter(setting_of(self._look, painter, box.width()))
        y, bottom = box.top(), box.bottom()
        for at, entry in enumerate(entries):
            high = entry_height(self._look, entry)
            if isinstance(entry, GroupHead):
                place = QRect(box.x(), y, box.width(), high)
                with turned(painter, QRectF(place)):
                    self._paint_head(painter, place, entry)
            else:
                painter.drawPixmap(box.x(), y, self._picture(entry, high, grounds.get(at, Ground.PLAIN)))
            y += high
            if y > bottom:
                return

    def prepare(self, entry: Entry) -> bool:
        """Paint an entry on the plain ground for when it comes into sight; whether that was still to be done.

        Nothing is done before the first frame.
        """
        if isinstance(entry, GroupHead) or not self._pictures.is_entered:
            return False
        is_new = self._pictures.find((entry.id, Ground.PLAIN), entry) is None
        self._picture(entry, entry_height(self._look, entry), Ground.PLAIN)
        return is_new

    def paint_ring(self, painter: QPainter, box: QRect) -> None:
        """Paint the keyboard's focus over a row."""
        with turned(painter, QRectF(box)):
            ring = QRectF(box).adjusted(3, 0, 0, 0)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 2, 2)

    def _picture(self, row: QueueRow, high: int, ground: Ground) -> QPixmap:
        """The row on its ground, in the width and on the device that the pictures are for now."""
        key = row.id, ground
        pixmap = self._pictures.find(key, row)
        if pixmap is None:
            pixmap = self._pictures.blank(high)
            place = QRect(0, 0, self._pictures.width, high)
            inside = QPainter(pixmap)
            inside.fillRect(place, self._look.colour(Token.SURFACE))
            with turned(inside, QRectF(place)):
                self._paint_ground(inside, place, ground)
                self._paint_row(inside, QRectF(place), row)
            inside.end()
            self._pictures.keep(key, row, pixmap)
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

    def _paint_ground(self, painter: QPainter, box: QRect, ground: Ground) -> None:
        if ground is Ground.SELECTED:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        elif ground is Ground.UNDER_POINTER:
            painter.fillRect(box, self._look.colour(Token.HOVER))

    def _paint_row(self, painter: QPainter, box: QRectF, row: QueueRow) -> None:
        look = self._look
        left, right = box.left() + _LEFT, box.right() - _RIGHT
        due = advance(look, FontRole.SMALL, row.due)
        badge = text_of(row.badge.text)
        size = chip_size(look, badge)
        line = look.px(19)
        above = (box.height() - 2 * line - 1) / 2
        first = QRectF(left, box.top() + above, right - left - due - 12, line)
        second = QRectF(left, first.top() + line + 1, right - left - size.width() - 10, line)
        if row.is_marked:
            draw_icon_at(painter, look, QPointF(left, first.top() + 2), "check", Token.ACCENT, 14)
            first.setLeft(left + 19)
        if caution_of(row.title, row.subtitle):
            at = QPointF(first.left(), first.top() + 2)
            draw_icon_at(painter, look, at, "triangle-alert", Token.CAUTION, 14)
            first.setLeft(first.left() + 19)
        draw_line(painter, look, first, text_of(row.title), FontRole.STRONG, Token.TEXT)
        draw_line(painter, look, second, text_of(row.subtitle), FontRole.SMALL, Token.MUTED)
        late = QRectF(right - due, first.top(), due + 1, line)
        draw_line(painter, look, late, row.due, FontRole.SMALL, Token.MUTED)
        chip = QRectF(right - size.width(), second.top(), size.width(), size.height())
        draw_chip(painter, look, chip, badge, row.badge.tone)


class QueueDelegate(QStyledItemDelegate):
    """Says how high entries are, and all of one to whoever points at it. The list paints them itself."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(0, entry_height(self._look, index.data(ITEM)))

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
