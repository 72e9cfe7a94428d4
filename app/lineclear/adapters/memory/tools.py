"""Tools over records held in memory: every effect class, for tests and previews. Free of I/O.

A tool sets fields of one record: arguments are `{"id": …, "fields": {…}}` and whatever the contract
names for money and environment. `calls` is the other side's own account of what reached it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256

import msgspec

from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Shape, Target, UndoPlan
from lineclear.domain.strict_json import Json, canonical
from lineclear.domain.vocabulary import EffectClass

type Record = dict[str, Json]


class MemoryTools:
    """The `Tools` port and its only connector in one. Safe to use from any thread.

    `down` makes every call fail as unreachable; `silent` makes the next call take effect and then
    lose its answer, as a connection that breaks after the commit does.
    """

    def __init__(self, contracts: Sequence[ToolContract], records: Mapping[str, Record]) -> None:
        self._contracts = {contract.tool: contract for contract in contracts}
        self.records: dict[str, Record] = deepcopy(dict(records))
        self.calls: list[str] = []
        self.down = False
        self.silent = False
        self._effects: dict[str, Effect] = {}
        self._turn = threading.Lock()

    def contract(self, tool: str) -> ToolContract | None:
        return self._contracts.get(tool)

    def contracts(self) -> Sequence[ToolContract]:
        return tuple(self._contracts.values())

    def problem(self, tool: str, arguments: Arguments) -> str | None:
        if tool in self._contracts and isinstance(arguments.get("id"), str):
            return None if isinstance(arguments.get("fields"), dict) else "fields is not an object"
        return "id is not a text"

    def problems(self, tool: str, arguments: Arguments) -> Mapping[str, str]:
        problem = self.problem(tool, arguments)
        return {} if problem is None else {f"/{problem.split(maxsplit=1)[0]}": problem.split(maxsplit=1)[1]}

    def connector(self, tool: str) -> MemoryTools:
        if tool not in self._contracts:
            raise KeyError(tool)
        return self

    def connectors(self) -> Mapping[str, MemoryTools]:
        return {"memory": self}

    def probe(self) -> Health:
        return Health(HealthState.DOWN if self.down else HealthState.HEALTHY)

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        with self._turn:
            before = self._read(arguments)
            return self._preview(tool, str(arguments["id"]), before, {**before, **_fields(arguments)})

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        permit.check()
        return self._once(tool, key, expected, str(arguments["id"]), _fields(arguments))

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        del tool, arguments
        permit.check()
        with self._turn:
            self._answer()
            return self._effects.get(key)

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        with self._turn:
            self._answer()
            identifier, before, after = _receipt(receipt)
            now = self.records[identifier]
            moved = tuple(name for name in sorted({*now, *after}) if now.get(name) != after.get(name))
            in_the_way = _in_the_way(before, after, now)
            preview = self._preview(tool, identifier, now, {**now, **_given_back(before, after, now)})
            plan = UndoPlan(possible=not in_the_way, loses=_words(in_the_way))
            return msgspec.structs.replace(preview, title=f"Undo: {preview.title}", moved=moved, undo=plan)

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        permit.check()
        identifier, before, after = _receipt(receipt)
        with self._turn:
            now = self.records[identifier]
            in_the_way = _in_the_way(before, after, now)
            if in_the_way and key not in self._effects:
                raise ToolFailed("target_moved", _words(in_the_way))
            fields = _given_back(before, after, now)
        return self._once(tool, key, expected, identifier, fields)

    def _preview(self, tool: str, identifier: str, before: Record, after: Record) -> Preview:
        return Preview(
            target=Target("memory", "record", identifier),
            title=f"Update record {identifier}",
            shape=Shape.FIELDS,
            before=deepcopy(before),
            after=deepcopy(after),
            version=_version(before),
            undo=UndoPlan(possible=self._contracts[tool].reversible),
        )

    def _once(self, tool: str, key: str, expected: str, identifier: str, fields: Record) -> Effect:
        with self._turn:
            self._answer()
            blind = self._contracts[tool].effect is EffectClass.BLIND
            if key in self._effects and not blind:
                return self._effects[key]
            before = self.records[identifier]
            if _version(before) != expected:
                raise ToolFailed("target_moved", f"record {identifier} changed since it was read")
            after = {**before, **fields}
            self.calls.append(key)
            self.records[identifier] = deepcopy(after)
            receipt: Json = {"id": identifier, "before": before, "after": after}
            effect = Effect(
                f"effect {len(self.calls)}", deepcopy(before), deepcopy(after), _version(after), receipt
            )
            self._effects[key] = effect
            if self.silent:
                self.silent = False
                raise ToolOutcomeUnknown("the connection broke before the answer came")
            return effect

    def _read(self, arguments: Arguments) -> Record:
        self._answer()
        identifier = str(arguments["id"])
        if identifier not in self.records:
            raise ToolFailed("not_found", f"there is no record {identifier}")
        return self.records[identifier]

    def _answer(self) -> None:
        if self.down:
            raise ToolFailed("unreachable", "the system does not answer")


def _fields(arguments: Arguments) -> Record:
    fields = arguments["fields"]
    assert isinstance(fields, dict)
    return fields


def _receipt(receipt: Json) -> tuple[str, Record, Record]:
    match receipt:
        case {"id": str(identifier), "before": dict(before), "after": dict(after)}:
            return identifier, before, after
        case _:
            raise ToolFailed("invalid", "this receipt is not of this connector")


def _touched(before: Record, after: Record) -> list[str]:
    return [name for name in sorted(after) if before.get(name) != after[name]]


def _in_the_way(before: Record, after: Record, now: Record) -> list[str]:
    """What the effect changed and somebody else changed since."""
    return [name for name in _touched(before, after) if now.get(name) not in (after[name], before.get(name))]


def _words(in_the_way: list[str]) -> str:
    return f"changed since and in the way: {', '.join(in_the_way)}" if in_the_way else ""


def _given_back(before: Record, after: Record, now: Record) -> Record:
    """What the effect changed and is still so, as it was before."""
    return {name: before.get(name) for name in _touched(before, after) if now.get(name) == after[name]}


def _version(record: Record) -> str:
    return sha256(canonical(record)).hexdigest()
