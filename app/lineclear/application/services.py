"""What every use case works with, handed in by a composition root. Free of I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from lineclear.application.agents.arrivals import NONE_KEPT, Arrivals
from lineclear.application.executing.pulse import Pulse
from lineclear.application.judging.outside import Judge, NoJudge
from lineclear.application.ports import Clock, Ids, Signatures, Store, Tools
from lineclear.application.reading.presence import Presences

FIRST, LAST = 1970, 9000
"""The years of times that are taken from outside: what is added to them stays a date, in every time zone."""


@dataclass(frozen=True, slots=True)
class Services:
    """The ports of one workspace's backend."""

    store: Store
    tools: Tools
    clock: Clock
    ids: Ids
    signatures: Signatures
    arrivals: Arrivals = NONE_KEPT
    judge: Judge = field(default_factory=NoJudge, kw_only=True)
    pulse: Pulse = field(default_factory=Pulse, kw_only=True)
    presences: Presences = field(default_factory=Presences, kw_only=True)


def stamp(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds, as the ledger writes times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Read what `stamp` wrote, or any RFC 3339 time with an offset; raises ValueError otherwise."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is beyond all calendars") from None


def moment_named(text: str) -> datetime:
    """The same of a time that somebody outside names; ValueError where other time zones may not have it."""
    named = moment(text)
    if not FIRST <= named.year <= LAST:
        raise ValueError(f"{text!r} is not within the years {FIRST} to {LAST}")
    return named
