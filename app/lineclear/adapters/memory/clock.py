"""A clock that stands still until it is told. Free of the system's time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock:
    """Time as a test sets it; safe to use from any thread."""

    def __init__(self, start: datetime = START) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = start.astimezone(UTC)
        self._turn = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """The time after moving on; ValueError for going back."""
        if by < timedelta():
            raise ValueError("time does not go back")
        with self._turn:
            self._now += by
            return self._now
