"""Calls that outlast a lease, and keys that the other side forgets, on a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lineclear.adapters.memory.clock import ManualClock
from lineclear.adapters.sql.store import open_store
from lineclear.application.executing.attending import HELD
from lineclear.application.executing.calling import Outcome, Start, call
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, Task, Transaction
from lineclear.domain.actions import Action, Run
from lineclear.domain.effects import Effect
from lineclear.domain.vocabulary import ActionStatus
from lineclear.server.worker import Workers
from support.calls import Lasting
from support.faults import Row
from support.kernel import CONTRACTS, Kernel, contract

STEP = timedelta(seconds=4)
CALL_STEPS = 24
WINDOW = 400


class Unattended(Worker):
    """Holds its lease as long as it was given, and calls as long as it likes."""

    def attend(self) -> None:
        """Sees to nothing."""

    def _call(self, start: Start) -> Outcome:
        return call(self._services, start, UNLIMITED)


class Held(Lasting):
    """A class C system whose first call lasts until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.going = threading.Event(), threading.Event()
        self._first = threading.Lock()

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        if self._first.acquire(blocking=False):
            self.entered.set()
            self.going.wait(30)
        return super().apply(tool, arguments, expected=expected, key=key, permit=UNLIMITED)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def kernel(held: Held, tmp_path: Path) -> Iterator[Kernel]:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db", "acme")
    yield Kernel(store=store, tools=held)
    store.close()


def sends(kernel: Kernel, held: Held, make: type[Worker]) -> int:
    """How often a call that lasts longer than any lease was sent, with two workers at it."""
    action = kernel.propose("crm.merge_customers", "manage_customers")
    kernel.decide(kernel.reviewer(), action)
    workers = Workers(kernel.services, count=2, name="worker", make=make)
    never = threading.Event()
    workers.start()
    try:
        assert held.entered.wait(10)
        for _ in range(CALL_STEPS):
            kernel.clock.advance(STEP)
            never.wait(0.6)
        held.going.set()
        for _ in range(100):
            if kernel.action(action.id).status is ActionStatus.SUCCEEDED:
                break
            never.wait(0.1)
    finally:
        held.going.set()
        workers.close()
    return held.applied


def test_i25_a_call_that_outlasts_its_lease_is_not_repeated_by_another_worker(
    kernel: Kernel, held: Held, report_fault: Callable[[Row], None]
):
    assert STEP * CALL_STEPS > HELD
    assert sends(kernel, held, Worker) == 1
    report_fault(Row("a call that lasts 96 s beside a second worker", 1, "sent once"))


def test_the_long_call_catches_a_worker_that_nobody_attends_to(kernel: Kernel, held: Held):
    assert sends(kernel, held, Unattended) == 2


class Forgetting(Lasting):
    """A class B provider that honours a key for exactly as long as it says; its first answer is lost."""

    def __init__(self, clock: ManualClock) -> None:
        update = contract("crm.update_customer", key_window=WINDOW)
        super().__init__(*[one for one in CONTRACTS if one.tool != update.tool], update)
        self.silent = True
        self._clock = clock
        self._heard: dict[str, datetime] = {}

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        first = self._heard.setdefault(key, self._clock.now())
        if self._clock.now() - first > timedelta(seconds=WINDOW):
            self._effects.pop(key, None)
            expected = self.preview(tool, arguments).version
        return super().apply(tool, arguments, expected=expected, key=key, permit=permit)

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        return None


class Tireless(Worker):
    """Sends the same key again whenever it comes back to it."""

    def _resume(self, tx: Transaction, task: Task, action: Action, run: Run) -> Start | None:
        return self._started(tx, task, action, key=run.key)


def windowed(make: type[Worker], away: float) -> tuple[int, ActionStatus]:
    """How often it happened, and how it ended, when the worker was away for so long after a lost answer."""
    clock = ManualClock()
    tools = Forgetting(clock)
    kernel = Kernel(clock=clock, tools=tools)
    kernel.worker = make(kernel.services, "w1")
    action = kernel.propose("crm.update_customer", "manage_customers")
    kernel.run()
    for _ in range(8):
        kernel.later(seconds=away)
        kernel.run()
    return len(tools.calls), kernel.action(action.id).status


def test_i33_no_key_goes_out_when_the_other_side_may_have_forgotten_it():
    assert windowed(Worker, WINDOW / 4 - 1) == (1, ActionStatus.SUCCEEDED)
    assert windowed(Worker, WINDOW / 4 + 1) == (1, ActionStatus.UNKNOWN)
    assert windowed(Worker, 2 * WINDOW) == (1, ActionStatus.UNKNOWN)


def test_the_window_catches_a_worker_that_is_tireless():
    assert windowed(Tireless, 2 * WINDOW)[0] == 2
