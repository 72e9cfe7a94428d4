"""A table of values for simple list pages: shared widths, plain titles, selection by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import override

from PySide6.QtCore import QItemSelectionModel, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from lineclear.desktop.delegates.cell_delegate import LEAD, ROW_HEIGHT, CellDelegate
from lineclear.desktop.models.keyed_model import Index
from lineclear.desktop.models.table_model import Column, TableModel
from lineclear.desktop.painting import draw_line, turned
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.domain.wording import say


class RowTable(QTableView):
    """Chooses rows also where a language begins at the right: there Qt looks beyond the last column."""

    @override
    def selectRow(self, row: int, /) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


class Table[T](RowTable):
    """Shows keyed rows; the columns share the width. `chosen` carries the row number that was chosen."""

    chosen = Signal(int)

    def __init__(
        self,
        look: Look,
        name: str,
        columns: Sequence[Column[T]],
        key: Callable[[T], str],
        parent: QWidget | None = None,
        *,
        lead: int = LEAD,
    ) -> None:
        super().__init__(parent)
        self._is_updating = False
        self.rows = TableModel(columns, key, self)
        self.setModel(self.rows)
        mono = frozenset(number for number, column in enumerate(columns) if column.is_mono)
        self.cells = CellDelegate(look, mono, self, lead=lead)
        self.setItemDelegate(self.cells)
        titles = tuple(say(column.title) for column in columns)
        self.setHorizontalHeader(Titles(look, titles, self, lead=lead))
        self.setAccessibleName(name)
        show_plain_rows(self, look, ROW_HEIGHT)

    def show_rows(self, rows: Sequence[T], selected: str | None = None) -> None:
        """Show rows and choose one by its key, without a signal."""
        self._is_updating = True
        self.rows.update_rows(rows)
        at = None if selected is None else self.rows.row_of(selected)
        if at is None:
            self.selectionModel().clear()
        elif self.currentIndex().row() != at:
            self.selectRow(at)
        self._is_updating = False

    @override
    def currentChanged(self, current: Index, previous: Index, /) -> None:
        super().currentChanged(current, previous)
        if not self._is_updating and current.isValid():
            self.chosen.emit(current.row())

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Letters are commands, so they never jump to a row."""

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        share_width(self, [column.share for column in self.rows.columns])
        super().resizeEvent(event)


class Titles(QHeaderView):
    """The titles of the columns, over a hairline."""

    def __init__(
        self, look: Look, titles: tuple[str, ...], parent: QWidget | None = None, *, lead: int = LEAD
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._lead = lead
        self._look = look
        self._titles = titles
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(24)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._look.px(30))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.rect(), self._look.colour(Token.SURFACE))
        for number, title in enumerate(self._titles):
            left, wide = self.sectionViewportPosition(number), self.sectionSize(number)
            place = QRectF(left + (self._lead if number == 0 else 8), 0, wide - 16, self.height())
            with turned(painter, QRectF(left, 0, wide, self.height())):
                draw_line(painter, self._look, place, title, FontRole.SMALL, Token.MUTED)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour(Token.LINE))


class _Heights(QObject):
    """Keeps a table's rows as high as the look says."""

    def __init__(self, table: QTableView, look: Look, height: int) -> None:
        super().__init__(table)
        self._rows, self._look, self._height = table.verticalHeader(), look, height
        look.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self._rows.setDefaultSectionSize(self._look.row_height(self._height))


def share_width(table: QTableView, shares: Sequence[int]) -> None:
    """Give each column its share; the last one what is left.

    Before Qt's own answer to a new size, which judges how far the columns reach sideways.
    """
    width, used = table.viewport().width(), 0
    for number, share in enumerate(shares[:-1]):
        part = width * share // sum(shares)
        table.setColumnWidth(number, part)
        used += part
    table.setColumnWidth(len(shares) - 1, max(width - used, 0))


def show_plain_rows(table: QTableView, look: Look, height: int) -> None:
    """Rows of one height, chosen whole and by one; no grid, no editing, no frame."""
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    _Heights(table, look, height)
    table.setShowGrid(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
