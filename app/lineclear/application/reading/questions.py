"""The five questions about an action, answered in the product's words. Pure: free of Qt and of the clock.

Answers may hold words of agents and connectors: whoever shows them makes them paintable.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lineclear.application.agents.agents_word import outside_change, outside_doing, outside_stop, outside_undo
from lineclear.application.budgeting import days
from lineclear.application.budgeting.budgets import amount_text
from lineclear.application.executing.inside import is_inside, raises_day
from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import open_contents
from lineclear.application.reading.formats import length_text, seconds_between
from lineclear.domain.actions import Action, Run
from lineclear.domain.events import BudgetKind
from lineclear.domain.vocabulary import ActionStatus, JobStatus

FIVE_QUESTIONS: Final = (
    "What is it doing?",
    "Why?",
    "What will it change?",
    "Can I stop it?",
    "Can I undo it?",
)
WHAT_IT_CHANGED: Final = "What did it change?"
NEVER_RAN: Final = frozenset(
    {
        ActionStatus.AGREED,
        ActionStatus.DENIED,
        ActionStatus.EXPIRED,
        ActionStatus.FAILED,
        ActionStatus.REJECTED,
        ActionStatus.STOPPED,
        ActionStatus.SUPERSEDED,
        ActionStatus.WITHDRAWN,
    }
)
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
CANARY: Final = {
    "caught": "A test that was wrong on purpose, and caught",
    "missed": "A test that was wrong on purpose, and missed",
}
HELD: Final = {
    "safe_mode_on": "Cleared, held by safe mode",
    "breaker_open": "Cleared, held while its connector fails",
    "job_paused": "Cleared, waits until its budget is raised",
    "agent_stopped": "Cleared, held while its agent is stopped",
    "budget_spent": "Cleared, waits for tomorrow or a higher budget",
}
"""What a cleared action is doing that cannot start, by the code of its hold."""
BUDGETS: Final = {
    BudgetKind.COST: "cost budget",
    BudgetKind.STEPS: "step budget",
    BudgetKind.WALL: "time budget",
    BudgetKind.REPEATS: "limit of equal proposals",
}
GOING: Final = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})
_JOB_OVER: Final = {JobStatus.STOPPED: "Stopped", JobStatus.ENDED: "The job has ended"}


def answer_questions(detail: Detail, changed: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """Each question with its answer, in order; `changed` says how much changes."""
    action = detail.action
    answers = (
        doing_text(detail, now),
        why_text(detail),
        change_text(detail, changed),
        stop_text(detail),
        undo_text(action, now),
    )
    asks = [*FIVE_QUESTIONS]
    if action.status in HAS_RUN | NEVER_RAN:
        asks[2] = WHAT_IT_CHANGED
    return tuple(zip(asks, answers, strict=True))


def doing_text(detail: Detail, now: datetime) -> str:
    """What it is doing: with its step while it waits, with the reason while it cannot go on."""
    action = detail.action
    doing = standing_text(action)
    is_paused = detail.job.status is JobStatus.PAUSED and not is_inside(action)
    match action.status:
        case ActionStatus.PENDING:
            return _waiting_text(detail, is_paused=is_paused)
        case ActionStatus.CLEARED if action.held or is_paused:
            return HELD.get(action.held or "job_paused", doing)
        case ActionStatus.STARTED if action.run is not None:
            return _running_text(action.run, now)
        case _:
            return doing


def standing_text(action: Action) -> str:
    """Where it stands, in a few words; a canary says what it was once that is known."""
    return CANARY.get(action.canary) or outside_doing(action) or DOING[action.status]


def _running_text(run: Run, now: datetime) -> str:
    """Broken off, or between two attempts and for how long; else under way."""
    if run.cancelled_by:
        return f"Broken off, stopped by {run.cancelled_by}"
    left = -seconds_between(run.again_at, now) if run.again_at else 0
    if left > 0:
        return f"Running, tries again in {length_text(left)}"
    return "Running, trying again" if run.detail else DOING[ActionStatus.STARTED]


def _waiting_text(detail: Detail, *, is_paused: bool) -> str:
    if is_inside(detail.action):
        return "What would pass it waits for you" if raises_day(detail.action) else "Its job waits for you"
    if is_paused:
        return "Waiting for you; its job is paused"
    return f"Step {detail.job.steps + 1}, waiting for you" if detail.job.steps else "Waiting for you"


def why_text(detail: Detail) -> str:
    """Why it was proposed, in the words of whoever did."""
    if is_inside(detail.action) and detail.action.why:
        return detail.action.why[0].upper() + detail.action.why[1:]
    return detail.action.why or detail.job.goal or "The agent gave no reason"


def change_text(detail: Detail, changed: str) -> str:
    """How much it changes; for a raised budget, what that lets happen."""
    action = detail.action
    outside = outside_change(action, changed)
    if outside:
        return outside
    if action.status in NEVER_RAN:
        return "Nothing, it never took effect"
    if raises_day(action):
        return f"Today's limit {'rose' if action.status in HAS_RUN else 'rises'} to {_raised_to(detail)}"
    if is_inside(action):
        went = "went on" if action.status in HAS_RUN else "goes on"
        return f"The job {went} with {_raised_to(detail)}"
    return f"{changed}, if it happened" if action.status is ActionStatus.UNKNOWN else changed


def stop_text(detail: Detail) -> str:
    """Whether its job can still be stopped before it runs."""
    return outside_stop(detail.action) or _stop_text(detail)


def _stop_text(detail: Detail) -> str:
    action, job = detail.action, detail.job
    if raises_day(action) and action.status is ActionStatus.PENDING:
        return "Yes, rejecting keeps the limit"
    if action.status in HAS_RUN or job.status not in GOING:
        return _JOB_OVER.get(job.status, "It has already happened")
    if action.status in NEVER_RAN:
        return "It is over; its job can be stopped"
    if action.status is ActionStatus.UNKNOWN:
        return "No, it was sent; its job can be stopped"
    if is_inside(action) and action.status is ActionStatus.PENDING:
        return "Yes, rejecting ends the job"
    return "Yes, it is paused now" if job.status is JobStatus.PAUSED else "Yes, before the next step starts"


def undo_text(action: Action, now: datetime) -> str:
    """Whether it can be taken back, and how much longer."""
    if action.undone_by or action.status in NEVER_RAN:
        return "It was undone" if action.undone_by else "There is nothing to undo"
    if outside_undo(action):
        return outside_undo(action)
    if not action.undo.possible:
        return f"No, {action.undo.loses}" if action.undo.loses else "No, it is final"
    if action.status is ActionStatus.UNKNOWN:
        return "Not before its outcome is known"
    if is_without_record(action):
        return "No, what it did was not recorded"
    return _window_text(action, now)


def is_without_record(action: Action) -> bool:
    """Whether a person found that it happened: then no effect was recorded by which it could be undone."""
    return action.status is ActionStatus.SUCCEEDED and action.run is not None and not action.run.effect


def _window_text(action: Action, now: datetime) -> str:
    if action.undo.window is None:
        return "Yes, at any time"
    if action.run is None or not action.run.ended_at:
        return f"Yes, for {length_text(action.undo.window)}"
    left = action.undo.window - seconds_between(action.run.ended_at, now)
    return f"Yes, {length_text(left)} left" if left > 0 else "No, its time is over"


def _raised_to(detail: Detail) -> str:
    """The new limit as the payload has it; a payload that was erased leaves it open."""
    payload = open_contents(detail).payload
    match payload:
        case {"arguments": {"budget": str(budget), "kind": str(kind), "limit": int(limit)}}:
            return days.amount_text(budget, BudgetKind(kind), limit)
        case {"arguments": {"kind": str(kind), "limit": int(limit)}}:
            return amount_text(BudgetKind(kind), limit)
        case _:
            return "a higher budget"
