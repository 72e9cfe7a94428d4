"""32 at once on one decision, one lease, one idempotency key: exactly one wins, every time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lineclear.adapters.sql.store import open_store
from lineclear.application.deciding.decide import Decision, decide
from lineclear.application.idempotency import Request
from lineclear.application.judging.clearing import clear
from lineclear.application.ports import Task, TaskKind, Transaction
from lineclear.application.propose import Proposal, propose
from lineclear.application.recording import Recorder
from lineclear.domain.actions import Action
from lineclear.domain.events import DecisionRecorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Tier, Verdict
from support.backend import new_key, new_workspace, refund_payload, running
from support.faults import Row
from support.kernel import Kernel, Reviewer

CLIENTS = 32
KINDS = frozenset({TaskKind.EXECUTE})


class Crowd:
    """Threads that begin together."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._gate = threading.Barrier(CLIENTS)

    def each[T](self, work: Callable[[int], T]) -> list[T]:
        def run(number: int) -> T:
            self._gate.wait()
            return work(number)

        return list(self._pool.map(run, range(CLIENTS)))

    def close(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    made = Crowd()
    yield made
    made.close()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db", "acme")
    yield Kernel(store=store)
    store.close()


@pytest.fixture
def reviewers(kernel: Kernel) -> list[Reviewer]:
    return [kernel.reviewer(f"ops-{number}", Tier.TWO) for number in range(CLIENTS)]


def said[R](work: Callable[[], R]) -> R | Code:
    try:
        return work()
    except Refusal as refusal:
        return refusal.code


type Decide = Callable[[Kernel, Reviewer, Action, Decision], object]


def soundly_decided(kernel: Kernel, reviewer: Reviewer, action: Action, decision: Decision) -> object:
    return decide(kernel.services, reviewer.principal, action.id, decision, kernel.key())[0].status


def winners_of_decision(kernel: Kernel, reviewers: list[Reviewer], crowd: Crowd, deciding: Decide) -> int:
    """How many approvals one action got that needs one, sent at the same moment; the rest were refused."""
    kernel.job = kernel.open_job()
    action = kernel.refund("180.00")
    signed = [kernel.signed(reviewer, action, Verdict.APPROVE) for reviewer in reviewers]
    answers = Counter(crowd.each(lambda n: said(lambda: deciding(kernel, reviewers[n], action, signed[n]))))
    votes = len(kernel.action(action.id).votes)
    assert answers[ActionStatus.CLEARED] + answers[Code.ACTION_DECIDED] == CLIENTS
    assert answers[ActionStatus.CLEARED] == votes
    return votes


def winners_of_lease(kernel: Kernel, crowd: Crowd, leasing: Callable[[Kernel], Task | None]) -> int:
    """How many workers hold the one due task."""
    kernel.clock.advance(timedelta(minutes=1))
    kernel.job = kernel.open_job()
    action = kernel.refund("20.00")
    held = [task for task in crowd.each(lambda _: leasing(kernel)) if task is not None]
    assert {task.ref for task in held} == {action.id}
    kernel.store.transact(lambda tx: [tx.finish(task) for task in held])
    return len(held)


def soundly_leased(kernel: Kernel) -> Task | None:
    now = kernel.clock.now()
    return kernel.store.transact(lambda tx: tx.lease(KINDS, now=now, until=now + timedelta(seconds=30)))


def winners_of_key(kernel: Kernel, crowd: Crowd, proposing: Callable[[Kernel, Request], Action]) -> int:
    """How many actions one request made that 32 sent under one key."""
    request = kernel.key()
    return len({action.id for action in crowd.each(lambda _: proposing(kernel, request))})


def soundly_proposed(kernel: Kernel, request: Request) -> Action:
    fields = {"status": request.key}
    payload = kernel.payload("crm.update_customer", "manage_customers", fields=fields)
    return propose(kernel.services, kernel.agent, Proposal(kernel.job, payload), request)[0]


def _one_wins(rounds: int, what: str, race: Callable[[], int], report_fault: Callable[[Row], None]) -> None:
    winners = [race() for _ in range(rounds)]
    assert winners == [1] * rounds
    report_fault(Row(f"races of {CLIENTS} on one {what}", rounds, "exactly one won, every time"))


@pytest.fixture(params=[100, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def rounds(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


def test_one_of_many_decisions_clears(
    kernel: Kernel,
    reviewers: list[Reviewer],
    crowd: Crowd,
    rounds: int,
    report_fault: Callable[[Row], None],
):
    def race() -> int:
        return winners_of_decision(kernel, reviewers, crowd, soundly_decided)

    _one_wins(rounds, "decision", race, report_fault)


def test_i25_one_of_many_workers_gets_the_lease(
    kernel: Kernel, crowd: Crowd, rounds: int, report_fault: Callable[[Row], None]
):
    _one_wins(rounds, "lease", lambda: winners_of_lease(kernel, crowd, soundly_leased), report_fault)


def test_i26_one_of_many_requests_with_one_key_acts(
    kernel: Kernel, crowd: Crowd, rounds: int, report_fault: Callable[[Row], None]
):
    def race() -> int:
        return winners_of_key(kernel, crowd, soundly_proposed)

    _one_wins(rounds, "idempotency key", race, report_fault)


class TwoSteps:
    """Looks in one transaction and acts in another, with everybody else in between: what must be caught."""

    def __init__(self) -> None:
        self._gate = threading.Barrier(CLIENTS)

    def decided(self, kernel: Kernel, reviewer: Reviewer, action: Action, decision: Decision) -> object:
        if kernel.action(action.id).status is not ActionStatus.PENDING:
            raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
        self._gate.wait()

        def work(tx: Transaction) -> ActionStatus:
            recorder = Recorder(kernel.services, tx, reviewer.principal.actor)
            person = reviewer.principal.subject
            event = DecisionRecorded(1, Verdict.APPROVE, person, Tier.TWO, reviewer.device, 1)
            commits = {"statement": recorder.keep(decision.envelope)}
            decided = recorder.record(Action, action.id, event, commits=commits)
            return clear(kernel.services, tx, decided, by="decisions").status

        return kernel.store.transact(work)

    def leased(self, kernel: Kernel) -> Task | None:
        def work(tx: Transaction) -> None:
            now = kernel.clock.now()
            raise _SeenError(tx.lease(KINDS, now=now, until=now + timedelta(seconds=30)))

        try:
            kernel.store.transact(work)
        except _SeenError as seen:
            self._gate.wait()
            return seen.task
        raise AssertionError

    def proposed(self, kernel: Kernel, request: Request) -> Action:
        actor = kernel.agent.actor
        earlier = kernel.store.read(lambda snapshot: snapshot.remembered(actor, request.key))
        assert earlier is None
        self._gate.wait()
        return soundly_proposed(kernel, replace(request, key=f"{request.key}-{threading.get_ident()}"))


class _SeenError(Exception):
    """Takes a look back, and what was seen with it."""

    def __init__(self, task: Task | None) -> None:
        super().__init__()
        self.task = task


def test_the_races_catch_looking_in_one_transaction_and_acting_in_another(
    kernel: Kernel, reviewers: list[Reviewer], crowd: Crowd
):
    broken = TwoSteps()
    assert winners_of_decision(kernel, reviewers, crowd, broken.decided) == CLIENTS
    assert winners_of_key(kernel, crowd, broken.proposed) == CLIENTS


def test_the_race_for_a_lease_catches_a_look_that_takes_nothing(kernel: Kernel, crowd: Crowd):
    assert winners_of_lease(kernel, crowd, TwoSteps().leased) == CLIENTS


def test_i26_one_of_many_requests_with_one_key_acts_over_http(
    tmp_path: Path, crowd: Crowd, report_fault: Callable[[Row], None]
):
    rounds = 5
    with running(new_workspace(tmp_path / "workspace")) as here:
        bot = here.bot()
        for _ in range(rounds):
            key, proposal = new_key(), Proposal(bot.job.id, refund_payload())

            def propose_it(_: int, key: str = key, proposal: Proposal = proposal) -> Action | Code:
                return said(lambda: bot.client.propose(proposal, key=key))

            answers = crowd.each(propose_it)
            made = {answer.id for answer in answers if isinstance(answer, Action)}
            refused = {answer for answer in answers if isinstance(answer, Code)}
            assert len(made) == 1
            assert refused <= {Code.KEY_IN_FLIGHT}
    report_fault(
        Row(f"races of {CLIENTS} on one idempotency key, over HTTP", rounds, "one acted, every time")
    )
