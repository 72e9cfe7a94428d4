"""One workspace in an SQL database: transactions, snapshots and waiting on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from lineclear.adapters.sql.engine import BUSY_SECONDS, open_engine, reading, writing
from lineclear.adapters.sql.faults import is_conflict, refusal_for, refusing
from lineclear.adapters.sql.known import Recent
from lineclear.adapters.sql.lines import Lines
from lineclear.adapters.sql.listening import CHANNEL, listening_on
from lineclear.adapters.sql.protecting import protect
from lineclear.adapters.sql.scrubbing import scrub
from lineclear.adapters.sql.snapshot import SqlSnapshot
from lineclear.adapters.sql.stretches import WORTH, Place, hashed, hashed_together, helpers
from lineclear.adapters.sql.tables import ledgers
from lineclear.adapters.sql.transaction import SqlTransaction
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.adapters.sql.vault import Room, Vault
from lineclear.adapters.sql.watch import Watch
from lineclear.adapters.sql.writer import Batch, Call, Writer
from lineclear.application.ports import Snapshot, Transaction

ATTEMPTS: Final = 5
"""How often a batch is run when the database cannot serialise it."""

_notify: Final = text("SELECT pg_notify(:channel, :workspace)")


class SqlStore:
    """A `Store`. The engine's schema must be current (`upgrade`); it stays the caller's to dispose.

    Works run several to a commit, maybe on the thread of another caller: a work that raises takes back
    only itself. A commit that fails is acknowledged to nobody. Where the connection breaks during a commit,
    nobody can say whether it counted: repeat with the same idempotency key.

    With a `vault`, blobs are closed under data keys, and what an older program left open is closed first.
    Raises Refusal(DATABASE_UNUSABLE) where another vault closed them. `place` says where other processes
    find the same ledger, which then help to hash it.
    """

    def __init__(
        self, engine: Engine, workspace: str, *, vault: Vault | None = None, place: Place | None = None
    ) -> None:
        self._engine = engine
        self._place = place
        self._room = None if vault is None else Room(vault)
        self._recent = Recent()
        self._workspace = workspace
        self._reads = (
            engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if engine.dialect.name == "postgresql"
            else engine
        )
        self._writers = Lines(engine)
        self._readers = self._writers if self._reads is engine else Lines(self._reads)
        self._inside = threading.local()
        self._is_closed = False
        with refusing():
            self._begin_ledger()
            if vault is not None:
                protect(engine, workspace, vault)
        self._watch = Watch(self._size, listening_on(engine, workspace), workspace)
        self._writer = Writer(self._commit, _failure)

    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        self._require_outside()
        return self._writer.run(work)

    def read[R](self, work: Callable[[Snapshot], R]) -> R:
        self._require_outside()
        if self._is_closed:
            raise RuntimeError("the store is closed")
        return self._looked(work)

    def tile_roots(self, start: int, end: int, told: Callable[[int, int], None]) -> bytes:
        def here(begin: int, upto: int) -> bytes:
            return self._looked(lambda snapshot: snapshot.tile_roots(begin, upto))

        self._require_outside()
        if self._place is None or end - start < WORTH or not (count := helpers()):
            return hashed(here, start, end, told)
        return hashed_together(self._place, here, start, end, told, count)

    def scrub(self) -> None:
        self._require_outside()
        scrub(self._engine)

    def wait(self, size: int, seconds: float, *, for_work: bool = False) -> int:
        self._require_outside()
        return self._watch.wait(size, seconds, for_work=for_work)

    def close(self) -> None:
        self._is_closed = True
        self._watch.close()
        self._writer.close()
        for lines in (self._readers, self._writers):
            lines.close()

    def _looked[R](self, work: Callable[[SqlSnapshot], R]) -> R:
        with self._marked_inside(), refusing(), self._readers.reading() as connection:
            return work(SqlSnapshot(connection, self._workspace, self._room, self._recent))

    def _size(self) -> int:
        return self._looked(lambda snapshot: snapshot.size())

    def _begin_ledger(self) -> None:
        with reading(self._reads) as connection:
            known = select(ledgers).where(ledgers.c.workspace == self._workspace)
            if connection.execute(known).one_or_none() is not None:
                return
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        first = dialect.insert(ledgers).values(workspace=self._workspace).on_conflict_do_nothing()
        with writing(self._engine) as connection:
            connection.execute(first)

    def _commit(self, batch: Batch) -> None:
        with self._marked_inside(), self._watch.written():
            self._commit_or_retry(batch)

    def _commit_or_retry(self, batch: Batch) -> None:
        attempts = 0
        while batch.calls:
            try:
                done = self._run(batch)
            except _FirstFailedError:
                batch.settle_first()
            except DBAPIError as problem:
                attempts += 1
                if attempts == ATTEMPTS or not is_conflict(problem):
                    raise
            else:
                idle_since = None if done.stirs else done.tail.size
                self._watch.reached(done.size(), idle_since=idle_since)
                return

    def _run(self, batch: Batch) -> SqlTransaction:
        try:
            transaction = self._committed(batch)
            transaction.known.grow(transaction.end, transaction.changes())
        finally:
            self._recent.end()
        return transaction

    def _committed(self, batch: Batch) -> SqlTransaction:
        with self._writers.writing() as connection:
            transaction = SqlTransaction(connection, self._workspace, self._room, self._recent)
            before = transaction.size()
            for place, call in enumerate(batch):
                if place == 0:
                    _attempt_alone(transaction, call)
                else:
                    _attempt(transaction, call)
            if transaction.size() > before and connection.dialect.name == "postgresql":
                connection.execute(_notify, {"channel": CHANNEL, "workspace": self._workspace})
        return transaction

    @contextmanager
    def _marked_inside(self) -> Iterator[None]:
        self._inside.work = True
        try:
            yield
        finally:
            self._inside.work = False

    def _require_outside(self) -> None:
        if getattr(self._inside, "work", False):
            raise RuntimeError("a work called the store that runs it")


def open_store(
    url: str,
    workspace: str,
    *,
    key: bytes | None = None,
    vault: Vault | None = None,
    busy_seconds: float = BUSY_SECONDS,
) -> SqlStore:
    """Open a database of one's own, bring its schema up to date and give one workspace of it."""
    engine = open_engine(url, key=key, busy_seconds=busy_seconds)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    place = Place(Path(file), workspace, key) if file else None
    try:
        upgrade(engine)
        return _OwningStore(engine, workspace, vault=vault, place=place)
    except BaseException:
        engine.dispose()
        raise


