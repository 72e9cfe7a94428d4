"""Safe mode under load and across restarts: once it is acknowledged, nothing that mutates starts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from statistics import median

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.domain.ledger.entries import decode
from support.faults import Row
from support.faults_backend import Command, Launcher
from support.faults_load import Load
from support.faults_place import Place

TOGGLES = 8
LOADED = 0.15
MOST_MILLISECONDS = 250


class Watcher:
    """A console's ear: when each switch of safe mode became known to it."""

    def __init__(self, client: BackendClient) -> None:
        self._client = client
        self._stop = threading.Event()
        self._heard = threading.Condition()
        self._moments: list[float] = []
        start = client.feed(0, limit=1).size
        self._thread = threading.Thread(target=self._follow, args=[start])
        self._thread.start()

    def _follow(self, start: int) -> None:
        for item in self._client.follow(start, self._stop):
            if decode(item.entry.encode()).type == "safe_mode.switched":
                with self._heard:
                    self._moments.append(time.monotonic())
                    self._heard.notify_all()

    def await_switch(self, number: int) -> float:
        """When the switch of this number was noticed."""
        with self._heard:
            assert self._heard.wait_for(lambda: len(self._moments) >= number, 60)
            return self._moments[number - 1]

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


class Rounds:
    """Load, on in its middle, kill, start again: still on; off; and how soon each switch was noticed."""

    def __init__(self, here: Place, starter: Launcher, command: Command) -> None:
        self.load = Load(here)
        self.noticed: list[float] = []
        self._here = here
        self._starter = starter
        self._command = command
        self._keys = count()
        self._never = threading.Event()

    def once(self) -> None:
        pid, url = self._starter.run(self._command)
        ops = BackendClient(url, self._here.tokens["ops-west"])
        self.load.start(url)
        self._toggle(ops)
        self._never.wait(LOADED)
        self._starter.kill(pid)
        self.load.stop()
        ops.close()
        self._after_restart()

    def _after_restart(self) -> None:
        """It is on still, whatever is proposed and decided meanwhile; then it is left and work goes on."""
        self._here.pass_leases()
        pid, url = self._starter.run(self._command)
        ops = BackendClient(url, self._here.tokens["ops-west"])
        assert [one.on for one in ops.safe_modes()] == [True]
        self.load.start(url)
        self._never.wait(LOADED)
        self._switch(ops, on=False)
        self._never.wait(LOADED)
        self._starter.kill(pid)
        self.load.stop()
        ops.close()

    def _toggle(self, ops: BackendClient) -> None:
        """On and off under load; on in the end."""
        watcher = Watcher(ops)
        for number in range(1, TOGGLES + 2):
            self._never.wait(0.02)
            sent = time.monotonic()
            self._switch(ops, on=number % 2 == 1)
            self.noticed.append((watcher.await_switch(number) - sent) * 1000)
        watcher.close()

    def _switch(self, ops: BackendClient, *, on: bool) -> None:
        ops.switch_safe_mode(on=on, reason="Looks odd", key=f"switch-{next(self._keys)}")


def _holds(here: Place, starter: Launcher, times: int, report_fault: Callable[[Row], None]) -> None:
    rounds = Rounds(here, starter, here.command)
    try:
        for _ in range(times):
            rounds.once()
    finally:
        rounds.load.close()
    here.drain()
    assert [f"{one.rule}: {one.detail}" for one in here.broken()] == []
    noticed = sorted(rounds.noticed)
    p99 = noticed[int(len(noticed) * 0.99)]
    speed = f"noticed p50 {median(noticed):.0f} ms, p99 {p99:.0f} ms of {len(noticed)}"
    report_fault(Row("safe mode under load, across restarts", times, f"0 starts after it; {speed}"))
    assert median(noticed) <= MOST_MILLISECONDS


def test_i28_nothing_starts_after_safe_mode_was_switched_on(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _holds(here, starter, 10, report_fault)


@pytest.mark.long
def test_i28_nothing_starts_after_safe_mode_was_switched_on_fifty_times(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _holds(here, starter, 50, report_fault)


def test_the_rounds_catch_a_worker_that_does_not_look_at_safe_mode(here: Place, starter: Launcher):
    rounds = Rounds(here, starter, replace(here.command, worker="careless"))
    try:
        rounds.once()
    finally:
        rounds.load.close()
    here.drain()
    assert any(one.rule == "I28" for one in here.broken())
