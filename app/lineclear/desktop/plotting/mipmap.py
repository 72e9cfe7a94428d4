"""What is painted where many spans fall into one pixel, at any zoom. numpy alone.

A level joins neighbours of a lane that begin in one bin and are shorter than it; longer ones stay as they
are. So what a frame touches depends on its pixels and lanes, not on how many spans there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Whole = NDArray[np.int64]

_KIND_BITS: Final = 3
_FIRST_BIN: Final = 2
_WORTH: Final = 0.5
"""A level is kept when it has at most so much of the items of the one below it."""
_MOST_BITS: Final = 58


@dataclass(frozen=True)
class Level:
    """Spans and joined spans of all lanes, by lane and start. `bin` is in microseconds, 0 for none joined.

    `longest` holds the length of the longest span that is joined, then its kind in the last three bits;
    `covered` is how long they lasted together. Those of a lane lie from `lanes[lane]` to `lanes[lane + 1]`.
    """

    bin: int
    starts: Whole
    ends: Whole
    longest: Whole
    covered: Whole
    flaws: NDArray[np.bool_]
    lane_of: Whole
    lanes: Whole

    def within(self, lane: int, first: float, last: float) -> range:
        """Places of what a stretch of time touches in a lane."""
        low, high = int(self.lanes[lane]), int(self.lanes[lane + 1])
        # Whole numbers: with others numpy first makes doubles of the whole column.
        begin = low + int(np.searchsorted(self.ends[low:high], floor(first)))
        return range(begin, low + int(np.searchsorted(self.starts[low:high], ceil(last), side="right")))


@dataclass(frozen=True)
class Frame:
    """Pixels of some lanes. `kinds` is 0 where nothing is, else one more than the kind of the longest span.

    `strength` is from 0 to 1: how much of the pixel's time was covered. `flaws` marks errors.
    """

    kinds: NDArray[np.uint8]
    strength: NDArray[np.float32]
    flaws: NDArray[np.bool_]


@dataclass(frozen=True)
class MipMap:
    """Levels from the spans themselves to the coarsest."""

    levels: Sequence[Level]

    @classmethod
    def build(
        cls, starts: Whole, ends: Whole, kinds: NDArray[np.uint8], flaws: NDArray[np.bool_], lanes: Whole
    ) -> MipMap:
        """From columns in order of lane and start, where no two spans of a lane overlap."""
        lengths = ends - starts
        longest = (lengths << _KIND_BITS) | kinds
        offsets = np.searchsorted(lanes, np.arange(int(lanes[-1]) + 2))
        level = Level(0, starts, ends, longest, lengths, flaws, lanes, offsets)
        levels = [level]
        whole, bits = int(ends.max()), _FIRST_BIN
        while (1 << bits) <= whole and bits <= _MOST_BITS:
            found = _joined(level, bits)
            if found is not None:
                level = found
                levels.append(level)
            bits += 1
        return cls(tuple(levels))

    def level(self, per_pixel: float) -> Level:
        """The coarsest one whose bins are no wider than a pixel."""
        return max((one for one in self.levels if one.bin <= per_pixel), key=lambda one: one.bin)

    def frame(self, lanes: range, first: float, per_pixel: float, width: int) -> Frame:
        """The pixels of some lanes from a time on, so many microseconds to each."""
        level, last = self.level(per_pixel), first + per_pixel * width
        found = [level.within(lane, first, last) for lane in lanes]
        size = len(lanes) * width
        best, strength = np.full(size, -1, np.int64), np.zeros(size)
        flaws = np.zeros(size, bool)
        if any(found):
            at = np.concatenate([np.arange(one.start, one.stop) for one in found])
            items = _Items.of(level, at, lanes.start, first, per_pixel, width)
            np.maximum.at(best, items.cells, items.spread(level.longest[at]))
            strength = np.bincount(items.cells, items.shares(level.covered[at], per_pixel), size)
            flaws[items.cells[items.spread(level.flaws[at])]] = True
        shape = (len(lanes), width)
        kinds = np.where(best < 0, 0, (best & ((1 << _KIND_BITS) - 1)) + 1).astype(np.uint8)
        return Frame(
            kinds.reshape(shape),
            np.minimum(strength, 1).astype(np.float32).reshape(shape),
            flaws.reshape(shape),
        )


@dataclass(frozen=True)
class _Items:
    """Which pixels each item fills: `cells` are all of them, item after item."""

    cells: Whole
    widths: Whole

    @classmethod
    def of(cls, level: Level, at: Whole, lane: int, first: float, per_pixel: float, width: int) -> _Items:
        left = np.clip(np.floor((level.starts[at] - first) / per_pixel), 0, width - 1).astype(np.int64)
        right = np.clip(np.ceil((level.ends[at] - first) / per_pixel), 0, width).astype(np.int64)
        widths = np.maximum(right - left, 1)
        begins = np.cumsum(widths) - widths
        within = np.arange(int(widths.sum())) - np.repeat(begins, widths)
        cells = np.repeat((level.lane_of[at] - lane) * width + left, widths) + within
        return cls(cells, widths)

    def spread[S: np.generic](self, values: NDArray[S]) -> NDArray[S]:
        """A value of each item for each of its pixels."""
        return np.repeat(values, self.widths)

    def shares(self, covered: Whole, per_pixel: float) -> NDArray[np.float64]:
        """How much of each pixel an item covers; a wide one covers all of its own."""
        return self.spread(np.minimum(covered / (per_pixel * self.widths), 1))


def _joined(level: Level, bits: int) -> Level | None:
    """The next level; None where too little would be joined."""
    is_short = (level.ends - level.starts) < (1 << bits)
    count = len(is_short)
    if np.count_nonzero(is_short) < count * _WORTH:
        return None
    bins = level.starts >> bits
    begins = np.ones(count, bool)
    begins[1:] = (
        ~(is_short[1:] & is_short[:-1]) | (bins[1:] != bins[:-1]) | (level.lane_of[1:] != level.lane_of[:-1])
    )
    groups = np.flatnonzero(begins)
    if len(groups) > count * _WORTH:
        return None
    lane_of = level.lane_of[groups]
    return Level(
        bin=1 << bits,
        starts=level.starts[groups],
        ends=np.maximum.reduceat(level.ends, groups),
        longest=np.maximum.reduceat(level.longest, groups),
        covered=np.add.reduceat(level.covered, groups),
        flaws=np.logical_or.reduceat(level.flaws, groups),
        lane_of=lane_of,
        lanes=np.searchsorted(lane_of, np.arange(len(level.lanes))),
    )
