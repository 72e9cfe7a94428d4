"""I31: 32 at once cut, raise, and set aside one budget, on every store; never more than it allows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lineclear.application.budgeting.budgets import reserve
from lineclear.application.budgeting.raising import OPEN
from lineclear.application.budgeting.setting import Limit, set_budget
from lineclear.application.executing.execute import Worker
from lineclear.application.idempotency import Request
from lineclear.application.ports import ActionQuery
from lineclear.application.recording import read_stored
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import fold_all
from lineclear.domain.vocabulary import JobStatus
from support.faults import Row
from support.faults_budgets import Accountant
from support.kernel import Kernel
from support.stores import KINDS, place_of

CLIENTS = 32
ROUNDS = 3
EACH = 100_000
EXPECTED = {Code.JOB_PAUSED, Code.BUDGET_ASKED, Code.BODY_INVALID, Code.JOB_CLOSED}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def kernel(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kernel]:
    with place_of(kind, tmp_path, request).opened() as store:
        yield Kernel(store=store)


class Crowd:
    """A third sets aside, a third cuts, a third asks to raise, each in its own request."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.leads = [kernel.reviewer(f"lead-{number}").principal for number in range(3)]
        self._gate = threading.Barrier(CLIENTS)

    def at_once(self, round_: int) -> None:
        def begin(number: int) -> None:
            self._gate.wait()
            try:
                self._one(round_, number)
            except Refusal as refusal:
                if refusal.code not in EXPECTED:
                    raise

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(begin, range(CLIENTS)))

    def _one(self, round_: int, number: int) -> None:
        kernel = self.kernel
        request = Request(f"race-{round_}-{number}", f"{round_:032x}{number:032x}")
        if number % 3 == 0:
            reserve(kernel.services, kernel.agent, kernel.job, cost_micros=EACH, steps=1, request=request)
            return
        limit = EACH * (number % 7 + 1) if number % 3 == 1 else EACH * (number + 10)
        wanted = Limit(BudgetKind.COST, limit, "Race")
        set_budget(kernel.services, self.leads[number % 3], kernel.job, wanted, request)

    def decide(self) -> None:
        """Whoever did not ask approves; what is cleared is carried out."""
        reviewer = self.kernel.reviewer("decider")
        for action in self.kernel.pending():
            self.kernel.decide(reviewer, action)
        worker = Worker(self.kernel.services, "w2")
        while worker.run_one():
            pass


def test_i31_a_budget_that_is_cut_raised_and_used_at_once_is_never_passed(
    kernel: Kernel, kind: str, report_fault: Callable[[Row], None]
):
    crowd = Crowd(kernel)
    for round_ in range(ROUNDS):
        crowd.at_once(round_)
        query = ActionQuery(statuses=OPEN, job=kernel.job)
        asked = kernel.store.read(lambda snapshot, query=query: snapshot.actions(query)).items
        assert len(asked) <= 1
        job = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
        assert job is not None
        assert job.status is JobStatus.PAUSED or job.cost_held <= job.budget.cost_micros
        crowd.decide()
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=100_000))
    ledger = [read_stored(one) for one in stored]
    cuts = sum(one.type == "budget.cut" for one in ledger)
    assert cuts >= ROUNDS
    assert Accountant(lambda digest: kernel.store.read(lambda s: s.blob(digest))).read(ledger) == []
    job = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
    assert fold_all(ledger)[f"job/{kernel.job}"] == job
    report_fault(Row(f"races of {CLIENTS} that cut, raise and use one budget ({kind})", ROUNDS, "0 passed"))
