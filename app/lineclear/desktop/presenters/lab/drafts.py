"""A text that is tried in the lab, and all that is known about it. Plain values; free of Qt and I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from lineclear.application.reading.answers import PolicyChange, QueueTrial, Replayed
from lineclear.desktop.presenters.sheets import Notice
from lineclear.domain.policy.problems import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about one text; `problems` stand alone, because then nobody else is asked."""

    problems: tuple[Problem, ...] = ()
    change: PolicyChange | None = None
    queue: QueueTrial | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass over history: how far it is, and the sums in force and under the text."""

    next: int = 0
    size: int = 0
    is_running: bool = False
    sums: tuple[Replayed, Replayed] | None = None


@dataclass(slots=True)
class Draft:
    """The text that is tried, what it is held against, and all that is known about it."""

    text: str
    in_force: str
    version: int
    checked: Checked | None = None
    passed: Pass = field(default_factory=Pass)
    notice: Notice | None = None
    refused: Notice | None = None
    """Why what was wished for could not be written; it stays until something is typed."""
    is_activating: bool = False
    is_wished: bool = False
    """Written for somebody who chose it elsewhere: once it is checked, the diff is shown."""
