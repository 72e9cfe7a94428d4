"""What the insights page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Line, Meter, Notice, Tone, Words


class Place(StrEnum):
    """Where the actions behind a figure are looked at."""

    QUEUE = "queue"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Way:
    """The way from a figure to what it was made of: a filter, as people type it there."""

    place: Place
    filter: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of everybody, and what it is held against."""

    title: str
    value: str
    says: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out, with what to do about it as the line's source."""

    id: str
    line: Line
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a row, and the number by which rows are put in order."""

    shown: str | Meter
    rank: float


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A person, a capability, an agent or a customer, with figures in the order of their table's columns."""

    id: str
    name: Words
    cells: tuple[Cell, ...]
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class InsightsSheet:
    """The insights page. `days` is the stretch that it tells of; `said` says from when to when."""

    days: int
    said: str = ""
    headlines: tuple[Headline, ...] = ()
    findings: tuple[Finding, ...] = ()
    people: tuple[FigureRow, ...] = ()
    capabilities: tuple[FigureRow, ...] = ()
    agents: tuple[FigureRow, ...] = ()
    customers: tuple[FigureRow, ...] = ()
    jobs_said: str = ""
    notice: Notice | None = None
    is_known: bool = False
