"""JSON-like values as they are compared: typed, absence told apart from null. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

import msgspec

type Json = bool | int | float | str | Decimal | list[Json] | dict[str, Json] | None
type Path = tuple[str | int, ...]


_FRACTIONS: Final = frozenset({float, Decimal})
_CONTAINERS: Final = frozenset({dict, list})
_packed: Final = msgspec.msgpack.Encoder().encode


class Absent(Enum):
    """No such field, as opposed to a field that holds null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


def same_leaf(before: object, after: object) -> bool:
    """Whether two values that are no containers are the same request: by type, then by value.

    `1`, `1.0`, `True` and `"1"` differ; so do `0.0` and `-0.0`, `Decimal("1.0")` and `Decimal("1.00")`. NaN
    equals NaN.
    """
    if type(before) is not type(after):
        return False
    if type(before) in _FRACTIONS:
        return repr(before) == repr(after)
    return before == after


def same(before: Json | Absent, after: Json | Absent) -> bool:
    """Whether two values are the same all through; the order of fields is no difference. Any depth will do."""
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
    """Yield every leaf with its path, in reading order; an empty record or list is one. Any depth will do."""
    pending: list[tuple[Path, Json | Absent]] = [(path, value)]
    while pending:
        where, found = pending.pop()
        if isinstance(found, dict) and found:
            pending += [((*where, name), inner) for name, inner in reversed(found.items())]
        elif isinstance(found, list) and found:
            pending += [((*where, place), found[place]) for place in range(len(found) - 1, -1, -1)]
        elif not isinstance(found, Absent):
            yield where, found


def is_surely_same(before: Json, after: Json) -> bool:
    """Whether two values are the same, found in C; False says nothing.

    `==` settles the values and the packed bytes settle the types. What cannot be packed (whole numbers beyond 64 bits,
    lone surrogates, great depth) is for `same` to judge.
    """
    try:
        return before == after and _packed(before) == _packed(after)
    except (OverflowError, RecursionError, TypeError, UnicodeEncodeError, InvalidOperation):
        return False


def count_leaves(value: Json | Absent) -> int:
    """Return how many leaves there are; ABSENT has none."""
    if value is ABSENT:
        return 0
    count = 1
    level: list[Json] = [value]  # type: ignore[list-item]  # ABSENT went out above
    while level:
        deeper: list[Json] = []
        for found in level:
            if isinstance(found, dict):
                found = list(found.values())
            if isinstance(found, list) and found:
                count += len(found) - 1
                deeper += [inner for inner in found if type(inner) in _CONTAINERS]
        level = deeper
    return count
