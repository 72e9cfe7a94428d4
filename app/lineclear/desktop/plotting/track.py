"""A job's spans as columns of numbers, in lanes. numpy; free of Qt, of I/O and of words.

Times are whole microseconds from the first start, because doubles name each of them for 285 years.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lineclear.desktop.plotting.lanes import depths, packed, tree_rows
from lineclear.desktop.plotting.mipmap import MipMap
from lineclear.domain.events import Span
from lineclear.domain.vocabulary import SpanKind

KINDS: Final = tuple(SpanKind)
"""A span's kind is its place in here."""

MOST_ROWS: Final = 200
"""Spans up to which each has a row of its own with its name; more share lanes, by how deep they lie."""

_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}
_MICROS: Final = 1e6


@dataclass(frozen=True)
class Track:
    """Spans with their places. `spans` and all columns have one order: by lane, then by start.

    `begin` is the first start in microseconds since 1970 UTC. With `has_rows` each lane is one span.
    """

    spans: tuple[Span, ...]
    begin: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    lanes: NDArray[np.int64]
    depths: NDArray[np.int64]
    has_rows: bool

    @cached_property
    def mipmap(self) -> MipMap:
        """What is painted when many spans fall into one pixel."""
        flaws = np.fromiter((bool(span.error) for span in self.spans), bool, len(self.spans))
        return MipMap.build(self.starts, self.ends, self.kinds, flaws, self.lanes)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each span stands, by its id."""
        return {span.id: at for at, span in enumerate(self.spans)}

    @cached_property
    def by_start(self) -> NDArray[np.int64]:
        """The places of all spans in the order of their start."""
        return np.argsort(self.starts, kind="stable").astype(np.int64)

    @property
    def lane_count(self) -> int:
        return int(self.lanes[-1]) + 1

    @property
    def extent(self) -> int:
        """From the first start to the last end, in microseconds."""
        return int(self.ends.max())

    def hit(self, lane: int, first: float, last: float) -> int | None:
        """The longest span of a lane that touches a stretch of time; None where there is none."""
        low, high = np.searchsorted(self.lanes, (lane, lane + 1))
        begin = low + int(np.searchsorted(self.ends[low:high], floor(first)))
        end = low + int(np.searchsorted(self.starts[low:high], ceil(last), side="right"))
        if begin >= end:
            return None
        return int(begin + np.argmax(self.ends[begin:end] - self.starts[begin:end]))

    def beside(self, at: int, *, lanes: int) -> int:
        """The nearest span so many lanes further; the same one where there is no such lane."""
        lane = int(self.lanes[at]) + lanes
        if not 0 <= lane < self.lane_count:
            return at
        low, high = np.searchsorted(self.lanes, (lane, lane + 1))
        return int(low + np.argmin(np.abs(self.starts[low:high] - self.starts[at])))


def track_of(spans: Sequence[Span]) -> Track:
    """The spans in their lanes. ValueError for none, and for times that are no RFC 3339 times."""
    if not spans:
        raise ValueError("a timeline needs spans")
    starts, ends = _times(span.start for span in spans), _times(span.end for span in spans)
    begin = int(starts.min())
    starts, ends = starts - begin, np.maximum(ends, starts) - begin
    places = {span.id: at for at, span in enumerate(spans)}
    parents = np.fromiter((places.get(span.parent, -1) if span.parent else -1 for span in spans), np.int64)
    deep = depths(parents)
    has_rows = len(spans) <= MOST_ROWS
    lanes = tree_rows(parents, starts) if has_rows else packed(deep, starts, ends)
    order = np.lexsort((starts, lanes))
    kinds = np.fromiter((_NUMBERS[span.kind] for span in spans), np.uint8, len(spans))
    return Track(
        spans=tuple(spans[at] for at in order),
        begin=begin,
        starts=starts[order],
        ends=ends[order],
        kinds=kinds[order],
        lanes=lanes[order],
        depths=deep[order],
        has_rows=has_rows,
    )


def _times(stamps: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter((round(datetime.fromisoformat(s).timestamp() * _MICROS) for s in stamps), np.int64)
