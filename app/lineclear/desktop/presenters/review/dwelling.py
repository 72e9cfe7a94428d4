"""For how long one revision was in sight: shown, in an active window. Free of Qt and of the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Dwelling:
    """Counts while the window is active; another mark (what is on screen) begins anew."""

    steady: Callable[[], float]
    _mark: object = None
    _before: float = 0.0
    _since: float | None = None
    _is_active: bool = True

    def touch(self, mark: object) -> None:
        """This is on screen now."""
        if mark != self._mark:
            self._mark, self._before = mark, 0.0
            self._since = self.steady() if self._is_active else None

    def attend(self, *, is_active: bool) -> None:
        """Whether anybody can be looking: the window is active, and not locked."""
        if is_active is not self._is_active:
            self._is_active = is_active
            self._before = self.seconds()
            self._since = self.steady() if is_active and self._mark is not None else None

    def seconds(self) -> float:
        """For how long what is on screen has been in sight."""
        return self._before + (self.steady() - self._since if self._since is not None else 0.0)
