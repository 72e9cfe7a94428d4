"""The edits that turn one list into another without a reset. Pure: no Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows `first` to `last`, inclusive, go."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Inserted[T]:
    """Items come in before row `at`."""

    at: int
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Replaced[T]:
    """The row keeps its key and shows something else."""

    at: int
    item: T


type Edit[T] = Removed | Inserted[T] | Replaced[T]


def edits[T](old: Sequence[T], new: Sequence[T], key: Callable[[T], str]) -> Iterator[Edit[T]]:
    """Yield edits to be carried out one after the other; keys are unique within a list.

    An item that moved forward past others is taken out and put back in; what did not move is never touched.
    """
    kept = _kept(old, new, key)
    now = list(old)
    for removed in _removals(now, kept, key):
        del now[removed.first : removed.last + 1]
        yield removed
    at = 0
    while at < len(new):
        if at < len(now) and key(now[at]) == key(new[at]):
            if now[at] != new[at]:
                yield Replaced(at, new[at])
            at += 1
            continue
        stop = at
        while stop < len(new) and key(new[stop]) not in kept:
            stop += 1
        now[at:at] = new[at:stop]
        yield Inserted(at, tuple(new[at:stop]))
        at = stop


def _kept[T](old: Sequence[T], new: Sequence[T], key: Callable[[T], str]) -> set[str]:
    """Return the keys that stay in place: a longest run of rising old positions (patience sorting)."""
    place = {key(item): position for position, item in enumerate(old)}
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for item in new:
        position = place.get(key(item))
        if position is None:
            continue
        pile = bisect_left(ends, position)
        before[position] = ends[pile - 1] if pile else None
        ends[pile : pile + 1] = [position]
    kept: set[str] = set()
    at = ends[-1] if ends else None
    while at is not None:
        kept.add(key(old[at]))
        at = before[at]
    return kept


def _removals[T](now: Sequence[T], kept: set[str], key: Callable[[T], str]) -> Iterator[Removed]:
    """Yield runs of rows to remove, from the last to the first, so that positions stay true."""
    doomed = [position for position, item in enumerate(now) if key(item) not in kept]
    while doomed:
        last = first = doomed.pop()
        while doomed and doomed[-1] == first - 1:
            first = doomed.pop()
        yield Removed(first, last)
