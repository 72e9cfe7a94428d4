"""PostgreSQL with an API and two worker processes, of which one is killed every second under load."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.faults import Row
from support.faults_backend import Launcher, launcher
from support.faults_load import Load, lost
from support.faults_place import Place, place

PROVIDER_SECONDS = 0.02


@pytest.fixture
def starter() -> Iterator[Launcher]:
    with launcher() as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, postgres_database: str) -> Iterator[Place]:
    with place(tmp_path, postgres_database, seconds=PROVIDER_SECONDS) as made:
        yield made


class Killing:
    """An API for all the time, and workers that live for two seconds each, killed in turn."""

    def __init__(self, here: Place, starter: Launcher, worker: str) -> None:
        self.load = Load(here, rejects=9)
        self._here = here
        self._starter = starter
        self._working = replace(here.command, serves=False, worker=worker)
        self._never = threading.Event()

    def run(self, seconds: int) -> list[str]:
        """What is still under way in the end."""
        _, url = self._starter.run(replace(self._here.command, workers=0))
        alive = [self._begun(), self._begun()]
        self.load.start(url)
        for _ in range(seconds):
            self._never.wait(1)
            self._starter.kill(alive.pop(0))
            alive.append(self._begun())
        self.load.stop()
        for pid in alive:
            self._starter.kill(pid)
        self._here.pass_leases()
        self._begun()
        return [f"{one.id} is {one.status}" for one in self.load.settle(url, 60)]

    def _begun(self) -> int:
        return self._starter.run(self._working)[0]


def _survives(here: Place, starter: Launcher, seconds: int, report_fault: Callable[[Row], None]) -> None:
    killing = Killing(here, starter, "sound")
    try:
        stuck = killing.run(seconds)
    finally:
        killing.load.close()
    told = killing.load.told
    assert stuck == []
    assert told.unanswered == []
    assert lost(here, told) == []
    assert [f"{one.rule}: {one.detail}" for one in here.broken()] == []
    scale = (
        f"{len(told.actions):,} proposals, {len(told.decisions):,} decisions, {len(here.journal()):,} effects"
    )
    report_fault(
        Row("SIGKILL of one of two workers (PostgreSQL)", seconds, f"0 lost, 0 double, 0 stuck; {scale}")
    )


def test_i22_i23_i24_workers_killed_every_second_lose_and_repeat_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _survives(here, starter, 15, report_fault)


@pytest.mark.long
def test_i22_i23_i24_workers_killed_every_second_for_a_minute_lose_and_repeat_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _survives(here, starter, 60, report_fault)


def test_the_killed_workers_catch_one_that_is_forgetful(here: Place, starter: Launcher):
    killing = Killing(here, starter, "forgetful")
    try:
        killing.run(12)
    finally:
        killing.load.close()
    assert any(one.rule in {"I23", "I27"} for one in here.broken())
