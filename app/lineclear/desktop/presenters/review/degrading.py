"""What is wrong with the system that an action needs, in a few words. Pure: free of Qt and I/O."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.review.around import Around
from lineclear.domain.actions import Action
from lineclear.domain.effects import HealthState
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import marked, say

BLOCKING: Final = frozenset({HealthState.DOWN, HealthState.DENIED})
"""Nothing can be carried out while a system is so."""

_WORDS: Final = {
    HealthState.SLOW: marked("{connector} slow"),
    HealthState.RATE_LIMITED: marked("{connector} rate limited"),
    HealthState.PARTIAL: marked("{connector} gives partial data"),
    HealthState.STALE: marked("{connector} stale"),
    HealthState.DOWN: marked("{connector} down"),
    HealthState.DENIED: marked("{connector} denies access"),
}
_TO_COME: Final = frozenset({ActionStatus.PENDING, ActionStatus.CLEARED})


def degraded(action: Action, around: Around) -> str:
    """Of an action that is still to run, how its connector is worse than healthy; empty where it is not."""
    state = around.health_for(action)
    if action.status not in _TO_COME or state is None or state not in _WORDS:
        return ""
    if around.health[action.connector] is HealthState.PARTIAL and state is HealthState.DOWN:
        return say("{connector} down for {tool}", connector=action.connector, tool=action.tool)
    return say(_WORDS[state], connector=action.connector)
