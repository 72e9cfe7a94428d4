"""Rows of a diff that are made when somebody looks at them, so that many of them open at once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload, override

from lineclear.desktop.presenters.sheets import ChangeRow

type Item = ChangeRow | Callable[[], ChangeRow]
"""A row, or what makes it."""

_AT_ONCE = 500


def rows_of(items: Sequence[Item]) -> Sequence[ChangeRow]:
    """The rows of these items; few are made at once."""
    rows = Rows(items)
    return rows[:] if len(items) <= _AT_ONCE else rows


class Rows(Sequence[ChangeRow]):
    """Each row is made once, on the thread that asks for it; equal to nothing but itself."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = list(items)

    @override
    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int, /) -> ChangeRow: ...
    @overload
    def __getitem__(self, at: slice, /) -> tuple[ChangeRow, ...]: ...
    @override
    def __getitem__(self, at: int | slice, /) -> ChangeRow | tuple[ChangeRow, ...]:
        if isinstance(at, slice):
            return tuple(self[each] for each in range(*at.indices(len(self._items))))
        item = self._items[at]
        if not isinstance(item, ChangeRow):
            item = self._items[at] = item()
        return item
