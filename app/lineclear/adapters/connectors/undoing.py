"""Taking a change back as a three-way comparison, never as a blind overwrite. Pure.

A record is known before the effect, after it and now. What the effect changed goes back to what it
was; what it left alone keeps later edits; what it changed and somebody changed since is a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from lineclear.adapters.connectors.versions import is_same
from lineclear.application.ports import ToolFailed
from lineclear.domain.effects import Target

if TYPE_CHECKING:
    from lineclear.domain.strict_json import Json
else:
    Json = Any  # msgspec resolves annotations when it converts, and cannot follow a recursive alias

type Record = dict[str, Json]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record before and after an effect; absent is null. `name` is its place in the shown document."""

    name: str
    place: str
    key: dict[str, Json]
    before: dict[str, Json] | None
    after: dict[str, Json] | None
    many: bool = False


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is needed to take an effect back."""

    title: str
    target: Target
    changes: list[Change]

    def as_json(self) -> Json:
        found: Json = msgspec.to_builtins(self)
        return found


def receipt_from(value: Json) -> Receipt:
    try:
        return msgspec.convert(value, Receipt)
    except msgspec.ValidationError as error:
        raise ToolFailed("invalid", f"This is no receipt of this connector: {error!s:.200}") from None


@dataclass(frozen=True, slots=True)
class Restoration:
    """What undoing one change makes of its record as it is now.

    `moved` names the fields that differ from what the effect left ("" for the whole record),
    `conflicts` those among them that the undo would have to overwrite.
    """

    change: Change
    now: Record | None
    restored: Record | None
    moved: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        return not is_same(self.now, self.restored)


def restore(change: Change, now: Record | None) -> Restoration:
    """Judge one change against the record as it is now."""
    before, after = change.before, change.after
    if before is not None and after is not None and now is not None:
        return _restore_fields(change, before, after, now)
    if is_same(now, after):
        return Restoration(change, now, before)
    if is_same(now, before):
        return Restoration(change, now, now, moved=("",))
    return Restoration(change, now, now, moved=("",), conflicts=("",))


def _restore_fields(change: Change, before: Record, after: Record, now: Record) -> Restoration:
    names = [*now, *[name for name in after if name not in now]]
    moved = [name for name in names if not _is_equal(now, after, name)]
    touched = {name for name in {*before, *after} if not _is_equal(before, after, name)}
    conflicts = [name for name in moved if name in touched and not _is_equal(now, before, name)]
    restored: Record = {}
    for name in [*now, *[name for name in before if name not in now]]:
        source = before if name in touched and name not in moved else now
        if name in source:
            restored[name] = source[name]
    return Restoration(change, now, restored, tuple(moved), tuple(conflicts))


def _is_equal(a: Record, b: Record, name: str) -> bool:
    return (name in a) == (name in b) and is_same(a.get(name), b.get(name))


def reversal(restorations: Sequence[Restoration]) -> list[Change]:
    """The changes that an undo makes: what another undo would take back."""
    return [
        Change(
            done.change.name, done.change.place, done.change.key, done.now, done.restored, done.change.many
        )
        for done in restorations
        if done.is_needed
    ]


def shown(restorations: Sequence[Restoration], *, restored: bool) -> dict[str, Json]:
    """The records, as they are or as they would be, in the places where the preview had them."""
    found: dict[str, Json] = {}
    for one in restorations:
        record = one.restored if restored else one.now
        if one.change.many:
            rows = found.setdefault(one.change.name, [])
            assert isinstance(rows, list), "a name stands for many records or for one, by its definition"
            rows.extend([] if record is None else [dict(record)])
        elif record is not None:
            found[one.change.name] = dict(record)
    return found


def paths(restorations: Sequence[Restoration], *, conflicts: bool) -> tuple[str, ...]:
    """Where things moved since the effect, or only where that stands in the way; as `lines[2].amount`."""
    found: list[str] = []
    counts: dict[str, int] = {}
    for one in restorations:
        index = counts.setdefault(one.change.name, 0)
        counts[one.change.name] = index + (one.now is not None)
        base = f"{one.change.name}[{index}]" if one.change.many else one.change.name
        names = one.conflicts if conflicts else one.moved
        found += [f"{base}.{name}" if name else base for name in names]
    return tuple(found)
