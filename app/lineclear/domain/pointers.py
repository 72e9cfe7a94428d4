"""Places in a JSON value by JSON pointer (RFC 6901), strictly. Pure."""

from __future__ import annotations

import re
from typing import Final

from lineclear.domain.strict_json import Json

_NUMBER: Final = re.compile(r"0|[1-9][0-9]*")
_STRAY: Final = re.compile(r"~(?![01])")


def steps_of(pointer: str) -> tuple[str, ...] | None:
    """The steps of a pointer, unescaped; None for what is no pointer to something within."""
    if not pointer.startswith("/") or _STRAY.search(pointer):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def found_in(value: Json, steps: tuple[str, ...]) -> tuple[Json, ...]:
    """What is at this place: one value, or none."""
    for step in steps:
        found = _members(value, step)
        if not found:
            return ()
        value = found[0]
    return (value,)


def _members(value: Json, step: str) -> tuple[Json, ...]:
    """The member of this name or number, if there is one."""
    if isinstance(value, dict) and step in value:
        return (value[step],)
    if isinstance(value, list) and _NUMBER.fullmatch(step) and int(step) < len(value):
        return (value[int(step)],)
    return ()
