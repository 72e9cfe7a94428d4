"""What every store promises, whatever keeps its rows: memory, SQLite plain and encrypted, PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.ledgers import append, ask, evaluate, open_job, propose, report_spans, whole, withdraw

from lineclear.adapters.memory.clock import START
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.sql.codec import encode
from lineclear.adapters.sql.store import open_store
from lineclear.application.ports import ActionQuery, Remembered, Snapshot, Store, Task, TaskKind, Transaction
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode, Workspace
from lineclear.domain.identities import Agent, Person
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import Aggregate, fold_all
from lineclear.domain.vocabulary import ActionStatus, Mode, Outcome, Role, Stake, Tier

PENDING = frozenset({ActionStatus.PENDING})
EXECUTE = frozenset({TaskKind.EXECUTE})
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a store can be opened again, unless it lives in memory."""

    open: Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", "encrypted", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    if kind == "memory":
        return Place(MemoryStore)
    if kind == "postgres":
        url = request.getfixturevalue("postgres_database")
        return Place(lambda: open_store(url, "acme"))
    key = b"\x07" * 32 if kind == "encrypted" else None
    return Place(lambda: open_store(f"sqlite:///{tmp_path}/ledger.db", "acme", key=key))


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = place.open()
    yield opened
    opened.close()


class Broken(Exception):
    """Raised by a work that fails."""


def _a_little_of_everything(tx: Transaction) -> None:
    append(tx, Workspace, "acme", e.WorkspaceCreated("Acme", "production"))
    append(tx, Person, "ines", e.PersonEnrolled(Role.APPROVER, Tier.TWO, ceiling="500.00", currency="EUR"))
    append(tx, Agent, "refunds", e.AgentEnrolled("olga", {"refund": Mode.ASSISTED, "mail": Mode.DRAFT}))
    open_job(tx, "job-1")
    report_spans(tx, "job-1", "plan", "read")
    propose(tx, "act-1", title="Refund order 8 to Łucja")
    evaluate(tx, "act-1", Outcome.ASK)
    append(
        tx,
        SafeMode,
        "safe_mode",
        e.SafeModeSwitched(on=True, by="ines", reason="drill", in_flight=("act-0",)),
    )
    append(tx, SafeMode, "safe_mode", e.SafeModeConfirmed())
    report_spans(tx, "job-1", "answer")
    withdraw(tx, "act-1")


def _everything(snapshot: Snapshot) -> list[Aggregate]:
    kinds: tuple[type[Aggregate], ...] = (Action, Agent, Job, Person, SafeMode, Workspace)
    return [state for kind in kinds for state in snapshot.every(kind)]


class TestAppending:
    def test_what_was_appended_is_read_back_as_it_was(self, store: Store):
        def work(tx: Transaction) -> tuple[Job, Action]:
            return open_job(tx, "job-1"), propose(tx, "act-1")

        job, action = store.transact(work)

        assert store.read(lambda s: s.load(Job, "job-1")) == job
        assert store.read(lambda s: s.load(Action, "act-1")) == action
        assert store.read(lambda s: s.load(Action, "job-1")) is None
        assert store.read(lambda s: s.size()) == 2
        assert [one.event for one in store.read(whole)][0] == e.JobOpened("refunds", e.Budget())

    def test_a_transaction_sees_its_own_writes(self, store: Store):
        def work(tx: Transaction) -> tuple[int, int, tuple[str, ...]]:
            ask(tx, "act-1")
            waiting = tx.actions(ActionQuery(statuses=PENDING))
            return tx.size(), len(waiting.items), tuple(one.id for one in tx.every(Action))

        assert store.transact(work) == (2, 1, ("act-1",))

    def test_I35_the_tables_equal_the_fold_of_the_ledger_byte_for_byte(self, store: Store):
        store.transact(_a_little_of_everything)

        rebuilt = fold_all(store.read(whole)).values()
        kept = store.read(_everything)

        assert len(kept) == 6
        assert sorted(map(encode, rebuilt)) == sorted(map(encode, kept))

    def test_I36_entry_and_change_are_both_there_or_neither(self, store: Store):
        store.transact(lambda tx: open_job(tx, "job-1"))

        def work(tx: Transaction) -> None:
            _a_little_of_everything_else(tx)
            raise Broken

        with pytest.raises(Broken):
            store.transact(work)

        assert store.read(lambda s: s.size()) == 1
        assert store.read(lambda s: s.every(Action)) == ()
        assert store.read(lambda s: s.count_actions(ActionQuery())) == 0
        assert store.read(lambda s: s.load(Job, "job-1").steps) == 0
        assert store.read(lambda s: s.spans("job-1")) == ()
        assert store.read(lambda s: s.blob("d")) is None
        assert store.read(lambda s: s.remembered("agent/refunds", "k")) is None
        assert store.transact(lambda tx: tx.lease(EXECUTE, now=START, until=START + MINUTE)) is None
        assert store.transact(lambda tx: propose(tx, "act-1")).index == 1

    def test_a_rolled_back_lease_is_free_again(self, store: Store):
        store.transact(lambda tx: tx.enqueue(Task("tsk-1", TaskKind.EXECUTE, "act-1", START)))

        def work(tx: Transaction) -> None:
            task = tx.lease(EXECUTE, now=START, until=START + MINUTE)
            assert task is not None
            tx.finish(task)
            raise Broken

        with pytest.raises(Broken):
            store.transact(work)

        assert store.transact(lambda tx: tx.lease(EXECUTE, now=START, until=START + MINUTE)).token == 1

    @pytest.mark.parametrize(
        "wrong", [{"index": 0}, {"index": 2}, {"seq": 0}, {"seq": 2}, {"stream": "job/job-2"}]
    )
    def test_I40_an_append_that_leaves_a_gap_is_refused(self, store: Store, wrong: dict[str, object]):
        store.transact(lambda tx: open_job(tx, "job-1"))

        def work(tx: Transaction) -> None:
            tx.append(replace(_next(tx), **wrong), b"{}", tx.load(Job, "job-1"))

        with pytest.raises(ValueError, match=r"follow|continues|lead"):
            store.transact(work)
        assert store.read(lambda s: s.size()) == 1

    def test_a_work_that_calls_its_own_store_is_refused(self, store: Store):
        with pytest.raises(RuntimeError, match="a work called"):
            store.transact(lambda _: store.transact(lambda tx: tx.size()))
        with pytest.raises(RuntimeError, match="a work called"):
            store.transact(lambda _: store.read(lambda s: s.size()))
        with pytest.raises(RuntimeError, match="a work called"):
            store.read(lambda _: store.transact(lambda tx: tx.size()))
        with pytest.raises(RuntimeError, match="a work called"):
            store.transact(lambda _: store.wait(0, 1))

        assert store.transact(lambda tx: tx.size()) == 0

    def test_a_closed_store_takes_no_work(self, place: Place):
        store = place.open()
        store.close()
        store.close()

        with pytest.raises(RuntimeError, match="closed"):
            store.transact(lambda tx: tx.size())


def _a_little_of_everything_else(tx: Transaction) -> None:
    ask(tx, "act-1")
    report_spans(tx, "job-1", "plan")
    tx.put_blob("d", b"sealed")
    tx.remember(Remembered("agent/refunds", "k", "f", "act-1"))
    tx.enqueue(Task("tsk-1", TaskKind.EXECUTE, "act-1", START))


def _next(tx: Transaction):
    last = whole(tx)[-1]
    return replace(last, index=1, seq=1)
