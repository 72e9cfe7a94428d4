"""How a tool on SQL rows is defined, and what it makes of the rows that were read. Free of I/O.

```yaml
  invoices.correct_lines:
    system: crm
    ...                                        # see `definitions`
    reads:                                     # in order; later ones may use earlier ones
      invoice: {table: invoices, key: {id: args.invoice_id}}        # exactly one row
      customer: {table: customers, key: {id: invoice.customer_id}, columns: [id, name]}
      lines: {table: invoice_lines, key: {invoice_id: invoice.id}, many: true}
      note: {table: notes, key: {invoice_id: invoice.id}, optional: true}   # one row or null
      audit: {table: audits, key: {id: invoice.audit_id}, show: false}      # checked, not shown
    checks:
      - that: invoice.status == "open"
        else: "Invoice {invoice.id} is {invoice.status}; only open invoices are corrected."
    writes:                                    # in order; each sees what the ones before it made
      - update: lines                          # a row per item of a list: `item`, matched by columns
        each: args.corrections
        match: {line: item.line}
        set: {quantity: item.quantity, amount: "times(row.unit_price, item.quantity)"}
      - update: invoice                        # without `each`: every row of the read; `row` is that row
        set: {total: "total(lines.map(l, l.amount))"}
      - update: customer                       # whatever columns a map argument names, of these
        fields: args.fields
        allowed: [name, email]
      - insert: notes                          # into a read with `many` or `optional`
        values: {id: '"note-" + invoice.id', text: args.text}
      - delete: lines
        each: args.dropped
        match: {line: item}
```

A key whose expression is a list reads the rows of all its items and demands that each has one.
Tables need a primary key. A deleted row is read with all of its columns, so that it can come back.
A tool without writes is a read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from lineclear.adapters.connectors.definitions import (
    Cel,
    Checks,
    Model,
    Name,
    Names,
    Tool,
    evaluated,
    strangers,
)
from lineclear.adapters.connectors.expressions import Expression, Scope, Template
from lineclear.adapters.connectors.versions import is_same
from lineclear.application.ports import Arguments, ToolFailed
from lineclear.domain.strict_json import Json

type Row = dict[str, Json]
type Columns = Annotated[dict[Name, Cel], Field(min_length=1)]


class Read(Model):
    """One named read of rows by key."""

    table: Name
    key: Columns
    many: bool = False
    optional: bool = False
    show: bool = True
    columns: Names = ()
    limit: Annotated[int, Field(ge=1, le=10_000)] = 500

    @property
    def expressions(self) -> Iterable[Expression]:
        return self.key.values()


class Update(Model):
    update: Name
    each: Cel | None = None
    match: Columns | None = None
    set: dict[Name, Cel] = Field(default_factory=dict)
    fields: Cel | None = None
    allowed: Names = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _require_pair(self.each, self.match)
        if (self.fields is None) == (not self.set):
            raise ValueError("an update has either `set` or `fields`")
        if (self.fields is None) != (not self.allowed):
            raise ValueError("`fields` needs `allowed`, the columns that may be named")
        return self

    @property
    def rows(self) -> str:
        return self.update

    @property
    def expressions(self) -> Iterable[Expression]:
        extra = [expression for expression in (self.each, self.fields) if expression is not None]
        return [*self.set.values(), *(self.match or {}).values(), *extra]


class Insert(Model):
    insert: Name
    each: Cel | None = None
    values: Columns

    @property
    def rows(self) -> str:
        return self.insert

    @property
    def expressions(self) -> Iterable[Expression]:
        return [*self.values.values(), *([self.each] if self.each else [])]


class Delete(Model):
    delete: Name
    each: Cel | None = None
    match: Columns | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _require_pair(self.each, self.match)
        return self

    @property
    def rows(self) -> str:
        return self.delete

    @property
    def expressions(self) -> Iterable[Expression]:
        return [*(self.match or {}).values(), *([self.each] if self.each else [])]


def _require_pair(each: object, match: object) -> None:
    if (each is None) != (match is None):
        raise ValueError(
            "`each` and `match` belong together: the items, and the columns that find an item's row"
        )


_KINDS = {"update": "an update", "insert": "an insert", "delete": "a delete"}


def _kind(value: object) -> str | None:
    kinds = [said for kind, said in _KINDS.items() if isinstance(value, dict) and kind in value]
    return kinds[0] if len(kinds) == 1 else None


type Write = Annotated[
    Annotated[Update, Tag("an update")]
    | Annotated[Insert, Tag("an insert")]
    | Annotated[Delete, Tag("a delete")],
    Discriminator(
        _kind,
        custom_error_type="write",
        custom_error_message="a write has exactly one of `update`, `insert`, `delete`",
    ),
]


class SqlTool(Tool):
    """A tool on rows: what it reads, demands and writes."""

    reads: Annotated[dict[Name, Read], Field(min_length=1)]
    checks: Checks = ()
    writes: Annotated[
        tuple[Write, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()

    @property
    def mutates(self) -> bool:
        return bool(self.writes)

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = {"args"}
        for name, read in self.reads.items():
            _require_known(strangers(read.expressions, known), f"reads.{name}")
            known.add(name)
        spoken: list[Expression | Template] = [self.title, self.target.id]
        spoken += [part for check in self.checks for part in (check.that, check.otherwise)]
        _require_known(strangers(spoken, known), "title, target or checks")
        for write in self.writes:
            if write.rows not in self.reads:
                raise ValueError(f"a write names {write.rows!r}, which is not among `reads`")
            _require_known(strangers(write.expressions, known | {"row", "item"}), f"writes to {write.rows}")
        return self

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        for write in self.writes:
            read = self.reads[write.rows]
            if isinstance(write, Delete) and read.columns:
                raise ValueError(
                    f"{write.rows} is deleted from: read it without `columns`, so that it can come back"
                )
            if isinstance(write, Insert) and not (read.many or read.optional):
                raise ValueError(f"{write.rows} is inserted into: read it with `many` or `optional`")
        return self


def _require_known(unknown: set[str], where: str) -> None:
    if unknown:
        raise ValueError(f"{where}: nobody defines {', '.join(sorted(unknown))}")


@dataclass(slots=True)
class Line:
    """A row as it was read and as the writes so far would leave it; absent is None."""

    before: Row | None
    after: Row | None


type Lines = dict[str, list[Line]]


def scope_of(tool: SqlTool, arguments: Arguments, lines: Lines) -> dict[str, Json]:
    """What expressions see: the arguments and the rows as they are after the writes so far."""
    scope: dict[str, Json] = {"args": dict(arguments)}
    for name, read in tool.reads.items():
        if name in lines:
            scope[name] = _shape(read, (line.after for line in lines[name]))
    return scope


def document(tool: SqlTool, lines: Lines, *, after: bool, hidden: bool = False) -> dict[str, Json]:
    """The rows as a person sees them; with `hidden`, those too that are only checked."""
    shown = {name: read for name, read in tool.reads.items() if read.show or hidden}
    states = {name: [line.after if after else line.before for line in lines[name]] for name in shown}
    found = {name: _shape(read, states[name]) for name, read in shown.items()}
    return {name: value for name, value in found.items() if value is not None}


def _shape(read: Read, rows: Iterable[Row | None]) -> Json:
    present: list[Row] = [row for row in rows if row is not None]
    if read.many:
        return [dict(row) for row in present]
    return dict(present[0]) if present else None


def make(tool: SqlTool, arguments: Arguments, lines: Lines, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Run the writes on the lines; `keys` gives each read's primary key columns. Raises ToolFailed."""
    for write in tool.writes:
        scope = scope_of(tool, arguments, lines)
        match write:
            case Insert():
                _insert(write, scope, tool.reads[write.insert], lines[write.insert])
            case Update():
                for line, seen in _reached(write.each, write.match, scope, lines[write.update]):
                    _update(write, seen, line, keys[write.update])
            case Delete():
                for line, _ in list(_reached(write.each, write.match, scope, lines[write.delete])):
                    line.after = None
    for name, key in keys.items():
        lines[name].sort(key=lambda line: _order(line.after or line.before or {}, key))


