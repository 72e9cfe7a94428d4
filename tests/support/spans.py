"""Spans by the thousand for timelines: nested, of every kind, from microseconds to hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from lineclear.domain.events import Span
from lineclear.domain.vocabulary import SpanKind

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_KINDS = tuple(SpanKind)


def span(name: str, start: float, length: float, parent: str = "", **more: object) -> Span:
    """A span from so many seconds after the begin on; its id is its name."""
    kind = more.pop("kind", SpanKind.TOOL)
    first = BEGIN + timedelta(seconds=start)
    last = first + timedelta(seconds=length)
    return Span(name, name, kind, first.isoformat(), last.isoformat(), parent, **more)


def many_spans(count: int, *, seconds: float = 31_536_000, seed: int = 1) -> tuple[Span, ...]:
    """So many within a stretch of time; each fourth at the top, the others nested below the one before."""
    random, found = Random(seed), []
    for number in range(count):
        start = BEGIN + timedelta(microseconds=int(number * seconds * 1e6 / count))
        length = timedelta(microseconds=int(10 ** random.uniform(0, 7.5)))
        parent = f"s{number - 1}" if number % 4 else ""
        kind = _KINDS[random.randrange(len(_KINDS))]
        error = "Timeout" if random.random() < 0.01 else ""
        times = start.isoformat(), (start + length).isoformat()
        found.append(Span(f"s{number}", f"step {number % 97}", kind, *times, parent, error=error))
    return tuple(found)
