"""Tools whose calls take as long as a test says, and workers whose clocks differ. Free of I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lineclear.adapters.memory.tools import MemoryTools, Record
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Clock, Permit
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect
from support.kernel import CONTRACTS, Kernel

RECORDS: Mapping[str, Record] = {"pay_1": {"status": "captured", "refunded": "0.00"}}


class Lasting(MemoryTools):
    """Each call does what `during` says before it changes anything; `applied` counts what was sent.

    It honours no key, whatever its contract says: who sends twice acts twice.
    """

    def __init__(self, *contracts: ToolContract) -> None:
        super().__init__(contracts or CONTRACTS, RECORDS)
        self.during: Callable[[Permit], object] = lambda _: None
        self.applied = 0

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        self.during(permit)
        permit.check()
        self.applied += 1
        return super().apply(tool, arguments, expected=expected, key=key, permit=permit)


class Ahead:
    """A clock that is off by a constant."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._clock.now() + self._by


def worker_of(kernel: Kernel, name: str, *, ahead: float = 0) -> Worker:
    """A worker whose clock is so many seconds ahead of the kernel's."""
    return Worker(replace(kernel.services, clock=Ahead(kernel.clock, ahead)), name)
