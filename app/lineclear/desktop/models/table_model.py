"""A table of keyed rows whose columns are data. Updated by inserts, removals and changes. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import override

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from lineclear.desktop.models.keyed_model import ITEM, ROOT, Index
from lineclear.desktop.models.reconcile import Inserted, Removed, Replaced, edits
from lineclear.desktop.presenters.sheets import Chip, Meter, Words, text_of


@dataclass(frozen=True, slots=True)
class Column[T]:
    """One column: its title, its share of the width, and what it shows of a row."""

    title: str
    share: int
    cell: Callable[[T], Words | Chip | Meter]
    is_mono: bool = False


class TableModel[T](QAbstractTableModel):
    """Rows are values with a key; a cell shows words, a chip or a meter."""

    def __init__(
        self, columns: Sequence[Column[T]], key: Callable[[T], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._rows: list[T] = []

    def update_rows(self, rows: Sequence[T]) -> None:
        """Show other rows; only what differs is announced."""
        for edit in list(edits(self._rows, rows, self._key)):
            match edit:
                case Removed(first, last):
                    self.beginRemoveRows(ROOT, first, last)
                    del self._rows[first : last + 1]
                    self.endRemoveRows()
                case Inserted(at, new):
                    self.beginInsertRows(ROOT, at, at + len(new) - 1)
                    self._rows[at:at] = new
                    self.endInsertRows()
                case Replaced(at, row):
                    self._rows[at] = row
                    self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.columns) - 1))

    def row(self, position: int) -> T:
        """Return the value of a row."""
        return self._rows[position]

    def row_of(self, key: str) -> int | None:
        """Return where a key stands, or None."""
        return next((at for at, row in enumerate(self._rows) if self._key(row) == key), None)

    @override
    def rowCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        cell = self.columns[index.column()].cell(self._rows[index.row()])
        if role == ITEM:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text_of(cell.text if isinstance(cell, Chip | Meter) else cell)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> object:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self.columns[section].title if is_title else None
