"""What every store promises to many callers: one order, one commit for several, nobody misses a change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event

from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.application.ports import Snapshot, Store, Transaction
from lineclear.domain.jobs import Job
from lineclear.domain.state import fold_all
from support.ledgers import open_job, report_spans, whole
from support.stores import DURABLE, KEY, KINDS, Place, place_of

THREADS = 8
TIMES = 10
ROUNDS = {"sqlite": 5, "encrypted": 2, "postgres": 3}
ACKNOWLEDGED = 40


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with place.opened() as opened:
        yield opened


@pytest.fixture(params=DURABLE)
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


class BrokenError(Exception):
    """Raised by a work that fails."""


def at_once[T](works: list[Callable[[], T]]) -> list[T]:
    """Run all works on threads that begin together."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def count_up(tx: Transaction) -> int:
    """Read, then write what was read plus one."""
    return report_spans(tx, "job-1", "step").steps


def climbing(store: Store) -> Callable[[], list[int]]:
    return lambda: [store.transact(count_up) for _ in range(TIMES)]


def test_concurrent_writers_act_one_after_the_other(store: Store):
    store.transact(lambda tx: open_job(tx, "job-1"))

    seen = at_once([climbing(store)] * THREADS)

    assert sorted(step for steps in seen for step in steps) == list(range(1, THREADS * TIMES + 1))
    assert all(steps == sorted(steps) for steps in seen)
    assert store.read(lambda s: s.size()) == THREADS * TIMES + 1


def test_two_stores_of_one_database_act_one_after_the_other(durable: Place):
    with durable.opened() as one, durable.opened() as other:
        one.transact(lambda tx: open_job(tx, "job-1"))

        seen = at_once([climbing(one), climbing(other)] * 3)

        assert sorted(step for steps in seen for step in steps) == list(range(1, 6 * TIMES + 1))
        assert other.read(whole) == one.read(whole)


def test_a_work_that_fails_among_others_takes_back_only_itself(store: Store):
    def opening(number: int) -> Callable[[], str]:
        def work(tx: Transaction) -> str:
            identifier = open_job(tx, f"job-{number}").id
            if number % 2:
                raise BrokenError(identifier)
            return identifier

        def run() -> str:
            try:
                return store.transact(work)
            except BrokenError as problem:
                return f"no {problem}"

        return run

    said = at_once([opening(number) for number in range(16)])

    assert said == [f"no job-{number}" if number % 2 else f"job-{number}" for number in range(16)]
    assert {job.id for job in store.read(lambda s: s.every(Job))} == {f"job-{n}" for n in range(0, 16, 2)}
    assert [one.index for one in store.read(whole)] == list(range(8))


def test_a_reader_sees_one_moment_while_writers_write(store: Store):
    store.transact(lambda tx: open_job(tx, "job-1"))
    done = threading.Event()

    def look(snapshot: Snapshot) -> tuple[int, int, int, int]:
        job = snapshot.load(Job, "job-1")
        assert job is not None
        size = snapshot.size()
        return job.steps, size - 1, len(snapshot.entries(start=1, limit=10_000)), len(snapshot.spans("job-1"))

    def watch() -> int:
        looks = 0
        while not done.is_set() or not looks:
            assert len(set(store.read(look))) == 1
            looks += 1
        return looks

    with ThreadPoolExecutor(1) as pool:
        watching: Future[int] = pool.submit(watch)
        at_once([climbing(store)] * 4)
        done.set()
        assert watching.result() > 0


def test_writers_that_come_together_share_commits_and_all_survive(
    durable: Place, request: pytest.FixtureRequest
):
    encrypted = "encrypted" in request.node.callspec.id
    engine = open_engine(durable.url, key=KEY if encrypted else None)
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    upgrade(engine)
    store = SqlStore(engine, "acme")
    commits.clear()

    def opening(thread: int) -> Callable[[], list[str]]:
        def run() -> list[str]:
            return [store.transact(lambda tx, n=n: open_job(tx, f"job-{thread}-{n}").id) for n in range(20)]

        return run

    acknowledged = at_once([opening(thread) for thread in range(16)])
    store.close()
    engine.dispose()

    assert 1 <= len(commits) < 16 * 20 / 2
    with durable.opened() as again:
        assert again.read(lambda s: s.size()) == 16 * 20
        assert {job.id for job in again.read(lambda s: s.every(Job))} == {
            i for ids in acknowledged for i in ids
        }


def waking_times(writer: Store, waiter: Store) -> list[float]:
    """Seconds from a commit's acknowledgement to the end of a wait for it."""
    late: list[float] = []
    for number in range(5):
        size = waiter.read(lambda s: s.size())
        begun = threading.Event()

        def wait(size: int = size, begun: threading.Event = begun) -> tuple[int, float]:
            begun.set()
            return waiter.wait(size, 20), time.monotonic()

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(wait)
            begun.wait()
            waiter.wait(size, 0.03)  # by now the other wait has begun as well
            writer.transact(lambda tx, n=number: open_job(tx, f"job-{n}"))
            committed = time.monotonic()
            longer, woken = waiting.result()
        assert longer == size + 1
        late.append(woken - committed)
    return late


def test_a_wait_ends_as_soon_as_the_ledger_grows(store: Store):
    assert min(waking_times(store, store)) < 0.1


def test_a_wait_ends_soon_after_another_program_has_appended(durable: Place):
    with durable.opened() as writer, durable.opened() as waiter:
        assert min(waking_times(writer, waiter)) < 0.1


def test_a_wait_ends_when_its_time_is_over_or_when_there_is_nothing_to_wait_for(store: Store):
    assert store.wait(0, 0.01) == 0
    store.transact(lambda tx: open_job(tx, "job-1"))
    assert store.wait(0, 20) == 1


def test_closing_releases_who_waits_and_ends_every_thread(place: Place):
    before = set(threading.enumerate())
    store = place.open()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(store.wait, 0, 60) for _ in range(2)]
        store.wait(0, 0.05)

        begun = time.monotonic()
        store.close()
        assert [one.result() for one in waiting] == [0, 0]

    assert time.monotonic() - begun < 30
    assert set(threading.enumerate()) <= before


def test_i22_what_was_acknowledged_survives_a_kill_in_the_middle_of_commits(
    durable: Place, request: pytest.FixtureRequest
):
    kind = next(name for name in DURABLE if name in request.node.callspec.id)
    key = KEY.hex() if kind == "encrypted" else ""
    durable.open().close()
    acknowledged: set[str] = set()

    for number in range(ROUNDS[kind]):
        acknowledged |= _killed_while_appending(durable.url, key, f"job-{number}")

    with durable.opened() as store:
        kept = store.read(whole)
        assert acknowledged <= {one.id for one in kept}
        assert [one.index for one in kept] == list(range(len(kept)))
        jobs = {f"job/{job.id}": job for job in store.read(lambda s: s.every(Job))}
        assert fold_all(kept) == jobs
        assert store.transact(lambda tx: open_job(tx, "job-after")).index == len(kept)


def _killed_while_appending(url: str, key: str, word: str) -> set[str]:
    program = Path(sys.modules[open_job.__module__].__file__ or "").with_name("appending.py")
    paths = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(
        [sys.executable, program, url, key, word],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(ACKNOWLEDGED)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    return {line.strip() for line in lines if line.endswith("\n")}
