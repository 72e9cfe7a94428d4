"""A console killed with a decision on its way: what it was told stays, and nothing is decided twice."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.application.propose import Proposal
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus
from support.faults import Row
from support.faults_backend import Launcher
from support.faults_console import UNSIGNED, Seat
from support.faults_load import Load
from support.faults_place import Place
from support.ledgers import whole

LIVES = (0.0, 0.12)
WAITING = 6
LARGE = ("keyed.large", "asked.large", "blind.large")


class Consoles:
    """One backend that lives on, and consoles that are killed one after the other."""

    def __init__(self, here: Place, starter: Launcher, *, is_hasty: bool = False) -> None:
        self._here = here
        self._starter = starter
        self._pid, self._url = starter.run(here.command)
        self._seat = Seat(self._url, here.tokens["ops-west"], str(here.folder / "told"), is_hasty=is_hasty)
        self._agent = BackendClient(self._url, here.tokens["support-agent"])
        self._random = random.Random(7)
        self._never = threading.Event()
        self._proposed = 0

    def once(self) -> None:
        """Some proposals, and a console that dies at any moment of deciding them."""
        for _ in range(WAITING):
            self._propose()
        pid = self._starter.review(self._seat)
        before = len(self.told())
        for _ in range(400):
            if len(self.told()) > before:
                break
            self._never.wait(0.005)
        self._never.wait(self._random.uniform(*LIVES))
        self._starter.kill(pid)

    def finish(self) -> list[Action]:
        """The last console decides what is left; what is still under way then."""
        self._starter.ended(self._starter.review(replace(self._seat, is_hasty=False)))
        load = Load(self._here)
        left = load.settle(self._url, 30)
        load.close()
        self._agent.close()
        self._starter.kill(self._pid)
        return left

    def told(self) -> list[list[str]]:
        path = Path(self._seat.acks)
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        return [line.split() for line in lines]

    def _propose(self) -> None:
        self._proposed += 1
        tool = LARGE[self._proposed % len(LARGE)]
        target = f"t{self._proposed}"
        body = {"capability": "large", "tool": tool, "arguments": {"target": target}}
        self._agent.propose(Proposal(self._here.job, json.dumps(body).encode()), key=f"propose-{target}")


def _wrong(here: Place, consoles: Consoles) -> list[str]:
    """Acknowledged and not in the ledger, or in it twice."""
    with here.opened() as services:
        ledger = services.store.read(whole)
    decided = Counter(one.id for one in ledger if one.type == "decision.recorded")
    statements = {one.commits["statement"] for one in ledger if one.type == "decision.recorded"}
    wrong = [
        f"{action} was told decided and is not"
        for action, said in consoles.told()
        if not decided[action] or said not in {*statements, UNSIGNED}
    ]
    return wrong + [f"{action} was decided {times} times" for action, times in decided.items() if times > 1]


def _killed(here: Place, starter: Launcher, kills: int, report_fault: Callable[[Row], None]) -> None:
    consoles = Consoles(here, starter)
    for _ in range(kills):
        consoles.once()
    assert consoles.finish() == []
    assert _wrong(here, consoles) == []
    assert [f"{one.rule}: {one.detail}" for one in here.broken()] == []
    with here.opened() as services:
        every = services.store.read(lambda snapshot: snapshot.every(Action))
    assert {one.status for one in every} <= {ActionStatus.SUCCEEDED, ActionStatus.UNKNOWN}
    found = f"0 lost, 0 double, 0 stuck; {len(consoles.told()):,} decisions told"
    report_fault(Row("SIGKILL of the console with a decision on its way", kills, found))


def test_i22_i46_a_console_killed_while_it_decides_loses_and_repeats_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _killed(here, starter, 30, report_fault)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_i22_i46_a_console_killed_two_hundred_times_loses_and_repeats_nothing(
    here: Place, starter: Launcher, report_fault: Callable[[Row], None]
):
    _killed(here, starter, 200, report_fault)


def test_the_killed_consoles_catch_one_that_believes_before_it_is_told(here: Place, starter: Launcher):
    consoles = Consoles(here, starter, is_hasty=True)
    found: list[str] = []
    for _ in range(15):
        consoles.once()
        found += _wrong(here, consoles)
        if found:
            break
    consoles.finish()
    assert found != []
