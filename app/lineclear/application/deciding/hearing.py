"""Whether the backend answers, and when it last did by its own clock. Free of I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lineclear.application.ports import Clock


@dataclass(frozen=True, slots=True)
class Heard:
    """The last answer with which nothing was left to read. `at` is the backend's time, `age` how long ago."""

    at: str
    age: timedelta


class Hearing:
    """Told of each exchange with the backend; asked before something is signed without it.

    Told on one thread and asked on any: each value is put in its place whole.
    A steady clock stands still while a machine sleeps, and a wall clock is set: the longer of the two counts.
    """

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._is_away = False
        self._last: tuple[str, float, datetime] | None = None

    def heard(self, at: str, behind: int = 0) -> None:
        """It answered at its time `at`; only what nothing is missing of is confirmed."""
        self._is_away = False
        if at and not behind:
            self._last = at, self._steady(), self._clock.now()

    def lost(self) -> None:
        """It did not answer."""
        self._is_away = True

    @property
    def is_away(self) -> bool:
        """Whether the last exchange failed."""
        return self._is_away

    @property
    def last(self) -> Heard | None:
        """The last time when everything was confirmed; None where it never was."""
        last = self._last
        if last is None:
            return None
        at, steady, wall = last
        by_wall = self._clock.now() - wall
        by_steady = timedelta(seconds=self._steady() - steady)
        return Heard(at, max(by_wall, by_steady))
