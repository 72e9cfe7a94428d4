"""Paints one cell of an entry: a spot in its tone and its words, or a bar while it is on its way."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.painting import draw_icon_at, draw_line, fill_rounded, stroke_rounded
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.ledger_sheets import EntryRow
from lineclear.desktop.presenters.sheets import Words, text_of
from lineclear.desktop.theme import INKS, FontRole, Look, Token
from lineclear.desktop.views.kit import show_tip

ENTRY_HEIGHT: Final = 32
_SPOT: Final = 7


class EntryColumn(IntEnum):
    """The columns of the list of entries."""

    NUMBER = 0
    TIME = 1
    WHAT = 2
    ABOUT = 3
    BY = 4


class EntryDelegate(QStyledItemDelegate):
    """Every row is of one height, so that a million of them cost what a screen of them costs."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(60, ENTRY_HEIGHT)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        box, column = option.rect, EntryColumn(index.column())
        painter.save()
        self._paint_ground(painter, box, option.state, column)
        place = QRectF(box).adjusted(15 if column is EntryColumn.NUMBER else 8, 0, -8, 0)
        row: EntryRow | None = index.data(ITEM)
        if row is None:
            bar = QRectF(place.left(), place.center().y() - 4, min(place.width(), 70), 8)
            fill_rounded(painter, bar, self._look.colour(Token.HOVER), 4)
        else:
            self._paint_cell(painter, place, row, column)
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
            show_tip(event, str(index.data() or ""), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_ground(
        self, painter: QPainter, box: QRect, state: QStyle.StateFlag, column: EntryColumn
    ) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._look.colour(Token.ACCENT_SOFT))
            if column is EntryColumn.NUMBER:
                painter.fillRect(box.x(), box.y(), 3, box.height(), self._look.colour(Token.ACCENT))
        painter.fillRect(box.x(), box.bottom(), box.width(), 1, self._look.colour(Token.LINE))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            ring = QRectF(box).adjusted(2, 2, -2, -3)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)

    def _paint_cell(self, painter: QPainter, place: QRectF, row: EntryRow, column: EntryColumn) -> None:
        match column:
            case EntryColumn.NUMBER:
                draw_line(painter, self._look, place, row.number, FontRole.MONO, Token.MUTED)
            case EntryColumn.TIME:
                draw_line(painter, self._look, place, row.time, FontRole.MONO, Token.MUTED)
            case EntryColumn.WHAT:
                spot = QRectF(place.left(), place.center().y() - _SPOT / 2, _SPOT, _SPOT)
                fill_rounded(painter, spot, self._look.colour(INKS[row.tone]), _SPOT / 2)
                after = place.adjusted(_SPOT + 8, 0, 0, 0)
                draw_line(painter, self._look, after, text_of(row.what), FontRole.STRONG, Token.TEXT)
            case EntryColumn.ABOUT:
                self._paint_words(painter, place, row.about, Token.TEXT)
            case EntryColumn.BY:
                self._paint_words(painter, place, row.by, Token.MUTED)

    def _paint_words(self, painter: QPainter, place: QRectF, words: Words, ink: Token) -> None:
        if caution_of(words):
            at = place.topLeft()
            at.setY(place.center().y() - 7)
            draw_icon_at(painter, self._look, at, "triangle-alert", Token.CAUTION, 14)
            place = place.adjusted(19, 0, 0, 0)
        draw_line(painter, self._look, place, text_of(words), FontRole.BODY, ink)
