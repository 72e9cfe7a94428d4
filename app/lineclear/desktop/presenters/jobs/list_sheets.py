"""What the jobs page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lineclear.desktop.presenters.jobs.job_budget import LimitChoice
from lineclear.desktop.presenters.sheets import Chip, Filter, Meter, Notice, Question, Words

if TYPE_CHECKING:
    from lineclear.desktop.plotting.track import Track
    from lineclear.desktop.presenters.jobs.comparing import RunsCompared


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in the list, with its own five answers for when it is chosen."""

    id: str
    title: Words
    agent: Words
    state: Chip
    cost: Meter
    steps: Words | Chip
    updated: str
    questions: tuple[Question, ...]
    stop_why_not: str = ""
    waiting: str = ""
    since: str = ""
    belongs: Words = ""
    agent_id: str = ""


@dataclass(frozen=True, slots=True)
class JobsSheet:
    """The jobs page. `said` counts what is listed; with `has_more` there are others further down.

    `agent_why_not` says why no agent can be stopped from here now.
    """

    rows: tuple[JobRow, ...] = ()
    selected: str | None = None
    notice: Notice | None = None
    filters: tuple[Filter, ...] = ()
    said: str = ""
    has_more: bool = False
    agent_why_not: str = ""


@dataclass(frozen=True, slots=True)
class JobAction:
    """One action of a job; `undo` says whether it was undone, can be, or why it cannot."""

    id: str
    title: Words
    state: Chip
    since: str
    undo: Words = ""


@dataclass(frozen=True, slots=True)
class OtherJob:
    """A job of the same agent that this one may be held against."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True)
class JobSheet:
    """One job, whole. `facts` are name and value; `marked` the ids of spans of which a field came.

    Without a `track` nothing is timed yet. `request` is the open action that asks to raise its budget.
    """

    row: JobRow
    byline: Words
    meters: tuple[Meter, ...]
    facts: tuple[tuple[str, Words], ...]
    actions: tuple[JobAction, ...]
    summary: str
    track: Track | None = None
    marked: frozenset[str] = frozenset()
    notice: Notice | None = None
    request: str = ""
    agent_why_not: str = ""
    others: tuple[OtherJob, ...] = ()
    compared: RunsCompared | None = None
    limits: tuple[LimitChoice, ...] = ()
    budget_why_not: str = ""
