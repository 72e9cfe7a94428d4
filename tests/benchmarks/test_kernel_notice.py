"""How soon consoles know that safe mode was switched, while agents propose without a pause; over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles

import pytest

from benchmarks.kernel_clients import Agent, Server, serving
from lineclear.adapters.http.client import BackendClient
from lineclear.domain.ledger.entries import decode
from support_benchmarks import AtMost, Ratio

pytestmark = pytest.mark.bench

AGENTS = 4
SWITCHES = 80
BETWEEN = 0.02


class Console:
    """Follows the ledger and notes when each switch of safe mode was heard."""

    def __init__(self, client: BackendClient) -> None:
        self._client = client
        self._ending = threading.Event()
        self._heard = threading.Condition()
        self._moments: list[float] = []
        self._thread = threading.Thread(target=self._follow, args=[client.feed(0, limit=1).size])
        self._thread.start()

    def moment(self, number: int) -> float:
        """When the switch of this number was heard; waits for it."""
        with self._heard:
            assert self._heard.wait_for(lambda: len(self._moments) > number, 10)
            return self._moments[number]

    def close(self) -> None:
        self._ending.set()
        self._thread.join()

    def _follow(self, start: int) -> None:
        for item in self._client.follow(start, self._ending):
            if decode(item.entry.encode()).type == "safe_mode.switched":
                with self._heard:
                    self._moments.append(time.perf_counter())
                    self._heard.notify_all()


@contextmanager
def proposing(agents: list[Agent]) -> Iterator[None]:
    """Agents that propose the next as soon as one is answered."""
    ending = threading.Event()

    def work(agent: Agent) -> None:
        while not ending.is_set() and agent.has_jobs:
            agent.propose()

    threads = [threading.Thread(target=work, args=[agent]) for agent in agents]
    for thread in threads:
        thread.start()
    yield
    ending.set()
    for thread in threads:
        thread.join()


def noticed(server: Server) -> list[float]:
    """Milliseconds from the request to the console that hears of it, switch by switch."""
    keys, pause = count(), threading.Event()
    with (
        closing(BackendClient(server.url, server.reviewers[0])) as ops,
        closing(BackendClient(server.url, server.reviewers[1])) as ears,
        closing(Console(ears)) as console,
        proposing(list(server.agents[:AGENTS])),
    ):
        found = []
        for number in range(SWITCHES):
            pause.wait(BETWEEN)
            sent = time.perf_counter()
            ops.switch_safe_mode(on=number % 2 == 0, reason="Odd", key=f"switch-{next(keys)}")
            found.append((console.moment(number) - sent) * 1e3)
        return found


def test_a_switch_of_safe_mode_is_known_to_consoles_within_a_quarter_of_a_second(
    tmp_path: Path, report_ratio: Callable[..., None]
):
    with serving("kernel", tmp_path / "kernel") as server:
        found = noticed(server)
    p99 = quantiles(found, n=100, method="inclusive")[98]
    what = f"{AGENTS} agents that never pause, {SWITCHES} switches"
    report_ratio(Ratio(f"safe mode noticed, p99; p50 {median(found):.0f} ms", what, p99, AtMost(250), "ms"))
