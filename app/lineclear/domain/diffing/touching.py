"""How many records of lists a change touches, counted without comparing what is in them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from lineclear.domain.diffing.matching import record_key
from lineclear.domain.diffing.values import Json, same


def touched_records(before: object, after: object) -> int:
    """The records that come, go or change in the outermost lists of two records; 0 where there are none."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return 0
    return sum(_touched(before.get(name), after.get(name)) for name in before.keys() | after.keys())


def _touched(before: object, after: object) -> int:
    old, new = before or [], after or []
    if isinstance(old, dict) and isinstance(new, dict):
        return touched_records(old, new)
    if not isinstance(old, list) or not isinstance(new, list) or not _are_records([*old, *new]):
        return 0
    keys = {record_key(records) for records in (old, new) if records}
    key = keys.pop() if len(keys) == 1 else None
    was, becomes = _placed(old, key), _placed(new, key)
    return sum(
        place not in was or place not in becomes or not same(was[place], becomes[place])
        for place in was.keys() | becomes.keys()
    )


def _are_records(values: Sequence[Json]) -> bool:
    return bool(values) and all(isinstance(one, dict) for one in values)


def _placed(records: Sequence[Json], key: str | None) -> dict[tuple[type, object], Json]:
    """By what tells them apart, else by where they stand."""
    named = [one[key] if key is not None and isinstance(one, dict) else at for at, one in enumerate(records)]
    return {(type(name), name): one for name, one in zip(named, records, strict=True)}
