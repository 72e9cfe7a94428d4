"""How people decided, at a terminal. Free of HTTP; what the figures mean is said in `answers`."""

from __future__ import annotations

from collections.abc import Iterator

from lineclear.application.reading.answers import Oversight, ReviewFigures, Spread
from lineclear.application.reading.formats import counted
from lineclear.cli.rendering import BLANK, Row, heading, rows_of, words
from lineclear.cli.reviewing import Desk

_WIDTH = 22


def oversight(here: Desk, days: int) -> None:
    """Print the figures of the last so many days, by person and by capability."""
    found = here.backend.oversight(days)
    here.screen.answer(found, _rows(found, days))


def _rows(found: Oversight, days: int) -> Iterator[Row]:
    together = [one for one in found.rows if not one.person and not one.capability]
    if not together:
        yield Row("", words(f"Nobody decided anything in {counted(days, 'day')}."))
        return
    yield heading(f"All decisions of {counted(days, 'day')}")
    yield from _figures("", together[0])
    people = [one for one in found.rows if one.person and not one.capability]
    yield from _listed("By person", [(one.person, one) for one in people])
    capabilities = [one for one in found.rows if one.capability and not one.person]
    yield from _listed("By capability", [(one.capability, one) for one in capabilities])
    if found.more:
        yield BLANK
        yield from rows_of("! ", f"Made of the {found.actions:,} actions that changed last; there are more.")


def _listed(title: str, listed: list[tuple[str, ReviewFigures]]) -> Iterator[Row]:
    yield BLANK
    yield heading(title)
    for name, one in listed:
        yield from _figures(name, one)


def _figures(name: str, one: ReviewFigures) -> Iterator[Row]:
    lead = f"  {name:<{_WIDTH}}" if name else "  "
    yield from rows_of(lead, _decided(one))
    for said in filter(None, (_times(one), _became(one))):
        yield from rows_of(" " * len(lead), said)


def _decided(one: ReviewFigures) -> str:
    share = f" ({100 * one.rejected // one.decided} % rejected)" if one.decided else ""
    counts = f"{one.approved:,} approved, {one.rejected:,} rejected{share}, {one.edited:,} edited"
    return f"{one.decided:,} decided: {counts}"


def _times(one: ReviewFigures) -> str:
    said = []
    if one.queue_seconds.known:
        said.append(f"waited {_spread(one.queue_seconds, 1)}")
    if one.dwell_ms.known:
        said.append(f"looked at for {_spread(one.dwell_ms, 1_000)}, {one.hasty:,} too short")
    return "; ".join(said)


def _spread(spread: Spread, unit: int) -> str:
    median, least, most = (f"{each / unit:,.0f} s" for each in (spread.median, spread.p10, spread.p90))
    return f"{median} (a tenth {least}, nine tenths {most})"


def _became(one: ReviewFigures) -> str:
    """What is none is not said."""
    counts = {
        "undone": one.undone,
        "failed": one.failed,
        "canaries caught": one.canaries_caught,
        "canaries MISSED": one.canaries_missed,
        "second looks": one.second_looks,
        "of them differed": one.differed,
        "overturned by a second look": one.overturned,
        "escalated": one.escalated,
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
