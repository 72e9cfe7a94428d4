"""Typed comparison of JSON-like values, field by field. Pure: no Qt, no I/O, no clock.

`1`, `1.0`, `True`, `"1"`, null and absence are six different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lineclear.domain.diffing.kinds import Kind, kind_of
from lineclear.domain.diffing.matching import match, reading_order
from lineclear.domain.diffing.result import Change, Cut, Diff, Sign
from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path, count_leaves, same, same_leaf

DEEPEST: Final = 100
"""Levels that are compared field by field. Submissions are refused beyond 64; what comes from elsewhere may be deeper."""

# Exact types whose `==` is exact once the types agree.
_PLAIN: Final = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Hints:
    """What a capability knows about its payload: key fields of records in lists, and kinds of fields by name."""

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
        unchanged=walk.unchanged,
        cuts=frozenset(walk.cuts),
    )


class _Walk:
    """One comparison under way."""

    __slots__ = ("changes", "cuts", "hints", "unchanged")

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.changes: list[Change] = []
        self.unchanged = 0
        self.cuts: set[Cut] = set()

    def compare(self, before: Json | Absent, after: Json | Absent, old: Path, new: Path) -> None:
        if isinstance(before, dict) and isinstance(after, dict) and (before or after):
            self._compare_or_cut(before, after, old, new)
        elif isinstance(before, list) and isinstance(after, list) and (before or after):
            self._compare_or_cut(before, after, old, new)
        elif before is ABSENT or after is ABSENT:
            self._one_sided(before, after, old, new)
        elif same_leaf(before, after):
            self.unchanged += 1
        else:
            self._note(Sign.CHANGED, old, new, before, after)

    def _compare_or_cut(
        self, before: dict[str, Json] | list[Json], after: dict[str, Json] | list[Json], old: Path, new: Path
    ) -> None:
        if len(old) >= DEEPEST:
            self._compare_whole(before, after, old, new)
        elif isinstance(before, dict) and isinstance(after, dict):
            self._records(before, after, old, new)
        elif isinstance(before, list) and isinstance(after, list):
            self._lists(before, after, old, new)

    def _records(self, before: dict[str, Json], after: dict[str, Json], old: Path, new: Path) -> None:
        unchanged = 0
        find, plain, absent = after.get, _PLAIN, ABSENT
        for name, value in before.items():
            other = find(name, absent)
            kind = type(value)
            if kind is type(other) and kind in plain:
                if value == other:
                    unchanged += 1
                else:
                    self._note(Sign.CHANGED, (*old, name), (*new, name), value, other)
            else:
                self.compare(value, other, (*old, name), (*new, name))
        self.unchanged += unchanged
        if len(after) != len(before) or after.keys() != before.keys():
            for name, other in after.items():
                if name not in before:
                    self._note(Sign.ADDED, None, (*new, name), ABSENT, other)

    def _lists(self, before: list[Json], after: list[Json], old: Path, new: Path) -> None:
        kinds = list(map(type, before))
        if _PLAIN.issuperset(kinds) and before == after and kinds == list(map(type, after)):
            self.unchanged += len(before)
            return
        matching = match(before, after, self.hints.keys)
        if matching.cut:
            self.cuts.add(Cut.LARGE)
        for i, j in reading_order(matching, len(before), len(after)):
            if i is None or j is None:
                self._one_sided(
                    ABSENT if i is None else before[i],
                    ABSENT if j is None else after[j],
                    (*old, i or 0),
                    (*new, j or 0),
                )
                continue
            if j in matching.moved:
                self._note(Sign.MOVED, (*old, i), (*new, j), before[i], after[j])
            self.compare(before[i], after[j], (*old, i), (*new, j))

    def _compare_whole(self, before: Json, after: Json, old: Path, new: Path) -> None:
        if same(before, after):
            self.unchanged += count_leaves(before)
        else:
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
