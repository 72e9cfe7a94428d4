"""Changes that are the same in many records of one list, as one statement with all their names. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from lineclear.desktop.presenters.changes.records import Names
from lineclear.desktop.presenters.changes.values import step_text, value_of, written
from lineclear.desktop.presenters.sheets import ChangeRow, Sign
from lineclear.domain.diffing.result import Change
from lineclear.domain.diffing.result import Sign as Happened
from lineclear.domain.diffing.values import Path
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

FEWEST: Final = 4
"""Records from which on equal changes are said once."""
_LONGEST: Final = 2_000
"""Characters of a value beyond which nobody looks whether it is the same elsewhere."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What happens to one field in several records of a list, and to which."""

    records: Path
    field: Path
    changes: tuple[Change, ...]

    @property
    def members(self) -> tuple[Path, ...]:
        """Where the records stand."""
        place = len(self.records) + 1
        return tuple(change.path[:place] for change in self.changes)

    def name(self, names: Names) -> str:
        """The field in all of them, such as `tickets[each of 38].status`."""
        inside = "".join(step_text(step, is_first=False) for step in self.field)
        return say(
            "{records}[each of {changes:,}]{inside}",
            records=names.path(self.records),
            changes=len(self.changes),
            inside=inside,
        )


def find_alike(changes: Iterable[Change]) -> tuple[Alike, ...]:
    """The changes that are the same in at least `FEWEST` records; each change is in one of them at most."""
    groups: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    for change in changes:
        at = next((place for place, step in enumerate(change.path) if isinstance(step, int)), None)
        if at is None or at == len(change.path) - 1 or change.sign is Happened.MOVED or _is_long(change):
            continue
        path = change.path
        sides = written(change.before), written(change.after)
        groups[path[:at], path[at + 1 :], change.sign, change.kind, *sides].append(change)
    return tuple(_alike(found) for found in groups.values() if len(found) >= FEWEST)


def members_rows(groups: Iterable[Alike], names: Names) -> Mapping[tuple[Path, ...], ChangeRow]:
    """By the records that change alike: a row with the names of all of them."""
    return {group.members: _members_row(group, names) for group in groups}


def member_changes(groups: Iterable[Alike], members: Sequence[Path]) -> Iterator[Change]:
    """What happens to each of these records as to others, one record after the other."""
    found: dict[Path, list[Change]] = {member: [] for member in members}
    for group in groups:
        for member, change in zip(group.members, group.changes, strict=True):
            if member in found:
                found[member].append(change)
    return chain.from_iterable(found.values())


def _alike(found: list[Change]) -> Alike:
    path = found[0].path
    at = next(place for place, step in enumerate(path) if isinstance(step, int))
    return Alike(path[:at], path[at + 1 :], tuple(found))


def _is_long(change: Change) -> bool:
    sides = (change.before, change.after)
    if any(isinstance(side, dict | list) for side in sides):
        return True
    return any(len(side) > _LONGEST for side in sides if isinstance(side, str))


def _members_row(group: Alike, names: Names) -> ChangeRow:
    field = say(
        "{records}, {changes:,} records alike", records=names.path(group.records), changes=len(group.changes)
    )
    places = [place for member in group.members if isinstance(place := member[-1], int)]
    text = names.members(group.records, places)
    across = value_of(text, ())
    said = paintable(f"{field}: {text}").text
    return ChangeRow(Sign.CHANGED, paintable(field), None, None, said, across=across, opens=field)
