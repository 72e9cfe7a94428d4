"""The queue as rows under group headings. No I/O; never reset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import override

from PySide6.QtCore import QObject, Qt

from lineclear.desktop.models.keyed_model import ROOT, Index, KeyedModel
from lineclear.desktop.presenters.sheets import QueueRow, text_of
from lineclear.domain.wording import say


@dataclass(frozen=True, slots=True)
class GroupHead:
    """The heading of a group; it cannot be chosen."""

    title: str
    is_first: bool
    count: int = 0
    over: str = ""
    """The group that it is a part of; then it is a heading inside that."""


type Entry = GroupHead | QueueRow


class QueueModel(KeyedModel[Entry]):
    """Group headings and rows in one list; a heading is neither enabled nor selectable."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_key, _spoken, parent)

    def update_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show other rows, in their order, with a heading wherever the group changes."""
        self.update_items(tuple(_with_heads(rows)))

    def rows(self) -> tuple[QueueRow, ...]:
        """Every row, without the headings."""
        entries = (self.item(at) for at in range(self.rowCount(ROOT)))
        return tuple(entry for entry in entries if isinstance(entry, QueueRow))

    def entries_from(self, position: int) -> Iterator[Entry]:
        """Every entry from a position on; the list must not change meanwhile."""
        return islice(self._items, position, None)

    def next_id(self, position: int, step: int) -> str | None:
        """Return the nearest row's id after (step 1) or before (step -1) a position."""
        at = position + step
        while 0 <= at < self.rowCount(ROOT):
            entry = self.item(at)
            if isinstance(entry, QueueRow):
                return entry.id
            at += step
        return None

    @override
    def flags(self, index: Index, /) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.item(index.row()), GroupHead):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)


def _with_heads(rows: Sequence[QueueRow]) -> Iterator[Entry]:
    groups = Counter(row.group for row in rows)
    parts = Counter((row.group, row.about) for row in rows)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.group, "") not in seen:
            yield GroupHead(row.group, not seen, groups[row.group])
            seen.add((row.group, ""))
        if row.about and (row.group, row.about) not in seen:
            yield GroupHead(row.about, is_first=False, count=parts[row.group, row.about], over=row.group)
            seen.add((row.group, row.about))
        yield row


def _key(entry: Entry) -> str:
    return f"head:{entry.over}:{entry.title}" if isinstance(entry, GroupHead) else f"row:{entry.id}"


def _spoken(entry: Entry) -> str:
    if isinstance(entry, GroupHead):
        return f"{entry.title}, {entry.count:,}"
    marked = say("marked") if entry.is_marked else ""
    parts = (
        marked,
        entry.title,
        entry.subtitle,
        f"due in {entry.due}" if entry.due else "",
        entry.badge.text,
    )
    return ", ".join(text_of(part) for part in parts if text_of(part))


def key_of_row(row_id: str) -> str:
    """Return the model's key of an action's row."""
    return f"row:{row_id}"
