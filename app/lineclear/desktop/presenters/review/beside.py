"""Who else has the action on screen open, and telling others that it is open here. Knows no widget."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.answers import Me
from lineclear.application.reading.presence import LASTS, Present
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.sheets import Notice, Words
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Role
from lineclear.domain.wording import say, say_n

_EVERY: Final = 10
"""Seconds between two announcements of the same action."""
_NAMED: Final = 2


class Beside(QObject):
    """All methods on the GUI thread. Asks at most once a second, in the background, never for a key.

    What does not answer, or is refused, is shown as nobody: this is a courtesy, and a claim is what binds.
    """

    changed = Signal(object)
    """Words for the action's head; empty where nobody is known to look."""

    def __init__(
        self, with_: Collaborators, me: Me, action: ActionPresenter, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._with, self._action = with_, action
        self._may_announce = with_.reviewer is not None and Role(me.role) in MAY[Deed.DECIDE]
        self._open = ""
        """The action that others were told of last."""
        self._asked_at = self._heard_at = float("-inf")
        self._is_asking = False
        self._people: tuple[str, ...] = ()
        action.emptied.connect(self._moved)

    def on_tick(self, *, is_active: bool, is_in_front: bool) -> None:
        """A second has gone by; the window may be active, and review may be its page.

        Nobody can be looking at a window that is not: then nothing is said, and others forget by themselves.
        """
        now, shown = self._with.ticks.steady(), self._action.shown
        current = shown.detail.action.id if shown is not None and is_in_front else ""
        if current != self._open or now - self._heard_at >= LASTS.total_seconds():
            self._take(())
        if not is_active:
            return
        if self._open and current != self._open:
            self._leave()
        if current and not self._is_asking and (current != self._open or now - self._asked_at >= _EVERY):
            self._ask(current, now)

    def _ask(self, action: str, now: float) -> None:
        self._open, self._asked_at, self._is_asking = action, now, True
        reviewer, gateway = self._with.reviewer, self._with.gateway
        work = partial(gateway.present, action)
        if reviewer is not None and self._may_announce:
            work = partial(reviewer.announce, action, is_open=True)

        def done(present: Present) -> None:
            self._is_asking = False
            if action == self._open:
                self._heard_at = self._with.ticks.steady()
                self._take(present.people)

        self._with.background.run(work, done=done, failed=self._failed)

    def _leave(self) -> None:
        left, self._open = self._open, ""
        reviewer = self._with.reviewer
        if reviewer is not None and self._may_announce:
            work = partial(reviewer.announce, left, is_open=False)
            self._with.background.run(work, done=_nothing, failed=_only_refused)

    def _moved(self, _notice: Notice) -> None:
        """Something else is chosen: who looked at what was on screen does not stay over it."""
        self._take(())

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        _only_refused(error)
        self._take(())

    def _take(self, people: tuple[str, ...]) -> None:
        if people != self._people:
            self._people = people
            self.changed.emit(beside_words(people))


def beside_words(people: tuple[str, ...]) -> Words:
    """Two names at most, and how many more."""
    if not people:
        return ""
    if len(people) == 1:
        return paintable(say("{name} is looking at this too", name=people[0]))
    first, second, more = people[0], people[1], len(people) - _NAMED
    if not more:
        return paintable(say("{first} and {second} are looking at this too", first=first, second=second))
    return paintable(
        say_n(
            "{first}, {second} and {count:,} other are looking at this too",
            "{first}, {second} and {count:,} others are looking at this too",
            more,
            first=first,
            second=second,
        )
    )


def _nothing(_present: Present) -> None:
    """Whoever left an action wants to know no more of it."""


def _only_refused(error: Exception) -> None:
    if not isinstance(error, Refusal):
        raise error
