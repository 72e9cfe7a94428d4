"""Whole records that come or go, taken apart for a reader: a heading for each, its leaves below. Pure.

A comparison tells of a record that is new, or of a list that was empty, in one change; that is exact, but
nobody can read it. What is made here says the same: every leaf of both sides is in one of the parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lineclear.domain.diffing.fields import DEEPEST
from lineclear.domain.diffing.kinds import kind_of
from lineclear.domain.diffing.result import Change, Sign
from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path

MOST_HEADINGS: Final = 3
"""Headings that stand over one leaf at most; what is nested deeper is named by its path below the last."""


class Part(NamedTuple):
    """A change as it is read: a heading, whose values are told by parts behind it, or what it says itself.

    `above` is the heading whose record it is part of, and `depth` how many such headings stand over it.
    """

    change: Change
    is_heading: bool = False
    depth: int = 0
    above: Path | None = None


def spread(change: Change) -> Iterator[Part]:
    """Yield the parts of a change in reading order, the whole of it first.

    What has no records in it is one part. So are two records or two lists that were not compared inside
    (`Cut.DEEP`), as neither of them came or went.
    """
    if not _is_spread(change):
        yield Part(change)
        return
    yield Part(change, is_heading=True)
    for sign, value, path in (
        (Sign.REMOVED, change.before, change.before_path),
        (Sign.ADDED, change.after, change.after_path),
    ):
        if not isinstance(value, Absent) and holds_records(value):
            place = path or ()
            yield from _Side(sign).inside(
                value, place, *((1, place) if isinstance(value, dict) else (0, None))
            )


def elements(change: Change) -> Iterator[Change]:
    """Yield what a change of a whole list is to each of its elements; any other change as it is."""
    sides = (change.before, change.after)
    if not _is_spread(change) or any(isinstance(side, dict) for side in sides):
        yield change
        return
    for sign, side, path in zip(
        (Sign.REMOVED, Sign.ADDED), sides, (change.before_path, change.after_path), strict=True
    ):
        for place, value in enumerate(side if isinstance(side, list) else ()):
            yield _Side(sign).change(value, (*(path or ()), place))


def holds_records(value: Json | Absent) -> bool:
    """Whether a value is a record with fields, or a list that has a record in it, itself or in its lists."""
    if isinstance(value, dict):
        return bool(value)
    pending: list[Json] = [value] if isinstance(value, list) else []
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            return True
        if isinstance(found, list):
            pending += found
    return False


def _is_spread(change: Change) -> bool:
    before, after = change.before, change.after
    if change.sign is Sign.MOVED or (before and after and type(before) is type(after)):
        return False
    return holds_records(before) or holds_records(after)


class _Side(NamedTuple):
    """What is on one side alone."""

    sign: Sign

    def inside(self, value: Json, path: Path, depth: int, above: Path | None) -> Iterator[Part]:
        """Yield the parts of what a record or list holds."""
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self._one(inner, (*path, name), depth, above)
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from self._one(inner, (*path, place), depth, above)

    def _one(self, value: Json, path: Path, depth: int, above: Path | None) -> Iterator[Part]:
        if not holds_records(value) or len(path) >= DEEPEST:
            yield Part(self.change(value, path), depth=depth, above=above)
        elif isinstance(value, dict) and isinstance(path[-1], int) and depth < MOST_HEADINGS:
            yield Part(self.change(value, path), is_heading=True, depth=depth, above=above)
            yield from self.inside(value, path, depth + 1, path)
        else:
            yield from self.inside(value, path, depth, above)

    def change(self, value: Json, path: Path) -> Change:
        """What comes or goes at a place."""
        kind = kind_of(path, value, value, {})
        if self.sign is Sign.ADDED:
            return Change(Sign.ADDED, None, path, ABSENT, value, kind)
        return Change(Sign.REMOVED, path, None, value, ABSENT, kind)
