"""A table over as many rows as there are, of which those near the eye are at hand. No I/O.

Rows are known by their position in a list of one moment. What is not at hand is asked for, and shown as
waiting until it comes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from lineclear.desktop.models.keyed_model import ITEM, ROOT, Index
from lineclear.desktop.presenters.ledger.ledger_sheets import EntryRow

_BLOCKS = 48


class WindowModel(QAbstractTableModel):
    """A window of blocks over a count. `wanted` carries position and length of what is not at hand."""

    wanted = Signal(int, int)

    def __init__(self, titles: Sequence[str], block: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles = tuple(titles)
        self._block = block
        self._count = 0
        self._at_hand: OrderedDict[int, tuple[EntryRow, ...]] = OrderedDict()
        self._asked: set[int] = set()

    def show_list(self, count: int, first: tuple[EntryRow, ...]) -> None:
        """Another list, whose first block is at hand."""
        self.beginResetModel()
        self._count = count
        self._at_hand.clear()
        self._asked.clear()
        if first:
            self._at_hand[0] = first
        self.endResetModel()

    def set_count(self, count: int) -> None:
        """The list goes on further than was known, or ends earlier."""
        if count > self._count:
            self.beginInsertRows(ROOT, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(ROOT, count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def take(self, start: int, rows: tuple[EntryRow, ...]) -> None:
        """A block that was asked for."""
        block = start // self._block
        self._asked.discard(block)
        self._at_hand[block] = rows
        while len(self._at_hand) > _BLOCKS:
            self._at_hand.popitem(last=False)
        if rows:
            last = min(start + len(rows), self._count) - 1
            self.dataChanged.emit(self.index(start, 0), self.index(last, len(self.titles) - 1))

    def row(self, position: int) -> EntryRow | None:
        """The row at a position; None while it is on its way."""
        block, place = divmod(position, self._block)
        rows = self._at_hand.get(block)
        if rows is None:
            self._ask(block)
            return None
        self._at_hand.move_to_end(block)
        return rows[place] if place < len(rows) else None

    @override
    def rowCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else self._count

    @override
    def columnCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(self.titles)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid() or role not in (
            ITEM,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        row = self.row(index.row())
        return row if role == ITEM else row.spoken if row else ""

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> object:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self.titles[section] if is_title else None

    def _ask(self, block: int) -> None:
        """Ask for a block and for those beside it, where somebody scrolls to next."""
        last = (self._count - 1) // self._block
        for each in (block, block + 1, block - 1):
            if 0 <= each <= last and each not in self._asked and each not in self._at_hand:
                self._asked.add(each)
                self.wanted.emit(each * self._block, self._block)
