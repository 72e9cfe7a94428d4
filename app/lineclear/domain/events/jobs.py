"""What happens to a job. Pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lineclear.domain.events.base import Brief, Event
from lineclear.domain.vocabulary import SpanKind


class JobBrief(Brief, frozen=True):
    """What the job is for and whom its cost belongs to."""

    goal: str
    customer: str = ""
    project: str = ""
    workflow: str = ""


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Limits of a job: cost in millionths of a US dollar, steps, wall time in seconds, equal proposals."""

    cost_micros: int = 2_000_000
    steps: int = 50
    wall_seconds: int = 86_400
    repeats: int = 5


class JobOpened(Event, frozen=True):
    """Commits to `brief`."""

    agent: str
    budget: Budget


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One timed step. Times are RFC 3339 UTC as the agent claims them; cost in millionths of a dollar.

    `contents` is the digest of the sealed content that holds its `StepContents`, if there are any.
    `error` says in a few words what went wrong in it, "" where nothing did.
    """

    id: str
    name: str
    kind: SpanKind
    start: str
    end: str
    parent: str = ""
    cost_micros: int = 0
    tokens: int = 0
    model: str = ""
    contents: str = ""
    error: str = ""


class StepContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What went into a step and what came out of it, as text; None where the agent did not record it."""

    input: str | None = None
    output: str | None = None


class SpansBrief(Brief, frozen=True):
    """A batch of spans."""

    spans: tuple[Span, ...]


class SpansRecorded(Event, frozen=True):
    """A batch of spans and what it adds to the job's spending; commits to `brief`, and to `contents`.

    The latter is a JSON object of `StepContents` by span, kept for those spans that name its digest.
    """

    steps: int
    cost_micros: int
    millis: int
    reservation: str = ""


class BudgetKind(StrEnum):
    """What a job's budget limits."""

    COST = "cost"
    STEPS = "steps"
    WALL = "wall"
    REPEATS = "repeats"


class BudgetReserved(Event, frozen=True):
    """Part of the budget is set aside before it is spent; settled by the batch of spans that names it.

    `day` is the budget of the workspace's day from which it is taken as well, if there is one.
    """

    reservation: str
    cost_micros: int
    steps: int
    day: str = ""


class BudgetRaised(Event, frozen=True):
    """A person raised one limit of the job, in the unit of its kind."""

    kind: BudgetKind
    limit: int
    by_action: str


class BudgetCut(Event, frozen=True):
    """A person lowered one limit of the job from `was`; what it raises is a decision, and this is none.

    Commits to `brief`, the reason.
    """

    kind: BudgetKind
    limit: int
    was: int
    by: str


class JobPaused(Event, frozen=True):
    """A budget is spent: no further step of the job starts until it is raised or the job ended."""

    kind: BudgetKind
    used: int
    limit: int


class JobResumed(Event, frozen=True):
    """The job may go on."""

    by_action: str


class JobEnded(Event, frozen=True):
    """The agent says that it is done; `outcome` is `completed`, `failed` or `abandoned`."""

    outcome: str


class JobStopped(Event, frozen=True):
    """A person stopped it: no further step starts.

    `running` names the actions whose calls were under way, a thousand at the most, `effects` is how many had
    taken effect by then.
    Commits to `brief`, the reason; older entries have it here.
    """

    by: str
    reason: str = ""
    running: tuple[str, ...] = ()
    effects: int = 0
