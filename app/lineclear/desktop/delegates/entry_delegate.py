"""Paints one cell of an entry: a spot in its tone and its words, or a bar while it is on its way."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, override

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from lineclear.desktop.delegates.row_delegate import RowDelegate
from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.painting import draw_icon_at, draw_line, fill_rounded, mirror, runs_from_right
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.ledger.ledger_sheets import EntryRow
from lineclear.desktop.presenters.sheets import Words, text_of
from lineclear.desktop.theme import INKS, FontRole, Look, Token

ENTRY_HEIGHT: Final = 32
_SPOT: Final = 7


class EntryColumn(IntEnum):
    """The columns of the list of entries."""

    NUMBER = 0
    TIME = 1
    WHAT = 2
    ABOUT = 3
    BY = 4


class EntryDelegate(RowDelegate):
    """Paints a cell of the list of entries; a bar where its block has not come yet."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(look, ENTRY_HEIGHT, parent)

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
        if runs_from_right():
            mirror(painter, QRectF(box))
        self._paint_ground(painter, box, option.state, is_first=column is EntryColumn.NUMBER)
        place = QRectF(box).adjusted(15 if column is EntryColumn.NUMBER else 8, 0, -8, 0)
        row: EntryRow | None = index.data(ITEM)
        if row is None:
            bar = QRectF(place.left(), place.center().y() - 4, min(place.width(), 70), 8)
            fill_rounded(painter, bar, self._look.colour(Token.HOVER), 4)
        else:
            self._paint_cell(painter, place, row, column)
        painter.restore()

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
