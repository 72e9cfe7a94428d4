"""32 at once on one budget: exactly as much is set aside as it allows, every time, of each kind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.adapters.sql.store import open_store
from lineclear.application.budgeting.budgets import reserve
from lineclear.application.executing.execute import Worker
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import open_job
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import stamp
from lineclear.domain.budgets import DayBudget, of_agent, of_workspace
from lineclear.domain.events import Budget, BudgetReserved, DayReserved, JobBrief
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus
from support.faults import Row
from support.faults_workers import Careless
from support.kernel import CONTRACTS, DOCUMENT, Kernel

CLIENTS = 32
FIT = 20
"""So many of them fit into each budget here."""

EACH = 100_000
WIDE = Budget(cost_micros=10**9, steps=10**6)
KEY = "        idempotency_key: required\n"
POLICY = f"budgets:\n  per_day_cost_usd: 2\n{DOCUMENT}".replace(
    KEY, f"{KEY}    budget:\n      per_agent_per_day_actions: {FIT}\n"
)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    records = {f"rec-{n}": {"status": "new"} for n in range(CLIENTS)}
    store = open_store(f"sqlite:///{tmp_path}/ledger.db", "acme")
    yield Kernel(store=store, tools=MemoryTools(CONTRACTS, records))
    store.close()


@pytest.fixture
def together() -> Iterator[Callable[[Callable[[int], bool]], int]]:
    """Runs a work on 32 threads that begin together; for how many it succeeded."""
    pool, gate = ThreadPoolExecutor(CLIENTS), threading.Barrier(CLIENTS)

    def run(work: Callable[[int], bool]) -> int:
        def begin(number: int) -> bool:
            gate.wait()
            return work(number)

        return sum(pool.map(begin, range(CLIENTS)))

    yield run
    pool.shutdown()


type Together = Callable[[Callable[[int], bool]], int]
type Reserving = Callable[[Kernel, str], bool]


def job(kernel: Kernel, budget: Budget) -> str:
    return open_job(kernel.services, kernel.agent, JobBrief("Race"), budget, kernel.key())[0].id


def soundly(kernel: Kernel, name: str) -> bool:
    try:
        reserve(kernel.services, kernel.agent, name, cost_micros=EACH, steps=1, request=kernel.key())
    except Refusal as refusal:
        if refusal.code not in {Code.JOB_PAUSED, Code.BUDGET_SPENT}:
            raise
        return False
    return True


class TwoSteps:
    """Looks in one transaction and sets aside in another, with everybody else in between."""

    def __init__(self) -> None:
        self._gate = threading.Barrier(CLIENTS)

    def __call__(self, kernel: Kernel, name: str) -> bool:
        today = of_workspace(stamp(kernel.clock.now())[:10])
        seen, day = kernel.store.read(lambda s: (s.load(Job, name), s.load(DayBudget, today)))
        assert seen is not None
        fits = seen.cost_held + EACH <= seen.budget.cost_micros and (day is None or not day.reserved)
        self._gate.wait()
        reservation = kernel.services.ids.new("res")

        def work(tx: Transaction) -> None:
            recorder = Recorder(kernel.services, tx, kernel.agent.actor)
            recorder.record(DayBudget, today, DayReserved(reservation, EACH, 1))
            recorder.record(Job, name, BudgetReserved(reservation, EACH, 1, today))

        if fits:
            kernel.store.transact(work)
        return fits


def reserved_of_a_job(kernel: Kernel, together: Together, reserving: Reserving) -> int:
    """What one job has set aside after 32 asked at once, in parts of which 20 fit."""
    name = job(kernel, Budget(cost_micros=FIT * EACH))
    won = together(lambda _: reserving(kernel, name))
    found = kernel.store.read(lambda snapshot: snapshot.load(Job, name))
    assert found is not None
    assert found.cost_held == won * EACH
    return won


def reserved_of_a_day(kernel: Kernel, together: Together, reserving: Reserving) -> int:
    """The same of the workspace's day, each for a job of its own."""
    activate_policy(kernel.services, POLICY, by="admin")
    names = [job(kernel, WIDE) for _ in range(CLIENTS)]
    won = together(lambda number: reserving(kernel, names[number]))
    day = of_workspace(stamp(kernel.clock.now())[:10])
    found = kernel.store.read(lambda snapshot: snapshot.load(DayBudget, day))
    assert found is not None
    assert len(found.reserved) == won
    return won


def started_of_an_agent(kernel: Kernel, together: Together, worker: type[Worker]) -> int:
    """How many of 32 cleared refunds 32 workers start, of which a day of their agent has room for 20."""
    activate_policy(kernel.services, POLICY, by="admin")
    kernel.job = job(kernel, WIDE)
    actions = [kernel.refund("1.00", id=f"rec-{n}") for n in range(CLIENTS)]
    together(lambda number: worker(kernel.services, f"w{number}").run_one())
    started = sum(kernel.action(one.id).status is ActionStatus.SUCCEEDED for one in actions)
    day = of_agent(stamp(kernel.clock.now())[:10], "issue_refund", kernel.agent.subject)
    found = kernel.store.read(lambda snapshot: snapshot.load(DayBudget, day))
    assert started == CLIENTS or (found is not None and found.steps == started)
    return started


@pytest.fixture(params=[10, pytest.param(300, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def rounds(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


def _all_that_fits(what: str, won: list[int], report_fault: Callable[[Row], None]) -> None:
    assert won == [FIT] * len(won)
    report_fault(Row(f"races of {CLIENTS} on {what}", len(won), f"exactly {FIT} fitted, every time"))


def test_i31_exactly_what_fits_is_set_aside_of_a_job(
    kernel: Kernel, together: Together, rounds: int, report_fault: Callable[[Row], None]
):
    won = [reserved_of_a_job(kernel, together, soundly) for _ in range(rounds)]
    _all_that_fits("one budget of a job", won, report_fault)


def test_i31_exactly_what_fits_is_set_aside_of_a_day(
    kernel: Kernel, together: Together, rounds: int, report_fault: Callable[[Row], None]
):
    won = []
    for _ in range(rounds):
        won.append(reserved_of_a_day(kernel, together, soundly))
        kernel.later(days=1)
    _all_that_fits("one budget of a workspace's day", won, report_fault)


def test_i31_exactly_as_many_start_as_a_day_of_their_agent_allows(
    kernel: Kernel, together: Together, rounds: int, report_fault: Callable[[Row], None]
):
    won = []
    for _ in range(rounds):
        won.append(started_of_an_agent(kernel, together, Worker))
        kernel.later(days=1)
        activate_policy(kernel.services, DOCUMENT, by="admin")
        kernel.run(steps=2 * CLIENTS)
    _all_that_fits("one day of an agent with a capability", won, report_fault)


def test_the_races_catch_looking_in_one_transaction_and_setting_aside_in_another(
    kernel: Kernel, together: Together
):
    assert reserved_of_a_job(kernel, together, TwoSteps()) == CLIENTS
    kernel.later(days=1)
    assert reserved_of_a_day(kernel, together, TwoSteps()) == CLIENTS


def test_the_race_of_starts_catches_a_worker_that_sets_nothing_aside(kernel: Kernel, together: Together):
    assert started_of_an_agent(kernel, together, Careless) == CLIENTS
