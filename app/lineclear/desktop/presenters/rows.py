"""Rows of a diff that are made when somebody looks at them, so that many of them open at once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload, override

from lineclear.desktop.presenters.sheets import ChangeRow

type Maker = Callable[[], ChangeRow]
type Item = ChangeRow | Maker
"""A row, or what makes it."""


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
