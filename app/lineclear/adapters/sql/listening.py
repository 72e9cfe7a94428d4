"""How SQLite and PostgreSQL tell that another process has committed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import msgspec
from sqlalchemy import Engine

from lineclear.adapters.sql.faults import refusing
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
        known = 0

        def pause(changed: threading.Condition) -> bool:
            nonlocal known
            with changed:
                changed.wait(POLL_SECONDS)
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
            before, known = known, version
            return bool(before != version)

        yield pause


@contextmanager
def _postgres(engine: Engine, workspace: str) -> Iterator[Pause]:
    """LISTEN on a connection of its own; a lost notification costs one poll."""
    import psycopg  # noqa: PLC0415  # an SQLite backend needs no PostgreSQL

    with refusing(), engine.connect() as connection:
        ...
