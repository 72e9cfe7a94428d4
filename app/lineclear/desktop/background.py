"""The one bridge between threads and Qt: blocking calls on a small pool, outcomes on the GUI thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

_TURN: Final = 0.000_5
"""Seconds; the interpreter's own 5 ms are the wait of the GUI thread for each call into Qt that lets go."""


def take_short_turns() -> None:
    """Let no thread of this process keep the interpreter for long while another one waits for it.

    Painting a frame asks for it some dozen times: beside a thread that sorts, five milliseconds each add up.
    """
    sys.setswitchinterval(_TURN)


class Background(Protocol):
    """Runs work elsewhere and delivers what came of it on the GUI thread."""

    def run[T](
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None: ...


class ThreadBackground(QObject):
    """A small pool of threads. One QObject of the GUI thread carries every outcome.

    Nothing of Qt is made, held or destroyed by a worker. `close` waits for what runs and delivers no more.
    """

    _outcome = Signal(object)

    def __init__(self, workers: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="background")
        self._closed = False
        self._outcome.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run[T](
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run `work` on a thread, then `done` or `failed` on the GUI thread."""
        if self._closed:
            return

        def report(future: Future[T]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                self._outcome.emit(lambda: done(future.result()))
            elif isinstance(error, Exception):
                self._outcome.emit(lambda: failed(error))
            else:
                raise error

        self._pool.submit(work).add_done_callback(report)

    def close(self) -> None:
        """End the threads; the clients' own time-outs bound the wait."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _deliver(self, outcome: Callable[[], None]) -> None:
        if not self._closed:
            outcome()


class Gate:
    """Another background's work and outcomes, until `end`: then nothing is begun, and nothing delivered."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._is_over = False

    def run[T](
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run `work` there, and deliver what came of it unless it is over by then."""

        def deliver[O](take: Callable[[O], None], outcome: O) -> None:
            if not self._is_over:
                take(outcome)

        if not self._is_over:
            self._background.run(work, done=partial(deliver, done), failed=partial(deliver, failed))

    def end(self) -> None:
        """Nobody asks any more. On the GUI thread, as is every delivery."""
        self._is_over = True


class InlineBackground:
    """Runs everything at once, on the calling thread."""

    def run[T](
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run `work` and deliver its outcome before returning."""
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # as on a thread: whatever came of it is delivered
            failed(error)
        else:
            done(result)


class HeldBackground:
    """Runs at once and keeps the outcomes until they are released, in any order."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def run[T](
        self, work: Callable[[], T], *, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run `work` and keep its outcome in `held`."""
        InlineBackground().run(
            work,
            done=lambda result: self.held.append(lambda: done(result)),
            failed=lambda error: self.held.append(lambda: failed(error)),
        )
