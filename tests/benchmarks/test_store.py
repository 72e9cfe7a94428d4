"""How fast the SQLite store is, against the database without it: commits, appends, a page of the queue."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import insert, select
from sqlcipher3 import dbapi2

from lineclear.adapters.sql.codec import decode, encode
from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore, open_store
from lineclear.adapters.sql.stretches import helpers
from lineclear.adapters.sql.tables import actions
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.entries import encode as written_entry
from lineclear.domain.ledger.sealing import seal
from lineclear.domain.ledger.tiles import WIDTH
from lineclear.domain.vocabulary import ActionStatus
from support.ledgers import ask, open_job
from support_benchmarks import AtLeast, AtMost, Ratio
from support_ledger import entry

pytestmark = pytest.mark.bench

THREADS = 16
EACH = 40
PENDING = 100_000
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL")


@contextmanager
def opened(path: Path) -> Iterator[SqlStore]:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    store = SqlStore(engine, "acme")
    yield store
    store.close()
    engine.dispose()


@contextmanager
def raw(path: Path) -> Iterator[dbapi2.Connection]:
    with closing(dbapi2.connect(str(path), isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def by_turns(ours: Callable[[], object], reference: Callable[[], object], times: int) -> tuple[float, float]:
    """Medians of both, measured alternately, so that a noisy moment meets both."""
    for work in (ours, reference):
        work()
    pairs = [(seconds(ours), seconds(reference)) for _ in range(times)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def test_clients_that_share_commits_append_faster_than_ones_that_take_turns(
    tmp_path: Path, report_ratio: Callable[[Ratio], None]
):
    numbers, turn = count(), threading.Lock()

    def append(store: SqlStore) -> None:
        store.transact(lambda tx: open_job(tx, f"job-{next(numbers)}"))

    def append_in_turn(store: SqlStore) -> None:
        with turn:
            append(store)

    def by_all(store: SqlStore, work: Callable[[SqlStore], None]) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda _: [work(store) for _ in range(EACH)], range(THREADS)))

    with opened(tmp_path / "shared.db") as shared, opened(tmp_path / "each.db") as each:
        ours, theirs = by_turns(lambda: by_all(shared, append), lambda: by_all(each, append_in_turn), 3)

    rates = f"one commit each; {THREADS * EACH / ours:,.0f}/s against {THREADS * EACH / theirs:,.0f}/s"
    report_ratio(Ratio("appends by 16 clients", rates, theirs / ours, AtLeast(2)))


def test_a_durable_append_costs_little_more_than_a_raw_commit(
    tmp_path: Path, report_ratio: Callable[[Ratio], None]
):
    numbers = count()
    with opened(tmp_path / "raw.db"):
        pass
    with opened(tmp_path / "ours.db") as store, raw(tmp_path / "raw.db") as connection:

        def append() -> None:
            store.transact(lambda tx: open_job(tx, f"job-{next(numbers)}"))

        append()
        entry, brief, job = store.read(_rows_of_the_first_job)

        def commit() -> None:
            number = next(numbers)
            stream, digest = f"job/job-{number}", sha256(str(number).encode()).hexdigest()
            row = ("acme", number, stream, 0, "job.opened", entry, digest)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            connection.execute("INSERT INTO blobs VALUES (?, ?, ?)", ("acme", digest, brief))
            connection.execute("INSERT INTO jobs VALUES (?, ?, ?, ?)", ("acme", stream, job, number))
            connection.execute("COMMIT")

        ours, theirs = by_turns(append, commit, 300)

    what = f"raw commit of the same rows, {theirs * 1e6:,.0f} µs"
    report_ratio(Ratio("one durable append", what, ours / theirs, AtMost(2)))


def _rows_of_the_first_job(snapshot: Snapshot) -> tuple[bytes, bytes, bytes]:
    (stored,) = snapshot.entries(start=0, limit=1)
    (job,) = snapshot.every(Job)
    assert stored.brief is not None
    return stored.entry, seal(bytes(32), stored.brief), encode(job)


def test_a_page_of_the_queue_costs_what_its_rows_cost(tmp_path: Path, report_ratio: Callable[[Ratio], None]):
    path = tmp_path / "queue.db"
    statement = (
        "SELECT state, proposed FROM actions WHERE workspace = 'acme' AND status = 'pending'"
        " ORDER BY due, proposed LIMIT 101"
    )
    query = ActionQuery(statuses=frozenset({ActionStatus.PENDING}))
    with opened(path) as store, raw(path) as connection:
        store.transact(lambda tx: ask(tx, "act-0"))
        with store._engine.begin() as filling:
            row = dict(filling.execute(select(actions)).mappings().one())
            made = [
                row | {"id": f"act-{n:06}", "proposed": n, "due": n * 7919 % PENDING}
                for n in range(1, PENDING)
            ]
            filling.execute(insert(actions), made)

        ours, theirs = by_turns(
            lambda: store.read(lambda s: s.actions(query)),
            lambda: [decode(Action, state) for state, _ in connection.execute(statement).fetchall()],
            100,
        )
        assert store.read(lambda s: s.count_actions(query)) == PENDING

    what = f"raw SQL, decoded, {theirs * 1e6:,.0f} µs"
    report_ratio(Ratio("page of 100 of 100,000 pending", what, ours / theirs, AtMost(2)))


HASHED = [500_000, *(pytest.param(size, marks=pytest.mark.long) for size in (1_000_000, 10_000_000))]


@pytest.fixture(params=HASHED)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """A database whose ledger has that many entries, written past the store to have them soon."""
    size, path = request.param // WIDTH * WIDTH, tmp_path / "ledger.db"
    with opened(path):
        pass
    rows = (
        (n, f"action/a{n // 40}", n % 40, written_entry(entry(n % 40, f"action/a{n // 40}")))
        for n in range(size)
    )
    with raw(path) as connection:
        connection.execute("BEGIN")
        columns = 'workspace, "index", stream, seq, type, entry'
        sql = f"INSERT INTO entries ({columns}) VALUES ('acme', ?, ?, ?, 'a.b', ?)"
        connection.executemany(sql, rows)
        connection.execute("COMMIT")
    return path, size


def costs(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in the busier of this process and its helpers."""
    clock, here, there = time.perf_counter(), time.process_time(), children()
    work()
    busiest = max(time.process_time() - here, (children() - there) / max(helpers(), 1))
    return time.perf_counter() - clock, busiest


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.timeout(3_600)
def test_a_ledger_is_verified_in_a_small_multiple_of_a_bare_scan_of_it(
    written: tuple[Path, int], report_ratio: Callable[[Ratio], None]
):
    """The scan is one process's. Alone, two SHA-256 of each entry cost more than reading it.

    By the processor's time, as a second process gains nothing where another program has the second processor.
    """
    path, size = written
    found = list[bytes]()
    sql = "SELECT entry FROM entries WHERE workspace = 'acme' ORDER BY \"index\""

    def hashed(store: SqlStore) -> Callable[[], object]:
        return lambda: found.append(store.tile_roots(0, size, lambda _done, _all: None))

    with (
        opened(path) as alone,
        closing(open_store(f"sqlite:///{path}", "acme")) as shared,
        raw(path) as connection,
    ):
        scan = lambda: sum(len(row[0]) for row in connection.execute(sql))  # one of three alike
        times = [[costs(work) for work in (scan, hashed(alone), hashed(shared))] for _ in range(3)]
    assert len(set(found)) == 1
    clock, busiest = (
        [min(times[turn][work][kind] for turn in range(3)) for work in range(3)] for kind in range(2)
    )
    for work, goal in ((1, 3.2), (2, 2.5)):
        what = f"{size:,} entries verified, {1 if work == 1 else helpers() + 1} process(es)"
        report_ratio(Ratio(what, "bare scan of its rows", busiest[work] / busiest[0], AtMost(goal)))
        report_ratio(
            Ratio(f"{what}, by the clock", "bare scan of its rows", clock[work] / clock[0], AtMost(6))
        )
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    scale = 1 if sys.platform == "darwin" else 1_024
    report_ratio(
        Ratio(f"memory while {size:,} are verified", "absolute", most * scale / 2**20, AtMost(512), "MiB")
    )