def _items(each: Expression, scope: Scope) -> list[Json]:
    items = evaluated(each, scope)
    if not isinstance(items, list):
        raise ToolFailed("invalid", f"`{each.source}` is no list.")
    return items


def _reached(
    each: Expression | None, match: Mapping[str, Expression] | None, scope: Scope, lines: list[Line]
) -> Iterator[tuple[Line, Scope]]:
    """The lines that a write touches, each with what its expressions see."""
    present = [line for line in lines if line.after is not None]
    if each is None or match is None:
        for line in present:
            yield line, {**scope, "row": line.after}
        return
    reached: set[int] = set()
    for item in _items(each, scope):
        wanted = {column: evaluated(value, {**scope, "item": item}) for column, value in match.items()}
        line = _only(present, wanted)
        if id(line) in reached:
            raise ToolFailed("invalid", f"Two items of `{each.source}` mean the same row ({_said(wanted)}).")
        reached.add(id(line))
        yield line, {**scope, "row": line.after, "item": item}


def _only(lines: list[Line], wanted: Row) -> Line:
    found = [line for line in lines if line.after and _matches(line.after, wanted)]
    if len(found) != 1:
        count = "no row" if not found else f"{len(found)} rows"
        raise ToolFailed("not_found" if not found else "invalid", f"There is {count} with {_said(wanted)}.")
    return found[0]


