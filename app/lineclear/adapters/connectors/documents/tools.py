"""How a tool on the records of one document is defined. Free of I/O.

```yaml
  access.grant:
    system: access                             # a system of kind `document`
    ...                                        # see `definitions`; `shape: access` for grants
    records: grants                            # where the list is: names joined by dots
    key: [principal, role, resource]           # what tells one record from another
    operation: add                             # add, set (fields of an existing one) or remove
    record: {principal: args.principal, role: args.role, resource: args.resource, condition: args.condition}
    optional: [condition]                      # fields that the record goes without where they are null
    alongside: [principal]                     # show the records that agree in these; absent: all
    checks:
      - that: record == null || record.locked == false
        else: "{args.principal} is locked."
```

Expressions see `args`, `record` (the one with this key as it is, or null) and `records` (the list).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from lineclear.adapters.connectors.definitions import Cel, Checks, Name, Names, Tool, evaluated, strangers
from lineclear.adapters.connectors.expressions import Expression, Template
from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same
from lineclear.application.ports import Arguments, ToolFailed
from lineclear.domain.strict_json import Json


class Operation(StrEnum):
    """What happens to the one record that a tool is about."""

    ADD = "add"
    SET = "set"
    REMOVE = "remove"


class DocumentTool(Tool):
    """A tool on one record of a list in a document."""

    records: Annotated[str, Field(pattern=r"\A[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*\z")]
    key: Annotated[Names, Field(min_length=1)]
    operation: Annotated[Operation, Field(strict=False)]
    record: Annotated[dict[Name, Cel], Field(min_length=1)]
    optional: Names = ()
    alongside: Names = ()
    checks: Checks = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        missing = [name for name in self.key if name not in self.record]
        if missing:
            raise ValueError(f"`record` does not give {missing[0]!r}, which is part of the key")
        if any(name in self.key for name in self.optional):
            raise ValueError("a part of the key is never optional")
        if self.operation is Operation.SET and len(self.record) == len(self.key):
            raise ValueError("`set` needs a field beside the key")
        spoken: list[Expression | Template] = [self.title, self.target.id, *self.record.values()]
        spoken += [part for check in self.checks for part in (check.that, check.otherwise)]
        unknown = strangers(spoken, {"args", "record", "records"})
        if unknown:
            raise ValueError(f"nobody defines {', '.join(sorted(unknown))}")
        return self

    def wanted(self, arguments: Arguments, records: list[Record]) -> tuple[Record, int | None]:
        """The record's fields as the tool gives them, and where the record with this key is now."""
        scope: dict[str, Json] = {"args": dict(arguments), "record": None, "records": [*records]}
        key = {name: evaluated(self.record[name], scope) for name in self.key}
        place = position(records, key)
        scope["record"] = None if place is None else records[place]
        fields = {name: evaluated(value, scope) for name, value in self.record.items()}
        return {
            name: value for name, value in fields.items() if value is not None or name not in self.optional
        }, place

    def made(self, arguments: Arguments, records: list[Record]) -> tuple[Record | None, Record | None, int]:
        """The record before and after, and its index in the list. ToolFailed where it cannot be done."""
        fields, place = self.wanted(arguments, records)
        if self.operation is Operation.ADD:
            if place is not None:
                raise ToolFailed("refused", f"{self.records} already has a record with {self.said(fields)}.")
            return None, fields, len(records)
        if place is None:
            raise ToolFailed("not_found", f"{self.records} has no record with {self.said(fields)}.")
        before = records[place]
        after = {**before, **fields} if self.operation is Operation.SET else None
        if is_same(before, after):
            raise ToolFailed("refused", "Nothing would change; the record already is as it would be made.")
        return before, after, place

    def said(self, fields: Record) -> str:
        return ", ".join(f"{name} {fields[name]!r:.60}" for name in self.key)


def position(records: list[Record], key: Record) -> int | None:
    """Where the record with this key is; ToolFailed where there are several."""
    found = [
        index
        for index, record in enumerate(records)
        if all(name in record and is_same(record[name], value) for name, value in key.items())
    ]
    if len(found) > 1:
        raise ToolFailed("invalid", f"{len(found)} records have one key; make them different first.")
    return found[0] if found else None
