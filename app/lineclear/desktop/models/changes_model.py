"""The rows of a change, each with how much of its values is shown. No I/O; never reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject

from lineclear.desktop.models.keyed_model import KeyedModel
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Value, text_of

FIRST_SHOWN: Final = 4_096
"""Characters of a value that are laid out at once; more come on demand, to the end."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change and how many characters of each of its values are laid out."""

    row: ChangeRow
    limit: int = FIRST_SHOWN

    @property
    def hidden(self) -> int:
        """How many characters of both sides are not laid out yet."""
        sides = (side for side in (self.row.before, self.row.after) if side is not None)
        return sum(_length(side.segments) - _length(shown_part(side, self.limit)) for side in sides)


def shown_part(value: Value, limit: int) -> tuple[Segment, ...]:
    """Return the leading segments within a limit, at least one; segments are never cut."""
    room = limit
    for count, segment in enumerate(value.segments):
        room -= len(text_of(segment.text))
        if room < 0 and count:
            return value.segments[:count]
    return value.segments


class ChangesModel(KeyedModel[ShownChange]):
    """Changed rows, and behind them the unchanged ones while they are unfolded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_key, _spoken, parent)

    def update_changes(self, rows: Sequence[ChangeRow]) -> None:
        """Show other rows; a row that stays keeps how much of it is shown."""
        limits = {_key(shown): shown.limit for shown in self._items}
        fresh = (ShownChange(row) for row in rows)
        self.update_items([replace(shown, limit=limits.get(_key(shown), FIRST_SHOWN)) for shown in fresh])

    def show_more(self, position: int) -> None:
        """Lay out as much again of a row's values."""
        items = list(self._items)
        items[position] = replace(items[position], limit=items[position].limit * 4)
        self.update_items(items)


def _length(segments: Sequence[Segment]) -> int:
    return sum(len(text_of(segment.text)) for segment in segments)


def _key(shown: ShownChange) -> str:
    return text_of(shown.row.field)


def _spoken(shown: ShownChange) -> str:
    return shown.row.spoken
