"""Threads that carry due work out and probe the connected systems. Free of HTTP and of concrete adapters.

The one place in the server that catches everything: one broken piece of work is logged and ends no worker.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from lineclear.application.agents.courier import Courier
from lineclear.application.agents.outside import Outside
from lineclear.application.executing.execute import Worker
from lineclear.application.lab.guarding import Guard
from lineclear.application.record.erasing import Keeper
from lineclear.application.services import Services
from lineclear.domain.refusals import Refusal
from lineclear.server.probing import record_health

PROBE_SECONDS = 15.0
ATTEND_SECONDS = 0.5
_IDLE_SECONDS = 0.5
_PATIENCE = 2.0
_COURIERS = 2
_LOG = logging.getLogger(__name__)


class Workers:
    """Some workers, who attends to their calls, and one prober, from `start` to `close`."""

    def __init__(
        self,
        services: Services,
        *,
        count: int,
        name: str,
        outside: Outside | None = None,
        make: Callable[[Services, str], Worker] = Worker,
    ) -> None:
        self._services = services
        self._ending = threading.Event()
        names = [f"{name}-{number}" for number in range(1, count + 1)]
        self._workers = [make(services, each) for each in names]
        keeper = Keeper(services)
        self._threads = [
            threading.Thread(
                target=self._repeat, args=[_one_of(worker, keeper)], name=f"lineclear-{each}", daemon=True
            )
            for each, worker in zip(names, self._workers, strict=True)
        ]
        self._threads += [
            threading.Thread(target=target, name=f"lineclear-{name}-{what}", daemon=True)
            for what, target in (("attend", self._attend), ("probe", self._probe))
        ]
        if outside is not None and count:
            couriers = [Courier(outside, f"{name}-courier-{number}") for number in range(1, _COURIERS + 1)]
            self._threads += [
                threading.Thread(
                    target=self._repeat, args=[courier.run_one], name="lineclear-courier", daemon=True
                )
                for courier in couriers
            ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let each finish its call, for two seconds at most; a later start resumes what is left."""
        self._ending.set()
        patience = _PATIENCE
        for thread in self._threads:
            thread.join(patience)
            if thread.is_alive():
                patience = 0

    def _repeat(self, run_one: Callable[[], bool]) -> None:
        store, size = self._services.store, -1
        while not self._ending.is_set():
            if self._attempt(run_one) is not True:
                size = self._attempt(partial(store.wait, size, _IDLE_SECONDS, for_work=True)) or size

    def _attend(self) -> None:
        """Twice a second: a stop reaches a call in time, and a lease is renewed long before its end."""
        while not self._ending.wait(ATTEND_SECONDS):
            for worker in self._workers:
                self._attempt(worker.attend)

    def _probe(self) -> None:
        """Every fifteen seconds: how systems are, and whether a trial of policy may go on."""
        guard = Guard(self._services)
        while not self._ending.is_set():
            self._attempt(lambda: record_health(self._services))
            self._attempt(guard.watch)
            self._ending.wait(PROBE_SECONDS)

    def _attempt[R](self, work: Callable[[], R]) -> R | None:
        """What `work` gives; None where it failed, after a pause."""
        try:
            return work()
        except Refusal as refusal:
            _LOG.info("work has to wait: %s", refusal)
        except Exception:  # noqa: BLE001  # the funnel: whatever it is, it goes to the log
            _LOG.exception("a piece of work is broken")
        self._ending.wait(_IDLE_SECONDS)
        return None


def _one_of(worker: Worker, keeper: Keeper) -> Callable[[], bool]:
    """What keepers erase has time: executions and deadlines go first."""
    return lambda: worker.run_one() or keeper.run_one()
