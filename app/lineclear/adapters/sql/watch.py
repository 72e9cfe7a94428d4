"""Knowing how long the ledger is as soon as this process or another one has appended. Free of SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
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
        self._waiting = 0
        self._thread: threading.Thread | None = None

    def reached(self, size: int) -> None:
        """Tell everybody that the ledger has become this long."""
        with self._changed:
            if size > self._size:
                self._size = size
                self._changed.notify_all()

    def wait(self, size: int, seconds: float) -> int:
        """Block until the ledger is longer than `size`, time is over or the watch closed; the size now."""
        with self._changed:
            if self._size <= size and not self._is_closed:
                self._ensure_thread()
                self._waiting += 1
                self._wanted.set()
                self._changed.wait_for(lambda: self._size > size or self._is_closed, seconds)
                self._waiting -= 1
        if self._size <= size and not self._is_closed:
            self.reached(self._read_size())  # another process may have appended since the last look
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
            self.reached(self._read_size())
            idle = 0
            while idle < LINGER and not self._is_closed:
                if pause(self._ending):
                    self.reached(self._read_size())
                idle = 0 if self._waiting else idle + 1

    def _rest(self) -> None:
        with self._changed:
            if not self._waiting and not self._is_closed:
                self._wanted.clear()
