"""One difference between two capability documents, as a value. Pure; free of YAML."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Direction(StrEnum):
    """What a difference does to what agents may do without a person, or at all."""

    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that was changed, added (`before` is empty) or removed (`after` is empty)."""

    path: str
    before: str
    after: str
    direction: Direction
