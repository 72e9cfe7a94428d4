"""Typed comparison of JSON-like values, field by field. Pure: no Qt, no I/O, no clock.

`1`, `1.0`, `True`, `"1"`, null and absence are six different things. A record or list that was or
becomes empty changes as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from lineclear.domain.diffing.kinds import Kind, kind_of
from lineclear.domain.diffing.matching import POSITIONAL, match, reading_order
from lineclear.domain.diffing.result import Change, Cut, Diff, Sign
from lineclear.domain.diffing.values import (
    ABSENT,
    Absent,
    Json,
    Path,
    is_surely_same,
    same,
    same_leaf,
    same_places,
)

DEEPEST: Final = 100
"""Levels compared field by field. Submissions are refused beyond 64; what else is compared may go deeper."""

# Types whose `==` is exact once the types agree, but for zeros with a sign.
_EXACT: Final = frozenset({str, int, bool, float, type(None)})


@dataclass(frozen=True, slots=True)
class Hints:
    """What a capability knows of its payload: key fields of records in lists, kinds of fields by name."""

    keys: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)


NO_HINTS: Final = Hints()


def diff_fields(before: Json | Absent, after: Json | Absent, *, hints: Hints = NO_HINTS) -> Diff:
    """Compare two values; ABSENT on one side means that all of the other was added or removed."""
    walk = _Walk(hints)
    walk.compare(before, after, (), ())
    return Diff(
        kind=kind_of((), before, after, {}),
        before=before,
        after=after,
        changes=tuple(walk.changes),
        cuts=frozenset(walk.cuts),
    )


class _Walk:
    """One comparison under way."""

    __slots__ = ("changes", "cuts", "hints")

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.changes: list[Change] = []
        self.cuts: set[Cut] = set()

    def compare(self, before: Json | Absent, after: Json | Absent, old: Path, new: Path) -> None:
        if isinstance(before, dict) and isinstance(after, dict) and before and after:
            if len(old) < DEEPEST:
                self._records(before, after, old, new)
            else:
                self._whole(before, after, old, new)
        elif isinstance(before, list) and isinstance(after, list) and before and after:
            if len(old) < DEEPEST:
                self._lists(before, after, old, new)
            else:
                self._whole(before, after, old, new)
        elif before is ABSENT or after is ABSENT:
            self._one_sided(before, after, old, new)
        elif not same_leaf(before, after):
            self._note(Sign.CHANGED, old, new, before, after)

    def _records(self, before: dict[str, Json], after: dict[str, Json], old: Path, new: Path) -> None:
        find, exact, absent = after.get, _EXACT, ABSENT
        for name, value in before.items():
            other = find(name, absent)
            kind = type(value)
            if kind is type(other) and kind in exact and value == other and (value or kind is not float):
                continue
            self.compare(value, other, (*old, name), (*new, name))
        if before.keys() != after.keys():
            for name, other in after.items():
                if name not in before:
                    self._note(Sign.ADDED, None, (*new, name), ABSENT, other)

    def _lists(self, before: list[Json], after: list[Json], old: Path, new: Path) -> None:
        if is_surely_same(before, after):
            return
        matching = match(before, after, self.hints.keys)
        if matching is POSITIONAL:
            self._places(before, after, old, new)
            return
        if matching.cut:
            self.cuts.add(Cut.LARGE)
        for i, j in reading_order(matching, len(before), len(after)):
            if j is None and i is not None:
                self._one_sided(before[i], ABSENT, (*old, i), new)
            elif i is None and j is not None:
                self._one_sided(ABSENT, after[j], old, (*new, j))
            elif i is not None and j is not None:
                if j in matching.moved:
                    self._note(Sign.MOVED, (*old, i), (*new, j), before[i], after[j])
                self.compare(before[i], after[j], (*old, i), (*new, j))

    def _places(self, before: list[Json], after: list[Json], old: Path, new: Path) -> None:
        """Compare place by place, but for what is found in C to be the same."""
        for place, is_same in zip_longest(range(len(before)), same_places(before, after)):
            if not is_same:
                self.compare(before[place], after[place], (*old, place), (*new, place))

    def _whole(self, before: Json, after: Json, old: Path, new: Path) -> None:
        if not same(before, after):
            self.cuts.add(Cut.DEEP)
            self._note(Sign.CHANGED, old, new, before, after)

    def _one_sided(self, before: Json | Absent, after: Json | Absent, old: Path, new: Path) -> None:
        if after is not ABSENT:
            self._note(Sign.ADDED, None, new, ABSENT, after)
        elif before is not ABSENT:
            self._note(Sign.REMOVED, old, None, before, ABSENT)

    def _note(
        self, sign: Sign, old: Path | None, new: Path | None, before: Json | Absent, after: Json | Absent
    ) -> None:
        kind = kind_of(new if new is not None else old or (), before, after, self.hints.kinds)
        self.changes.append(Change(sign, old, new, before, after, kind))
