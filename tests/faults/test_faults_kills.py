"""A backend under load, killed again and again; the other side's own journal judges what happened."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.faults import Row
from support.faults_backend import Command, Launcher
from support.faults_load import Load, lost
from support.faults_place import Place, place

PROVIDER_SECONDS = 0.01
LIVES = (0.05, 0.5)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, seconds=PROVIDER_SECONDS) as made:
        yield made


class Kills:
    """Rounds of: start, load, kill at a random moment or in the middle of an effect, start, settle."""

    def __init__(self, here: Place, starter: Launcher, command: Command) -> None:
        self.load = Load(here, rejects=9)
        self.stuck: list[str] = []
        self._here = here
        self._starter = starter
        self._command = command
        self._random = random.Random(7)
        self._never = threading.Event()

    def once(self) -> None:
        self._loaded_and_killed()
        self._here.pass_leases()
        pid, url = self._starter.run(self._command)
        self.load.repeat_unanswered(url)
        self.stuck += [f"{one.id} is {one.status}" for one in self.load.settle(url)]
        self._starter.kill(pid)
        self._here.pass_leases()

    def _loaded_and_killed(self) -> None:
        pid, url = self._starter.run(self._command)
        self.load.start(url)
        if self._random.random() < 0.5:
            self._await_effect()
        else:
            self._never.wait(self._random.uniform(*LIVES))
        self._starter.kill(pid)
        self.load.stop()

    def _await_effect(self) -> None:
        """Until the other side has acted once more: the answer is on its way, or not even sent."""
        journal = self._here.folder / "journal"
        before, due = journal.stat().st_size if journal.exists() else 0, time.monotonic() + 2
        while time.monotonic() < due and (not journal.exists() or journal.stat().st_size == before):
            self._never.wait(0.001)


def _killed(here: Place, starter: Launcher, kills: int, report_fault: Callable[[Row], None]) -> None:
    rounds = Kills(here, starter, here.command)
    try:
        for _ in range(kills):
            rounds.once()
    finally:
        rounds.load.close()
    assert rounds.stuck == []
    assert rounds.load.told.doubles == []
    assert lost(here, rounds.load.told) == []
    assert [f"{one.rule}: {one.detail}" for one in here.broken()] == []
    told = rounds.load.told
    found = "0 lost, 0 double, 0 stuck"
    scale = (
        f"{len(told.actions):,} proposals, {len(told.decisions):,} decisions, {len(here.journal()):,} effects"
    )
    report_fault(Row("SIGKILL of server and workers under load (SQLite)", kills, f"{found}; {scale}"))


def test_i22_i23_i24_a_backend_killed_under_load_loses_and_repeats_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _killed(here, starter, 60, report_fault)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_i22_i23_i24_a_backend_killed_two_hundred_times_loses_and_repeats_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _killed(here, starter, 200, report_fault)


@pytest.mark.parametrize("broken", ["hasty", "forgetful"])
def test_the_kills_catch_a_worker_that_is(here: Place, starter: Launcher, broken: str):
    rounds = Kills(here, starter, replace(here.command, worker=broken))
    try:
        for _ in range(15):
            rounds.once()
            if any(one.rule == "I23" for one in here.broken()):
                return
    finally:
        rounds.load.close()
    pytest.fail(f"15 kills did not show that the worker is {broken}")
