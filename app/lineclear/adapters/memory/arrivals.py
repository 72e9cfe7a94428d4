"""What the border saw, in this process alone. Free of I/O."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lineclear.domain.arrivals import Arrival


class MemoryArrivals:
    """Safe to use from any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[str, Arrival] = {}

    def change(self, token: str, work: Callable[[Arrival], Arrival]) -> Arrival:
        with self._turn:
            changed = self._kept[token] = work(self._kept.get(token, Arrival(token)))
        return changed

    def every(self) -> tuple[Arrival, ...]:
        with self._turn:
            return tuple(self._kept[token] for token in sorted(self._kept))
