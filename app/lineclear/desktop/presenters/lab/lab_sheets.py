"""What the policy lab shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lineclear.desktop.presenters.lab.effort import ALL, Viewing
from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Words
from lineclear.domain.wording import say


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something to correct in the text: where (line, 1-based), what is wrong, and what to do."""

    line: int
    says: Words
    remedy: Words


@dataclass(frozen=True, slots=True)
class Findings:
    """One card of what a text would do: a remark on its state, then what was found."""

    remark: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One question, answered under the text in force and under the one that is tried."""

    label: str
    before: str
    after: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class HistorySheet:
    """The replay of history; `done` of 1 while it runs, with what was found so far."""

    remark: str = ""
    done: float = 0.0
    is_running: bool = False
    rows: tuple[FigureRow, ...] = ()
    lines: tuple[Line, ...] = ()
    why_not: str = ""


class DiffKind(StrEnum):
    """What a line of a plain diff is."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the diff as it is written, with its sign."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True)
class TrialSheet:
    """The live trial: what it means or how it ended, its halves and looks, and why nothing can be done."""

    says: Words
    state: Chip
    lines: tuple[Line, ...] = ()
    is_on: bool = False
    why_not: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class LabSheet:
    """A change being tried; `diff` stands there while it is about to be activated."""

    title: str
    text: str
    state: Chip
    problems: tuple[ProblemRow, ...] = ()
    changes: Findings = Findings()
    queue: Findings = Findings()
    history: HistorySheet = HistorySheet()
    diff: tuple[DiffLine, ...] = ()
    is_activating: bool = False
    activate: str = field(default_factory=lambda: say("Activate…"))
    why_not: str = ""
    notice: Notice | None = None
    viewing: Viewing = ALL
    trial: TrialSheet | None = None
    offered: tuple[str, int] | None = None
    """What a trial would begin with: the text, and the version in force that it was held against."""
