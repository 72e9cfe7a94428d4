"""The right to touch the other side during one call: for a time, and until somebody stops it. Free of I/O.

A connector checks its permit before each thing that it sends, and hands over how a wait can be broken off.
Whoever watches the call lengthens the permit while the lease behind it is renewed, or revokes it. Several
threads may use one permit: each field is set whole, and a deque hands each of its items out once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from lineclear.application.ports import Clock, Permit, ToolFailed

STOPPED: Final = "stopped"
"""The code of a call that was broken off because a person stopped its work; nothing was changed."""


class CallPermit:
    """A permit by a clock. `until` moves only by `extend`; a revoked permit never comes back."""

    def __init__(self, clock: Clock, until: datetime) -> None:
        self._clock = clock
        self._until = until
        self._revoked = ""
        self._cancels: deque[Callable[[], None]] = deque()

    @property
    def revoked(self) -> str:
        """Who or what ended it early; "" while nobody did."""
        return self._revoked

    def left(self) -> float:
        if self._revoked:
            return 0.0
        return max(0.0, (self._until - self._clock.now()) / timedelta(seconds=1))

    def check(self) -> None:
        if self._revoked:
            raise ToolFailed(STOPPED, f"{self._revoked}; nothing more was sent, and nothing was changed.")
        if self.left() <= 0:
            raise ToolFailed("unreachable", "The time for this call is over. Nothing was changed.")

    def extend(self, until: datetime) -> None:
        self._until = until

    def revoke(self, why: str) -> None:
        """End it now and break off what waits, in this thread; again does nothing."""
        self._revoked = self._revoked or why
        self._break_off()

    @contextmanager
    def cancelling(self, cancel: Callable[[], None]) -> Iterator[None]:
        self._cancels.append(cancel)
        try:
            if self._revoked:
                self._break_off()
            yield
        finally:
            with suppress(ValueError):
                self._cancels.remove(cancel)

    def expire(self) -> None:
        """Break off what still waits although its time is over."""
        self._break_off()

    def _break_off(self) -> None:
        with suppress(IndexError):
            while True:
                self._cancels.popleft()()


class _Unlimited:
    """For whoever asks without executing: a preview, a probe, a test."""

    def left(self) -> float:
        return float("inf")

    def check(self) -> None:
        """Always holds."""

    @contextmanager
    def cancelling(self, cancel: Callable[[], None]) -> Iterator[None]:  # noqa: ARG002  # nobody revokes it
        yield


UNLIMITED: Final[Permit] = _Unlimited()
