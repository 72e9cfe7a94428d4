"""How high rows are and where each stands, for as many as there are. Free of Qt and of what rows hold."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

_BLOCK = 512


class Heights:
    """Every row is taken to be of one height until it is measured.

    A place is found, and a height corrected, in the time of one block of rows, not of all of them.
    """

    def __init__(self, count: int, usual: int) -> None:
        self._usual = usual
        self._count = count
        self._blocks = count // _BLOCK + 1
        self._more: dict[int, dict[int, int]] = {}
        """By block: by how much more than usual each measured row of it is high."""
        self._before: list[int] | None = None
        self._inside: dict[int, list[int]] = {}
        """By block, where it was asked for: what the rows of it before each one are higher than usual."""

    @property
    def total(self) -> int:
        """All rows together."""
        return self._count * self._usual + self._sums()[-1]

    def is_measured(self, row: int) -> bool:
        """Whether the height of a row is known."""
        return row in self._more.get(row // _BLOCK, {})

    def height(self, row: int) -> int:
        """How high a row is, as far as it is known."""
        return self._usual + self._more.get(row // _BLOCK, {}).get(row, 0)

    def correct(self, row: int, height: int) -> int:
        """Take the measured height of a row; how much more that is than was taken before."""
        more = height - self.height(row)
        self._more.setdefault(row // _BLOCK, {})[row] = height - self._usual
        if more:
            self._inside.pop(row // _BLOCK, None)
        if more and self._before is not None:
            behind = row // _BLOCK + 1
            self._before[behind:] = [before + more for before in self._before[behind:]]
        return more

    def top(self, row: int) -> int:
        """Where a row begins."""
        block = row // _BLOCK
        return row * self._usual + self._sums()[block] + self._within(block)[row % _BLOCK]

    def row_at(self, place: int) -> int:
        """The row at a place; the first or the last where it is beyond. ValueError where there is none."""
        if not self._count:
            raise ValueError("there are no rows")
        sums = self._sums()
        tops = range(self._blocks)
        block = max(bisect_right(tops, place, key=lambda b: b * _BLOCK * self._usual + sums[b]) - 1, 0)
        left, more = place - block * _BLOCK * self._usual - sums[block], self._within(block)
        row = bisect_right(range(_BLOCK), left, key=lambda at: at * self._usual + more[at]) - 1
        return min(block * _BLOCK + max(row, 0), self._count - 1)

    def _within(self, block: int) -> list[int]:
        known = self._inside.get(block)
        if known is None:
            more = self._more.get(block, {})
            first = block * _BLOCK
            extra = (more.get(row, 0) for row in range(first, first + _BLOCK))
            known = self._inside[block] = list(accumulate(extra, initial=0))
        return known

    def _sums(self) -> list[int]:
        """What the rows before each block are higher than usual, and all of them at the end."""
        if self._before is None:
            extra = (sum(self._more.get(block, {}).values()) for block in range(self._blocks))
            self._before = list(accumulate(extra, initial=0))
        return self._before
