"""JSON merge patches (RFC 7396): what one makes of a value, and which one leads from one to another. Pure."""

from __future__ import annotations

from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same
from lineclear.domain.strict_json import Json


def merged(target: Json, patch: Json) -> Json:
    """RFC 7396 section 2: members that are null go, objects merge, everything else replaces."""
    return _merged(target, patch) if isinstance(patch, dict) else patch


def _merged(target: Json, patch: Record) -> Record:
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def patched(record: Record, patch: Record) -> Record:
    """The record as the patch leaves it."""
    return _merged(record, patch)


def patch_between(old: Record, new: Record) -> Record:
    """The smallest patch that makes `new` of `old`, but for members that are null, which none can set."""
    patch: Record = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if name in old and is_same(before, value):
            continue
        both = isinstance(before, dict) and isinstance(value, dict)
        patch[name] = patch_between(before, value) if both else value  # type: ignore[arg-type]  # both are records
    return patch
