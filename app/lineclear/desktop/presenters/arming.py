"""When a decision may be taken: a second after what is shown last changed. Free of Qt and of the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ARM_SECONDS = 1.0


@dataclass(slots=True)
class Arming:
    """Remembers what is on screen and since when; a decision inside `ARM_SECONDS` is not taken.

    `touch` with a new mark (what a decision would bind) starts the time again; `hold` does so without one,
    as when the window comes back to the front.
    """

    steady: Callable[[], float]
    _mark: object = None
    _since: float = field(default=float("inf"))

    def touch(self, mark: object) -> None:
        """Something is on screen; the time starts again only if it is not what was there before."""
        if mark != self._mark:
            self._mark = mark
            self._since = self.steady()

    def hold(self) -> None:
        """Start the time again for what is on screen."""
        self._since = self.steady()

    def is_armed(self) -> bool:
        """Whether what is on screen has been there long enough to be decided on."""
        return self.steady() - self._since >= ARM_SECONDS
