"""Who waits for work sleeps through what made nothing due, and never through what another program did."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from lineclear.adapters.sql.watch import Pause, Watch

SHORT, LONG = 0.05, 20.0


class Database:
    """How long a ledger is by now, and whether the next look finds that somebody has committed."""

    def __init__(self) -> None:
        self.size = 0
        self.looked = threading.Event()

    def listening(self) -> AbstractContextManager[Pause]:
        @contextmanager
        def entered() -> Iterator[Pause]:
            yield self._pause

        return entered()

    def _pause(self, ending: threading.Event) -> bool:
        ending.wait(0.001)
        self.looked.set()
        return True


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    with closing(Watch(lambda: database.size, database.listening, "test")) as made:
        yield made


def is_woken(watch: Watch, size: int, seconds: float) -> bool:
    """Whether a wait for work ends before its time."""
    begun = time.monotonic()
    watch.wait(size, seconds, for_work=True)
    return time.monotonic() - begun < seconds


def grown(watch: Watch, database: Database, size: int, *, idle_since: int | None) -> None:
    """As this process commits."""
    with watch.written():
        database.size = size
        watch.reached(size, idle_since=idle_since)


def test_what_makes_nothing_due_wakes_nobody_who_waits_for_work(watch: Watch, database: Database):
    grown(watch, database, 1, idle_since=0)
    assert not is_woken(watch, 0, SHORT)
    assert watch.wait(0, LONG) == 1, "others hear of it"


def test_what_makes_work_due_wakes_who_waits_for_it(watch: Watch, database: Database):
    grown(watch, database, 1, idle_since=None)
    assert is_woken(watch, 0, LONG)
    assert not is_woken(watch, 1, SHORT)


def test_what_another_program_appended_wakes_also_where_this_one_wrote_after_it(
    watch: Watch, database: Database
):
    grown(watch, database, 3, idle_since=2)
    assert is_woken(watch, 0, LONG), "two entries came from elsewhere"


def test_what_another_program_appends_wakes_who_waits_for_work(watch: Watch, database: Database):
    database.size = 1
    assert is_woken(watch, 0, LONG)


def test_a_look_during_a_commit_of_this_process_does_not_take_it_for_another_programs(
    watch: Watch, database: Database
):
    with watch.written():
        database.size = 1
        assert not is_woken(watch, 0, SHORT)
        assert database.looked.is_set()
        watch.reached(1, idle_since=0)
    assert not is_woken(watch, 0, SHORT)


def test_what_was_found_during_a_commit_that_failed_is_looked_at_afterwards(watch: Watch, database: Database):
    with watch.written():
        database.size = 1
        assert not is_woken(watch, 0, SHORT)
    assert is_woken(watch, 0, LONG)
