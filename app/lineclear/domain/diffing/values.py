"""JSON-like values as they are compared: typed, with absence told apart from null. Pure: standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Final

type Json = None | bool | int | float | str | Decimal | list[Json] | dict[str, Json]
type Path = tuple[str | int, ...]


class Absent(Enum):
    """No such field, as opposed to a field that holds null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


def same_leaf(before: object, after: object) -> bool:
    """Whether two values that are no containers are the same request: by type, then by value.

    `1`, `1.0`, `True` and `"1"` differ; so do `0.0` and `-0.0`, `Decimal("1.0")` and `Decimal("1.00")`. NaN is itself.
    """
    if type(before) is not type(after):
        return False
    if isinstance(before, float | Decimal):
        return repr(before) == repr(after)
    return before == after


def same(before: Json | Absent, after: Json | Absent) -> bool:
    """Whether two values are the same all through. Not recursive: any depth will do. Order of fields is no difference."""
    pending: list[tuple[Json | Absent, Json | Absent]] = [(before, after)]
    while pending:
        old, new = pending.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            if old.keys() != new.keys():
                return False
            pending += [(value, new[name]) for name, value in old.items()]
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                return False
            pending += zip(old, new, strict=True)
        elif not same_leaf(old, new):
            return False
    return True


def leaves(value: Json | Absent, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield every leaf with its path, in reading order; an empty record or list is a leaf. Any depth will do."""
    pending: list[tuple[Path, Json | Absent]] = [(path, value)]
    while pending:
        where, found = pending.pop()
        if isinstance(found, dict) and found:
            pending += [((*where, name), inner) for name, inner in reversed(found.items())]
        elif isinstance(found, list) and found:
            pending += [((*where, place), found[place]) for place in range(len(found) - 1, -1, -1)]
        elif not isinstance(found, Absent):
            yield where, found


def count_leaves(value: Json | Absent) -> int:
    """Return how many leaves there are; ABSENT has none."""
    count, pending = 0, [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict) and found:
            pending += found.values()
        elif isinstance(found, list) and found:
            pending += found
        elif not isinstance(found, Absent):
            count += 1
    return count
