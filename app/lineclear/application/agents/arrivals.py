"""Who came to the border with which token, and what is offered to them. Free of frameworks and databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from lineclear.domain.arrivals import Arrival


class Arrivals(Protocol):
    """What the border saw, kept where all processes of a workspace see it. Safe to use from any thread."""

    def change(self, token: str, work: Callable[[Arrival], Arrival]) -> Arrival:
        """Keep what `work` makes of what is known of this token; it may be run again. Raises Refusal."""
        ...

    def every(self) -> tuple[Arrival, ...]:
        """All that is kept, by token."""
        ...


class NoArrivals:
    """Where nobody comes by a border, nothing is kept."""

    def change(self, token: str, work: Callable[[Arrival], Arrival]) -> Arrival:
        return work(Arrival(token))

    def every(self) -> tuple[Arrival, ...]:
        return ()


NONE_KEPT: Final = NoArrivals()
