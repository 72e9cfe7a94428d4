"""Group commit: works that wait at the same time run in turn and share one commit. Free of SQL.

There is no thread for it: the first caller commits for all who wait by then, and hands on to the first of
those who came later. So a caller that is alone pays for no change of threads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from lineclear.adapters.sql.transaction import SqlTransaction

LARGEST_BATCH: Final = 64

type Work = Callable[[SqlTransaction], object]


@dataclass(slots=True)
class Call:
    """One caller's work and what came of it, which counts once it is settled."""

    work: Work
    result: object = None
    raised: BaseException | None = None
    is_settled: bool = False
    woken: threading.Event = field(default_factory=threading.Event)

    def settle(self) -> None:
        """Release the caller with its own outcome."""
        self.is_settled = True
        self.woken.set()

    def outcome(self) -> object:
        """What the work gave; raises what it raised."""
        if self.raised is not None:
            raise self.raised
        return self.result


class Batch:
    """The works of one commit: the first that waits, then those that wait when the earlier ones have run."""

    def __init__(self, waiting: deque[Call]) -> None:
        self.calls: list[Call] = []
        self._waiting = waiting
        self.take()

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
        if len(self.calls) >= LARGEST_BATCH or not self._waiting:
            return False
        self.calls.append(self._waiting.popleft())
        return True


class Writer:
    """Commits batches one after the other. `commit` runs a batch whole, or raises and has changed nothing.

    `commit` leaves each call's outcome in it; callers are released only after it has returned. What it
    raises instead goes to each caller as `failure` words it.
    """

    def __init__(
        self, commit: Callable[[Batch], None], failure: Callable[[BaseException], BaseException]
    ) -> None:
        self._commit = commit
        self._failure = failure
        self._waiting: deque[Call] = deque()
        self._door = threading.Condition()
        self._is_led = False
        self._is_closed = False

    def run[R](self, work: Callable[[SqlTransaction], R]) -> R:
        """Run one work and wait for its commit; RuntimeError when closed."""
        call = Call(work)
        if not self._enter(call):
            call.woken.wait()
        if not call.is_settled:
            self._lead()
        return cast("R", call.outcome())

    def close(self) -> None:
        """Let in nobody else, and wait for those who are in."""
        with self._door:
            self._is_closed = True
            self._door.wait_for(lambda: not self._is_led)

    def _enter(self, call: Call) -> bool:
        """Queue up; True for the one that leads."""
        with self._door:
            if self._is_closed:
                raise RuntimeError("the store is closed")
            self._waiting.append(call)
            leads, self._is_led = not self._is_led, True
            return leads

    def _lead(self) -> None:
        """Commit what waits, beginning with the leader's own work, then hand on."""
        try:
            self._settle(Batch(self._waiting))
        finally:
            with self._door:
                if self._waiting:
                    self._waiting[0].woken.set()
                else:
                    self._is_led = False
                    self._door.notify_all()

    def _settle(self, batch: Batch) -> None:
        try:
            self._commit(batch)
        except BaseException as problem:
            while batch.take():  # they would meet the same
                pass
            for call in batch.calls:
                call.raised = self._failure(problem)
                call.settle()
            if not isinstance(problem, Exception):
                raise  # meant for this thread, whosever work it met
            return
        for call in batch.calls:
            call.settle()
