"""Lengths, shares and the ways behind figures, as the insights page says them. Pure: free of Qt and I/O."""

from __future__ import annotations

from typing import Final

from lineclear.application.reading.answers import Oversight, ReviewFigures
from lineclear.application.reading.queue_query import QueueQuery, Sort, State, written_queue
from lineclear.application.record.query import Facet, LedgerQuery, millis_of, written_query
from lineclear.desktop.presenters.insights.insight_sheets import Place, Way
from lineclear.domain.wording import say

_SECONDS: Final = 10
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def lasting(seconds: float) -> str:
    """A length as short as can be compared: tenths below ten seconds, then seconds, minutes, hours, days."""
    if seconds < _SECONDS:
        return say("{seconds:,.1f} s", seconds=seconds)
    whole = int(seconds)
    if whole < _MINUTE:
        return say("{seconds:,} s", seconds=whole)
    if whole < _HOUR:
        return say("{time} min", time=f"{whole // _MINUTE}:{whole % _MINUTE:02d}")
    if whole < _DAY:
        return say("{time} h", time=f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02d}")
    return say("{days:,.1f} days", days=whole / _DAY)


def share(part: int, whole: int) -> str:
    """A part in hundredths; what is there is never said to be nothing. It stays on one line."""
    if part and 100 * part < whole:
        said = say("under 1 %")
    else:
        said = say("{share} %", share=round(100 * part / whole) if whole else 0)
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def together(found: Oversight) -> ReviewFigures:
    """Everybody and everything."""
    return next((one for one in found.rows if not one.person and not one.capability), ReviewFigures("", ""))


def by_person(found: Oversight) -> tuple[ReviewFigures, ...]:
    """Each person, over all capabilities."""
    return tuple(one for one in found.rows if one.person and not one.capability)


def by_capability(found: Oversight) -> tuple[ReviewFigures, ...]:
    """Each capability, over all people."""
    return tuple(one for one in found.rows if one.capability and not one.person)


def way_to_person(person: str, since: str) -> Way:
    """What somebody decided, in the ledger: the queue cannot be narrowed to who decided."""
    only = ((Facet.TYPE, "decision"), (Facet.BY, person))
    return Way(Place.LEDGER, written_query(LedgerQuery(only=only, after=millis_of(since))))


def way_to_capability(capability: str, state: State = State.ENDED) -> Way:
    """What was proposed under a capability; ended unless it is said otherwise."""
    sort = None if state is State.PENDING else Sort.NEWEST
    return Way(Place.QUEUE, written_queue(QueueQuery(state=state, capability=capability, sort=sort)))


def way_to_agent(agent: str) -> Way:
    """Whatever an agent proposed."""
    return Way(Place.QUEUE, written_queue(QueueQuery(state=State.ALL, agent=agent, sort=Sort.NEWEST)))
