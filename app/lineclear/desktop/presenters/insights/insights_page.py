"""The insights page as a sheet: how people decided, in figures and sentences. Pure: free of Qt and of I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lineclear.application.reading.answers import Oversight, ReviewFigures, Spread
from lineclear.application.reading.formats import dollars
from lineclear.desktop.presenters.insights.insight_findings import (
    DIFFERED_PARTS,
    FEWEST,
    SHORT_PARTS,
    WRONG_PARTS,
    findings,
)
from lineclear.desktop.presenters.insights.insight_sheets import Cell, FigureRow, Headline, InsightsSheet, Way
from lineclear.desktop.presenters.insights.insight_words import (
    by_capability,
    by_person,
    lasting,
    share,
    together,
    way_to_agent,
    way_to_capability,
    way_to_person,
)
from lineclear.desktop.presenters.jobs.job_costs import Cost, Costs
from lineclear.desktop.presenters.sheets import Meter, Tone
from lineclear.domain.text import paintable
from lineclear.domain.wording import figure, moment, say, say_n

NOTHING: Final = "–"  # noqa: RUF001  # as wide as a figure
"""Stands where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was read: the stretch, the same and the one before it together, and what jobs cost in it."""

    days: int
    found: Oversight
    longer: Oversight
    costs: Costs


def insights_sheet(told: Told, now: datetime) -> InsightsSheet:
    """Everything of one stretch."""
    found = told.found
    return InsightsSheet(
        days=told.days,
        said=_said(found, now),
        headlines=tuple(_headlines(told)),
        findings=findings(found),
        people=tuple(_figure_rows(by_person(found), found)),
        capabilities=tuple(_figure_rows(by_capability(found), found)),
        agents=tuple(_cost_rows(told.costs.agents, has_way=True)),
        customers=tuple(_cost_rows(told.costs.customers, has_way=False)),
        jobs_said=_jobs_said(told.costs),
        is_known=True,
    )


def _said(found: Oversight, now: datetime) -> str:
    since, until = (
        moment(datetime.fromisoformat(one).astimezone(now.tzinfo)) for one in (found.since, found.until)
    )
    stretch = say("From {since} until {until}.", since=since, until=until)
    if not found.more:
        return stretch
    more = say(
        "Made of the {actions:,} actions that changed last; there are more, which are not counted.",
        actions=found.actions,
    )
    return f"{stretch} {more}"


def _jobs_said(costs: Costs) -> str:
    if costs.more:
        return say("of the {count:,} newest jobs; there are more", count=costs.jobs)
    return say_n("{count:,} job opened in this time", "{count:,} jobs opened in this time", costs.jobs)


# -- headline figures -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Before:
    """Everybody in the stretch before this one; not known where not all of it was read."""

    days: int
    longer: ReviewFigures
    now: ReviewFigures
    is_known: bool

    def count(self, name: str) -> int:
        """A figure of the stretch before: of both together, less of this one."""
        longer: int = getattr(self.longer, name)
        now: int = getattr(self.now, name)
        return max(longer - now, 0)

    def says(self, name: str, of: str = "") -> str:
        """The same figure before, with its share where it has a whole."""
        if not self.is_known:
            return ""
        count = self.count(name)
        if not count:
            return say_n("None the day before.", "None in the {count} days before.", self.days)
        if not of:
            return say_n(
                "{before:,} the day before.",
                "{before:,} in the {count} days before.",
                self.days,
                before=count,
            )
        return say_n(
            "{before:,} the day before ({share}).",
            "{before:,} in the {count} days before ({share}).",
            self.days,
            before=count,
            share=share(count, self.count(of)),
        )


def _headlines(told: Told) -> Iterator[Headline]:
    one, longer = together(told.found), together(told.longer)
    before = _Before(told.days, longer, one, is_known=not told.longer.more)
    yield _timed(say("Waited for a decision"), one.queue_seconds, longer.queue_seconds, told, 1)
    yield _timed(say("Looked before deciding"), one.dwell_ms, longer.dwell_ms, told, 1_000)
    approved = say("{count:,} approved.", count=one.approved)
    yield Headline(say("Decided"), figure(one.decided), _joined(approved, before.says("decided")))
    yield _counted(say("Rejected"), one, before, "rejected", "decided")
    yield Headline(say("Edited by people"), figure(one.edited), before.says("edited"))
    yield _counted(say("Undone"), one, before, "undone", "approved", WRONG_PARTS)
    yield _counted(say("Failed"), one, before, "failed", "approved", WRONG_PARTS)
    yield _canaries(one, before)
    yield _second_looks(one, before)
    yield _counted(say("Short looks"), one, before, "hasty", "approved", SHORT_PARTS)


def _timed(title: str, spread: Spread, longer: Spread, told: Told, unit: int) -> Headline:
    if not spread.known:
        return Headline(title, NOTHING, say("Nothing was measured."))
    value = say("Half within {time}", time=lasting(spread.median / unit))
    most = say("Nine in ten within {time}.", time=lasting(spread.p90 / unit))
    if told.longer.more:
        return Headline(title, value, most)
    beside = say(
        "Over {days} days: half within {time}.", days=2 * told.days, time=lasting(longer.median / unit)
    )
    return Headline(title, value, _joined(most, beside))


def _counted(title: str, one: ReviewFigures, before: _Before, name: str, of: str, parts: int = 0) -> Headline:
    count: int = getattr(one, name)
    whole: int = getattr(one, of)
    part = share(count, whole)
    forms = {
        "decided": say("{share} of what was decided.", share=part),
        "approved": say("{share} of what was approved.", share=part),
    }
    said = forms[of] if count else ""
    return Headline(title, figure(count), _joined(said, before.says(name, of)), _tone(count, whole, parts))


def _canaries(one: ReviewFigures, before: _Before) -> Headline:
    caught, missed = one.canaries_caught, one.canaries_missed
    title = say("Canaries")
    if not caught + missed:
        return Headline(title, NOTHING, _joined(say("None was decided."), _missed_before(before)))
    value = say("{caught:,} caught, {missed:,} missed", caught=caught, missed=missed)
    return Headline(title, value, _missed_before(before), Tone.STOP if missed else Tone.NEUTRAL)


def _missed_before(before: _Before) -> str:
    if not before.is_known or not before.count("canaries_caught") + before.count("canaries_missed"):
        return ""
    return say_n(
        "{caught:,} caught and {missed:,} missed the day before.",
        "{caught:,} caught and {missed:,} missed in the {count} days before.",
        before.days,
        caught=before.count("canaries_caught"),
        missed=before.count("canaries_missed"),
    )


def _second_looks(one: ReviewFigures, before: _Before) -> Headline:
    title = say("Second looks")
    if not one.second_looks:
        return Headline(title, NOTHING, _joined(say("None was taken."), _differed_before(before)))
    value = say("{differed:,} of {looks:,} differed", differed=one.differed, looks=one.second_looks)
    return Headline(
        title, value, _differed_before(before), _tone(one.differed, one.second_looks, DIFFERED_PARTS)
    )


def _tone(part: int, whole: int, parts: int) -> Tone:
    """Coloured is what would also be said to stand out: one in so many `parts`, of enough decisions."""
    stands_out = parts and whole >= FEWEST and part * parts >= whole
    return Tone.CAUTION if stands_out else Tone.NEUTRAL


def _differed_before(before: _Before) -> str:
    if not before.is_known or not before.count("second_looks"):
        return ""
    return say_n(
        "{differed:,} of {looks:,} the day before.",
        "{differed:,} of {looks:,} in the {count} days before.",
        before.days,
        differed=before.count("differed"),
        looks=before.count("second_looks"),
    )


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


# -- tables -----------------------------------------------------------------------------------------


def _figure_rows(rows: Iterable[ReviewFigures], found: Oversight) -> Iterator[FigureRow]:
    every = tuple(rows)
    most = max((one.decided for one in every), default=0)
    for one in sorted(every, key=lambda each: (-each.decided, each.person, each.capability)):
        name = one.person or one.capability
        yield FigureRow(name, paintable(name), tuple(_cells(one, most)), _way(one, found))


def _way(one: ReviewFigures, found: Oversight) -> Way:
    return way_to_person(one.person, found.since) if one.person else way_to_capability(one.capability)


def _cells(one: ReviewFigures, most: int) -> Iterator[Cell]:
    yield _bar(one.decided, most, Tone.ACCENT)
    yield _bar(one.rejected, one.decided, Tone.NEUTRAL)
    yield _plain(one.edited)
    yield _length(one.queue_seconds.known, one.queue_seconds.median)
    yield _length(one.queue_seconds.known, one.queue_seconds.p90)
    yield _length(one.dwell_ms.known, one.dwell_ms.median / 1_000)
    yield _bar(one.hasty, one.approved, _tone(one.hasty, one.approved, SHORT_PARTS))
    wrong = one.undone + one.failed
    yield _bar(wrong, one.approved, _tone(wrong, one.approved, WRONG_PARTS))
    yield _of(one.canaries_missed, one.canaries_caught + one.canaries_missed)
    yield _of(one.differed, one.second_looks)


def _bar(part: int, whole: int, tone: Tone) -> Cell:
    """A count with its share of the whole as a bar."""
    if not part:
        return _plain(0)
    return Cell(Meter("", figure(part), part / whole if whole else 0, tone), part)


def _plain(count: int) -> Cell:
    return Cell(figure(count) if count else NOTHING, count)


def _of(part: int, whole: int) -> Cell:
    shown = say("{part:,} of {whole:,}", part=part, whole=whole) if whole else NOTHING
    return Cell(shown, part / whole if whole else -1)


def _length(known: int, seconds: float) -> Cell:
    return Cell(lasting(seconds), seconds) if known else Cell(NOTHING, -1)


def _cost_rows(costs: Iterable[Cost], *, has_way: bool) -> Iterator[FigureRow]:
    every = tuple(costs)
    most = max((one.micros for one in every), default=0)
    for one in sorted(every, key=lambda each: (-each.micros, each.name)):
        way = way_to_agent(one.name) if has_way else None
        yield FigureRow(one.name, paintable(one.name), tuple(_cost_cells(one, most)), way)


def _cost_cells(one: Cost, most: int) -> Iterator[Cell]:
    yield Cell(Meter("", dollars(one.micros), one.micros / most if most else 0), one.micros)
    yield _plain(one.jobs)
    each = one.micros // one.jobs
    yield Cell(dollars(each), each)
    yield Cell(figure(one.steps / one.jobs, ",.1f"), one.steps / one.jobs)
    yield _plain(one.stopped)
