"""The version of what was read, and typed equality of values. Pure."""

from __future__ import annotations

import hashlib

from lineclear.application.ports import ToolFailed
from lineclear.domain.strict_json import Json, StrictJsonError, canonical


def version_of(value: Json) -> str:
    """A digest that is equal for equal values only; ToolFailed("invalid") for what JSON cannot carry."""
    try:
        return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
    except StrictJsonError as error:
        raise ToolFailed(
            "invalid", f"The target holds a value that cannot be shown exactly: {error}"
        ) from None


def is_same(a: Json, b: Json) -> bool:
    """Equality in which 1, 1.0, true and "1" all differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(is_same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(is_same, a, b))
    return type(a) is type(b) and a == b
