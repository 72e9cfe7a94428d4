"""Which elements of two sequences belong together. Pure: no I/O; rapidfuzz does the inner alignment.

Unique elements anchor (patience) and the gaps between anchors take a longest common subsequence. Long
sequences that stay near each other are walked in small windows first; a gap too large for one table is taken
in large windows. That bounds time and memory; the answer is always right, not always the smallest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final, NamedTuple

from rapidfuzz.distance import Editops, LCSseq

WINDOW: Final = 16_000
"""Elements per side that are aligned at once: 16,000² bits are 32 MB."""

_KEPT: Final = WINDOW * 3 // 4
_NEAR: Final = 256
_FAR: Final = 1_024
_NEARBY_FROM: Final = 2_000
_STRIDE: Final = 64


class Block(NamedTuple):
    """`size` equal elements, from `before` on one side and from `after` on the other."""

    before: int
    after: int
    size: int


class Gap(NamedTuple):
    """What lies between two blocks: `before[a0:a1]` became `after[b0:b1]`."""

    a0: int
    a1: int
    b0: int
    b1: int


type Run = tuple[int, int, int]
"""A block while it is being found; plain, as there may be a hundred thousand."""


class Alignment(NamedTuple):
    """Maximal blocks in rising order on both sides; `cut` where a gap was too large to compare at once."""

    blocks: list[Block]
    cut: bool


def align[T: Hashable](before: Sequence[T], after: Sequence[T]) -> Alignment:
    """Align two sequences of hashable elements; equal means equal by `==`."""
    inner = _trimmed(before, after, Gap(0, len(before), 0, len(after)))
    tail = Block(inner.a1, inner.b1, len(before) - inner.a1)
    found: list[Run] = [(0, 0, inner.a0)]
    if min(inner.a1 - inner.a0, inner.b1 - inner.b0) > _NEARBY_FROM:
        inner = _walk_nearby(before, after, inner, found)
    cut = _fill_between(before, after, inner, found)
    found.append(tail)
    return Alignment(_runs(found), cut)


def rising(numbers: Sequence[int]) -> list[int]:
    """Return the positions of one longest strictly rising subsequence."""
    tails: list[int] = []
    tops: list[int] = []
    parent = [-1] * len(numbers)
    for position, number in enumerate(numbers):
        rank = len(tails) if not tails or number > tails[-1] else bisect_left(tails, number)
        if rank == len(tails):
            tails.append(number)
            tops.append(position)
        else:
            tails[rank], tops[rank] = number, position
        if rank:
            parent[position] = tops[rank - 1]
    chain, position = [], tops[-1] if tops else -1
    while position >= 0:
        chain.append(position)
        position = parent[position]
    chain.reverse()
    return chain


def gaps(runs: Iterable[Run], before: int, after: int) -> Iterator[Gap]:
    """Yield what rising runs leave open on sides of these lengths."""
    a = b = 0
    for at, to, size in runs:
        if at > a or to > b:
            yield Gap(a, at, b, to)
        a, b = at + size, to + size
    if a < before or b < after:
        yield Gap(a, before, b, after)


def _trimmed[T](before: Sequence[T], after: Sequence[T], gap: Gap) -> Gap:
    """Cut equal heads and tails off."""
    a0, a1, b0, b1 = _trimmed_head(before, after, gap)
    while a1 - a0 > _STRIDE < b1 - b0 and before[a1 - _STRIDE : a1] == after[b1 - _STRIDE : b1]:
        a1, b1 = a1 - _STRIDE, b1 - _STRIDE
    while a0 < a1 and b0 < b1 and before[a1 - 1] == after[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
    return Gap(a0, a1, b0, b1)


def _trimmed_head[T](before: Sequence[T], after: Sequence[T], gap: Gap) -> Gap:
    """Cut an equal head off, by slices first: those compare in C."""
    a0, a1, b0, b1 = gap
    while a1 - a0 > _STRIDE < b1 - b0 and before[a0 : a0 + _STRIDE] == after[b0 : b0 + _STRIDE]:
        a0, b0 = a0 + _STRIDE, b0 + _STRIDE
    while a0 < a1 and b0 < b1 and before[a0] == after[b0]:
        a0, b0 = a0 + 1, b0 + 1
    return Gap(a0, a1, b0, b1)


def _anchors[T: Hashable](before: Sequence[T], after: Sequence[T], gap: Gap) -> list[Run]:
    """Return elements that are unique on both sides, in one rising order."""
    old, new = before[gap.a0 : gap.a1], after[gap.b0 : gap.b1]
    if min(len(old), len(new)) < 2:  # noqa: PLR2004 - a single element needs no anchor
        return []
    once_old = {element for element, times in Counter(old).items() if times == 1}
    once_both = {element for element, times in Counter(new).items() if times == 1 and element in once_old}
    place = dict(zip(new, range(gap.b0, gap.b1), strict=True))
    at_old = [position for position, element in enumerate(old, gap.a0) if element in once_both]
    at_new = [place[element] for element in old if element in once_both]
    return [(at_old[k], at_new[k], 1) for k in rising(at_new)]


def _walk_nearby[T: Hashable](before: Sequence[T], after: Sequence[T], gap: Gap, found: list[Run]) -> Gap:
    """Align while both sides agree on most of the elements just ahead; return what is left to do."""
    a, a1, b, b1 = gap
    while a < a1 and b < b1:
        runs = _nearby(before[a : min(a + _NEAR, a1)], after[b : min(b + _NEAR, b1)])
        if not runs:
            runs = _nearby(before[a : min(a + _FAR, a1)], after[b : min(b + _FAR, b1)])
        if not runs:
            break
        found += [(a + at, b + to, size) for at, to, size in runs]
        a, b, size = found[-1]
        a, b = a + size, b + size
        ahead = _trimmed_head(before, after, Gap(a, a1, b, b1))
        found.append((a, b, ahead.a0 - a))
        a, b = ahead.a0, ahead.b0
    return Gap(a, a1, b, b1)


def _nearby[T: Hashable](before: Sequence[T], after: Sequence[T]) -> list[Run]:
    """Return the sure part of an alignment of the next few elements; nothing where too few are equal."""
    runs = longest(before, after)
    near = min(len(before), len(after))
    if sum([size for _, _, size in runs]) * 4 < near * 3:
        return []
    sure = near * 7 // 8  # the end of a window has not seen what follows
    return [run for run in runs if run[0] < sure and run[1] < sure]


def _fill_between[T: Hashable](before: Sequence[T], after: Sequence[T], gap: Gap, found: list[Run]) -> bool:
    """Append anchors and what is equal between them; return whether it was too large to compare at once."""
    cut = False
    a, b = gap.a0, gap.b0
    for run in (*_runs(_anchors(before, after, gap)), Block(gap.a1, gap.b1, 0)):
        if a < run.before and b < run.after:
            cut |= _fill(before, after, Gap(a, run.before, b, run.after), found)
        found.append(run)
        a, b = run.before + run.size, run.after + run.size
    return cut


def _runs(blocks: Iterable[Run]) -> list[Block]:
    """Join blocks that leave nothing open between them, and drop empty ones."""
    runs: list[Block] = []
    start = to = end = end_to = 0
    for at, other, size in blocks:
        if at == end and other == end_to:
            end, end_to = end + size, end_to + size
        elif size:
            if end > start:
                runs.append(Block(start, to, end - start))
            start, to, end, end_to = at, other, at + size, other + size
    if end > start:
        runs.append(Block(start, to, end - start))
    return runs


def _fill[T: Hashable](before: Sequence[T], after: Sequence[T], gap: Gap, found: list[Run]) -> bool:
    """Append what is equal inside one gap; return whether it was too large to compare at once."""
    a0, a1, b0, b1 = _trimmed(before, after, gap)
    found.append((gap.a0, gap.b0, a0 - gap.a0))
    cut = False
    if (a1 - a0) * (b1 - b0) > 1:
        cut = _common(before, after, Gap(a0, a1, b0, b1), found)
    found.append((a1, b1, gap.a1 - a1))
    return cut


def _common[T: Hashable](before: Sequence[T], after: Sequence[T], gap: Gap, found: list[Run]) -> bool:
    a, a1, b, b1 = gap
    if max(a1 - a, b1 - b) > WINDOW and set(before[a:a1]).isdisjoint(after[b:b1]):
        return False
    while a1 - a > WINDOW or b1 - b > WINDOW:
        runs = longest(before[a : a + WINDOW], after[b : b + WINDOW])
        # The end of a window has not seen what follows: keep what begins in its first three quarters.
        kept = [run for run in runs if max(run[0], run[1]) < _KEPT]
        found += [(a + at, b + to, size) for at, to, size in kept]
        at, to, size = kept[-1] if kept else (min(_KEPT, a1 - a), min(_KEPT, b1 - b), 0)
        a, b = a + at + size, b + to + size
    found += [(a + at, b + to, size) for at, to, size in longest(before[a:a1], after[b:b1])]
    return a > gap.a0 or b > gap.b0


def longest[T: Hashable](before: Sequence[T], after: Sequence[T]) -> list[Run]:
    """Return the runs of one longest common subsequence. The table takes a bit per pair: mind the lengths."""
    runs = _runs_of(LCSseq.editops(before, after))
    # rapidfuzz compares hashes; in what it calls equal a collision is found here and settled below.
    if all(before[a : a + size] == after[b : b + size] for a, b, size in runs):
        return runs
    codes = dict(zip({*before, *after}, map(chr, count()), strict=False))
    old, new = map(codes.__getitem__, before), map(codes.__getitem__, after)
    return _runs_of(LCSseq.editops("".join(old), "".join(new)))


def _runs_of(steps: Editops) -> list[Run]:
    return [(run.a, run.b, run.size) for run in steps.as_matching_blocks() if run.size]
