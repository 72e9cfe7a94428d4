"""Knowing how long the ledger is as soon as this process or another one has appended. Free of SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from lineclear.domain.refusals import Refusal

RETRY_SECONDS: Final = 0.25

type Pause = Callable[[threading.Condition], bool]
"""Waits a little for another process; True where it may have committed. The condition is not held."""


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
        self._size = 0
        self._waiting = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    def reached(self, size: int) -> None:
        """Tell everybody that the ledger has become this long."""
        with self._changed:
            if size > self._size:
                self._size = size
                self._changed.notify_all()

    def wait(self, size: int, seconds: float) -> int:
        """Block until the ledger is longer than `size`, time is over or the watch closed; the size now."""
        if not self._closed:
            self.reached(self._read_size())
        with self._changed:
            if self._size <= size and not self._closed:
                self._ensure_thread()
                self._waiting += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._size > size or self._closed, seconds)
                self._waiting -= 1
            return self._size

    def close(self) -> None:
        """Release everybody and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _ensure_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=f"watch of {self._name}", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while self._is_wanted():
            try:
                self._follow()
            except Refusal:  # the database is away: who waits sees no change, and it is tried again
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, RETRY_SECONDS)

    def _is_wanted(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return not self._closed

    def _follow(self) -> None:
        with self._listening() as pause:
            self.reached(self._read_size())
            while self._waiting and not self._closed:
                if pause(self._changed):
                    self.reached(self._read_size())
