"""The rows of a change, each with how much of its values is shown. No I/O; never reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, override

from PySide6.QtCore import QAbstractListModel, QObject, Qt

from lineclear.desktop.models.keyed_model import ITEM, ROOT, Index
from lineclear.desktop.painting import plain_tip
from lineclear.desktop.presenters.changes.finding import row_text
from lineclear.desktop.presenters.changes.rows import Joined
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Value, text_of
from lineclear.domain.wording import say

FIRST_SHOWN: Final = 4_096
"""Characters of a value that are laid out at once; more come on demand, to the end."""
_MOST_COMPARED: Final = 4_000
"""Rows up to which old and new are compared one by one; more, and lines of code, take each other's place as
wholes: to compare them would make them all."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change and how many characters of each of its values are laid out."""

    row: ChangeRow
    limit: int = FIRST_SHOWN

    @property
    def hidden(self) -> int:
        """How many characters of all sides are not laid out yet."""
        row = self.row
        sides = tuple(filter(None, (row.before, row.after, row.now, row.across)))
        return sum(_length(side.segments) - _length(shown_part(side, self.limit)) for side in sides)


def shown_part(value: Value, limit: int) -> tuple[Segment, ...]:
    """Return the leading segments within a limit, at least one; segments are never cut."""
    room = limit
    for count, segment in enumerate(value.segments):
        room -= len(text_of(segment.text))
        if room < 0 and count:
            return value.segments[:count]
    return value.segments


class ChangesModel(QAbstractListModel):
    """Changed rows, and behind them the unchanged ones while they are unfolded.

    There may be a hundred thousand: other rows come in one piece between what stays at both ends.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ChangeRow] = ()
        self._more: Sequence[ChangeRow] = ()
        self._limits: dict[str, int] = {}

    def update_changes(self, rows: Sequence[ChangeRow], more: Sequence[ChangeRow] = ()) -> bool:
        """Show other rows, and more behind them; a field that stays keeps how much of it is shown.

        Whether any row differs.
        """
        if rows is self._rows:
            return self._replace(rows, more, first=len(rows), last=0)
        first = last = 0
        is_code = isinstance(rows, Joined) or isinstance(self._rows, Joined)
        if not is_code and len(rows) + len(more) + self.rowCount() < _MOST_COMPARED:
            old, new = (*self._rows, *self._more), (*rows, *more)
            first = _alike(old, new)
            last = _alike(old[first:][::-1], new[first:][::-1])
            self._limits = {name: self._limits[name] for name in _names(new) & self._limits.keys()}
        else:
            self._limits = {}
        return self._replace(rows, more, first=first, last=last)

    def item(self, position: int) -> ShownChange:
        """Return a row; one that does not exist raises `IndexError`."""
        row = self._row(position)
        limit = self._limits.get(text_of(row.field), FIRST_SHOWN) if self._limits else FIRST_SHOWN
        return ShownChange(row, limit)

    def show_more(self, position: int) -> None:
        """Lay out four times as much of a row's values."""
        shown = self.item(position)
        self._limits[text_of(shown.row.field)] = shown.limit * 4
        self.dataChanged.emit(self.index(position), self.index(position))

    @override
    def rowCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._rows) + len(self._more)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        if role == ITEM:
            return self.item(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._row(index.row()).spoken
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._beside(index.row(), role)
        return None

    def _beside(self, position: int, role: int) -> str | None:
        """Of a row with glosses: what is stored to the pointer, and how it reads to a screen reader."""
        row = self._row(position)
        glosses = [side.gloss for side in (row.before, row.after, row.across) if side and side.gloss]
        if not glosses:
            return None
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return say("Reads as {glosses}", glosses="; ".join(dict.fromkeys(glosses)))
        return plain_tip(say("Stored: {text}", text=row_text(row)))

    def _row(self, position: int) -> ChangeRow:
        behind = position - len(self._rows)
        return self._rows[position] if behind < 0 else self._more[behind]

    def _replace(
        self, rows: Sequence[ChangeRow], more: Sequence[ChangeRow], *, first: int, last: int
    ) -> bool:
        """Take other rows between the `first` and the `last` ones, which stay."""
        if rows is self._rows and more is self._more:
            return False
        gone, came = self.rowCount() - first - last, len(rows) + len(more) - first - last
        if gone and gone != came:
            kept = self._without(first, gone)
            self.beginRemoveRows(ROOT, first, first + gone - 1)
            self._rows, self._more = kept, ()
            self.endRemoveRows()
        if came and gone != came:
            self.beginInsertRows(ROOT, first, first + came - 1)
            self._rows, self._more = rows, more
            self.endInsertRows()
        self._rows, self._more = rows, more
        if gone == came and came:
            self.dataChanged.emit(self.index(first), self.index(first + came - 1))
        return bool(gone or came)

    def _without(self, first: int, gone: int) -> Sequence[ChangeRow]:
        """What stays; whole parts as they are, as there may be many rows in them that nobody has made yet."""
        if first + gone == self.rowCount() and first in (0, len(self._rows)):
            return self._rows if first else ()
        stays = (*range(first), *range(first + gone, self.rowCount()))
        return tuple(self._row(position) for position in stays)


def _alike(one: Sequence[ChangeRow], other: Sequence[ChangeRow]) -> int:
    """How many rows from the front are the very same."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine is not theirs and mine != theirs:
            break
        count += 1
    return count


def _names(rows: Sequence[ChangeRow]) -> set[str]:
    return {text_of(row.field) for row in rows}


def _length(segments: Sequence[Segment]) -> int:
    return sum(len(text_of(segment.text)) for segment in segments)
