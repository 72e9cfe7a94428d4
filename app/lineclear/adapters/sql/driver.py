"""Statements compiled once and run on the driver itself. Free of transactions and of tables.

For a row by its key SQLAlchemy's execution takes five times as long as SQLite does, and one proposal is some
twenty such statements. SQLAlchemy still writes the SQL of each dialect; parameters and columns are texts,
integers and bytes, which no driver needs translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

type Value = str | int | bytes | None
type Values = Mapping[str, Value]
type Record = tuple[Any, ...]
"""A row as the driver gives it; its columns are those of the statement."""


class _Cursor(Protocol):
    rowcount: int

    def executemany(self, text: str, rows: Sequence[Values], /) -> object: ...
    def fetchone(self) -> Record | None: ...
    def fetchall(self) -> list[Record]: ...
    def __iter__(self) -> Iterator[Record]: ...


class _Raw(Protocol):
    """A connection of sqlcipher3 or psycopg, as far as both are alike."""

    def execute(self, text: str, values: Values = ..., /) -> _Cursor: ...
    def cursor(self) -> _Cursor: ...


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    constants: dict[str, Value]

    def filled(self, values: Values) -> Values:
        """All parameters: those of the statement itself beside the caller's."""
        return {**self.constants, **values} if self.constants else values


class Statement:
    """A statement of SQLAlchemy Core and its text for each dialect. `sets` names what an UPDATE changes."""

    def __init__(self, core: ClauseElement, *sets: str) -> None:
        self._core = core
        self._sets = sets
        self._compiled: dict[str, _Compiled] = {}

    def compiled(self, dialect: Dialect) -> _Compiled:
        """The text, with parameters by name; made when a dialect is first met."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        by_name = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
        made = self._core.compile(dialect=by_name, column_keys=self._sets or None)
        return _Compiled(str(made), {name: value for name, value in made.params.items() if value is not None})


class Driver:
    """Runs statements within the transaction of one connection; on one thread at a time.

    Raises DBAPIError as SQLAlchemy does, without the parameters: they may be private.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._raw = cast("_Raw", connection.connection.driver_connection)
        self._error: type[Exception] = connection.dialect.loaded_dbapi.Error

    @property
    def is_postgres(self) -> bool:
        return self._dialect.name == "postgresql"

    def one(self, statement: Statement, values: Values) -> Record | None:
        """The first row."""
        compiled = statement.compiled(self._dialect)
        try:
            return self._raw.execute(compiled.text, compiled.filled(values)).fetchone()
        except self._error as problem:
            raise self._told(compiled.text, problem) from problem

    def all(self, statement: Statement, values: Values) -> Sequence[Record]:
        """Every row."""
        compiled = statement.compiled(self._dialect)
        try:
            return self._raw.execute(compiled.text, compiled.filled(values)).fetchall()
        except self._error as problem:
            raise self._told(compiled.text, problem) from problem

    def each(self, statement: Statement, values: Values) -> Iterator[Record]:
        """Every row, one at a time: half the time of all at once where they are many."""
        compiled = statement.compiled(self._dialect)
        try:
            yield from self._raw.execute(compiled.text, compiled.filled(values))
        except self._error as problem:
            raise self._told(compiled.text, problem) from problem

    def change(self, statement: Statement, values: Values) -> int:
        """How many rows it wrote."""
        compiled = statement.compiled(self._dialect)
        try:
            return self._raw.execute(compiled.text, compiled.filled(values)).rowcount
        except self._error as problem:
            raise self._told(compiled.text, problem) from problem

    def write(self, statement: Statement, rows: Sequence[Values]) -> None:
        """The same statement for each row; for one without constants."""
        text = statement.compiled(self._dialect).text
        try:
            self._raw.cursor().executemany(text, rows)
        except self._error as problem:
            raise self._told(text, problem) from problem

    def say(self, text: str) -> None:
        """A statement without parameters, such as those about transactions."""
        try:
            self._raw.execute(text)
        except self._error as problem:
            raise self._told(text, problem) from problem

    def _told(self, text: str, problem: Exception) -> BaseException:
        lost = self._dialect.is_disconnect(cast("Any", problem), cast("Any", self._raw), None)
        if lost:
            self._connection.invalidate(problem)
        return DBAPIError.instance(
            text,
            None,
            problem,
            self._error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=self._dialect,
        )
