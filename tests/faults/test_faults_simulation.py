"""Seeds: random work against random failures, judged afterwards by the ledger and by the other side alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from lineclear.application.executing.execute import Worker
from support.faults import Row
from support.faults_sim import Simulation
from support.faults_verdict import broken
from support.faults_workers import Careless, Forgetful, Sleepless

STEPS = 120
SEEDS = 200


def rules_broken(seed: int, worker: type[Worker] = Worker) -> Counter[str]:
    simulation = Simulation(seed, worker)
    simulation.run(STEPS)
    return Counter(one.rule for one in broken(simulation))


def _simulated(seeds: range, report_fault: Callable[[Row], None]) -> None:
    for seed in seeds:
        rules = rules_broken(seed)
        assert not rules, f"seed {seed} breaks {dict(rules)}"
    report_fault(Row("simulation, seeds", len(seeds), "0"))


def test_i1_i2_i11_i22_i23_i25_i28_i29_i30_i32_i35_i36_i40_hold_after_random_work_and_random_failures(
    report_fault: Callable[[Row], None],
):
    _simulated(range(SEEDS), report_fault)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_i1_i2_i11_i22_i23_i25_i28_i29_i30_i32_i35_i36_i40_hold_for_a_thousand_seeds(
    report_fault: Callable[[Row], None],
):
    _simulated(range(1_000), report_fault)


@pytest.mark.parametrize("seed", range(0, SEEDS, 40))
def test_a_seed_replays_the_same_ledger_byte_for_byte(seed: int):
    first, second = Simulation(seed), Simulation(seed)
    first.run(STEPS)
    second.run(STEPS)
    assert first.bytes() == second.bytes()
    assert first.tools.calls == second.tools.calls


@pytest.mark.parametrize(
    ("worker", "rules"),
    [
        (Careless, {"I28", "I11", "I30"}),
        (Forgetful, {"I27", "I23"}),
        (Sleepless, {"I25", "terminal"}),
    ],
)
def test_the_simulation_catches_a_worker_that_is(worker: type[Worker], rules: set[str]):
    found: Counter[str] = Counter()
    for seed in range(60):
        found += rules_broken(seed, worker)
    assert rules <= found.keys()
