"""What a witness keeps, for this run only. Free of I/O."""

from __future__ import annotations

import threading

from lineclear.application.record.witnessing import Alarm, Kept


class MemoryNotebook:
    """A `Notebook`. Safe to use from any thread."""

    def __init__(self) -> None:
        self._kept: Kept | None = None
        self._alarm: Alarm | None = None
        self._turn = threading.Lock()

    def kept(self) -> Kept | None:
        return self._kept

    def keep(self, before: Kept | None, kept: Kept) -> bool:
        with self._turn:
            if self._kept != before or self._alarm is not None:
                return False
            self._kept = kept
            return True

    def alarm(self) -> Alarm | None:
        return self._alarm

    def raise_alarm(self, alarm: Alarm) -> Alarm:
        with self._turn:
            self._alarm = self._alarm or alarm
            return self._alarm

    def forget(self) -> None:
        with self._turn:
            self._kept, self._alarm = None, None
