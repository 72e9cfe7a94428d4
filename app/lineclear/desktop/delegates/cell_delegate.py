"""Paints one cell of a table: words, a chip or a meter, elided with its tool tip. Paints plain text only."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from lineclear.desktop.delegates.row_delegate import RowDelegate
from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.painting import draw_icon_at, draw_line, mirror, runs_from_right
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import Chip, Meter, Tone, Words, text_of
from lineclear.desktop.theme import INKS, FontRole, Look, Token
from lineclear.desktop.views.kit import chip_size, draw_chip
from lineclear.desktop.views.meters import draw_meter

ROW_HEIGHT: Final = 38
LEAD: Final = 15
"""What stands before the first column: as much as before the heading of a card."""


class CellDelegate(RowDelegate):
    """The first column is the row's name and stands out; mono columns keep their figures in line."""

    def __init__(
        self, look: Look, mono: frozenset[int], parent: QObject | None = None, *, lead: int = LEAD
    ) -> None:
        super().__init__(look, ROW_HEIGHT, parent)
        self._mono = mono
        self._lead = lead
        self.ends_in_card = False
        """Whether the last row ends where its card ends, and needs no line of its own."""

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
        if runs_from_right():
            mirror(painter, QRectF(box))
        is_last = self.ends_in_card and index.row() == index.model().rowCount() - 1
        self._paint_ground(painter, box, state, is_first=index.column() == 0, is_last=is_last)
        cell: Words | Chip | Meter = index.data(ITEM)
        place = QRectF(box).adjusted(self._lead if index.column() == 0 else 8, 0, -8, 0)
        if isinstance(cell, Chip):
            self._paint_chip(painter, place, cell)
        elif isinstance(cell, Meter):
            self._paint_meter(painter, place, cell)
        else:
            self._paint_words(painter, place, cell, index.column())
        painter.restore()

    def _paint_chip(self, painter: QPainter, place: QRectF, chip: Chip) -> None:
        text = text_of(chip.text)
        size = chip_size(self._look, text)
        box = QRectF(
            place.left(),
            place.center().y() - size.height() / 2,
            min(size.width(), place.width()),
            size.height(),
        )
        draw_chip(painter, self._look, box, text, chip.tone)

    def _paint_meter(self, painter: QPainter, place: QRectF, meter: Meter) -> None:
        """The numbers, in line with all others, and below them a bar that says the same."""
        ink = Token.MUTED if meter.tone is Tone.ACCENT else INKS[meter.tone]
        draw_line(painter, self._look, place, meter.text, FontRole.MONO, ink)
        draw_meter(painter, self._look, QRectF(place.left(), place.bottom() - 8, place.width(), 3), meter)

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
