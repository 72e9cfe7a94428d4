"""The machine's time. The only place that asks for it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class SystemClock:
    """UTC; stands still while the machine's clock is set back. Safe to use from any thread."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)
        self._turn = threading.Lock()

    def now(self) -> datetime:
        with self._turn:
            self._last = max(self._last, datetime.now(UTC))
            return self._last


def steady() -> float:
    """Seconds that never go back, for measuring lengths on this machine only."""
    return time.monotonic()
