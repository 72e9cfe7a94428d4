"""The five questions about an action, answered in the product's words. Pure: free of Qt and of the clock.

Answers may hold words of agents and connectors: whoever shows them makes them paintable.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from lineclear.application.agents.agents_word import outside_change, outside_doing, outside_stop, outside_undo
from lineclear.application.executing.inside import ends_job, is_inside, raises_day
from lineclear.application.reading.allowances import amount_of_day, amount_of_job
from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import open_contents
from lineclear.application.reading.formats import length_text, seconds_between
from lineclear.domain.actions import Action, Run
from lineclear.domain.events import BudgetKind
from lineclear.domain.vocabulary import ActionStatus, JobStatus
from lineclear.domain.wording import marked, say

FIVE_QUESTIONS: Final = (
    marked("What is it doing?"),
    marked("Why?"),
    marked("What will it change?"),
    marked("Can I stop it?"),
    marked("Can I undo it?"),
)
WHAT_IT_CHANGED: Final = marked("What did it change?")
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
    ActionStatus.PROPOSED: marked("Proposed, not judged yet"),
    ActionStatus.PENDING: marked("Waiting for you"),
    ActionStatus.CLEARED: marked("Cleared, about to run"),
    ActionStatus.STARTED: marked("Running now"),
    ActionStatus.SUCCEEDED: marked("Done"),
    ActionStatus.UNDONE: marked("Done, then undone"),
    ActionStatus.FAILED: marked("Failed, nothing changed"),
    ActionStatus.UNKNOWN: marked("Sent, outcome unknown"),
    ActionStatus.DENIED: marked("Denied by policy"),
    ActionStatus.REJECTED: marked("Rejected"),
    ActionStatus.EXPIRED: marked("Expired undecided"),
    ActionStatus.STOPPED: marked("Stopped with its job"),
    ActionStatus.SUPERSEDED: marked("Superseded by another"),
    ActionStatus.WITHDRAWN: marked("Withdrawn by the agent"),
    ActionStatus.AGREED: marked("Agreed, draft mode runs nothing"),
}
CANARY: Final = {
    "caught": marked("A test that was wrong on purpose, and caught"),
    "missed": marked("A test that was wrong on purpose, and missed"),
}
HELD: Final = {
    "safe_mode_on": marked("Cleared, held by safe mode"),
    "breaker_open": marked("Cleared, held while its connector fails"),
    "job_paused": marked("Cleared, waits until its budget is raised"),
    "agent_stopped": marked("Cleared, held while its agent is stopped"),
    "budget_spent": marked("Cleared, waits for tomorrow or a higher budget"),
}
"""What a cleared action is doing that cannot start, by the code of its hold."""
BUDGETS: Final = {
    BudgetKind.COST: marked("cost budget"),
    BudgetKind.STEPS: marked("step budget"),
    BudgetKind.WALL: marked("time budget"),
    BudgetKind.REPEATS: marked("limit of equal proposals"),
}
GOING: Final = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})
_TODAY: Final = (marked("Today's limit rises to {limit}"), marked("Today's limit rose to {limit}"))
_GOES_ON: Final = (marked("The job goes on with {limit}"), marked("The job went on with {limit}"))
"""Before it has run, and after."""
_JOB_OVER: Final = {JobStatus.STOPPED: marked("Stopped"), JobStatus.ENDED: marked("The job has ended")}


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
    asks = [*map(say, FIVE_QUESTIONS)]
    if action.status in HAS_RUN | NEVER_RAN:
        asks[2] = say(WHAT_IT_CHANGED)
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
            held = HELD.get(action.held or "job_paused")
            return say(held) if held else doing
        case ActionStatus.STARTED if action.run is not None:
            return _running_text(action.run, now)
        case _:
            return doing


def standing_text(action: Action) -> str:
    """Where it stands, in a few words; a canary says what it was once that is known."""
    if known := CANARY.get(action.canary):
        return say(known)
    return outside_doing(action) or say(DOING[action.status])


def _running_text(run: Run, now: datetime) -> str:
    """Broken off, or between two attempts and for how long; else under way."""
    if run.cancelled_by:
        return say("Broken off, stopped by {cancelled_by}", cancelled_by=run.cancelled_by)
    left = -seconds_between(run.again_at, now) if run.again_at else 0
    if left > 0:
        return say("Running, tries again in {length}", length=length_text(left))
    return say("Running, trying again") if run.detail else say(DOING[ActionStatus.STARTED])


def _waiting_text(detail: Detail, *, is_paused: bool) -> str:
    if is_inside(detail.action):
        return (
            say("What would pass it waits for you")
            if raises_day(detail.action)
            else say("Its job waits for you")
            if ends_job(detail.action)
            else say("Waiting for you; its job goes on meanwhile")
        )
    if is_paused:
        return say("Waiting for you; its job is paused")
    return (
        say("Step {steps}, waiting for you", steps=detail.job.steps + 1)
        if detail.job.steps
        else say("Waiting for you")
    )


def why_text(detail: Detail) -> str:
    """Why it was proposed, in the words of whoever did."""
    if is_inside(detail.action) and detail.action.why:
        return detail.action.why[0].upper() + detail.action.why[1:]
    return detail.action.why or detail.job.goal or say("The agent gave no reason")


def change_text(detail: Detail, changed: str) -> str:
    """How much it changes; for a raised budget, what that lets happen."""
    action = detail.action
    outside = outside_change(action, changed)
    if outside:
        return outside
    if action.status in NEVER_RAN:
        return say("Nothing, it never took effect")
    if raises_day(action):
        return say(_TODAY[action.status in HAS_RUN], limit=_raised_to(detail))
    if is_inside(action):
        return say(_GOES_ON[action.status in HAS_RUN], limit=_raised_to(detail))
    is_unknown = action.status is ActionStatus.UNKNOWN
    return say("{changed}, if it happened", changed=changed) if is_unknown else changed


def stop_text(detail: Detail) -> str:
    """Whether its job can still be stopped before it runs."""
    return outside_stop(detail.action) or _stop_text(detail)


def _stop_text(detail: Detail) -> str:
    action, job = detail.action, detail.job
    if is_inside(action) and not ends_job(action) and action.status is ActionStatus.PENDING:
        return say("Yes, rejecting keeps the limit")
    if action.status in HAS_RUN or job.status not in GOING:
        return say(_JOB_OVER.get(job.status, marked("It has already happened")))
    if action.status in NEVER_RAN:
        return say("It is over; its job can be stopped")
    if action.status is ActionStatus.UNKNOWN:
        return say("No, it was sent; its job can be stopped")
    if is_inside(action) and action.status is ActionStatus.PENDING:
        return say("Yes, rejecting ends the job")
    return (
        say("Yes, it is paused now")
        if job.status is JobStatus.PAUSED
        else say("Yes, before the next step starts")
    )


class UndoState(StrEnum):
    """Where an action stands as to its undo; `undo_text` says the reason and the time."""

    DONE = "done"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    NOTHING = "nothing"
    """It never took effect."""


def undo_state(action: Action, now: datetime) -> UndoState:
    """Whether it was undone, can be, or cannot."""
    if action.undone_by:
        return UndoState.DONE
    if action.status in NEVER_RAN:
        return UndoState.NOTHING
    left = undo_left(action, now)
    is_open = action.undo.possible and action.status is not ActionStatus.UNKNOWN
    can = is_open and not outside_undo(action) and not is_without_record(action)
    return UndoState.POSSIBLE if can and (left is None or left > 0) else UndoState.IMPOSSIBLE


def undo_text(action: Action, now: datetime) -> str:
    """Whether it can be taken back, and how much longer."""
    if action.undone_by or action.status in NEVER_RAN:
        return say("It was undone") if action.undone_by else say("There is nothing to undo")
    if outside_undo(action):
        return outside_undo(action)
    if not action.undo.possible:
        return say("No, {loses}", loses=action.undo.loses) if action.undo.loses else say("No, it is final")
    if action.status is ActionStatus.UNKNOWN:
        return say("Not before its outcome is known")
    if is_without_record(action):
        return say("No, what it did was not recorded")
    return _window_text(action, now)


def is_without_record(action: Action) -> bool:
    """Whether a person found that it happened: then no effect was recorded by which it could be undone."""
    return action.status is ActionStatus.SUCCEEDED and action.run is not None and not action.run.effect


def _window_text(action: Action, now: datetime) -> str:
    if action.undo.window is None:
        return say("Yes, at any time")
    if action.run is None or not action.run.ended_at:
        return say("Yes, for {length}", length=length_text(action.undo.window))
    left = undo_left(action, now) or 0
    return say("Yes, {length} left", length=length_text(left)) if left > 0 else say("No, its time is over")


def undo_left(action: Action, now: datetime) -> float | None:
    """Seconds in which it can still be undone; None while no time runs."""
    if action.undo.window is None or action.run is None or not action.run.ended_at:
        return None
    return action.undo.window - seconds_between(action.run.ended_at, now)


def _raised_to(detail: Detail) -> str:
    """The new limit as the payload has it; a payload that was erased leaves it open."""
    payload = open_contents(detail).payload
    match payload:
        case {"arguments": {"budget": str(budget), "kind": str(kind), "limit": int(limit)}}:
            return amount_of_day(budget, BudgetKind(kind), limit)
        case {"arguments": {"kind": str(kind), "limit": int(limit)}}:
            return amount_of_job(BudgetKind(kind), limit)
        case _:
            return say("a higher budget")
