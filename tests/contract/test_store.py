"""What every store promises to one caller: memory, SQLite plain and encrypted, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lineclear.adapters.memory.clock import START
from lineclear.adapters.sql.codec import encode
from lineclear.application.ports import ActionQuery, Remembered, Snapshot, Store, Task, TaskKind, Transaction
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode, Workspace
from lineclear.domain.identities import Agent, Person
from lineclear.domain.jobs import Job
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate, fold_all
from lineclear.domain.vocabulary import ActionStatus, Mode, Role, Tier
from support.ledgers import append, ask, evaluate, open_job, propose, report_spans, whole, withdraw
from support.stores import KINDS, Place, place_of

PENDING = frozenset({ActionStatus.PENDING})
EXECUTE = frozenset({TaskKind.EXECUTE})
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with place.opened() as opened:
        yield opened


class BrokenError(Exception):
    """Raised by a work that fails."""


def a_little_of_everything(tx: Transaction) -> None:
    append(tx, Workspace, "acme", e.WorkspaceCreated("Acme", "production"))
    append(tx, Person, "ines", e.PersonEnrolled(Role.APPROVER, Tier.TWO, ceiling="500.00", currency="EUR"))
    append(tx, Agent, "refunds", e.AgentEnrolled("olga", {"refund": Mode.ASSISTED, "mail": Mode.DRAFT}))
    open_job(tx, "job-1")
    report_spans(tx, "job-1", "plan", "read")
    propose(tx, "act-1", title="Refund order 8 to Łucja")
    evaluate(tx, "act-1")
    drill = e.SafeModeSwitched(on=True, by="ines", reason="drill", in_flight=("act-0",))
    append(tx, SafeMode, "safe_mode", drill)
    append(tx, SafeMode, "safe_mode", e.SafeModeConfirmed())
    report_spans(tx, "job-1", "answer")
    withdraw(tx, "act-1")


def everything(snapshot: Snapshot) -> list[Aggregate]:
    kinds: tuple[type[Aggregate], ...] = (Action, Agent, Job, Person, SafeMode, Workspace)
    return [state for kind in kinds for state in snapshot.every(kind)]


def beside_the_ledger(tx: Transaction) -> None:
    tx.put_blob("d", b"sealed")
    tx.remember(Remembered("agent/refunds", "k", "f", "act-1"))
    tx.enqueue(Task("tsk-1", TaskKind.EXECUTE, "act-1", START))


def test_what_was_appended_is_read_back_as_it_was(store: Store):
    job, action = store.transact(lambda tx: (open_job(tx, "job-1"), propose(tx, "act-1")))

    assert store.read(lambda s: s.load(Job, "job-1")) == job
    assert store.read(lambda s: s.load(Action, "act-1")) == action
    assert store.read(lambda s: s.load(Action, "job-1")) is None
    assert store.read(lambda s: s.size()) == 2
    assert store.read(whole)[0].event == e.JobOpened("refunds", e.Budget())


def test_a_transaction_sees_its_own_writes(store: Store):
    def work(tx: Transaction) -> tuple[int, int, tuple[str, ...]]:
        ask(tx, "act-1")
        waiting = tx.actions(ActionQuery(statuses=PENDING))
        return tx.size(), len(waiting.items), tuple(one.id for one in tx.every(Action))

    assert store.transact(work) == (2, 1, ("act-1",))


def test_i35_the_tables_equal_the_fold_of_the_ledger_byte_for_byte(store: Store):
    store.transact(a_little_of_everything)

    rebuilt = fold_all(store.read(whole)).values()
    kept = store.read(everything)

    assert len(kept) == 6
    assert sorted(map(encode, rebuilt)) == sorted(map(encode, kept))


def test_i36_entry_and_change_are_both_there_or_neither(store: Store):
    store.transact(lambda tx: open_job(tx, "job-1"))

    def work(tx: Transaction) -> None:
        ask(tx, "act-1")
        report_spans(tx, "job-1", "plan")
        beside_the_ledger(tx)
        raise BrokenError

    with pytest.raises(BrokenError):
        store.transact(work)

    assert store.read(lambda s: s.size()) == 1
    assert store.read(lambda s: s.every(Action)) == ()
    assert store.read(lambda s: s.count_actions(ActionQuery())) == 0
    assert [job.steps for job in store.read(lambda s: s.every(Job))] == [0]
    assert store.read(lambda s: s.spans("job-1")) == ()
    assert store.read(lambda s: s.blob("d")) is None
    assert store.read(lambda s: s.remembered("agent/refunds", "k")) is None
    assert store.transact(lambda tx: tx.lease(EXECUTE, now=START, until=START + MINUTE)) is None
    assert store.transact(lambda tx: propose(tx, "act-1")).index == 1


def test_a_work_that_is_taken_back_leaves_changed_rows_as_they_were(store: Store):
    def first(tx: Transaction) -> None:
        ask(tx, "act-1")
        beside_the_ledger(tx)

    store.transact(first)
    before = store.read(everything)

    def work(tx: Transaction) -> None:
        withdraw(tx, "act-1")
        task = tx.lease(EXECUTE, now=START, until=START + MINUTE)
        assert task is not None
        assert tx.finish(task)
        raise BrokenError

    with pytest.raises(BrokenError):
        store.transact(work)

    assert store.read(everything) == before
    assert store.read(lambda s: s.count_actions(ActionQuery(statuses=PENDING))) == 1
    task = store.transact(lambda tx: tx.lease(EXECUTE, now=START, until=START + MINUTE))
    assert task == Task("tsk-1", TaskKind.EXECUTE, "act-1", START, token=1, attempts=1, until=START + MINUTE)


@pytest.mark.parametrize(
    "wrong", [{"index": 0}, {"index": 2}, {"seq": 0}, {"seq": 2}, {"stream": "job/job-2"}]
)
def test_i40_an_append_that_leaves_a_gap_is_refused(store: Store, wrong: dict[str, object]):
    def work(tx: Transaction) -> None:
        job = open_job(tx, "job-1")
        following = replace(whole(tx)[-1], index=1, seq=1)
        assert isinstance(following, Recorded)
        tx.append(replace(following, **wrong), b"{}", job)

    with pytest.raises(ValueError, match=r"follow|continues|lead"):
        store.transact(work)
    assert store.read(lambda s: s.size()) == 0


def test_entries_come_in_stretches_with_their_briefs(store: Store):
    store.transact(a_little_of_everything)

    stretch = store.read(lambda s: s.entries(start=3, limit=3))

    assert [stored.index for stored in stretch] == [3, 4, 5]
    assert stretch[0].brief == b'{"goal":"Settle complaints","customer":"Acme"}'
    assert store.read(lambda s: s.entries(start=0, limit=1))[0].brief is None
    assert store.read(lambda s: s.entries(start=11, limit=5)) == ()


def test_spans_come_in_the_order_in_which_they_were_recorded(store: Store):
    def work(tx: Transaction) -> None:
        for job in ("job-1", "job-2"):
            open_job(tx, job)
        report_spans(tx, "job-1", "z", "a")
        report_spans(tx, "job-2", "other")
        report_spans(tx, "job-1", "m")

    store.transact(work)

    assert [span.name for span in store.read(lambda s: s.spans("job-1"))] == ["z", "a", "m"]
    assert store.read(lambda s: s.spans("job-3")) == ()


def test_a_stream_is_read_whole_in_order_and_alone(store: Store):
    def work(tx: Transaction) -> tuple[int, ...]:
        for job in ("job-1", "job-2"):
            open_job(tx, job)
        report_spans(tx, "job-1", "read")
        return tuple(one.index for one in tx.stream(Job, "job-1"))

    inside = store.transact(work)

    assert tuple(one.index for one in store.read(lambda s: s.stream(Job, "job-1"))) == inside == (0, 2)
    whole_ledger = store.read(lambda s: s.entries(start=0, limit=10))
    assert store.read(lambda s: s.stream(Job, "job-2")) == whole_ledger[1:2]
    assert store.read(lambda s: s.stream(Job, "job-3")) == ()


def test_small_kinds_come_by_id_whatever_the_language(store: Store):
    names = ["Zoe", "ines", "Örjan", "a-b", "a_b", "aa"]

    def work(tx: Transaction) -> None:
        for name in names:
            tier = e.PersonEnrolled(Role.APPROVER, Tier.ONE)
            append(tx, Person, name.replace("Ö", "O"), tier)

    store.transact(work)

    assert [person.id for person in store.read(lambda s: s.every(Person))] == [
        *("Orjan", "Zoe", "a-b", "a_b", "aa", "ines")
    ]


def test_a_blob_is_kept_once_and_unknown_ones_are_absent(store: Store):
    store.transact(lambda tx: tx.put_blob("d", b"\x00sealed"))
    store.transact(lambda tx: tx.put_blob("d", b"\x00sealed"))

    assert store.read(lambda s: s.blob("d")) == b"\x00sealed"
    assert store.read(lambda s: s.blob("e")) is None


def test_i26_an_answer_is_remembered_by_who_asked_and_by_key(store: Store):
    request = Remembered("agent/refunds", "k", "fingerprint", "act-1")
    store.transact(lambda tx: tx.remember(request))

    assert store.read(lambda s: s.remembered("agent/refunds", "k")) == request
    assert store.read(lambda s: s.remembered("agent/others", "k")) is None
    with pytest.raises(ValueError, match="before"):
        store.transact(lambda tx: tx.remember(replace(request, fingerprint="other")))
    assert store.read(lambda s: s.remembered("agent/refunds", "k")) == request


def test_a_work_that_calls_its_own_store_is_refused(store: Store):
    with pytest.raises(RuntimeError, match="a work called"):
        store.transact(lambda _: store.transact(lambda tx: tx.size()))
    with pytest.raises(RuntimeError, match="a work called"):
        store.transact(lambda _: store.read(lambda s: s.size()))
    with pytest.raises(RuntimeError, match="a work called"):
        store.read(lambda _: store.transact(lambda tx: tx.size()))
    with pytest.raises(RuntimeError, match="a work called"):
        store.transact(lambda _: store.wait(0, 1))

    assert store.transact(lambda tx: tx.size()) == 0


def test_a_work_that_ends_the_program_leaves_nothing_behind(store: Store):
    def work(tx: Transaction) -> None:
        open_job(tx, "job-1")
        raise SystemExit

    with pytest.raises(SystemExit):
        store.transact(work)

    assert store.read(lambda s: s.size()) == 0
    assert store.transact(lambda tx: open_job(tx, "job-2")).index == 0


def test_a_closed_store_takes_no_work_and_can_be_closed_again(place: Place):
    store = place.open()
    store.transact(lambda tx: open_job(tx, "job-1"))
    store.close()
    store.close()

    with pytest.raises(RuntimeError, match="closed"):
        store.transact(lambda tx: tx.size())
    with pytest.raises(RuntimeError, match="closed"):
        store.read(lambda s: s.size())
    assert store.wait(1, 20) == 1
