"""Actions that were read whole while the backend answered, so that they can be looked at without it.

Also by a console that is started without it, where the replica outlives a run. Knows no widget.
What is kept is what the backend gave; each part is checked anew when it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from lineclear.application.reading.answers import Detail
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus

MOST: Final = 100
_AHEAD: Final = 40
"""How many of the queue, from its top, are read before anybody asks."""


class AtHand:
    """All methods on the GUI thread, but for `find` and `read`. It reads ahead one after the other."""

    def __init__(self, with_: Collaborators) -> None:
        self._with = with_
        self._details: dict[str, Detail] = {}
        self._is_reading = False
        self._wanted: Sequence[Action] = ()

    def keep(self, detail: Detail) -> None:
        """It was read just now."""
        is_new = self._details.pop(detail.action.id, None) != detail
        self._details[detail.action.id] = detail
        while len(self._details) > MOST:
            del self._details[next(iter(self._details))]

        if is_new and self._with.replica.keeps:
            work = partial(self._with.replica.keep, detail)
            self._with.background.run(work, done=lambda _kept: None, failed=_raise)

    def find(self, action_id: str) -> Detail | None:
        """What was read of it, unless the ledger knows something newer. Blocking; from any thread."""
        detail = self._details.get(action_id) or self._with.replica.detail(action_id)
        known = self._with.replica.store.read(lambda snapshot: snapshot.load(Action, action_id))
        return detail if detail is not None and known is not None and known.seq == detail.action.seq else None

    def read(self, action_id: str) -> Detail:
        """Ask the backend; where it does not answer, what is at hand. Blocking; on any thread; Refusal."""
        try:
            return self._with.gateway.detail(action_id)
        except Refusal as refusal:
            found = self.find(action_id) if refusal.code is Code.UNREACHABLE else None
            if found is None:
                raise
            return found

    def follow(self, actions: Sequence[Action]) -> None:
        """These are in the queue: what waits among the first of them is read while it can be."""
        reviewer = self._with.reviewer
        if reviewer is not None and reviewer.dispatch.waits and not reviewer.dispatch.is_away:
            self._wanted = [one for one in actions[:_AHEAD] if one.status is ActionStatus.PENDING]
            self._next()

    def _next(self) -> None:
        if self._is_reading:
            return
        for action in self._wanted:
            kept = self._details.get(action.id)
            if kept is None or kept.action.seq < action.seq:
                self._is_reading = True
                work = partial(self._with.gateway.detail, action.id)
                self._with.background.run(work, done=self._read, failed=self._unread)
                return

    def _read(self, detail: Detail) -> None:
        self._is_reading = False
        self.keep(detail)
        self._next()

    def _unread(self, _error: Exception) -> None:
        """Whoever opens it is told why; reading ahead goes on with the next look at the queue."""
        self._is_reading = False
        self._wanted = ()


def _raise(error: Exception) -> None:
    raise error
