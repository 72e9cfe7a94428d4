"""What every store promises about due work: one holder at a time, fenced by a growing token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lineclear.adapters.memory.clock import START
from lineclear.application.ports import Store, Task, TaskKind
from support.stores import KINDS, Place, place_of

EXECUTE = frozenset({TaskKind.EXECUTE})
ANY = frozenset(TaskKind)
SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND
LEASE = 30 * SECOND


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    place: Place = place_of(request.param, tmp_path, request)
    with place.opened() as opened:
        yield opened


def enqueue(store: Store, *tasks: Task) -> None:
    def work(tx) -> None:
        for task in tasks:
            tx.enqueue(task)

    store.transact(work)


def lease(store: Store, now: datetime = START, kinds: frozenset[TaskKind] = ANY) -> Task | None:
    return store.transact(lambda tx: tx.lease(kinds, now=now, until=now + LEASE))


def taken(store: Store, now: datetime = START) -> Task:
    task = lease(store, now)
    assert task is not None
    return task


TASK = Task("tsk-1", TaskKind.EXECUTE, "act-1", START)


def test_the_oldest_due_task_of_the_kinds_is_leased_first(store: Store):
    enqueue(
        store,
        Task("tsk-4", TaskKind.EXPIRE, "act-4", START - 3 * SECOND),
        Task("tsk-3", TaskKind.EXECUTE, "act-3", START - SECOND / 8),
        Task("tsk-2", TaskKind.EXECUTE, "act-2", START - SECOND / 4),
        Task("tsk-1", TaskKind.EXECUTE, "act-1", START - SECOND / 8),
        Task("tsk-0", TaskKind.EXECUTE, "act-0", START + timedelta(microseconds=1)),
    )

    order = [lease(store, kinds=EXECUTE) for _ in range(4)]

    assert [task and task.id for task in order] == ["tsk-2", "tsk-1", "tsk-3", None]
    assert lease(store, kinds=frozenset()) is None
    assert taken(store).id == "tsk-4"


def test_a_leased_task_is_given_to_nobody_else_until_its_lease_ends(store: Store):
    enqueue(store, TASK)

    first = taken(store)
    assert first == replace(TASK, token=1, attempts=1, until=START + LEASE)
    assert lease(store, START + LEASE - timedelta(microseconds=1)) is None

    second = taken(store, START + LEASE)
    assert second == replace(TASK, token=2, attempts=2, until=START + 2 * LEASE)


def test_i25_a_stale_lease_does_nothing(store: Store):
    enqueue(store, TASK)
    stale = taken(store)
    current = taken(store, START + LEASE)

    assert not store.transact(lambda tx: tx.holds(stale))
    assert not store.transact(lambda tx: tx.finish(stale))
    assert not store.transact(lambda tx: tx.postpone(stale, due=START))

    assert store.transact(lambda tx: tx.holds(current))
    assert store.transact(lambda tx: tx.finish(current))


def test_i25_a_renewed_lease_lasts_and_one_that_was_lost_is_not_renewed(store: Store):
    enqueue(store, TASK)
    first = taken(store)

    assert store.transact(lambda tx: tx.renew(first, until=START + 3 * LEASE))
    assert lease(store, START + 2 * LEASE) is None
    assert store.transact(lambda tx: tx.holds(first))

    second = taken(store, START + 3 * LEASE)
    assert not store.transact(lambda tx: tx.renew(first, until=START + 9 * LEASE))
    assert store.transact(lambda tx: tx.postpone(second, due=START))
    assert not store.transact(lambda tx: tx.renew(second, until=START + 9 * LEASE))
    assert lease(store, START + 4 * LEASE) is not None


def test_a_lease_that_nobody_else_took_is_still_its_holders(store: Store):
    enqueue(store, TASK)
    held = taken(store)

    assert store.transact(lambda tx: tx.holds(held))
    assert store.transact(lambda tx: tx.finish(held))


def test_a_finished_task_is_gone(store: Store):
    enqueue(store, TASK)
    task = taken(store)

    assert store.transact(lambda tx: tx.finish(task))

    assert not store.transact(lambda tx: tx.finish(task))
    assert not store.transact(lambda tx: tx.holds(task))
    assert lease(store, START + 2 * LEASE) is None


def test_a_postponed_task_comes_back_when_it_is_due_and_only_then(store: Store):
    enqueue(store, TASK)
    task = taken(store)

    assert store.transact(lambda tx: tx.postpone(task, due=START + SECOND))

    assert not store.transact(lambda tx: tx.holds(task))
    assert not store.transact(lambda tx: tx.finish(task))
    assert lease(store) is None
    again = taken(store, START + SECOND)
    assert again.token > task.token
    assert (again.attempts, again.due) == (2, START + SECOND)


def test_a_task_that_nobody_has_leased_is_held_by_nobody(store: Store):
    enqueue(store, TASK)

    assert not store.transact(lambda tx: tx.holds(TASK))


def test_a_task_that_exists_cannot_be_added_again(store: Store):
    enqueue(store, TASK)

    with pytest.raises(ValueError, match="tsk-1 exists"):
        enqueue(store, TASK)


def flood(proposer: str, count: int) -> list[Task]:
    """So many tasks, all due before anybody else's."""
    return [
        Task(f"{proposer}-{n:03}", TaskKind.EXECUTE, "act", START - MINUTE, proposer=proposer)
        for n in range(count)
    ]


def served(store: Store, count: int) -> list[str]:
    """Whose work so many leases give, each naming the one before as a worker does."""
    found: list[str] = []
    for _ in range(count):
        after = found[-1] if found else ""
        task = store.transact(
            lambda tx, after=after: tx.lease(ANY, now=START, until=START + LEASE, after=after)
        )
        found.append(task.proposer if task else "nobody")
    return found


def test_i34_those_whose_work_is_due_take_turns_whoever_has_more(store: Store):
    enqueue(store, *flood("agent/many", 100), *flood("agent/few", 2), *flood("person/ops", 1))

    assert served(store, 6) == [
        "agent/few",
        "agent/many",
        "person/ops",
        "agent/few",
        "agent/many",
        "agent/many",
    ]


def test_i34_a_turn_goes_to_nobody_whose_work_is_not_due(store: Store):
    enqueue(
        store,
        *flood("agent/b", 2),
        Task("later", TaskKind.EXECUTE, "act", START + SECOND, proposer="agent/a"),
    )

    assert served(store, 3) == ["agent/b", "agent/b", "nobody"]


def test_what_waits_for_something_is_due_as_soon_as_that_happens(store: Store):
    enqueue(store, TASK, replace(TASK, id="tsk-2"))
    first, second = taken(store), taken(store)
    store.transact(lambda tx: tx.postpone(first, due=START + MINUTE, waits_for="job/job-1"))
    store.transact(lambda tx: tx.postpone(second, due=START + MINUTE, waits_for="job/job-2"))
    assert lease(store) is None

    store.transact(lambda tx: tx.wake("job/job-2", now=START))

    woken = taken(store)
    assert (woken.id, woken.waits_for) == ("tsk-2", "")
    assert store.transact(lambda tx: tx.finish(woken))
    assert lease(store) is None
    assert taken(store, START + MINUTE).id == "tsk-1"


def test_what_is_held_by_somebody_is_not_woken(store: Store):
    enqueue(store, TASK)
    held = taken(store)

    store.transact(lambda tx: tx.wake("", now=START))

    assert store.transact(lambda tx: tx.holds(held))
    assert lease(store) is None
