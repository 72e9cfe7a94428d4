"""What was running when safe mode was asked for, and whether some of it still is. Free of I/O."""

from __future__ import annotations

from typing import Final

from lineclear.application.governing.scopes import scopes_of
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.vocabulary import ActionStatus

MOST_NAMED: Final = 1_000
"""So many executions in flight are named in its entry, which has an end: safe mode never fails for that."""

_IN_FLIGHT: Final = ActionQuery(statuses=frozenset({ActionStatus.STARTED}))
_PAGE: Final = 500


def in_flight(snapshot: Snapshot, scope: str) -> tuple[Action, ...]:
    """Every execution in a scope that has begun and not ended."""
    return tuple(one for one in every_action(snapshot, _IN_FLIGHT) if scope in scopes_of(one))


def is_in_flight(snapshot: Snapshot, safe_mode: SafeMode) -> bool:
    """Whether something that ran at the request has not ended, be it named in the request or not."""
    named = (snapshot.load(Action, one) for one in safe_mode.in_flight)
    if any(one is not None and one.status is ActionStatus.STARTED for one in named):
        return True
    if len(safe_mode.in_flight) < MOST_NAMED:
        return False
    return any(_began(one) <= safe_mode.requested_at for one in in_flight(snapshot, safe_mode.id))


def every_action(snapshot: Snapshot, query: ActionQuery) -> tuple[Action, ...]:
    """All that there are, before any of them is changed."""
    found: list[Action] = []
    after: str | None = None
    while True:
        page = snapshot.actions(query, after=after, limit=_PAGE)
        found += page.items
        after = page.next
        if after is None:
            return tuple(found)


def _began(action: Action) -> str:
    return (action.run.first_at or action.run.started_at) if action.run is not None else ""
