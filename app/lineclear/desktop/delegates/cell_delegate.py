"""Paints one cell of a table: words or a chip, elided with its tool tip. Paints plain text only."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
)
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.painting import draw_icon_at, draw_line, stroke_rounded
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import Chip, Words, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import chip_size, draw_chip, show_tip

ROW_HEIGHT: Final = 38


class CellDelegate(QStyledItemDelegate):
    """The first column is the row's name and stands out; mono columns keep their figures in line."""

    def __init__(self, look: Look, mono: frozenset[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._mono = mono

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(60, ROW_HEIGHT)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        box = option.rect
        state = option.state
        painter.save()
        self._paint_ground(painter, box, state, index)
        cell: Words | Chip = index.data(ITEM)
        place = QRectF(box).adjusted(15 if index.column() == 0 else 8, 0, -8, 0)
        if isinstance(cell, Chip):
            self._paint_chip(painter, place, cell)
        else:
            self._paint_words(painter, place, cell, index.column())
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
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            show_tip(event, str(index.data()), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_ground(
        self,
        painter: QPainter,
        box: QRect,
        state: QStyle.StateFlag,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            if index.column() == 0:
                painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        painter.fillRect(box.x(), box.bottom(), box.width(), 1, self._look.colour(Token.LINE))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            ring = QRectF(box).adjusted(2, 2, -2, -3)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)

    def _paint_chip(self, painter: QPainter, place: QRectF, chip: Chip) -> None:
        text = text_of(chip.text)
        size = chip_size(self._look, text)
        box = QRectF(place.left(), place.center().y() - 9, min(size.width(), place.width()), size.height())
        draw_chip(painter, self._look, box, text, chip.tone)

    def _paint_words(self, painter: QPainter, place: QRectF, words: Words, column: int) -> None:
        role = FontRole.MONO if column in self._mono else FontRole.BODY
        ink = Token.MUTED
        if column == 0:
            role, ink = (role if column in self._mono else FontRole.STRONG), Token.TEXT
        if caution_of(words):
            at = QPointF(place.left(), place.center().y() - 7)
            draw_icon_at(painter, self._look, at, "triangle-alert", Token.CAUTION, 14)
            place = place.adjusted(19, 0, 0, 0)
        draw_line(painter, self._look, place, text_of(words), role, ink)
