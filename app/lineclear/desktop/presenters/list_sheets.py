"""What the jobs page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.sheets import Chip, Notice, Question, Words


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in the list, with its own five answers for when it is chosen."""

    id: str
    title: Words
    agent: Words
    state: Chip
    cost: Words | Chip
    steps: Words | Chip
    updated: str
    questions: tuple[Question, ...]
    stop_why_not: str = ""


@dataclass(frozen=True, slots=True)
class JobsSheet:
    """The jobs page."""

    rows: tuple[JobRow, ...] = ()
    selected: str | None = None
    notice: Notice | None = None
