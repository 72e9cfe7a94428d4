"""Jobs as people look for them, and one of them whole, from one snapshot. Free of frameworks, databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lineclear.application.ports import ActionQuery, Page, Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import ActionStatus, JobStatus

_PAGE: Final = 500
MOST_ACTIONS: Final = 200
"""Newest actions of a job that are read with it."""
MOST_OTHERS: Final = 50
"""Jobs that one may be held against."""
_DONE: Final = frozenset({ActionStatus.SUCCEEDED, ActionStatus.UNDONE})


class Standing(StrEnum):
    """Which jobs are wanted."""

    ALL = "all"
    RUNNING = "running"
    WAITING = "waiting"
    """For a person: an action is to be decided, or the budget is spent."""
    STOPPED = "stopped"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Tally:
    """How the actions of a job stand; `undoable` of those that took effect."""

    waiting: int = 0
    done: int = 0
    undoable: int = 0
    cleared: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class JobsFound:
    """One page, newest first, with the tallies of its jobs; `next` continues it."""

    jobs: tuple[Job, ...]
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True, slots=True)
class JobFound:
    """A job with its newest actions, all its spans, and the agent's other jobs, those of its goal first."""

    job: Job
    tally: Tally
    actions: tuple[Action, ...]
    spans: tuple[Span, ...]
    others: tuple[Job, ...]


def find_jobs(snapshot: Snapshot, standing: Standing, text: str, *, limit: int = 100) -> JobsFound:
    """The jobs that stand so and whose goal, agent, id or attribution holds the text, in any case."""
    tallies = tallies_of(snapshot)
    found: list[Job] = []
    after: str | None = None
    while True:
        page: Page[Job] = snapshot.jobs(after=after, limit=_PAGE if standing != "all" or text else limit)
        after = page.next
        fitting = [job for job in page.items if _fits(job, tallies.get(job.id, Tally()), standing, text)]
        found += fitting
        if after is None or len(found) >= limit:
            return JobsFound(tuple(found), tallies, after)


def read_job(snapshot: Snapshot, identifier: str) -> JobFound | None:
    """A job, whole; None where there is none."""
    job = snapshot.load(Job, identifier)
    if job is None:
        return None
    actions = snapshot.actions(ActionQuery(job=job.id, order="newest"), limit=MOST_ACTIONS).items
    others = sorted(_others(snapshot, job), key=lambda other: other.goal != job.goal)
    tally = tallies_of(snapshot).get(job.id, Tally())
    return JobFound(job, tally, actions, snapshot.spans(job.id), tuple(others[:MOST_OTHERS]))


def tallies_of(snapshot: Snapshot) -> dict[str, Tally]:
    """How the actions of each job stand, in one pass."""
    counts = Counter(one for action in snapshot.every(Action) for one in _counted(action))
    return {
        job: Tally(*(counts[job, name] for name in Tally.__slots__)) for job in {job for job, _ in counts}
    }


def _counted(action: Action) -> Iterator[tuple[str, str]]:
    match action.status:
        case ActionStatus.PENDING:
            yield action.job, "waiting"
        case ActionStatus.CLEARED | ActionStatus.STARTED:
            yield action.job, "cleared"
        case ActionStatus.FAILED | ActionStatus.UNKNOWN:
            yield action.job, "failed"
        case status if status in _DONE:
            yield action.job, "done"
            if status is ActionStatus.SUCCEEDED and action.undo.possible:
                yield action.job, "undoable"


def _others(snapshot: Snapshot, job: Job) -> Iterator[Job]:
    """The newest other jobs of the same agent."""
    after: str | None = None
    found = 0
    while True:
        page = snapshot.jobs(after=after, limit=_PAGE)
        after = page.next
        for other in page.items:
            if other.agent == job.agent and other.id != job.id:
                found += 1
                yield other
        if after is None or found >= MOST_OTHERS:
            return


def _fits(job: Job, tally: Tally, standing: Standing, text: str) -> bool:
    words = f"{job.goal} {job.agent} {job.id} {job.customer} {job.project} {job.workflow}".casefold()
    return _stands(job, tally, standing) and text.casefold() in words


def _stands(job: Job, tally: Tally, standing: Standing) -> bool:
    match standing:
        case Standing.ALL:
            return True
        case Standing.RUNNING:
            return job.status is JobStatus.RUNNING
        case Standing.WAITING:
            return job.status is JobStatus.PAUSED or bool(tally.waiting)
        case Standing.STOPPED:
            return job.status is JobStatus.STOPPED
        case Standing.ENDED:
            return job.status is JobStatus.ENDED