class _OwningStore(SqlStore):
    def close(self) -> None:
        super().close()
        self._engine.dispose()


class _FirstFailedError(Exception):
    """Takes the whole transaction back; nobody but the first caller is in it."""


def _attempt_alone(transaction: SqlTransaction, call: Call) -> None:
    """Run the first work of a batch, which is mostly the only one: it needs no savepoint to go back to."""
    try:
        call.result, call.raised = call.work(transaction), None
        transaction.flush(is_last=True)
    except Exception as problem:
        if refusal_for(problem) is not None:
            raise
        call.raised = problem
        raise _FirstFailedError from problem


def _attempt(transaction: SqlTransaction, call: Call) -> None:
    """Run one work; what it raises takes back itself alone, unless it is the database that fails."""
    mark = transaction.mark()
    transaction.driver.say("SAVEPOINT work")  # by hand: SQLAlchemy's costs many times as much
    try:
        call.result, call.raised = call.work(transaction), None
        transaction.flush(is_last=True)
    except Exception as problem:  # the caller's own, raised on its thread
        if refusal_for(problem) is not None:
            raise
        transaction.driver.say("ROLLBACK TO SAVEPOINT work")
        transaction.rewind(mark)
        call.result, call.raised = None, problem
    transaction.driver.say("RELEASE SAVEPOINT work")


def _failure(problem: BaseException) -> BaseException:
    """What one of the callers gets for a commit that failed: its own, as a traceback belongs to one."""
    failure = refusal_for(problem) or RuntimeError("nothing was committed")
    failure.__cause__ = problem
    return failure
