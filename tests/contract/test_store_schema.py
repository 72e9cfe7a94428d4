"""The schema that revisions lead to is the one that the program describes, and a newer one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore, open_store
from lineclear.adapters.sql.tables import metadata
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.domain.refusals import Code, Refusal
from support.ledgers import open_job

TABLES = {
    "ledgers", "entries", "actions", "jobs", "states", "blobs", "keys", "requests", "tasks", "arrivals"
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


def described(connection: Connection) -> dict[str, object]:
    """Everything that the database says about our tables."""
    look = inspect(connection)
    found: dict[str, object] = {
        name: {
            "columns": [column | {"type": repr(column["type"])} for column in look.get_columns(name)],
            "key": look.get_pk_constraint(name),
            "unique": look.get_unique_constraints(name),
            "indexes": sorted(look.get_indexes(name), key=lambda index: str(index["name"])),
            "options": look.get_table_options(name),
        }
        for name in look.get_table_names()
        if name != "alembic_version"
    }
    if connection.dialect.name == "sqlite":
        found["exactly"] = {
            " ".join(sql.split())
            for (sql,) in connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            if "alembic_version" not in sql
        }
    return found


def test_a_migrated_schema_equals_a_fresh_one(engine: Engine):
    upgrade(engine)
    with engine.begin() as connection:
        migrated = described(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(connection)
        assert described(connection).keys() <= {"exactly"}
        metadata.create_all(connection)
        fresh = described(connection)

    assert migrated.keys() - {"exactly"} == TABLES
    assert migrated == fresh


def test_revisions_leave_nothing_to_do(engine: Engine):
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_key_begins_with_the_workspace():
    assert {table.name for table in metadata.tables.values()} == TABLES
    assert {next(iter(table.primary_key)).name for table in metadata.tables.values()} == {"workspace"}


def test_an_upgrade_of_a_current_database_changes_nothing(engine: Engine):
    upgrade(engine)
    store = SqlStore(engine, "acme")
    store.transact(lambda tx: open_job(tx, "job-1"))
    upgrade(engine)

    assert store.read(lambda s: s.size()) == 1
    store.close()


def test_programs_that_start_together_upgrade_once(url: str):
    def start(name: str) -> int:
        store = open_store(url, name)
        store.transact(lambda tx: open_job(tx, "job-1"))
        size = store.read(lambda s: s.size())
        store.close()
        return size

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, ["a", "b", "c", "d"])) == [1, 1, 1, 1]


def test_a_database_of_a_newer_program_is_refused_with_advice(engine: Engine, url: str):
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Refusal) as refused:
        open_store(url, "acme")

    assert refused.value.code is Code.DATABASE_UNUSABLE
    assert "newer Lineclear has altered it (schema 9999)" in str(refused.value)
    assert "Update this program" in refused.value.remedy


def test_workspaces_of_one_database_do_not_meet(engine: Engine):
    upgrade(engine)
    one, other = SqlStore(engine, "one"), SqlStore(engine, "other")
    one.transact(lambda tx: open_job(tx, "job-1"))
    other.transact(lambda tx: open_job(tx, "job-1", goal="Another"))

    assert one.read(lambda s: s.size()) == other.read(lambda s: s.size()) == 1
    assert [job.goal for job in one.read(lambda s: s.jobs()).items] == ["Settle complaints"]
    one.close()
    other.close()
