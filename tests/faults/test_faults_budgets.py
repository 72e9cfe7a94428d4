"""I31: random spending, three kinds of budget, days that turn; judged by adding the ledger's entries up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from lineclear.application.executing.execute import Worker
from support.faults import Row
from support.faults_spending import Overdraft, Spending, Uncounted
from support.faults_verdict import broken
from support.faults_workers import Careless

STEPS = 160
SEEDS = 100
KINDS = frozenset({"job", "workspace", "agent"})


def ran(seed: int, kind: type[Spending] = Spending, worker: type[Worker] = Worker) -> Spending:
    simulation = kind(seed, worker)
    simulation.run(STEPS)
    return simulation


def _spent(seeds: range, report_fault: Callable[[Row], None]) -> None:
    met: Counter[str] = Counter()
    for seed in seeds:
        simulation = ran(seed)
        passed, breaches = simulation.accounted()
        assert passed + broken(simulation) == [], f"seed {seed}"
        met += breaches
    assert met.keys() == KINDS
    said = ", ".join(f"{kind} {met[kind]}" for kind in sorted(KINDS))
    report_fault(Row(f"budgets under random spending, seeds (met: {said})", len(seeds), "0 passed"))


def test_i31_no_budget_is_passed_at_any_position_whatever_the_order(report_fault: Callable[[Row], None]):
    _spent(range(SEEDS), report_fault)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_i31_no_budget_is_passed_in_a_thousand_orders(report_fault: Callable[[Row], None]):
    _spent(range(1_000), report_fault)


@pytest.mark.parametrize(
    ("kind", "worker", "rule"),
    [
        (Overdraft, Worker, "I31 job"),
        (Uncounted, Worker, "I31 workspace"),
        (Spending, Careless, "I31 agent"),
    ],
)
def test_the_account_catches_a_budget_that_is_not_kept(kind: type[Spending], worker: type[Worker], rule: str):
    found = {one.rule for seed in range(10) for one in ran(seed, kind, worker).accounted()[0]}
    assert rule in found


def test_a_seed_of_spending_replays_the_same_ledger_byte_for_byte():
    assert ran(7).bytes() == ran(7).bytes()
