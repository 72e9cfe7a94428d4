"""What SQL stores promise when the database refuses: a refusal that helps, and nothing written."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlcipher3 import dbapi2

from lineclear.adapters.sql.engine import SAFE_SQLITE, open_engine, require_safe
from lineclear.adapters.sql.store import ATTEMPTS, SqlStore, open_store
from lineclear.adapters.sql.transaction import SqlTransaction
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.application.ports import Store, Transaction
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from support.ledgers import open_job, whole
from support.stores import KEY

UNSERIALISABLE = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"


@contextmanager
def opened(url: str, busy_seconds: float = 0.2) -> Iterator[tuple[Store, Engine]]:
    engine = open_engine(url, busy_seconds=busy_seconds)
    upgrade(engine)
    store = SqlStore(engine, "acme")
    try:
        yield store, engine
    finally:
        store.close()
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def refusal_of(store: Store) -> Refusal:
    with pytest.raises(Refusal) as refused:
        store.transact(lambda tx: open_job(tx, "job-refused"))
    return refused.value


def open_refused(file: Path, key: bytes | None = None) -> Refusal:
    with pytest.raises(Refusal) as refused:
        open_store(f"sqlite:///{file}", "acme", key=key)
    assert refused.value.code is Code.DATABASE_UNUSABLE
    return refused.value


def filled(file: Path, key: bytes | None = None) -> None:
    store = open_store(f"sqlite:///{file}", "acme", key=key)
    for number in range(40):
        store.transact(lambda tx, n=number: open_job(tx, f"job-{n}"))
    store.close()


def test_a_database_that_another_program_has_locked_is_busy_and_then_serves_again(url: str):
    lock = "SELECT workspace FROM ledgers FOR UPDATE" if url.startswith("postgresql") else "BEGIN IMMEDIATE"
    with opened(url) as (store, engine):
        with engine.connect() as other:
            if lock.startswith("BEGIN"):
                other.connection.cursor().execute(lock)
            else:
                other.execute(text(lock))
            assert refusal_of(store).code is Code.DATABASE_BUSY
            assert store.read(lambda s: s.size()) == 0

        store.transact(lambda tx: open_job(tx, "job-1"))
        assert [one.id for one in store.read(whole)] == ["job-1"]


def test_i47_a_full_disk_is_acknowledged_to_nobody_and_takes_nothing_with_it(file: Path):
    with opened(f"sqlite:///{file}") as (store, engine):
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages + 4}")
            # The pool gives the connection that came back last: the writer takes it, and meets the limit.
        store.transact(lambda tx: open_job(tx, "job-1"))

        def work(tx: Transaction) -> None:
            open_job(tx, "job-large")
            tx.put_blob("d", bytes(100_000))

        with pytest.raises(Refusal) as refused:
            store.transact(work)

        assert refused.value.code is Code.DATABASE_UNUSABLE
        assert "disk is full" in str(refused.value)
        assert "Free some space" in refused.value.remedy
        store.transact(lambda tx: open_job(tx, "job-2"))
        assert [one.id for one in store.read(whole)] == ["job-1", "job-2"]


def test_a_database_that_may_not_be_written_says_so(file: Path):
    with opened(f"sqlite:///{file}") as (store, engine):
        with engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA query_only = ON")
        refusal = refusal_of(store)

        assert refusal.code is Code.DATABASE_UNUSABLE
        assert "read-only" in str(refusal)


def test_a_damaged_file_is_not_opened(file: Path):
    filled(file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : -4096] = b"\xa5" * (len(content) // 2 - 4096)
    file.write_bytes(content)

    assert "damaged" in str(open_refused(file))


def test_a_file_that_is_no_database_is_not_opened(file: Path):
    file.write_text("Dear diary, " * 1000, encoding="utf-8")

    assert "not a database" in str(open_refused(file))


@pytest.mark.parametrize("key", [None, bytes(32)])
def test_an_encrypted_ledger_opens_with_its_key_alone_and_reads_as_noise(file: Path, key: bytes | None):
    filled(file, KEY)

    assert "another key" in str(open_refused(file, key))
    everything = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"Settle complaints" not in everything
    assert b"SQLite format" not in everything


def test_a_ledger_is_readable_by_its_owner_alone(file: Path):
    store = open_store(f"sqlite:///{file}", "acme")
    store.transact(lambda tx: open_job(tx, "job-1"))

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.glob("ledger.db*")}
    store.close()

    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_missing_folder_is_named(file: Path):
    assert "nowhere" in str(open_refused(file.parent / "nowhere" / "ledger.db"))


def test_a_server_that_is_not_there_is_refused_with_advice():
    with pytest.raises(Refusal) as refused:
        open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", "acme")
    assert refused.value.code is Code.DATABASE_UNUSABLE
    assert "cannot be reached" in str(refused.value)


def test_a_server_that_ended_our_connections_is_connected_to_again(postgres_database: str):
    with opened(postgres_database) as (store, engine):
        store.transact(lambda tx: open_job(tx, "job-1"))
        ours = "pid <> pg_backend_pid() AND datname = current_database() AND application_name = 'lineclear'"
        with engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))

        store.transact(lambda tx: open_job(tx, "job-2"))
        assert store.read(lambda s: s.size()) == 2


def test_what_cannot_be_serialised_is_run_again_and_counts_once(postgres_database: str):
    runs = 0

    def work(tx: Transaction) -> Job:
        nonlocal runs
        runs += 1
        job = open_job(tx, "job-1")
        if runs < ATTEMPTS:
            assert isinstance(tx, SqlTransaction)
            tx._connection.exec_driver_sql(UNSERIALISABLE)
        return job

    with opened(postgres_database) as (store, _):
        assert store.transact(work).id == "job-1"
        assert runs == ATTEMPTS
        assert store.read(lambda s: s.size()) == 1


def test_what_can_never_be_serialised_is_refused_in_the_end(postgres_database: str):
    def work(tx: Transaction) -> None:
        assert isinstance(tx, SqlTransaction)
        open_job(tx, "job-1")
        tx._connection.exec_driver_sql(UNSERIALISABLE)

    with opened(postgres_database) as (store, _):
        with pytest.raises(Refusal) as refused:
            store.transact(work)
        assert refused.value.code is Code.DATABASE_BUSY
        assert store.read(lambda s: s.size()) == 0


def test_a_statement_of_our_own_that_fails_is_a_bug_and_takes_back_only_its_work(url: str):
    with opened(url) as (store, _):

        def work(tx: Transaction) -> None:
            assert isinstance(tx, SqlTransaction)
            open_job(tx, "job-1")
            tx._connection.exec_driver_sql("SELECT nothing FROM nowhere")

        with pytest.raises(Exception, match="nowhere") as raised:
            store.transact(work)
        assert not isinstance(raised.value, Refusal)
        assert store.transact(lambda tx: open_job(tx, "job-2")).index == 0


def test_every_connection_to_sqlite_waits_for_the_disk_and_trusts_nothing(file: Path):
    engine = open_engine(f"sqlite:///{file}", busy_seconds=3)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check")
        }
        found["busy_timeout"] = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    engine.dispose()

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": 3000,
    }


def test_every_connection_to_postgres_waits_for_the_disk(postgres_database: str):
    engine = open_engine(postgres_database, busy_seconds=3)
    with engine.connect() as connection:
        for _ in range(2):
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "3s"
            connection.rollback()
    engine.dispose()


def test_an_sqlite_that_can_corrupt_a_ledger_is_refused():
    require_safe(dbapi2.sqlite_version_info)
    require_safe(SAFE_SQLITE)
    with pytest.raises(Refusal, match=r"SQLite 3\.51\.2 can damage it"):
        require_safe((3, 51, 2))


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_ledger_in_memory_is_not_an_sqlite_database(address: str):
    with pytest.raises(ValueError, match="MemoryStore"):
        open_engine(address)


def test_a_key_must_be_one_that_the_database_can_use(file: Path):
    with pytest.raises(ValueError, match="32 bytes"):
        open_engine(f"sqlite:///{file}", key=b"short")
    with pytest.raises(ValueError, match="only SQLite"):
        open_engine("postgresql+psycopg://127.0.0.1/none", key=KEY)
