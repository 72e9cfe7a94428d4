"""Knowing how long the ledger is as soon as this process or another one has appended. Free of SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from lineclear.domain.refusals import Refusal

RETRY_SECONDS: Final = 0.25
LINGER: Final = 4
"""So many pauses more the database is followed when nobody waits: who was woken mostly comes back at once."""

type Pause = Callable[[threading.Event], bool]
"""Waits a little for another process, less when the event is set; True where it may have committed."""


class Watch:
    """Serves all waiting threads from one thread, which asks the database only while somebody waits.

    `size` reads the committed size. `listening` gives a pause that is good for as long as it is entered.
    """

    def __init__(
        self, size: Callable[[], int], listening: Callable[[], AbstractContextManager[Pause]], name: str
    ) -> None:
        self._read_size = size
        self._listening = listening
        self._name = name
        self._changed = threading.Condition()
        self._wanted = threading.Event()
        self._ending = threading.Event()
        self._size = 0
        self._stirred = 0
        self._is_written = False
        self._waiting = 0
        self._thread: threading.Thread | None = None

    @contextmanager
    def written(self) -> Iterator[None]:
        """While this process commits: how far the ledger came, and whether that stirs, it says itself."""
        self._is_written = True
        try:
            yield
        finally:
            self._is_written = False

    def reached(self, size: int, *, idle_since: int | None = None) -> None:
        """Tell everybody that the ledger has become this long.

        `idle_since` says that nothing became due since it had that size; other processes are not spoken for.
        """
        with self._changed:
            stirs = idle_since is None or idle_since > self._size
            if size > self._size or (stirs and size > self._stirred):
                self._size = max(size, self._size)
                self._stirred = max(size, self._stirred) if stirs else self._stirred
                self._changed.notify_all()

    def _found(self, size: int) -> None:
        """What this process has not told of, another one has appended."""
        if size > self._size:
            self.reached(size)

    def wait(self, size: int, seconds: float, *, for_work: bool = False) -> int:
        """Block until the ledger is longer than `size`, time is over or the watch closed; the size now."""

        def is_over() -> bool:
            return (self._stirred if for_work else self._size) > size or self._is_closed

        with self._changed:
            if not is_over():
                self._ensure_thread()
                self._waiting += 1
                self._wanted.set()
                self._changed.wait_for(is_over, seconds)
                self._waiting -= 1
        if self._size <= size and not self._is_closed:
            now = self._read_size()  # another process may have appended since the last look
            if self._is_written:
                return max(now, self._size)
            self._found(now)
        return self._size

    def close(self) -> None:
        """Release everybody and end the thread."""
        with self._changed:
            self._ending.set()
            self._wanted.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    @property
    def _is_closed(self) -> bool:
        return self._ending.is_set()

    def _ensure_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=f"watch of {self._name}", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while self._wanted.wait() and not self._is_closed:
            try:
                self._follow()
            except Refusal:  # the database is away: who waits sees no change, and it is tried again
                self._ending.wait(RETRY_SECONDS)
            self._rest()

    def _follow(self) -> None:
        with self._listening() as pause:
            idle, is_due = 0, True
            while idle < LINGER and not self._is_closed:
                if is_due and not self._is_written:
                    self._found(self._read_size())
                    is_due = False
                is_due = pause(self._ending) or is_due
                idle = 0 if self._waiting else idle + 1

    def _rest(self) -> None:
        with self._changed:
            if not self._waiting and not self._is_closed:
                self._wanted.clear()
