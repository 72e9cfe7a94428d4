"""What was decided without the backend: shown, taken back, sent when it answers, and what came of it read.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.dispatching import Sent
from lineclear.application.deciding.outbox import Contents, Kept
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.outbox.waiting_sheets import Offer, WaitingSheet
from lineclear.desktop.presenters.outbox.waiting_words import waiting_sheet, words_here
from lineclear.desktop.sync import Contact
from lineclear.domain.refusals import Code, Refusal


class Waiting(QObject):
    """All methods on the GUI thread. What sends does one thing at a time, before any newer decision."""

    changed = Signal(object)
    """WaitingSheet."""
    marked = Signal(object)
    """By action, what was decided about it here and is not sent."""
    taken_back = Signal(str)
    """Id of an action whose decision was taken back."""
    opened = Signal(str)
    """Id of an action that somebody wants to see."""
    refused = Signal(str, object)
    """Id of an action, and the Refusal of what was asked for about its decision."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._contents = Contents()
        self._is_open = False
        self._is_sending = False
        self._was_away = True

    @property
    def sheet(self) -> WaitingSheet:
        """What there is to show now."""
        return waiting_sheet(self._contents, self._with.ticks.now(), is_open=self._is_open)

    @property
    def _reviewer(self) -> Reviewer | None:
        reviewer = self._with.reviewer
        return reviewer if reviewer is not None and reviewer.dispatch.waits else None

    def refresh(self) -> None:
        """Read what is kept anew."""
        if (reviewer := self._reviewer) is not None:
            self._run(reviewer.dispatch.contents, self._show)

    def open(self) -> None:
        """Show the sheet."""
        self._is_open = True
        self.changed.emit(self.sheet)
        self.refresh()

    def close(self) -> None:
        """The sheet was closed; what it said of answers was read."""
        self._is_open = False

    def on_contact(self, contact: Contact) -> None:
        """An exchange ended: when the backend answers again, all that waits goes before anything newer."""
        is_away = contact.refusal is not None
        if self._was_away and not is_away:
            self.send()
        self._was_away = is_away

    def send(self) -> None:
        """Send what waits, one after the other."""
        reviewer = self._reviewer
        if reviewer is None or self._is_sending:
            return
        self._is_sending = True

        def done(sent: Sent | None) -> None:
            self._is_sending = False
            self.refresh()
            if sent is not None:
                self.send()

        def failed(error: Exception) -> None:
            self._is_sending = False
            self.refresh()
            if not isinstance(error, Refusal):
                raise error
            if error.code is not Code.UNREACHABLE:
                self.refused.emit("", error)

        self._with.sending.run(reviewer.send_next, done=done, failed=failed)

    def take_back_newest(self) -> None:
        """Take back the newest that was never sent."""
        free = [one for one in self._contents.waiting if not one.tries]
        if free:
            self.take_back(free[-1].number)

    def take_back(self, number: int) -> None:
        """Take one back; its action waits for a decision again."""
        reviewer = self._reviewer
        if reviewer is None:
            return

        def done(kept: Kept | None) -> None:
            self.refresh()
            if kept is not None:
                self.taken_back.emit(kept.action)

        self._run(partial(reviewer.dispatch.take_back, number), done)

    def follow(self, number: int, offer: str) -> None:
        """Do what an answer offers."""
        reviewer = self._reviewer
        kept = next((one for one in self._contents.items if one.number == number), None)
        if reviewer is None or kept is None:
            return
        if offer == Offer.STOP:
            work = partial(reviewer.stop, kept.job, kept.reason, kept.action, kept.title)
            self._run(work, lambda _job: self.read(frozenset({number})), kept.action)
        else:
            self.opened.emit(kept.action)

    def read(self, numbers: frozenset[int] | None = None) -> None:
        """Somebody read these answers, or all."""
        reviewer = self._reviewer
        if reviewer is not None:
            every = frozenset(one.number for one in self._contents.items)
            read = partial(reviewer.dispatch.read, every if numbers is None else numbers)
            self._run(read, lambda _none: self.refresh())

    def _run[T](self, work: Callable[[], T], done: Callable[[T], None], action: str = "") -> None:
        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if error.code is Code.DECISION_KEPT:
                self.refresh()
            elif error.code is not Code.SESSION_LOCKED:
                self.refused.emit(action, error)

        self._with.sending.run(work, done=done, failed=failed)

    def _show(self, contents: Contents) -> None:
        if contents != self._contents:
            self._contents = contents
            self.marked.emit(words_here(contents))
            self.changed.emit(self.sheet)
