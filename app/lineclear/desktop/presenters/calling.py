"""When a console calls somebody who is not looking: at once, in a summary, or not now. Pure: free of Qt.

Nothing in a call could decide: it says how many there are and which one to open, in our own words only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lineclear.domain.wording import say, say_n

TIERS: Final = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the reader's clock in which nobody is called, from the first on, up to the second."""

    begins: int
    ends: int

    def covers(self, now: datetime) -> bool:
        """Whether it is quiet at this local time; hours may go over midnight."""
        if self.begins <= self.ends:
            return self.begins <= now.hour < self.ends
        return now.hour >= self.begins or now.hour < self.ends


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which tiers call `at_once`, which of those `sounds`; how many minutes the rest waits, 0 for ever."""

    at_once: frozenset[int] = frozenset({2, 3})
    sounds: frozenset[int] = frozenset({3})
    digest: int = 30
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One action that needs this person."""

    id: str
    tier: int


@dataclass(frozen=True, slots=True)
class Call:
    """What a notice says, which action it opens if one, and how often it beeps: once for each tier."""

    text: str
    action: str = ""
    beeps: int = 0


@dataclass(slots=True)
class Caller:
    """Hears what waits and says when to call. Times: `now` is local, `steady` in seconds."""

    wishes: Wishes = field(default_factory=Wishes)
    _known: set[str] | None = None
    _later: set[str] = field(default_factory=set)
    _since: float = 0.0

    def begin(self) -> None:
        """Another backend: what waits there already calls nobody."""
        self._known, self._later = None, set()

    def hear(self, waiting: Iterable[Waiting], count: int, now: datetime, steady: float) -> Call | None:
        """What waits now; `count` may be more than what is listed."""
        listed = {one.id: one for one in waiting}
        self._later &= listed.keys()
        if self._known is None:
            self._known = set(listed)
            return None
        new = [one for one in listed.values() if one.id not in self._known]
        self._known |= listed.keys()
        is_quiet = self.wishes.quiet is not None and self.wishes.quiet.covers(now)
        loud = [one for one in new if one.tier in self.wishes.at_once and not is_quiet]
        if not self._later:
            self._since = steady
        self._later |= {one.id for one in new} - {one.id for one in loud}
        return self._call(loud, count) if loud else None

    def tick(self, count: int, now: datetime, steady: float) -> Call | None:
        """Time has gone by: a summary of what did not call, where it is due."""
        wishes = self.wishes
        is_due = wishes.digest and self._later and steady - self._since >= wishes.digest * 60
        if not is_due or (wishes.quiet is not None and wishes.quiet.covers(now)):
            return None
        came, only = len(self._later), next(iter(self._later)) if len(self._later) == 1 else ""
        self._later = set()
        said = say_n("{count} came meanwhile.", "{count} came meanwhile.", came)
        return Call(f"{said} {need(count)}", only)

    def _call(self, loud: list[Waiting], count: int) -> Call:
        highest = max(loud, key=lambda one: one.tier)
        heard = [one.tier for one in loud if one.tier in self.wishes.sounds]
        said = say_n(
            "{count} new at tier {tier}.", "{count} new, up to tier {tier}.", len(loud), tier=highest.tier
        )
        return Call(f"{said} {need(count)}", highest.id, max(heard, default=0))


def need(count: int) -> str:
    """How many need this person."""
    if not count:
        return say("Nothing needs you.")
    return say_n("{count} needs you.", "{count} need you.", count)
