"""How fast the lab judges what happened anew: 100,000 recorded actions, twice, with the same answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.sql.store import open_store
from lineclear.application.lab.replaying import replay
from lineclear.application.ports import Store
from lineclear.domain.policy.document import load
from support.kernel import DOCUMENT, Kernel
from support_benchmarks import AtLeast, AtMost, Ratio

ACTIONS, ON_DISK = 100_000, 2_000
FINER = DOCUMENT.replace(
    "  manage_customers:",
    "    conditions: [{when: 'action.amount > 40.0 && time.hour > 22', then: ask}]\n"
    "    rate: {most: 20, per: 1h}\n  manage_customers:",
)


def recorded(store: Store, actions: int) -> Kernel:
    """So many refunds of 1 to 60 dollars, which policy judged; nobody has decided."""
    kernel = Kernel(store=store)
    for number in range(actions):
        if number % 40 == 0:
            kernel.job = kernel.open_job()
        kernel.refund(f"{number % 49 + 1}.00")
    return kernel


@pytest.mark.bench
@pytest.mark.timeout(1_200)
def test_a_hundred_thousand_actions_replay_within_a_minute(report_ratio: Callable[[Ratio], None]):
    kernel = recorded(MemoryStore(), ACTIONS)
    documents = [load(DOCUMENT), load(FINER)]
    start = perf_counter()
    first = replay(kernel.services, documents)
    took = perf_counter() - start
    assert [one.actions for one in first.results] == [ACTIONS, ACTIONS]
    assert replay(kernel.services, documents) == first
    report_ratio(Ratio("replay of 100,000 actions, two documents", "a fixed time", took, AtMost(60), "s"))


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_a_file_replays_as_many_a_second(tmp_path: Path, report_ratio: Callable[[Ratio], None]):
    store = open_store(f"sqlite:///{tmp_path}/lab.db", "acme/test")
    try:
        kernel = recorded(store, ON_DISK)
        start = perf_counter()
        page = replay(kernel.services, [load(DOCUMENT), load(FINER)])
        rate = ON_DISK / (perf_counter() - start)
    finally:
        store.close()
    assert page.results[0].actions == ON_DISK
    report_ratio(Ratio("replay from SQLite, two documents", "100,000 a minute", rate, AtLeast(1_667), "/s"))
