"""Comparison of texts by line; what changed inside a line is told by `Change.spans`. Pure: no Qt, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import Indel

from lineclear.domain.diffing.grouping import regroup
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.result import Change, Cut, Diff, Sign
from lineclear.domain.diffing.sequences import Gap, align
from lineclear.domain.diffing.values import ABSENT

_ALIKE: Final = 0.5
_MOST_COMPARISONS: Final = 64
_LONGEST: Final = 1_000  # characters of a line that are read to find its likeness


def diff_texts(before: str, after: str) -> Diff:
    """Compare two texts by line. Lines end at U+000A only, so that joining them gives the text back.

    A text that ends with U+000A has an empty last line. Time and memory are bounded: where the texts
    differ so much that the lines are compared in windows, `cuts` says so.
    """
    old, new = before.split("\n"), after.split("\n")
    alignment = align(old, new)
    changes: list[Change] = []
    for gap in regroup(old, new, alignment.blocks):
        changes += _rows(old, new, gap)
    return Diff(
        kind=Kind.LINES,
        before=old,  # type: ignore[arg-type]  # a list of texts is a list of values; nobody writes to it
        after=new,  # type: ignore[arg-type]  # as above
        changes=tuple(changes),
        cuts=frozenset({Cut.LARGE}) if alignment.cut else frozenset(),
    )


def _rows(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[Change]:
    a0, a1, b0, b1 = gap
    if a0 == a1:
        return _came(new, b0, b1)
    if b0 == b1:
        return _gone(old, a0, a1)
    if a1 - a0 == b1 - b0:  # side by side, however unlike: a reader compares them line by line anyway
        return [
            Change(Sign.CHANGED, (i,), (j,), old[i], new[j], Kind.TEXT)
            for i, j in zip(range(a0, a1), range(b0, b1), strict=True)
        ]
    if (a1 - a0) * (b1 - b0) <= _MOST_COMPARISONS:
        return _alike(old, new, gap)
    return _gone(old, a0, a1) + _came(new, b0, b1)


def _alike(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[Change]:
    """Pair lines that became one another, in order; what is left of either side stands before the pair."""
    a, b = gap.a0, gap.b0
    rows: list[Change] = []
    for i in range(gap.a0, gap.a1):
        score, place = max(((_likeness(old[i], new[j]), -j) for j in range(b, gap.b1)), default=(0.0, 0))
        if score >= _ALIKE:
            rows += _gone(old, a, i) + _came(new, b, -place)
            rows.append(Change(Sign.CHANGED, (i,), (-place,), old[i], new[-place], Kind.TEXT))
            a, b = i + 1, 1 - place
    return rows + _gone(old, a, gap.a1) + _came(new, b, gap.b1)


def _gone(old: Sequence[str], start: int, end: int) -> list[Change]:
    return [Change(Sign.REMOVED, (i,), None, old[i], ABSENT, Kind.TEXT) for i in range(start, end)]


def _came(new: Sequence[str], start: int, end: int) -> list[Change]:
    return [Change(Sign.ADDED, None, (j,), ABSENT, new[j], Kind.TEXT) for j in range(start, end)]


def _likeness(before: str, after: str) -> float:
    return Indel.normalized_similarity(before[:_LONGEST], after[:_LONGEST], score_cutoff=_ALIKE)
