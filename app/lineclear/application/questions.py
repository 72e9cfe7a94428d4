"""The five questions about an action, answered in the product's words. Pure: free of I/O and of the clock.

Answers may hold words of agents and connectors: whoever shows them makes them paintable.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lineclear.application.answers import Detail
from lineclear.application.formats import length_text, seconds_between
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus, JobStatus

FIVE_QUESTIONS: Final = (
    "What is it doing?",
    "Why?",
    "What will it change?",
    "Can I stop it?",
    "Can I undo it?",
)
WHAT_IT_CHANGED: Final = "What did it change?"
HAS_RUN: Final = frozenset({ActionStatus.SUCCEEDED, ActionStatus.UNDONE})
DOING: Final = {
    ActionStatus.PROPOSED: "Proposed, not judged yet",
    ActionStatus.PENDING: "Waiting for you",
    ActionStatus.CLEARED: "Cleared, about to run",
    ActionStatus.STARTED: "Running now",
    ActionStatus.SUCCEEDED: "Done",
    ActionStatus.UNDONE: "Done, then undone",
    ActionStatus.FAILED: "Failed, nothing changed",
    ActionStatus.UNKNOWN: "Sent, outcome unknown",
    ActionStatus.DENIED: "Denied by policy",
    ActionStatus.REJECTED: "Rejected",
    ActionStatus.EXPIRED: "Expired undecided",
    ActionStatus.STOPPED: "Stopped with its job",
    ActionStatus.SUPERSEDED: "Superseded by another",
    ActionStatus.WITHDRAWN: "Withdrawn by the agent",
    ActionStatus.AGREED: "Agreed, draft mode runs nothing",
}
_JOB_OVER: Final = {JobStatus.STOPPED: "Stopped", JobStatus.ENDED: "The job has ended"}


def answer_questions(detail: Detail, changed: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """Each question with its answer, in order; `changed` says how much changes."""
    action = detail.action
    answers = (
        doing_text(detail),
        action.why or detail.job.goal or "The agent gave no reason",
        changed,
        stop_text(detail),
        undo_text(action, now),
    )
    asks = [*FIVE_QUESTIONS]
    if action.status in HAS_RUN:
        asks[2] = WHAT_IT_CHANGED
    return tuple(zip(asks, answers, strict=True))


def doing_text(detail: Detail) -> str:
    """What it is doing; with the step that it would be while it waits."""
    doing = DOING[detail.action.status]
    if detail.action.status is ActionStatus.PENDING and detail.job.steps:
        return f"Step {detail.job.steps + 1}, {doing[0].lower()}{doing[1:]}"
    return doing


def stop_text(detail: Detail) -> str:
    """Whether its job can still be stopped before it runs."""
    if detail.action.status in HAS_RUN or detail.job.status is not JobStatus.RUNNING:
        return _JOB_OVER.get(detail.job.status, "It has already happened")
    return "Yes, before the next step starts"


def undo_text(action: Action, now: datetime) -> str:
    """Whether it can be taken back, and how much longer."""
    if action.undone_by:
        return "It was undone"
    if not action.undo.possible:
        return f"No, {action.undo.loses}" if action.undo.loses else "No, it is final"
    if action.undo.window is None:
        return "Yes, at any time"
    if action.run is None or not action.run.ended_at:
        return f"Yes, for {length_text(action.undo.window)}"
    left = action.undo.window - seconds_between(action.run.ended_at, now)
    return f"Yes, {length_text(left)} left" if left > 0 else "No, its time is over"
