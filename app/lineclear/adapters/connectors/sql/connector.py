"""The connector for rows of SQLite and PostgreSQL. Effect class B: the receipt commits with the change.

A tool definition (see `sql_tools`) says which rows are read by key, what must hold, and what is
written; values reach the database as bound parameters only. What was stored is read back before the
commit and must equal what was previewed, so a trigger or a column that rounds refuses the change.
The table `lineclear_effects` is made on the first effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from lineclear.adapters.connectors.definitions import evaluated, failing, identified, rendered, require
from lineclear.adapters.connectors.sql.effects import RECEIPTS, record, recorded
from lineclear.adapters.connectors.sql.rows import (
    PATIENCE,
    Descriptions,
    Tables,
    engine_for,
    reading,
    writing,
)
from lineclear.adapters.connectors.sql.tools import (
    Line,
    Lines,
    Read,
    Row,
    SqlTool,
    document,
    make,
    scope_of,
    sorted_rows,
)
from lineclear.adapters.connectors.undoing import (
    Change,
    Receipt,
    Restoration,
    paths,
    receipt_from,
    restore,
    reversal,
    shown,
)
from lineclear.adapters.connectors.versions import is_same, version_of
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Target, UndoPlan, of_tools
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass


class SqlConnector:
    """Reads, previews, applies and undoes changes of rows in one database.

    `patience` is how many seconds to wait for somebody else's lock.
    """

    def __init__(
        self, system: str, url: URL, tools: Mapping[str, SqlTool], *, patience: int = PATIENCE
    ) -> None:
        self._system = system
        self._tools = dict(tools)
        self._engine = engine_for(url, patience)
        self._known = Descriptions()

    def _tables(self, connection: Connection) -> Tables:
        tables = Tables(connection, self._known)
        self._known = tables.described
        return tables

    def contracts(self) -> Sequence[ToolContract]:
        return [
            tool.contract(name, EffectClass.KEYED, mutates=tool.mutates) for name, tool in self._tools.items()
        ]

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        definition = self._tools[tool]
        with reading(self._engine, self._system) as connection:
            plan = _Plan(definition, arguments, self._tables(connection))
        return Preview(
            target=self._target(definition, plan),
            title=plan.title,
            shape=definition.shape,
            before=document(definition, plan.lines, after=False),
            after=document(definition, plan.lines, after=True),
            version=plan.version,
            undo=definition.plan,
        )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition = self._tools[tool]
        if not definition.mutates:
            return self._read(definition, arguments, expected, permit)
        request = version_of([tool, dict(arguments)])
        with writing(self._engine, self._system, key, permit) as connection:
            done = recorded(connection, key, request)
            if done is not None:
                return done
            tables = self._tables(connection)
            plan = _Plan(definition, arguments, tables, expected)
            changes = plan.changes(tables)
            _carry_out(tables, changes)
            effect = self._effect(definition, plan, changes, key)
            record(connection, key, request, effect)
            return effect

    def _read(self, definition: SqlTool, arguments: Arguments, expected: str, permit: Permit) -> Effect:
        with reading(self._engine, self._system, permit) as connection:
            plan = _Plan(definition, arguments, self._tables(connection))
        _require_version(plan.version, expected)
        found = document(definition, plan.lines, after=False)
        return Effect(reference="read", before=found, after=found, version=plan.version)

    def _effect(self, definition: SqlTool, plan: _Plan, changes: list[Change], key: str) -> Effect:
        receipt = Receipt(plan.title, self._target(definition, plan), changes)
        return Effect(
            reference=f"{RECEIPTS}/{key}",
            before=document(definition, plan.lines, after=False),
            after=document(definition, plan.lines, after=True),
            version=version_of(document(definition, plan.lines, after=True, hidden=True)),
            receipt=receipt.as_json(),
        )

    def _target(self, definition: SqlTool, plan: _Plan) -> Target:
        return Target(self._system, definition.target.kind, plan.target)

    def find(
        self,
        tool: str,  # noqa: ARG002  # the key says it all
        arguments: Arguments,  # noqa: ARG002  # the key says it all
        *,
        key: str,
        permit: Permit = UNLIMITED,
    ) -> Effect | None:
        with reading(self._engine, self._system, permit) as connection:
            return recorded(connection, key, None)

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        definition, given = self._undoable(tool, receipt)
        with reading(self._engine, self._system) as connection:
            restorations = _restorations(self._tables(connection), given, lock=False)
        conflicts = paths(restorations, conflicts=True)
        words = f"changed since and in the way: {', '.join(conflicts)}" if conflicts else definition.loses
        return Preview(
            target=given.target,
            title=f"Undo: {given.title}",
            shape=definition.shape,
            before=shown(restorations, restored=False),
            after=shown(restorations, restored=True),
            version=_undo_version(restorations),
            undo=UndoPlan(possible=not conflicts, window=definition.undo_window, loses=words),
            moved=paths(restorations, conflicts=False),
        )

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        _, given = self._undoable(tool, receipt)
        request = version_of(["undo", tool, receipt])
        with writing(self._engine, self._system, key, permit) as connection:
            done = recorded(connection, key, request)
            if done is not None:
                return done
            tables = self._tables(connection)
            restorations = _restorations(tables, given, lock=True)
            _require_version(_undo_version(restorations), expected)
            _require_free(restorations)
            changes = reversal(restorations)
            _carry_out(tables, changes)
            effect = _undo_effect(given, restorations, changes, key)
            record(connection, key, request, effect)
            return effect

    def _undoable(self, tool: str, receipt: Json) -> tuple[SqlTool, Receipt]:
        definition = self._tools[tool]
        if not (definition.reversible and definition.mutates):
            raise ToolFailed("refused", f"{tool} cannot be undone{_because(definition.loses)}.")
        given = receipt_from(receipt)
        places = {(name, read.table) for name, read in definition.reads.items()}
        if any((change.name, change.place) not in places for change in given.changes):
            raise ToolFailed(
                "invalid", f"This receipt is of another version of {tool}; its rows are not named there."
            )
        return definition, given

    def probe(self) -> Health:
        try:
            with reading(self._engine, self._system) as connection:
                connection.execute(sa.text("SELECT 1"))
        except ToolFailed as error:
            return Health(HealthState.DOWN, str(error))
        return of_tools(self._tools, self._failing())

    def _failing(self) -> dict[str, str]:
        """The tools that name what is not there, each with why; what several name is asked about once."""
        named = {name: [_part(read) for read in tool.reads.values()] for name, tool in self._tools.items()}
        gone = failing({part: part for parts in named.values() for part in parts}, self._try)
        return {
            name: gone[found]
            for name, parts in named.items()
            if (found := next((part for part in parts if part in gone), None)) is not None
        }

    def _try(self, part: _Part) -> None:
        """Read no row of a table; ToolFailed where that cannot be done."""
        table, key, columns = part
        with reading(self._engine, self._system) as connection:
            tables = self._tables(connection)
            tables.columns(table, key)
            tables.rows(table, {}, columns=columns, limit=0)


type _Part = tuple[str, tuple[str, ...], tuple[str, ...]]


def _part(read: Read) -> _Part:
    """What a read names: its table, the columns of its key, and those that it fetches (none: all)."""
    return read.table, tuple(read.key), tuple(read.columns)


def _because(words: str) -> str:
    return f": {words}" if words else ""


class _Plan:
    """A tool's rows in one transaction, before and after its writes.

    With `expected` the rows are locked, and must be at that version before anything else is judged.
    """

    def __init__(
        self, tool: SqlTool, arguments: Arguments, tables: Tables, expected: str | None = None
    ) -> None:
        self._tool = tool
        self.lines: Lines = {}
        for name, read in tool.reads.items():
            key = {
                column: evaluated(value, scope_of(tool, arguments, self.lines))
                for column, value in read.key.items()
            }
            rows = _fetched(tables, name, read, key, lock=expected is not None)
            self.lines[name] = [Line(row, dict(row)) for row in rows]
        self.version = version_of(document(tool, self.lines, after=False, hidden=True))
        _require_version(self.version, expected or self.version)
        scope = scope_of(tool, arguments, self.lines)
        self.title = rendered(tool.title, scope)
        self.target = identified(tool.target, scope)
        require(tool.checks, scope)
        keys = {name: tables.key(read.table) for name, read in tool.reads.items()}
        make(tool, arguments, self.lines, keys)
        self._complete(tables)
        if tool.mutates and not any(True for _ in self._changed()):
            raise ToolFailed("refused", "Nothing would change; the target already is as it would be made.")

    def _complete(self, tables: Tables) -> None:
        """Give inserted rows the columns that nobody named: the database must leave them empty."""
        for name, read in self._tool.reads.items():
            columns = [column.name for column in tables.columns(read.table, read.columns)]
            for line in self.lines[name]:
                if line.before is None and line.after is not None:
                    given = line.after
                    unknown = [column for column in given if column not in columns]
                    if unknown:
                        raise ToolFailed("invalid", f"{read.table} is not read with a column {unknown[0]}.")
                    line.after = {**dict.fromkeys(columns), **given}

    def _changed(self) -> Iterable[tuple[str, Line]]:
        for name, lines in self.lines.items():
            for line in lines:
                if not is_same(line.before, line.after):
                    yield name, line

    def changes(self, tables: Tables) -> list[Change]:
        """What differs, row by row. ToolFailed where two names change one row."""
        found: list[Change] = []
        seen: set[str] = set()
        for name, line in self._changed():
            read = self._tool.reads[name]
            row = line.after or line.before or {}
            key = {column: row.get(column) for column in tables.key(read.table)}
            if any(value is None for value in key.values()):
                raise ToolFailed("invalid", f"A row for {read.table} needs its key; name {', '.join(key)}.")
            mark = version_of([read.table, key])
            if mark in seen:
                raise ToolFailed(
                    "invalid", f"One row of {read.table} is changed under two names; read it once."
                )
            seen.add(mark)
            found.append(Change(name, read.table, key, line.before, line.after, read.many))
        return found


def _fetched(tables: Tables, name: str, read: Read, key: Row, *, lock: bool) -> list[Row]:
    limit = read.limit if read.many else 1
    rows = tables.rows(read.table, key, columns=read.columns, limit=limit + 1, lock=lock)
    if len(rows) > limit:
        raise ToolFailed(
            "refused", f"More than {limit} rows of {read.table} would be read as {name}; narrow the request."
        )
    if not rows and not read.many and not read.optional:
        raise ToolFailed("not_found", f"There is no {name} with {_said(key)}.")
    _require_each(name, key, rows)
    return sorted_rows(rows, tables.key(read.table))


def _require_each(name: str, key: Row, rows: Sequence[Row]) -> None:
    for column, wanted in key.items():
        if isinstance(wanted, list):
            present = [row.get(column) for row in rows]
            missing = [item for item in wanted if not any(is_same(item, value) for value in present)]
            if missing:
                raise ToolFailed("not_found", f"There is no {name} with {column} {missing[0]!r:.60}.")


def _said(key: Mapping[str, Json]) -> str:
    return ", ".join(f"{column} {value!r:.60}" for column, value in key.items())


def _require_version(found: str, expected: str) -> None:
    if found != expected:
        raise ToolFailed("target_moved", "The rows changed since they were shown; look at them again.")


def _require_free(restorations: Sequence[Restoration]) -> None:
    conflicts = paths(restorations, conflicts=True)
    if conflicts:
        detail = f"Changed since the effect, so undoing would overwrite it: {', '.join(conflicts)}."
        raise ToolFailed("target_moved", detail)
    if not any(one.is_needed for one in restorations):
        raise ToolFailed("refused", "Nothing is left to undo; the rows already are as they were before.")


def _restorations(tables: Tables, receipt: Receipt, *, lock: bool) -> list[Restoration]:
    found = []
    for change in receipt.changes:
        columns = tuple(change.after or change.before or {})
        rows = tables.rows(change.place, change.key, columns=columns, limit=1, lock=lock)
        found.append(restore(change, rows[0] if rows else None))
    return found


def _undo_version(restorations: Sequence[Restoration]) -> str:
    return version_of([one.now for one in restorations])


def _undo_effect(
    receipt: Receipt, restorations: list[Restoration], changes: list[Change], key: str
) -> Effect:
    return Effect(
        reference=f"{RECEIPTS}/{key}",
        before=shown(restorations, restored=False),
        after=shown(restorations, restored=True),
        version=version_of([one.restored for one in restorations]),
        receipt=Receipt(f"Undo: {receipt.title}", receipt.target, changes).as_json(),
    )


def _carry_out(tables: Tables, changes: Sequence[Change]) -> None:
    """Write, then read back: inserted first and deleted last, in opposite orders, so that references hold."""
    kept = [change for change in changes if change.after is not None]
    deleted = [change for change in changes if change.after is None]
    for change in [*sorted(kept, key=lambda one: one.before is not None), *reversed(deleted)]:
        _write(tables, change)
    for change in changes:
        _require_stored(tables, change)


def _write(tables: Tables, change: Change) -> None:
    before, after = change.before, change.after
    if after is None:
        tables.delete(change.place, change.key)
    elif before is None:
        tables.insert(change.place, {name: value for name, value in after.items() if value is not None})
    else:
        differing = {name: value for name, value in after.items() if not is_same(before.get(name), value)}
        tables.update(change.place, change.key, differing)


def _require_stored(tables: Tables, change: Change) -> None:
    columns = tuple(change.after or change.before or {})
    rows = tables.rows(change.place, change.key, columns=columns, limit=1)
    stored = rows[0] if rows else None
    if not is_same(stored, change.after):
        other = [
            name
            for name in columns
            if stored and not is_same(stored.get(name), (change.after or {}).get(name))
        ]
        where = f"{change.place}.{other[0]}" if other else change.place
        raise ToolFailed("refused", f"The database would store {where} differently from what was shown.")
