"""What a transaction keeps at hand is never older than the ledger, whoever changed or undid something."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.signatures import Ed25519Signatures
from lineclear.application.governing.people import Grant, authenticate, issue_token, revoke_token
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.judging.clearing import policy_in_force
from lineclear.application.ports import ActionQuery, Snapshot, Store, TaskKind, Transaction
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, JobOpened
from lineclear.domain.identities import Token
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import seal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role
from support.kernel import DOCUMENT, MemoryTools
from support.ledgers import append, ask, open_job, report_spans, withdraw
from support.stores import DURABLE, KINDS, Place, place_of

SELECT = 21
"""What SQLite asks an authorizer for each SELECT that it compiles."""

PENDING = ActionQuery(statuses=frozenset({ActionStatus.PENDING}))


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with place_of(request.param, tmp_path, request).opened() as opened:
        yield opened


@pytest.fixture(params=DURABLE)
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


def services_on(store: Store) -> Services:
    return Services(store, MemoryTools((), {}), SystemClock(), SeededIds(7), Ed25519Signatures())


class UndoneError(Exception):
    """Raised by a work that takes itself back."""


def test_a_work_sees_all_that_it_has_written_in_every_way_of_looking(store: Store):
    def work(tx: Transaction) -> None:
        assert tx.every(Job) == ()
        job = open_job(tx, "job-1")
        action = ask(tx, "act-1")
        digest = sha256(b"sealed").hexdigest()
        tx.put_blob(digest, b"sealed")

        assert tx.load(Job, "job-1") == job
        assert tx.every(Job) == (job,)
        assert tx.jobs().items == (job,)
        assert tx.every(Action) == tx.actions(PENDING).items == (action,)
        assert tx.count_actions(PENDING) == 1
        assert tx.blob(digest) == b"sealed"
        assert len(tx.entries(start=0, limit=100)) == tx.size()
        report_spans(tx, "job-1", "plan")
        assert [span.name for span in tx.spans("job-1")] == ["plan"]
        assert tx.every(Job)[0].steps == 1

    store.transact(work)


def test_an_aggregate_that_changes_often_in_one_work_is_kept_as_it_became(store: Store):
    def work(tx: Transaction) -> None:
        open_job(tx, "job-1")
        for step in ("plan", "read", "write"):
            report_spans(tx, "job-1", step)

    store.transact(work)
    store.transact(lambda tx: report_spans(tx, "job-1", "check"))

    job = store.read(lambda snapshot: snapshot.load(Job, "job-1"))
    assert job is not None
    assert job.steps == 4
    assert store.read(lambda snapshot: snapshot.jobs()).items == (job,)


def test_nothing_of_a_work_that_was_undone_is_met_by_the_others_of_its_commit(store: Store):
    store.transact(lambda tx: open_job(tx, "job-1"))
    gate = threading.Barrier(16)

    def climbing(number: int) -> Callable[[], bool]:
        def work(tx: Transaction) -> None:
            report_spans(tx, "job-1", f"step {number}")
            tx.put_blob(sha256(bytes(number)).hexdigest(), b"mine")
            if number % 2:
                raise UndoneError

        def run() -> bool:
            gate.wait()
            try:
                store.transact(work)
            except UndoneError:
                return False
            return True

        return run

    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda run: run(), [climbing(number) for number in range(16)]))

    assert kept == [not number % 2 for number in range(16)]
    job = store.read(lambda snapshot: snapshot.load(Job, "job-1"))
    assert job is not None
    assert job.steps == 8
    assert len(store.read(lambda snapshot: snapshot.spans("job-1"))) == 8
    for number in range(16):
        blob = store.read(lambda s, n=number: s.blob(sha256(bytes(n)).hexdigest()))
        assert (blob is None) == bool(number % 2)


def test_a_token_revoked_by_another_program_is_refused_at_once(durable: Place):
    with durable.opened() as one, durable.opened() as other:
        here, there = services_on(one), services_on(other)
        issued = issue_token(here, Grant("ops-west", Role.OPS))
        assert authenticate(here, issued.secret).subject == "ops-west"

        def revoked(tx: Transaction) -> bool:
            token = tx.load(Token, issued.token.id)
            return token is not None and token.revoked

        assert not one.transact(revoked)
        revoke_token(there, issued.token.id)

        assert one.transact(revoked)
        with pytest.raises(Refusal) as refused:
            authenticate(here, issued.secret)
        assert refused.value.code is Code.TOKEN_INVALID


def test_a_policy_activated_by_another_program_is_in_force_at_once(durable: Place):
    with durable.opened() as one, durable.opened() as other:
        activate_policy(services_on(one), DOCUMENT, by="admin")
        assert "send_mail" in one.transact(lambda tx: policy_in_force(tx)[1].capabilities)

        activate_policy(services_on(other), DOCUMENT.replace("send_mail", "post_letters"), by="admin")

        for look in (one.transact, one.read):
            active, document = look(policy_in_force)
            assert active.version == 2
            assert "send_mail" not in document.capabilities


def test_a_reader_meets_nothing_of_what_was_written_after_it_began(durable: Place):
    with durable.opened() as store:
        store.transact(lambda tx: open_job(tx, "job-1"))
        assert steps_around_a_write(store) == (0, 0, 0)
        assert store.read(lambda snapshot: snapshot.every(Job))[0].steps == 1


def steps_around_a_write(store: Store) -> tuple[int, int, int]:
    """What a reader finds once somebody has written: growth, steps of the job, and in the list of jobs."""

    def look(snapshot: Snapshot) -> tuple[int, int, int]:
        size = snapshot.size()
        with ThreadPoolExecutor(1) as pool:
            write = pool.submit(store.transact, lambda tx: report_spans(tx, "job-1", "plan"))
            write.result(60)
        job, jobs = snapshot.load(Job, "job-1"), snapshot.every(Job)
        assert job is not None
        return snapshot.size() - size, job.steps, jobs[0].steps

    return store.read(look)


def test_a_work_after_one_that_was_undone_finds_what_the_earlier_ones_of_its_commit_left(durable: Place):
    with durable.opened() as store:
        store.transact(lambda tx: open_job(tx, "job-1"))
        gate, seen = threading.Barrier(3), list[int]()

        def steps(tx: Transaction) -> int:
            job = tx.load(Job, "job-1")
            assert job is not None
            return job.steps

        def adding(*, undone: bool) -> None:
            def work(tx: Transaction) -> None:
                before = steps(tx)
                report_spans(tx, "job-1", "step")
                seen.append(steps(tx) - before)
                if undone:
                    raise UndoneError

            gate.wait()
            for _ in range(20):
                with suppress(UndoneError):
                    store.transact(work)

        threads = [threading.Thread(target=adding, kwargs={"undone": one}) for one in (False, True, False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert seen == [1] * len(seen)
        assert store.transact(steps) == store.read(lambda s: s.every(Job))[0].steps == 40


SEALED = seal(bytes(32), b"private")
DIGEST = sha256(SEALED).hexdigest()


def keep(tx: Transaction) -> None:
    tx.put_blob(DIGEST, SEALED)
    append(tx, Job, "job-1", JobOpened("refunds", Budget()), commits={"contents": DIGEST})


def erase(tx: Transaction) -> bytes | None:
    """As an erasure does: the content goes with an entry."""
    assert tx.blob(DIGEST) == SEALED
    tx.erase("job/job-1", frozenset({"contents"}))
    open_job(tx, "job-2")
    return tx.blob(DIGEST)


def test_i41_content_that_another_program_erased_is_not_given_from_memory(durable: Place):
    with durable.opened() as one, durable.opened() as other:
        one.transact(keep)
        assert one.read(lambda s: s.blob(DIGEST)) == one.transact(lambda tx: tx.blob(DIGEST)) == SEALED

        assert other.transact(erase) is None

        assert one.read(lambda s: s.blob(DIGEST)) is one.transact(lambda tx: tx.blob(DIGEST)) is None


def test_i41_content_that_this_program_erased_is_not_given_from_memory(durable: Place):
    with durable.opened() as store:
        store.transact(keep)
        assert store.read(lambda s: s.blob(DIGEST)) == SEALED

        assert store.transact(erase) is None

        assert store.read(lambda s: s.blob(DIGEST)) is store.transact(lambda tx: tx.blob(DIGEST)) is None


def test_no_statement_of_the_hot_paths_is_compiled_again(tmp_path: Path):
    """SQLite plans by the value of a limit: it would compile such a statement each time it is run."""
    engine = open_engine(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(engine)
    store = SqlStore(engine, "acme")
    kinds, later = frozenset({TaskKind.EXECUTE}), datetime(2026, 1, 31, tzinfo=UTC)

    def hot(tx: Transaction) -> None:
        tx.lease(kinds, now=later, until=later)
        tx.actions(ActionQuery(job="job-1", order="newest"), limit=10)
        tx.actions(PENDING, limit=10)
        tx.jobs(limit=10)
        tx.waiting("refunds")

    with engine.connect() as connection:
        raw, selects = connection.connection.driver_connection, list[int]()
        raw.set_authorizer(lambda action, *_: selects.append(action) or 0)
    store.transact(hot)  # to be asked about makes all that was compiled void
    assert SELECT in selects
    selects.clear()
    store.transact(hot)
    raw.set_authorizer(None)
    store.close()
    engine.dispose()

    assert SELECT not in selects


PAYLOAD = b'{"capability":"refund","tool":"crm.refund"}'


def wanted(tx: Transaction, name: str, *, job: str = "job-1", payload: bytes = PAYLOAD) -> None:
    """An action of a job that would do just this."""
    sealed = seal(sha256(name.encode()).digest(), payload)
    digest = sha256(sealed).hexdigest()
    tx.put_blob(digest, sealed)
    ask(tx, name, job=job, payload=digest)


def same_in(snapshot: Snapshot, *, among: int = 50, tool: str = "crm.refund", job: str = "job-1") -> int:
    return snapshot.same(job, tool, PAYLOAD, among=among)


def test_the_same_change_is_counted_among_a_jobs_newest_whoever_asked_for_it_where(store: Store):
    def work(tx: Transaction) -> tuple[int, int]:
        before = same_in(tx)
        wanted(tx, "act-1")
        wanted(tx, "act-2", payload=b"another")
        wanted(tx, "act-3", job="job-2")
        return before, same_in(tx)

    assert store.transact(work) == (0, 1)
    assert store.read(same_in) == 1

    store.transact(lambda tx: wanted(tx, "act-4"))
    store.transact(lambda tx: wanted(tx, "act-5", payload=b"another"))
    assert store.read(same_in) == store.transact(same_in) == 2
    assert store.read(lambda s: same_in(s, job="job-2")) == 1
    assert store.read(lambda s: same_in(s, tool="crm.delete")) == 0
    assert [store.read(lambda s, n=n: same_in(s, among=n)) for n in (1, 2, 3, 4)] == [0, 1, 1, 2]

    store.transact(lambda tx: withdraw(tx, "act-1"))  # which makes it the newest
    assert [store.read(lambda s, n=n: same_in(s, among=n)) for n in (1, 2, 3, 4)] == [1, 1, 2, 2]


def test_what_was_taken_back_is_not_counted_as_the_same_change(store: Store):
    def undone(tx: Transaction) -> None:
        wanted(tx, "act-2")
        assert same_in(tx) == 2
        raise UndoneError

    store.transact(lambda tx: wanted(tx, "act-1"))
    assert store.transact(same_in) == 1
    with pytest.raises(UndoneError):
        store.transact(undone)

    assert store.transact(same_in) == store.read(same_in) == 1


def test_the_same_change_is_counted_as_well_where_another_process_asked_for_it(durable: Place):
    with durable.opened() as one, durable.opened() as other:
        for number in range(3):
            one.transact(lambda tx, n=number: wanted(tx, f"act-{n}-one"))
            other.transact(lambda tx, n=number: wanted(tx, f"act-{n}-other"))
            assert one.transact(same_in) == other.read(same_in) == 2 * (number + 1)
