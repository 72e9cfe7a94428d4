"""The list of a ledger's entries: as long as it is, chosen by entry, never by row."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from lineclear.desktop.delegates.entry_delegate import ENTRY_HEIGHT, EntryColumn, EntryDelegate
from lineclear.desktop.models.keyed_model import Index
from lineclear.desktop.models.window_model import WindowModel
from lineclear.desktop.presenters.ledger.entries_presenter import BLOCK
from lineclear.desktop.presenters.ledger.ledger_sheets import EntriesSheet, EntryRow
from lineclear.desktop.presenters.saying import said_all
from lineclear.desktop.theme import Look
from lineclear.desktop.views.table import RowTable, Titles, show_plain_rows
from lineclear.domain.wording import marked, say

_TITLES: Final = (
    marked("Entry"),
    marked("Time (UTC)"),
    marked("What happened"),
    marked("About"),
    marked("By"),
)
_WIDTHS: Final = {
    EntryColumn.NUMBER: 88,
    EntryColumn.TIME: 158,
    EntryColumn.WHAT: 182,
    EntryColumn.BY: 150,
}
_ROOM_FOR_BY: Final = 780
_ROOM_FOR_TIME: Final = 640


class EntriesTable(RowTable):
    """Shows an `EntriesSheet` by windows. `chosen` carries an entry's index in the ledger."""

    chosen = Signal(int)
    scrolled = Signal(bool)
    """Whether the first row is in sight."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: int | None = None
        self._is_updating = False
        self.rows = WindowModel(said_all(_TITLES), BLOCK, self)
        self.rows.dataChanged.connect(self._rows_came)
        self.setModel(self.rows)
        self.setItemDelegate(EntryDelegate(look, self))
        titles = Titles(look, said_all(_TITLES), self)
        self.setHorizontalHeader(titles)
        titles.setSectionResizeMode(EntryColumn.ABOUT, QHeaderView.ResizeMode.Stretch)
        for column, wide in _WIDTHS.items():
            self.setColumnWidth(column, wide)
        self.setAccessibleName(say("Ledger entries"))
        show_plain_rows(self, look, ENTRY_HEIGHT)
        self.verticalScrollBar().valueChanged.connect(lambda value: self.scrolled.emit(value < ENTRY_HEIGHT))

    def display(self, sheet: EntriesSheet) -> None:
        """Show another list, from its first row."""
        self._is_updating = True
        self.rows.show_list(sheet.count, sheet.first)
        self.scrollToTop()
        self._is_updating = False
        self._mark(sheet.first, 0)

    def take(self, start: int, rows: tuple[EntryRow, ...]) -> None:
        """Rows that were asked for."""
        self.rows.take(start, rows)

    def show_place(self, position: int) -> None:
        """The chosen entry stands here now; it is marked without a signal."""
        self._is_updating = True
        if self.currentIndex().row() != position:
            self.selectRow(position)
        self._is_updating = False

    def forget_choice(self) -> None:
        """Nothing is chosen any more; says nothing."""
        self._is_updating = True
        self._chosen = None
        self.selectionModel().clear()
        self._is_updating = False

    def step(self, step: int) -> None:
        """Choose the row after (1) or before (-1) the chosen one; at the end nothing happens."""
        current = self.currentIndex()
        position = current.row() + step if current.isValid() else 0
        if 0 <= position < self.rows.rowCount():
            self.selectRow(position)

    def choose(self, position: int) -> None:
        """Choose the entry at a position, as a press does."""
        self.selectRow(position)

    @override
    def currentChanged(self, current: Index, previous: Index, /) -> None:
        super().currentChanged(current, previous)
        row = self.rows.row(current.row()) if current.isValid() else None
        if row is not None and not self._is_updating:
            self._chosen = row.index
            self.chosen.emit(row.index)

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Letters are commands, so they never jump to a row."""

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        self.setColumnHidden(EntryColumn.BY, width < _ROOM_FOR_BY)
        self.setColumnHidden(EntryColumn.TIME, width < _ROOM_FOR_TIME)

    def _rows_came(self, first: Index, last: Index) -> None:
        """A row that was pressed before it was there is chosen when it comes."""
        current = self.currentIndex().row()
        if first.row() <= current <= last.row():
            row = self.rows.row(current)
            if row is not None and row.index != self._chosen and not self._is_updating:
                self._chosen = row.index
                self.chosen.emit(row.index)

    def _mark(self, rows: tuple[EntryRow, ...], start: int) -> None:
        for position, row in enumerate(rows, start):
            if row.index == self._chosen:
                self.show_place(position)
