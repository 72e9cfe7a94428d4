"""Which span stands in which lane: nested ones below their parents, one at a time in each. numpy alone."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Whole = NDArray[np.int64]

DEEPEST: Final = 64
"""What is nested deeper, or in a circle, stands as deep as this."""


def depths(parents: Whole) -> Whole:
    """How deep each span is nested, by the place of its parent (-1 for none)."""
    deep = np.zeros(len(parents), np.int64)
    above = parents.copy()
    for _ in range(DEEPEST):
        is_nested = above >= 0
        if not is_nested.any():
            break
        deep += is_nested
        above = np.where(is_nested, parents[above], -1)
    return deep


def packed(deep: Whole, starts: Whole, ends: Whole) -> Whole:
    """As few lanes as hold all spans, those of one depth together; what runs at one time stands apart."""
    lanes = np.zeros(len(deep), np.int64)
    first = 0
    for level in range(int(deep.max()) + 1):
        which = np.flatnonzero(deep == level)
        if not len(which):
            continue
        order = which[np.lexsort((ends[which], starts[which]))]
        apart = _apart(starts[order], ends[order])
        lanes[order] = first + apart
        first += int(apart.max()) + 1
    return lanes


def _apart(starts: Whole, ends: Whole) -> Whole:
    """For spans in order of their start, the first lane that is free then."""
    found = np.zeros(len(starts), np.int64)
    if len(starts) < 2 or bool((starts[1:] >= np.maximum.accumulate(ends)[:-1]).all()):  # noqa: PLR2004  # a pair
        return found
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    count = 0
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        while busy and busy[0][0] <= start:
            heappush(free, heappop(busy)[1])
        if free:
            lane = heappop(free)
        else:
            lane, count = count, count + 1
        found[at] = lane
        heappush(busy, (end, lane))
    return found


def tree_rows(parents: Whole, starts: Whole) -> Whole:
    """A row for each span: after its parent, before what starts later beside that. For few spans."""
    below: dict[int, list[int]] = {}
    for at in np.argsort(starts, kind="stable").tolist():
        below.setdefault(int(parents[at]), []).append(at)
    rows = np.full(len(parents), -1, np.int64)
    ahead, count = list(reversed(below.get(-1, []))), 0
    while ahead:
        at = ahead.pop()
        rows[at], count = count, count + 1
        ahead.extend(reversed(below.get(at, [])))
    for at in np.flatnonzero(rows < 0).tolist():  # parents in a circle
        rows[at], count = count, count + 1
    return rows
