"""Calls that outlast a lease, and keys that the other side forgets, on a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from lineclear.adapters.memory.clock import ManualClock
from lineclear.adapters.sql.store import open_store
from lineclear.application.executing.attending import HELD
from lineclear.application.executing.calling import Outcome, Start, call
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, Task, Transaction
from lineclear.application.services import Services
from lineclear.domain.actions import Action, Run
from lineclear.domain.effects import Effect
from lineclear.domain.vocabulary import ActionStatus
from lineclear.server.worker import Workers
from support.calls import Lasting
from support.faults import Row
from support.kernel import CONTRACTS, Kernel, contract

STEP = timedelta(seconds=8)
CALL_STEPS = 12
BUSY = 60
"""Seconds within which every thread has had its turn, on the busiest machine."""
WINDOW = 400


class Beating(Worker):
    """Says when it was attended to."""

    def __init__(self, services: Services, name: str, beaten: threading.Event) -> None:
        super().__init__(services, name)
        self._beaten = beaten

    def attend(self) -> None:
        super().attend()
        self._beaten.set()


class Unattended(Beating):
    """Holds its lease as long as it was given, and calls as long as it likes."""

    def attend(self) -> None:
        """Sees to nothing."""
        self._beaten.set()

    def _call(self, start: Start) -> Outcome:
        return call(self._services, start, UNLIMITED)


class Held(Lasting):
    """A class C system whose first call lasts until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.going, self.gone = threading.Event(), threading.Event(), threading.Event()
        self._first = threading.Lock()

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        is_first = self._first.acquire(blocking=False)
        if is_first:
            self.entered.set()
            self.going.wait(BUSY)
        try:
            return super().apply(tool, arguments, expected=expected, key=key, permit=UNLIMITED)
        finally:
            if is_first:
                self.gone.set()


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def kernel(held: Held, tmp_path: Path) -> Iterator[Kernel]:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db", "acme")
    yield Kernel(store=store, tools=held)
    store.close()


def sends(kernel: Kernel, held: Held, make: type[Beating]) -> int:
    """How often a call that lasts longer than any lease was sent, with two workers at it."""
    action = kernel.propose("crm.merge_customers", "manage_customers")
    kernel.decide(kernel.reviewer(), action)
    beaten = threading.Event()
    workers = Workers(kernel.services, count=2, name="worker", make=partial(make, beaten=beaten))
    workers.start()
    try:
        assert held.entered.wait(BUSY)
        for _ in range(CALL_STEPS):
            kernel.clock.advance(STEP)
            beaten.clear()
            assert beaten.wait(BUSY)
        held.going.set()
        assert held.gone.wait(BUSY)
        size = 0
        while kernel.action(action.id).status is not ActionStatus.SUCCEEDED:
            size = kernel.store.wait(size, 1)
    finally:
        held.going.set()
        workers.close()
    return held.applied


def test_i25_a_call_that_outlasts_its_lease_is_not_repeated_by_another_worker(
    kernel: Kernel, held: Held, report_fault: Callable[[Row], None]
):
    assert STEP * CALL_STEPS > HELD
    assert sends(kernel, held, Beating) == 1
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