def _matches(row: Row, wanted: Row) -> bool:
    return all(column in row and is_same(row[column], value) for column, value in wanted.items())


def _said(wanted: Mapping[str, Json]) -> str:
    return ", ".join(f"{column} {value!r:.60}" for column, value in wanted.items())


def _update(write: Update, scope: Scope, line: Line, key: tuple[str, ...]) -> None:
    row = line.after or {}
    changes = {column: evaluated(value, scope) for column, value in write.set.items()}
    if write.fields is not None:
        changes = _allowed(write, evaluated(write.fields, scope))
    unread = [column for column in changes if column not in row]
    if unread:
        raise ToolFailed("invalid", f"{write.update} has no column {unread[0]!r} among those that are read.")
    if any(column in key for column in changes):
        raise ToolFailed("invalid", f"The key of a row in {write.update} stays as it is.")
    line.after = {**row, **changes}


def _allowed(write: Update, fields: Json) -> Row:
    if not isinstance(fields, dict):
        raise ToolFailed("invalid", f"The fields for {write.update} are not a map of names to values.")
    refused = [name for name in fields if name not in write.allowed]
    if refused:
        may = ", ".join(write.allowed)
        raise ToolFailed(
            "invalid", f"{refused[0]!r:.60} of {write.update} may not be changed; these may: {may}."
        )
    return fields


def _insert(write: Insert, scope: Scope, read: Read, lines: list[Line]) -> None:
    items = _items(write.each, scope) if write.each else [None]
    for item in items:
        if not read.many and any(line.after is not None for line in lines):
            raise ToolFailed("refused", f"There already is a row in {write.insert}.")
        seen = {**scope, "item": item}
        lines.append(Line(None, {column: evaluated(value, seen) for column, value in write.values.items()}))


def _order(row: Row, key: tuple[str, ...]) -> list[tuple[int, float, str]]:
    """Rows in the order of their keys, whatever the database's collation says."""
    return [
        (0, value, "") if isinstance(value, int | float) else (1, 0, str(value))
        for value in (row.get(column) for column in key)
    ]


def sorted_rows(rows: Iterable[Row], key: tuple[str, ...]) -> list[Row]:
    return sorted(rows, key=lambda row: _order(row, key))
