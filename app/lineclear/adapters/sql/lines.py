"""Connections of one store that stay open from one transaction to the next. Free of tables.

On SQLite, taking a connection out of its pool and giving it back costs more than a small read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from lineclear.adapters.sql.driver import Driver
from lineclear.adapters.sql.engine import begun, reading


class Lines:
    """Gives out the connection that came back last, which has the most pages at hand. Safe from any thread.

    On PostgreSQL each is the pool's, which finds out whether the server is still there. After `close` none
    is kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeps = engine.dialect.name == "sqlite"
        self._idle: list[Connection] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        if not self._keeps:
            with reading(self._engine) as connection:
                yield connection
            return
        with self._taken() as connection:
            driver = Driver(connection)
            driver.say("BEGIN")
            try:
                yield connection
            except DBAPIError:
                raise  # the connection goes, and its transaction with it
            except BaseException:
                driver.say("ROLLBACK")
                raise
            driver.say("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at its end; on SQLite nobody else writes meanwhile."""
        with self._taken() as connection, begun(connection):
            yield connection

    def close(self) -> None:
        self._keeps = False
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _taken(self) -> Iterator[Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            yield connection
        except DBAPIError:
            connection.invalidate()
            connection.close()
            raise
        finally:
            if self._keeps and not connection.closed:
                self._idle.append(connection)
            else:
                connection.close()
