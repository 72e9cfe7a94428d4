"""What is said of an action that its agent carries out itself: nobody here sees it happen. Pure."""

from __future__ import annotations

from typing import Final

from lineclear.domain.actions import REPORTED, Action
from lineclear.domain.instances import ABILITIES, Ability
from lineclear.domain.vocabulary import ActionStatus, Executor
from lineclear.domain.wording import marked, say

NOT_KNOWN_BEFORE: Final = marked(
    "What is there now is not known: the agent makes this call itself, outside of Lineclear."
)
NO_EDIT: Final = marked(
    "The reason reaches the agent as a note. The call cannot be edited from here: to have other arguments,"
    " name them in the reason."
)
_DOING: Final = {
    ActionStatus.CLEARED: marked("Cleared, the agent may begin"),
    ActionStatus.STARTED: marked("The agent is at it"),
    ActionStatus.SUCCEEDED: marked("Done, says the agent"),
    ActionStatus.FAILED: marked("Failed, says the agent"),
    ActionStatus.UNKNOWN: marked("Begun, outcome never reported"),
}
_BEGUN: Final = frozenset({ActionStatus.STARTED, ActionStatus.UNKNOWN})


def is_outside(action: Action) -> bool:
    """Whether its agent carries it out."""
    return action.executor is Executor.AGENT


def is_reported(action: Action) -> bool:
    """Whether its outcome is the agent's word."""
    return action.run is not None and action.run.code == REPORTED


def can(action: Action, ability: Ability) -> bool:
    """Whether who proposed it, and who carries it out, can honour this."""
    if ability is Ability.UNDO and is_outside(action):
        return False
    return ability in ABILITIES[action.source]


def outside_doing(action: Action) -> str:
    """What it is doing; nothing where its agent makes no difference."""
    if not is_outside(action) or action.held:
        return ""
    if action.status is ActionStatus.EXPIRED and action.cleared_at:
        return say("Cleared, never begun")
    return say(_DOING.get(action.status, ""))


def outside_change(action: Action, changed: str) -> str:
    """What is known of its effect."""
    if not is_outside(action):
        return ""
    if is_reported(action) and action.status is ActionStatus.FAILED:
        return say("Not known; the agent says it failed")
    if action.status in _BEGUN or action.status is ActionStatus.SUCCEEDED:
        return say("A call with {changed}, its effect seen by nobody here", changed=changed)
    return (
        say("A call with {changed}, its target not known here", changed=changed)
        if not action.is_answered
        else ""
    )


def outside_stop(action: Action) -> str:
    """Whether it can still be stopped."""
    if is_outside(action) and action.status in _BEGUN:
        return say("No, the agent has begun")
    return ""


def outside_undo(action: Action) -> str:
    """Whether it can be taken back."""
    return say("No, it happens outside of Lineclear") if is_outside(action) else ""
