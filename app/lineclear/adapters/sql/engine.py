"""Opening a database so that what it acknowledges survives a power loss. Free of tables.

SQLite comes from `sqlcipher3`, plain or encrypted, as the system's own may be too old to be safe: before
3.51.3 two connections that write and checkpoint at once can corrupt a database in WAL mode. The file must
be on a local disk: WAL needs shared memory, and whether a folder is on the network cannot be told reliably.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from lineclear.adapters.sql.driver import Driver
from lineclear.adapters.sql.faults import is_busy, refusing, unusable

SAFE_SQLITE: Final = (3, 51, 3)
BUSY_SECONDS: Final = 5.0
KEY_LENGTH: Final = 32

_PATIENCE: Final = "lineclear_patience"
"""Where a connection to SQLite keeps how many milliseconds it waits for a lock."""

_TRY_MILLISECONDS: Final = 20

_PRAGMAS: Final = (
    "journal_mode = WAL",
    # NORMAL loses acknowledged commits at a power loss.
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    # What is deleted is overwritten, so that erased keys and texts are not found in free pages.
    "secure_delete = ON",
    "mmap_size = 0",
)


class _Cursor(Protocol):
    def execute(self, statement: str, /) -> object: ...
    def close(self) -> object: ...


class _Raw(Protocol):
    """A driver's own connection, as far as it is prepared here."""

    autocommit: bool

    def cursor(self) -> _Cursor: ...


def open_engine(url: str, *, key: bytes | None = None, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Open `sqlite:///path` or `postgresql+psycopg://…`; `key` (32 bytes) encrypts SQLite.

    `busy_seconds` is how long a writer waits for another program. Raises Refusal(DATABASE_UNUSABLE)
    where the file is damaged, the key is wrong, the folder is missing or SQLite is too old.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, key, busy_seconds)
    if key is not None:
        raise ValueError("only SQLite takes a key; PostgreSQL encrypts its disk")
    return _open_postgres(address, busy_seconds)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits at its end; on SQLite nobody else writes meanwhile."""
    with engine.connect() as connection, begun(connection):
        yield connection


@contextmanager
def begun(connection: Connection) -> Iterator[None]:
    """A writing transaction on this connection, which is of no more use where the database failed."""
    try:
        with connection.begin():
            if connection.dialect.name == "sqlite":
                _lock(connection)
            yield
    except DBAPIError:
        connection.invalidate()  # after a device error the next transaction starts from the file
        raise


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment; on SQLite SQLAlchemy's own sees one for each statement."""
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            # An event listener would do the same, and make each statement a fifth slower.
            Driver(connection).say("BEGIN")
        yield connection


def _lock(connection: Connection) -> None:
    """Ask for the write lock every few milliseconds.

    Left to itself SQLite asks ten times a second in the end, and starves beside another busy program.
    """
    patience: int = connection.info[_PATIENCE]
    driver = Driver(connection)
    driver.say(f"PRAGMA busy_timeout = {min(patience, _TRY_MILLISECONDS)}")
    try:
        for _ in range(patience // _TRY_MILLISECONDS):
            try:
                driver.say("BEGIN IMMEDIATE")
            except DBAPIError as problem:
                if not is_busy(problem):
                    raise
            else:
                return
        driver.say("BEGIN IMMEDIATE")
    finally:
        driver.say(f"PRAGMA busy_timeout = {patience}")


def require_safe(version: tuple[int, ...]) -> None:
    """Raises Refusal(DATABASE_UNUSABLE) for an SQLite that can corrupt a database in WAL mode."""
    if version < SAFE_SQLITE:
        found, least = (".".join(map(str, one)) for one in (version, SAFE_SQLITE))
        raise unusable(f"SQLite {found} can damage it", f"Install sqlcipher3 with SQLite {least} or newer.")


def _open_sqlite(address: URL, key: bytes | None, busy_seconds: float) -> Engine:
    # A PostgreSQL backend needs no SQLite; the package has no stubs.
    from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types

    require_safe(dbapi2.sqlite_version_info)
    if not address.database or address.database == ":memory:":
        raise ValueError("a ledger in memory is a MemoryStore")
    if key is not None and len(key) != KEY_LENGTH:
        raise ValueError(f"a raw key has {KEY_LENGTH} bytes")
    _make_private(Path(address.database))
    engine = create_engine(
        address.set(drivername="sqlite+pysqlite"),
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=16,
        max_overflow=-1,
        # The connection that was used last has the pages that it read still at hand.
        pool_use_lifo=True,
        # Transactions begin where we say so; each connection serves one thread at a time.
        connect_args={"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: _Raw, record: ConnectionPoolEntry) -> None:
        record.info[_PATIENCE] = int(busy_seconds * 1000)
        unlock = () if key is None else (f"key = \"x'{key.hex()}'\"",)
        _execute(raw, *(f"PRAGMA {pragma}" for pragma in (*unlock, *_PRAGMAS)))

    _check(engine)
    return engine


def _make_private(path: Path) -> None:
    """Only the owner may read a ledger; SQLite gives its side files the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as problem:
        said = problem.strerror or type(problem).__name__
        raise unusable(
            f"{path} cannot be opened: {said}", "Check that its folder exists and may be written."
        ) from problem


def _check(engine: Engine) -> None:
    try:
        with refusing(), engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except BaseException:
        engine.dispose()
        raise
    if found != "ok":
        engine.dispose()
        raise unusable(f"it is damaged ({found})", "Keep the file as it is and restore the newest backup.")


def _open_postgres(address: URL, busy_seconds: float) -> Engine:
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_size=8,
        max_overflow=16,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "lineclear"},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: _Raw, _record: object) -> None:
        # A setting made inside a transaction would go with its rollback.
        raw.autocommit = True
        _execute(raw, "SET synchronous_commit = on", f"SET lock_timeout = {int(busy_seconds * 1000)}")
        raw.autocommit = False

    return engine


def _execute(raw: _Raw, *statements: str) -> None:
    cursor = raw.cursor()
    try:
        for statement in statements:
            cursor.execute(statement)
    finally:
        cursor.close()
