"""Who has an action open now: in the memory of one process, gone with it. Free of I/O and of the clock.

That somebody looks proves nothing and changes every few seconds: it is neither in the ledger nor in a table.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

LASTS: Final = timedelta(seconds=20)
"""For how long somebody counts as there without saying so again."""
MOST_PEOPLE: Final = 20
"""Who is kept of one action; those who come later see the others and are not seen."""
MOST_ACTIONS: Final = 8
"""What is kept of one person, in all their windows: the newest."""


class Present(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who else has an action open now, by name, as far as the process that answers was told."""

    people: tuple[str, ...] = ()


class Presences:
    """Of one workspace; each call is given the time, and forgets who is over.

    Safe to use from any thread: each step on the mapping is whole by itself, and what two threads spoil for
    each other is a bound passed by one or somebody missing until they say so again.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], datetime] = {}
        """By action and person: when they last said that they have it open. The newest is the last."""

    def open(self, action: str, person: str, now: datetime) -> None:
        """They have it open now."""
        self._forget(now)
        if len(self.others(action, person, now).people) >= MOST_PEOPLE and (action, person) not in self._seen:
            return
        self._seen.pop((action, person), None)
        self._seen[action, person] = now
        theirs = [key for key in self._seen.copy() if key[1] == person]
        for key in theirs[:-MOST_ACTIONS]:
            self._seen.pop(key, None)

    def leave(self, action: str, person: str) -> None:
        """They have it open no more."""
        self._seen.pop((action, person), None)

    def others(self, action: str, person: str, now: datetime) -> Present:
        """Who has it open besides, in the order of their names."""
        self._forget(now)
        names = (name for opened, name in self._seen.copy() if opened == action and name != person)
        return Present(tuple(sorted(names)))

    def _forget(self, now: datetime) -> None:
        """A time to come is as good as over: the clock was put back, and they will say so again."""
        for key, at in self._seen.copy().items():
            if not timedelta(0) <= now - at < LASTS:
                self._seen.pop(key, None)


class Announcing(Protocol):
    """Blocking; safe to use from several threads. Every call raises Refusal."""

    def announce(self, action: str, *, is_open: bool, key: str) -> Present: ...

    def present(self, action: str) -> Present: ...
