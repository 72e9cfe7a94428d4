"""JSON-like values as they are compared: typed, absence told apart from null. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import chain, compress
from operator import eq
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

    `1`, `1.0`, `True` and `"1"` differ; so do `0.0` and `-0.0`, `Decimal("1.0")` and `Decimal("1.00")`.
    NaN is the same as NaN.
    """
    if type(before) is not type(after):
        return False
    if type(before) in _FRACTIONS:
        return repr(before) == repr(after)
    return before == after


def same(before: Json | Absent, after: Json | Absent) -> bool:
    """Whether two values are the same all through; the order of fields is no difference. Any depth."""
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

    `==` settles the values and `is_packed_alike` the types.
    """
    try:
        return before == after and is_packed_alike(before, after)
    except (RecursionError, InvalidOperation):  # great depth; a signalling NaN
        return False


def is_packed_alike(before: Json, after: Json) -> bool:
    """Whether two values that are equal by `==` are of equal types all through; False says nothing.

    What cannot be packed (whole numbers beyond 64 bits, lone surrogates, great depth) is for `same` to judge.
    """
    try:
        return _packed(before) == _packed(after)
    except (OverflowError, RecursionError, TypeError, UnicodeEncodeError):
        return False


def same_places(before: Sequence[Json], after: Sequence[Json]) -> list[bool]:
    """Return for each place whether both elements are the same; nothing where that takes a closer look."""
    try:
        alike = list(map(eq, before, after))
    except (RecursionError, InvalidOperation):
        return []
    return alike if is_packed_alike([*compress(before, alike)], [*compress(after, alike)]) else []


def count_leaves(value: Json | Absent) -> int:
    """Return how many leaves there are; ABSENT has none. Level by level, so that most of it is done in C."""
    if not isinstance(value, dict | list):
        return 0 if value is ABSENT else 1
    count = 0
    level: list[Json] = [value]
    while level:
        records = [found for found in level if isinstance(found, dict)]
        lists = [found for found in level if isinstance(found, list)]
        values: list[Json] = [*chain.from_iterable(map(dict.values, records)), *chain.from_iterable(lists)]
        level = [] if _CONTAINERS.isdisjoint(map(type, values)) else [*filter(_is_container, values)]
        empty = len(records) + len(lists) - sum(map(bool, records)) - sum(map(bool, lists))
        count += len(values) - len(level) + empty
    return count


def _is_container(value: Json) -> bool:
    return type(value) in _CONTAINERS
