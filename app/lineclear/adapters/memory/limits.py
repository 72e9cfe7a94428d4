"""How often something was asked, by whom or of whom, counted in this process. Free of I/O."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from lineclear.application.ports import Clock
from lineclear.domain.refusals import Code, Refusal

_MOST_NAMES = 10_000


class MinuteLimits:
    """Counts over a sliding minute, by name. Safe to use from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._taken: dict[str, deque[datetime]] = {}

    def take(self, what: str, name: str, most: int) -> None:
        """Count one more; Refusal(RATE_LIMITED) where that would be more than `most` in a minute."""
        now = self._clock.now()
        with self._turn:
            if len(self._taken) > _MOST_NAMES:
                self._taken = {key: times for key, times in self._taken.items() if times[-1] > now - _MINUTE}
            times = self._taken.setdefault(f"{what} {name}", deque())
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= most:
                raise Refusal(Code.RATE_LIMITED, limit=f"{most} a minute", what=what)
            times.append(now)


_MINUTE = timedelta(minutes=1)
