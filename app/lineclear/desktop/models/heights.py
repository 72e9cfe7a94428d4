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
        self._measured: dict[int, int] = {}
        self._extra = [0] * (count // _BLOCK + 1)
        self._before: list[int] | None = None

    @property
    def total(self) -> int:
        """All rows together."""
        return self._count * self._usual + self._sums()[-1]

    def is_measured(self, row: int) -> bool:
        """Whether the height of a row is known."""
        return row in self._measured

    def height(self, row: int) -> int:
        """How high a row is, as far as it is known."""
        return self._measured.get(row, self._usual)

    def correct(self, row: int, height: int) -> int:
        """Take the measured height of a row; how much more that is than was taken before."""
        more = height - self.height(row)
        self._measured[row] = height
        if more:
            self._extra[row // _BLOCK] += more
            self._before = None
        return more

    def top(self, row: int) -> int:
        """Where a row begins."""
        block = row // _BLOCK
        inside = sum(self.height(each) - self._usual for each in range(block * _BLOCK, row))
        return row * self._usual + self._sums()[block] + inside

    def row_at(self, place: int) -> int:
        """The row at a place; the first or the last where it is beyond. ValueError where there is none."""
        if not self._count:
            raise ValueError("there are no rows")
        sums = self._sums()
        tops = range(len(self._extra))
        block = bisect_right(tops, place, key=lambda b: b * _BLOCK * self._usual + sums[b]) - 1
        row = max(block, 0) * _BLOCK
        left = place - (row * self._usual + sums[max(block, 0)])
        last = min(row + _BLOCK, self._count) - 1
        row = min(row, self._count - 1)
        while row < last and left >= self.height(row):
            left -= self.height(row)
            row += 1
        return row

    def _sums(self) -> list[int]:
        """What the rows before each block are higher than usual, and all of them at the end."""
        if self._before is None:
            self._before = list(accumulate(self._extra, initial=0))
        return self._before
