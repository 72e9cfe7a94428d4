"""Times, lengths and money as people read them. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from lineclear.domain.erasure import Erased
from lineclear.domain.events import ErasureCause
from lineclear.domain.wording import clock, moment, say

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_MICROS = Decimal(1_000_000)


def seconds_between(start: str, end: datetime) -> float:
    """Seconds from an RFC 3339 time to a moment."""
    return (end - datetime.fromisoformat(start)).total_seconds()


def due_text(seconds: float) -> str:
    """Time left: minutes and seconds below an hour, else the largest unit."""
    if seconds <= 0:
        return say("overdue")
    if seconds < HOUR:
        return f"{int(seconds) // MINUTE}:{int(seconds) % MINUTE:02d}"
    if seconds < DAY:
        return say("{number} h", number=int(seconds // HOUR))
    return say("{number} d", number=int(seconds // DAY))


def age_text(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return say("{whole} s ago", whole=whole)
    if whole < HOUR:
        return say("{whole} min ago", whole=whole // MINUTE)
    if whole < DAY:
        return say("{whole} h ago", whole=whole // HOUR)
    return say("{whole} d ago", whole=whole // DAY)


def length_text(seconds: float) -> str:
    """A measured length, from milliseconds to hours."""
    if seconds < 1:
        return say("{seconds} ms", seconds=round(seconds * 1000))
    if seconds < MINUTE:
        return say("{seconds:.1f} s", seconds=seconds)
    if seconds < HOUR:
        return f"{int(seconds) // MINUTE}:{int(seconds) % MINUTE:02d}"
    return say("{time} h", time=f"{int(seconds) // HOUR}:{int(seconds) % HOUR // MINUTE:02d}")


def dollars(micros: int) -> str:
    """Millionths of a US dollar: cents, or tenths of a cent where there are any."""
    amount = Decimal(micros) / _MICROS
    if amount == amount.quantize(Decimal("0.01")):
        return say("${amount:,.2f}", amount=amount)
    return say("${amount:,.3f}", amount=amount)


def short_digest(digest: str) -> str:
    """The first eight digits of a digest, in two groups."""
    return f"{digest[:4]} {digest[4:8]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def local_time(stamp: str, now: datetime) -> str:
    """The time of day in `now`'s zone; with the date where that is another day."""
    at = datetime.fromisoformat(stamp).astimezone(now.tzinfo)
    return clock(at) if at.date() == now.date() else moment(at)


def erased_words(erased: Erased | None, missing: Iterable[str], now: datetime) -> str:
    """Who erased what, when and why; without a tombstone, that it is not there."""
    gone = ", ".join(missing)
    if erased is None:
        return say("Not there, and no tombstone says why: {gone}", gone=gone)
    at = local_time(erased.at, now)
    why = {
        ErasureCause.REQUEST: say("Erased on {at} by {by}", at=at, by=erased.by),
        ErasureCause.RETENTION: say("Erased on {at}, when its retention was over", at=at),
        ErasureCause.NOT_KEPT: say(
            "Erased on {at}, because policy keeps no payload once an action ended", at=at
        ),
    }
    return say(
        "{why}: {gone}. The tombstone is in the ledger, and every proof still holds.",
        why=why[erased.cause],
        gone=gone,
    )
