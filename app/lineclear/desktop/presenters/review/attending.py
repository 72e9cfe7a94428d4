"""Claims on the action on screen, passing it on, and questions to its agent. Knows no widget."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.formats import seconds_between
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.domain.actions import Action
from lineclear.domain.policy.stages import Place
from lineclear.domain.vocabulary import ActionStatus, Tier

_RENEW_BELOW = 170


class Attending(QObject):
    """All methods on the GUI thread. A claim is renewed while its holder is there, and runs out else."""

    passed_on = Signal(str)
    """By id, an action that waits on others from now on: it was handed over, or its agent was asked."""

    def __init__(self, with_: Collaborators, action: ActionPresenter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._action = action
        self._is_renewing = False

    def toggle(self, action_id: str) -> None:
        """Claim it, or give the claim up."""
        shown, reviewer, person = self._action.on_screen(action_id), self._with.reviewer, self._with.person
        if shown is None or reviewer is None or person is None:
            return
        is_mine = shown.detail.action.attention.holder(self._with.ticks.now()) == person.id
        work = partial(reviewer.release if is_mine else reviewer.claim, action_id)
        self._with.sending.run(work, done=self._done, failed=partial(self._action.refuse, action_id))

    def hand_over(self, action_id: str, to: str, note: str) -> None:
        """Give it to somebody else, with a note for them."""
        reviewer = self._with.reviewer
        if reviewer is not None and self._action.on_screen(action_id) is not None:
            work = partial(reviewer.hand_over, action_id, to, note)
            self._with.sending.run(work, done=self._passed_on, failed=partial(self._action.refuse, action_id))

    def escalate(self, action_id: str, tier: int, group: str, reason: str) -> None:
        """Ask somebody of another place besides."""
        reviewer = self._with.reviewer
        if reviewer is not None and self._action.on_screen(action_id) is not None:
            to = Place(1, Tier(tier) if tier else None, group)
            work = partial(reviewer.escalate, action_id, to, reason)
            self._with.sending.run(work, done=self._done, failed=partial(self._action.refuse, action_id))

    def ask(self, action_id: str, text: str) -> None:
        """Ask the agent; its answer comes back through the ledger."""
        reviewer = self._with.reviewer
        if reviewer is not None and self._action.on_screen(action_id) is not None:
            work = partial(reviewer.ask, action_id, text)
            self._with.sending.run(work, done=self._passed_on, failed=partial(self._action.refuse, action_id))

    def on_tick(self, *, is_active: bool) -> None:
        """Renew the claim on what is on screen, if somebody is there."""
        shown, reviewer, person = self._action.shown, self._with.reviewer, self._with.person
        if not is_active or shown is None or reviewer is None or person is None or self._is_renewing:
            return
        action, now = shown.detail.action, self._with.ticks.now()
        attention = action.attention
        if action.status is not ActionStatus.PENDING or attention.holder(now) != person.id:
            return
        if -seconds_between(attention.until, now) < _RENEW_BELOW:
            self._is_renewing = True
            work = partial(reviewer.claim, action.id)
            self._with.sending.run(work, done=self._renewed, failed=self._not_renewed)

    def _done(self, action: Action) -> None:
        self._action.settled(action.id)

    def _passed_on(self, action: Action) -> None:
        self._action.settled(action.id)
        self.passed_on.emit(action.id)

    def _renewed(self, action: Action) -> None:
        self._is_renewing = False
        self._action.settled(action.id)

    def _not_renewed(self, error: Exception) -> None:
        self._is_renewing = False
        if self._action.shown is not None:
            self._action.refuse(self._action.shown.detail.action.id, error)
