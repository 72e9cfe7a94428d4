"""A list of keyed values that is updated by inserts, removals and changes, never by a reset. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lineclear.desktop.models.reconcile import Inserted, Removed, Replaced, edits

type Index = QModelIndex | QPersistentModelIndex

ITEM = Qt.ItemDataRole.UserRole
"""The role that returns the value itself."""

ROOT = QModelIndex()


class KeyedModel[T](QAbstractListModel):
    """Rows are values with a key; selection and scroll position survive every update."""

    def __init__(
        self, key: Callable[[T], str], spoken: Callable[[T], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._spoken = spoken
        self._items: list[T] = []

    def update_items(self, items: Sequence[T]) -> None:
        """Show other values; only what differs is announced."""
        for edit in list(edits(self._items, items, self._key)):
            match edit:
                case Removed(first, last):
                    self.beginRemoveRows(ROOT, first, last)
                    del self._items[first : last + 1]
                    self.endRemoveRows()
                case Inserted(at, new):
                    self.beginInsertRows(ROOT, at, at + len(new) - 1)
                    self._items[at:at] = new
                    self.endInsertRows()
                case Replaced(at, item):
                    self._items[at] = item
                    self.dataChanged.emit(self.index(at), self.index(at))

    def item(self, position: int) -> T:
        """Return the value in a row; a row that does not exist raises `IndexError`."""
        return self._items[position]

    def row_of(self, key: str) -> int | None:
        """Return where a key stands, or None."""
        return next((at for at, item in enumerate(self._items) if self._key(item) == key), None)

    @override
    def rowCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._items)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._spoken(item)
        return None
