"""The changes card: every leaf of the payload, changed ones first, unchanged ones folded with their count."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.delegates.changes_delegate import Columns
from lineclear.desktop.painting import draw_line
from lineclear.desktop.presenters.sheets import ChangesSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes_list import ChangesList, Shown
from lineclear.desktop.views.controls import Link
from lineclear.desktop.views.kit import Card, Hairline, MarkLine, clear, column

_BESIDE = 140
"""Pixels that the card needs for all but its rows."""
_LEAST_WINDOW = 180


class ChangesCard(Card):
    """Shows a `ChangesSheet`. Changed fields are never folded."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._sheet: ChangesSheet | None = None
        self._is_unfolded = False
        self._titles = ColumnTitles(look)
        self.list = ChangesList(look)
        self.list.columns_fitted.connect(self._titles.set_columns)
        self._fold_line = Hairline(look)
        self._fold = Link(look, "")
        self._fold.clicked.connect(self._turn_fold)
        self._omitted = column(margins=(15, 0, 15, 0), gap=6)
        self.add(self._titles)
        self.add(self.list)
        self.column.addWidget(self._fold_line)
        self.column.addWidget(self._fold)
        self.column.addLayout(self._omitted)

    def display(self, sheet: ChangesSheet) -> None:
        """Show the changes of an action; a fold stays open while the heading stays the same."""
        if sheet == self._sheet:
            return
        if self._sheet is None or self._sheet.heading != sheet.heading:
            self._is_unfolded = False
            self.list.scrollToTop()
        self._sheet = sheet
        self.heading.set_words(sheet.heading)
        self.chip.set_chip(sheet.freshness)
        titles = (sheet.before_title, sheet.after_title, sheet.now_title)
        self._titles.set_titles(tuple(filter(None, titles)))
        clear(self._omitted)
        for line in sheet.not_shown:
            self._omitted.addWidget(MarkLine(self._look, line))
        self._omitted.setContentsMargins(15, 0, 15, 10 if sheet.not_shown else 0)
        self._show_rows(sheet)

    def _turn_fold(self) -> None:
        self._is_unfolded = not self._is_unfolded
        if self._sheet is not None:
            self._show_rows(self._sheet)

    def _show_rows(self, sheet: ChangesSheet) -> None:
        count = len(sheet.unchanged)
        words = f"{count:,} unchanged field{'' if count == 1 else 's'}"
        self._fold.set_title(words, "chevron-down" if self._is_unfolded else "chevron-right")
        self._fold.setVisible(count > 0)
        self._fold_line.setVisible(count > 0)
        self.list.show_rows(
            sheet.rows, sheet.unchanged, Shown(self._is_unfolded, 3 if sheet.now_title else 2)
        )
        self.remark.set_words(f"{self.list.model().rowCount():,} fields" if self.list.is_windowed else "")

    def set_room(self, height: int) -> None:
        """Say how high the place is in which the whole card is to be seen at once."""
        self.list.set_window(max(height - _BESIDE, _LEAST_WINDOW))


class ColumnTitles(QWidget):
    """The words above the columns of a change."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = Columns(0, (0, 0), 0)
        self._titles: tuple[str, ...] = ("Field", "", "")
        self.setFixedHeight(28)

    def set_titles(self, states: tuple[str, ...]) -> None:
        self._titles = ("Field", *states)
        self.setAccessibleName(", ".join(self._titles))
        self.update()

    def set_columns(self, columns: Columns) -> None:
        self._columns = columns
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        at = (self._columns.field, *self._columns.states)
        for x, title, end in zip(at, self._titles, (*at[1:], self.width()), strict=False):
            place = QRectF(x, 0, end - x - 8, self.height())
            draw_line(painter, self._look, place, title, FontRole.SMALL, Token.MUTED)
