"""Rows of a database as JSON values and back: SQLite (by sqlcipher3) and PostgreSQL through SQLAlchemy Core.

Every failure of the database leaves here as ToolFailed or ToolOutcomeUnknown. Values keep their
types: whole numbers, texts, true/false, null; exact numbers and times of PostgreSQL become texts.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchTableError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no types

from lineclear.adapters.connectors.sql.tools import Row
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.strict_json import Json

PATIENCE = 5
"""Seconds to wait for somebody else's lock."""

CANCEL_SECONDS = 2
"""How long PostgreSQL is asked to break a statement off."""

_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF")


def engine_for(url: URL, patience: int = PATIENCE) -> Engine:
    """An engine that keeps no connection. A missing SQLite file is an error, never created."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        return sa.create_engine(
            "sqlite://", creator=lambda: _open_sqlite(path, patience), module=dbapi2, poolclass=NullPool
        )
    options = f"-c timezone=UTC -c lock_timeout={patience}s -c statement_timeout=30s"
    return sa.create_engine(
        url, poolclass=NullPool, connect_args={"options": options, "connect_timeout": PATIENCE}
    )


def _open_sqlite(path: Path, patience: int) -> object:
    connection = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=patience,
        check_same_thread=False,
    )
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def reading(engine: Engine, system: str, permit: Permit = UNLIMITED) -> Iterator[Connection]:
    """One consistent, read-only view of the database."""
    with _connected(engine, system, permit) as connection:
        if is_sqlite(connection):
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection
        connection.rollback()


@contextmanager
def writing(engine: Engine, system: str, lock: str, permit: Permit = UNLIMITED) -> Iterator[Connection]:
    """One transaction that commits at the end, one at a time per `lock`; may raise ToolOutcomeUnknown.

    Nothing is committed once the permit is over.
    """
    with _connected(engine, system, permit) as connection:
        if is_sqlite(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(lock, 0))))
        yield connection
        permit.check()
        try:
            connection.commit()
        except (OperationalError, OSError) as error:
            if _is_busy(error):
                raise
            raise ToolOutcomeUnknown(f"{system} broke off while the change was being committed.") from error


@contextmanager
def _connected(engine: Engine, system: str, permit: Permit) -> Iterator[Connection]:
    """A connection whose statement is broken off where the permit is revoked."""
    permit.check()
    with (
        _telling(system, permit),
        engine.connect() as connection,
        permit.cancelling(lambda: _break_off(connection)),
    ):
        yield connection


def _break_off(connection: Connection) -> None:
    """From another thread: end the statement that runs, if one does (sqlite3_interrupt, PQcancel)."""
    raw = connection.connection.driver_connection
    assert raw is not None, "a connection that is in use has its driver's"
    with suppress(connection.dialect.loaded_dbapi.Error):  # it is closed already
        if is_sqlite(connection):
            raw.interrupt()
        else:
            raw.cancel_safe(timeout=CANCEL_SECONDS)


@contextmanager
def _telling(system: str, permit: Permit) -> Iterator[None]:
    try:
        yield
    except NoSuchTableError as error:
        raise ToolFailed("invalid", f"{system} has no table {error}; correct the tool definition.") from error
    except IntegrityError as error:
        raise ToolFailed(
            "refused", f"{system}'s own rules refuse the change: {_first_line(error)}"
        ) from error
    except OperationalError as error:
        permit.check()
        advice = "it is busy with another writer" if _is_busy(error) else _first_line(error)
        raise ToolFailed("unreachable", f"{system} did not answer: {advice}. Nothing was changed.") from error
    except DBAPIError as error:
        raise ToolFailed("invalid", f"{system} cannot take this: {_first_line(error)}") from error
    except SQLAlchemyError as error:
        raise ToolFailed("invalid", f"{system} and the tool definition disagree: {error!s:.200}") from error


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).splitlines()
    return lines[0][:200] if lines else type(error.orig).__name__


def _is_busy(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and "locked" in str(error.orig)


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _current(connection: Connection, known: Descriptions | None) -> Descriptions:
    """What is known of the schema, if that is still so inside this transaction."""
    if not is_sqlite(connection):
        return Descriptions()
    schema = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    return known if known is not None and known.schema == schema else Descriptions(schema)


@dataclass(slots=True)
class Descriptions:
    """Tables as one state of a schema has them; describing one takes longer than all else in a preview."""

    schema: object = None
    tables: dict[str, sa.Table] = field(default_factory=dict)
    truths: set[sa.Column[object]] = field(default_factory=set)


class Tables:
    """The tables of one transaction, described as they are now.

    On SQLite `known` serves while `PRAGMA schema_version` is what it was; PostgreSQL has no such number, and
    is asked each time. `known` is replaced whole, so threads may share it.
    """

    def __init__(self, connection: Connection, known: Descriptions | None = None) -> None:
        self._connection = connection
        self.described = _current(connection, known)
        self._found = self.described.tables
        self._truths = self.described.truths

    def __getitem__(self, name: str) -> sa.Table:
        if name not in self._found:
            self._found[name] = self._described(name)
        return self._found[name]

    def _described(self, name: str) -> sa.Table:
        """Ask the database; two threads that do so at once find the same."""
        table = sa.Table(name, sa.MetaData(), autoload_with=self._connection, resolve_fks=False)
        if not table.primary_key.columns:
            raise ToolFailed("invalid", f"Table {name} has no primary key; a connector needs one.")
        if is_sqlite(self._connection):
            for column in table.columns:
                if isinstance(column.type, sa.Boolean):
                    self._truths.add(column)
                column.type = sa.types.NullType()  # SQLite's values carry their own types
        return table

    def key(self, name: str) -> tuple[str, ...]:
        return tuple(column.name for column in self[name].primary_key.columns)

    def columns(self, name: str, wanted: Sequence[str]) -> list[sa.Column[object]]:
        """The wanted columns and the key, or all."""
        table = self[name]
        unknown = [column for column in wanted if column not in table.columns]
        if unknown:
            raise ToolFailed(
                "invalid", f"Table {name} has no column {unknown[0]}; correct the tool definition."
            )
        kept = {*wanted, *self.key(name)} if wanted else set(table.columns.keys())
        return [column for column in table.columns if column.name in kept]

    def rows(
        self,
        name: str,
        key: Mapping[str, Json],
        *,
        columns: Sequence[str] = (),
        limit: int,
        lock: bool = False,
    ) -> list[Row]:
        """At most `limit` rows whose columns equal `key`; a list stands for any of its items."""
        table = self[name]
        chosen = self.columns(name, columns)
        query = sa.select(*chosen).where(
            *[self._equals(name, column, value) for column, value in key.items()]
        )
        query = query.order_by(*table.primary_key.columns).limit(limit)
        if lock and not is_sqlite(self._connection):
            query = query.with_for_update()
        found = self._connection.execute(query).all()
        return [self._row(name, chosen, values) for values in found]

    def _equals(self, name: str, column: str, value: Json) -> sa.ColumnElement[bool]:
        self.columns(name, [column])
        target: sa.Column[object] = self[name].columns[column]
        if isinstance(value, list):
            return target.in_([self.stored(name, column, item) for item in value])
        return target.is_(None) if value is None else target == self.stored(name, column, value)

    def _row(self, name: str, columns: Sequence[sa.Column[object]], values: Sequence[object]) -> Row:
        return {
            column.name: _shown(f"{name}.{column.name}", value, truth=column in self._truths)
            for column, value in zip(columns, values, strict=True)
        }

    def insert(self, name: str, row: Row) -> None:
        values = {column: self.stored(name, column, value) for column, value in row.items()}
        self._connection.execute(self[name].insert().values(values))

    def update(self, name: str, key: Row, changes: Row) -> None:
        values = {column: self.stored(name, column, value) for column, value in changes.items()}
        wanted = [self._equals(name, column, value) for column, value in key.items()]
        self._connection.execute(self[name].update().where(*wanted).values(values))

    def delete(self, name: str, key: Row) -> None:
        wanted = [self._equals(name, column, value) for column, value in key.items()]
        self._connection.execute(self[name].delete().where(*wanted))

    def stored(self, name: str, column: str, value: Json) -> object:
        """A JSON value as the column's own type; ToolFailed where it has no such form."""
        self.columns(name, [column])
        try:
            return _stored(self[name].columns[column].type, value)
        except (ValueError, ArithmeticError):
            raise ToolFailed("invalid", f"{value!r:.60} does not fit {name}.{column}.") from None


def _stored(kind: sa.types.TypeEngine[object], value: Json) -> object:  # noqa: PLR0911  # one per type
    if isinstance(kind, sa.Numeric) and isinstance(value, str):
        return float(value) if isinstance(kind, sa.Float) else Decimal(value)
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(str(value)) if value is not None else None
    if not isinstance(value, str):
        return value
    match kind:
        case sa.DateTime():
            return dt.datetime.fromisoformat(value)
        case sa.Date():
            return dt.date.fromisoformat(value)
        case sa.Time():
            return dt.time.fromisoformat(value)
        case _:
            return value


def _shown(where: str, value: object, *, truth: bool) -> Json:  # noqa: PLR0911  # one per type
    match value:
        case 0 | 1 if truth:
            return bool(value)
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal():
            return f"{value:f}"
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case list():
            return [_shown(where, item, truth=False) for item in value]
        case dict():
            return {str(name): _shown(where, item, truth=False) for name, item in value.items()}
        case _:
            kind = type(value).__name__
            raise ToolFailed("invalid", f"{where} holds {kind}, which is no text; leave it out by `columns`.")
