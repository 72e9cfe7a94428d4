"""Group commit: works that wait at the same time run in turn and share one commit. Free of SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, cast

from lineclear.adapters.sql.transaction import SqlTransaction

LARGEST_BATCH: Final = 64

type Work = Callable[[SqlTransaction], object]


@dataclass(slots=True)
class Call:
    """One caller's work, and what came of it while nothing is committed yet."""

    work: Work
    answer: Future[object] = field(default_factory=Future)
    result: object = None
    raised: BaseException | None = None

    def settle(self) -> None:
        """Release the caller with its own outcome."""
        if self.raised is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.raised)


class Batch:
    """The works of one commit: at least one, then those that wait by the time the earlier ones have run."""

    def __init__(self, first: Call, waiting: SimpleQueue[Call | None]) -> None:
        self.calls = [first]
        self.is_last = False
        self._waiting = waiting

    def __iter__(self) -> Iterator[Call]:
        """Iterate again to run the same works again."""
        place = 0
        while place < len(self.calls) or self.take():
            yield self.calls[place]
            place += 1

    def settle_first(self) -> None:
        """Release the first caller alone: its work failed having seen nothing of the others."""
        self.calls.pop(0).settle()

    def take(self) -> bool:
        """Add one that waits already; nobody waits for company."""
        if self.is_last or len(self.calls) >= LARGEST_BATCH:
            return False
        try:
            call = self._waiting.get_nowait()
        except Empty:
            return False
        if call is None:
            self.is_last = True
            return False
        self.calls.append(call)
        return True


class Writer:
    """One thread that commits batches. `commit` runs a batch whole, or raises and has changed nothing.

    `commit` leaves each call's outcome in it; callers are released only after it has returned. What it
    raises instead goes to each caller as `failure` words it.
    """

    def __init__(
        self, commit: Callable[[Batch], None], failure: Callable[[BaseException], BaseException], name: str
    ) -> None:
        self._commit = commit
        self._failure = failure
        self._waiting: SimpleQueue[Call | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=f"writer of {name}", daemon=True)
        self._thread.start()

    def run[R](self, work: Callable[[SqlTransaction], R]) -> R:
        """Run one work and wait for its commit; RuntimeError from inside another work, or when closed."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a work called the store that runs it")
        call = Call(work)
        with self._door:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._waiting.put(call)
        return cast("R", call.answer.result())

    def close(self) -> None:
        """Commit what waits already, then end the thread."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (call := self._waiting.get()) is not None:
            batch = Batch(call, self._waiting)
            self._settle(batch)
            if batch.is_last:
                return
            del call, batch

    def _settle(self, batch: Batch) -> None:
        try:
            self._commit(batch)
        except BaseException as problem:  # noqa: BLE001  # handed to every caller; this thread serves on
            while batch.take():  # they would meet the same
                pass
            for call in batch.calls:
                call.answer.set_exception(self._failure(problem))
            return
        for call in batch.calls:
            call.settle()
