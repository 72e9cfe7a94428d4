"""How SQLite and PostgreSQL tell that another process has committed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from sqlalchemy import Engine

from lineclear.adapters.sql.faults import away, refusing
from lineclear.adapters.sql.watch import Pause

CHANNEL: Final = "lineclear"
POLL_SECONDS: Final = 0.05
NOTIFY_SECONDS: Final = 0.25
"""How long PostgreSQL's silence is believed before the size is read all the same."""


def listening_on(engine: Engine, workspace: str) -> Callable[[], AbstractContextManager[Pause]]:
    """What a `Watch` needs to follow one workspace of this database."""
    if engine.dialect.name == "postgresql":
        return lambda: _postgres(engine, workspace)
    return lambda: _sqlite(engine)


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Pause]:
    """`PRAGMA data_version` changes when another connection has committed, and costs microseconds."""
    with refusing(), engine.connect() as connection:
        cursor = connection.connection.cursor()  # below SQLAlchemy, which would begin a transaction
        known: object = None

        def pause(ending: threading.Event) -> bool:
            nonlocal known
            ending.wait(POLL_SECONDS)
            cursor.execute("PRAGMA data_version")
            before, known = known, cursor.fetchall()
            return before != known

        yield pause


@contextmanager
def _postgres(engine: Engine, workspace: str) -> Iterator[Pause]:
    """LISTEN on a connection of its own; a lost notification costs one poll."""
    import psycopg  # noqa: PLC0415  # an SQLite backend needs no PostgreSQL

    with refusing(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        connection.detach()  # it listens, so the pool must not hand it to others
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(f"not a connection of psycopg: {driver!r}")

        def pause(_ending: threading.Event) -> bool:
            for notice in driver.notifies(timeout=NOTIFY_SECONDS, stop_after=1):
                if notice.payload != workspace:
                    return False
            return True

        try:
            yield pause
        except psycopg.Error as problem:
            raise away() from problem
