"""A change of many records in words: how many, what becomes of them, and whether all fare alike. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from lineclear.desktop.presenters.changes.values import path_text, written
from lineclear.domain.diffing.result import Change, Diff, Sign
from lineclear.domain.diffing.spreading import elements
from lineclear.domain.diffing.values import Absent, Json, Path
from lineclear.domain.wording import marked_n, say, say_n

type _Done = tuple[object, ...]
"""What happened to one field of a record, wherever the record stands."""

RECORDS: Final = {
    Sign.CHANGED: marked_n("{count:,} record changed", "{count:,} records changed"),
    Sign.ADDED: marked_n("{count:,} record added", "{count:,} records added"),
    Sign.REMOVED: marked_n("{count:,} record removed", "{count:,} records removed"),
}
"""How a number of records is said to which the same happens."""


@dataclass(slots=True)
class _Touched:
    """The records of one list to which something happens, by where they stand."""

    added: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)
    changed: dict[Path, list[_Done]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)

    def words(self) -> str:
        """Such as `36 records changed (35 alike, 1 different), 2 records removed`."""
        parts = (
            say_n(*RECORDS[Sign.CHANGED], len(self.changed)) + self._likeness() if self.changed else "",
            say_n(*RECORDS[Sign.ADDED], len(self.added)) if self.added else "",
            say_n(*RECORDS[Sign.REMOVED], len(self.removed)) if self.removed else "",
        )
        return ", ".join(filter(None, parts))

    def _likeness(self) -> str:
        if len(self.changed) == 1:
            return ""
        alike = max(Counter(frozenset(done) for done in self.changed.values()).values())
        if alike == len(self.changed):
            return say(" (all alike)")
        if alike == 1:
            return say(" (each different)")
        return say(" ({alike:,} alike, {others:,} different)", alike=alike, others=len(self.changed) - alike)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many records a change touches, and in words by their lists; empty words where it is no batch."""

    records: int
    words: str


def batch_of(compared: Diff) -> Batch:
    """What happens to the records of all lists. A record inside another belongs to the outer one."""
    lists: dict[Path, _Touched] = defaultdict(_Touched)
    for change in chain.from_iterable(map(elements, compared.changes)):
        record = record_of(change.path)
        if record is not None and _is_of_record(change, record):
            _note(lists[record[:-1]], record, change)
    records = sum(one.count for one in lists.values())
    return Batch(records, "; ".join(_said(lists)) if records > 1 else "")


def record_of(path: Path) -> Path | None:
    """Where the outermost record of a list stands that a path leads into."""
    at = next((place for place, step in enumerate(path) if isinstance(step, int)), None)
    return None if at is None else path[: at + 1]


def _is_of_record(change: Change, record: Path) -> bool:
    """Whether something happens to a record: neither its place alone, nor an element that is none."""
    is_inside = len(change.path) > len(record)
    is_whole = isinstance(change.before, dict) or isinstance(change.after, dict)
    return change.sign is not Sign.MOVED and (is_inside or is_whole)


def _note(touched: _Touched, record: Path, change: Change) -> None:
    if len(change.path) > len(record) or change.sign is Sign.CHANGED:
        inside = change.path[len(record) :]
        touched.changed[record].append((inside, change.sign, _side(change.before), _side(change.after)))
    elif change.sign is Sign.ADDED:
        touched.added.add(record)
    else:
        touched.removed.add(record)


def _side(value: Json | Absent) -> object:
    """What tells two values apart: with its type, as 1 is not true."""
    return (str, value) if isinstance(value, str) else written(value)


def _said(lists: dict[Path, _Touched]) -> Iterator[str]:
    return (
        say("{records}: {changes}", records=path_text(path), changes=one.words())
        for path, one in lists.items()
    )
