"""Rows of a diff that are made when somebody looks at them, so that many of them open at once. Pure."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import overload, override

from lineclear.desktop.presenters.sheets import ChangeRow

type Item = ChangeRow | Callable[[], ChangeRow]
"""A row, or what makes it."""

_AT_ONCE = 500


def rows_of(items: Sequence[Item]) -> Sequence[ChangeRow]:
    """The rows of these items; few are made at once."""
    rows = Rows(items)
    return rows[:] if len(items) <= _AT_ONCE else rows


class _Lazy(Sequence[ChangeRow]):
    """Rows by place or by slice, from what makes the row of one place; equal to nothing but itself."""

    @overload
    def __getitem__(self, at: int, /) -> ChangeRow: ...
    @overload
    def __getitem__(self, at: slice, /) -> tuple[ChangeRow, ...]: ...
    @override
    def __getitem__(self, at: int | slice, /) -> ChangeRow | tuple[ChangeRow, ...]:
        places = range(len(self))[at]
        return self._row(places) if isinstance(places, int) else tuple(map(self._row, places))

    @abstractmethod
    def _row(self, place: int) -> ChangeRow:
        """The row of a place that there is."""


class Rows(_Lazy):
    """Each row is made once, on the thread that asks for it; equal to nothing but itself."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = list(items)

    @override
    def __len__(self) -> int:
        return len(self._items)

    @override
    def _row(self, place: int) -> ChangeRow:
        item = self._items[place]
        if not isinstance(item, ChangeRow):
            item = self._items[place] = item()
        return item


class Joined(_Lazy):
    """Several sequences behind one another, none of them copied; equal to nothing but itself."""

    def __init__(self, parts: Sequence[Sequence[ChangeRow]]) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._starts = tuple(accumulate(map(len, self._parts), initial=0))

    @override
    def __len__(self) -> int:
        return self._starts[-1]

    @override
    def _row(self, place: int) -> ChangeRow:
        part = bisect_right(self._starts, place) - 1
        return self._parts[part][place - self._starts[part]]


class Opened(_Lazy):
    """Rows with others behind some of them, `(place, rows)` in the order of the places; none is copied."""

    def __init__(self, rows: Sequence[ChangeRow], behind: Sequence[tuple[int, Sequence[ChangeRow]]]) -> None:
        self._rows = rows
        self._behind = tuple(behind)
        self._starts = tuple(
            place + 1 + more
            for (place, _), more in zip(
                self._behind, accumulate((len(one) for _, one in self._behind), initial=0), strict=False
            )
        )

    @override
    def __len__(self) -> int:
        return len(self._rows) + sum(len(one) for _, one in self._behind)

    @override
    def _row(self, place: int) -> ChangeRow:
        before = bisect_right(self._starts, place) - 1
        if before < 0:
            return self._rows[place]
        at, members = self._behind[before]
        inside = place - self._starts[before]
        return members[inside] if inside < len(members) else self._rows[at + 1 + inside - len(members)]


class Made[S](_Lazy):
    """A row for each source, made once when somebody asks for it; equal to nothing but itself."""

    def __init__(self, sources: Sequence[S], make: Callable[[S], ChangeRow]) -> None:
        self._sources = sources
        self._make = make
        self._made: dict[int, ChangeRow] = {}

    def make_all(self, which: Callable[[S], bool]) -> None:
        """Make the rows of some sources now."""
        for at, source in enumerate(self._sources):
            if which(source):
                self._made[at] = self._make(source)

    @override
    def __len__(self) -> int:
        return len(self._sources)

    @override
    def _row(self, place: int) -> ChangeRow:
        if place not in self._made:
            self._made[place] = self._make(self._sources[place])
        return self._made[place]
