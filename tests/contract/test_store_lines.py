"""What SQL stores promise of connections that stay open: no transaction outlives its work; none is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.lines import Lines
from lineclear.adapters.sql.store import SqlStore
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.application.ports import Snapshot, Transaction
from lineclear.domain.refusals import Code, Refusal
from support.ledgers import open_job


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/ledger.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_database")
    opened = open_engine(url, busy_seconds=0.2)
    upgrade(opened)
    yield opened
    opened.dispose()


def broken_look(_: Snapshot) -> None:
    raise Refusal(Code.NOT_FOUND, what="This")


def test_a_look_sees_what_was_committed_since_the_last_one_whether_that_broke_or_not(engine: Engine):
    store = SqlStore(engine, "acme")
    for number in range(4):
        with pytest.raises(Refusal):
            store.read(broken_look)
        store.transact(lambda tx, n=number: open_job(tx, f"job-{n}"))
        assert store.read(lambda s: s.size()) == number + 1
    store.close()


def test_a_work_that_is_taken_back_leaves_nothing_for_the_next_one(engine: Engine):
    def broken(tx: Transaction) -> None:
        open_job(tx, "job-broken")
        raise Refusal(Code.NOT_FOUND, what="This")

    store = SqlStore(engine, "acme")
    with pytest.raises(Refusal):
        store.transact(broken)
    store.transact(lambda tx: open_job(tx, "job-1"))

    assert store.read(lambda s: [one.index for one in s.entries(start=0, limit=9)]) == [0]
    store.close()


def test_a_closed_store_holds_no_connection(engine: Engine):
    store = SqlStore(engine, "acme")
    store.transact(lambda tx: open_job(tx, "job-1"))
    store.read(lambda s: s.size())
    store.close()

    assert engine.pool.checkedout() == 0


def test_a_connection_on_which_the_database_failed_is_used_no_more(engine: Engine):
    lines = Lines(engine)
    with pytest.raises(DBAPIError), lines.reading() as failed:
        failed.execute(text("SELECT nothing FROM nowhere"))

    with lines.reading() as connection:
        assert connection is not failed
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    lines.close()
