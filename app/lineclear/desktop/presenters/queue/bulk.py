"""Approving several like actions at one look: which, what they change, and when it may be done.

Knows no widget. Each action is read whole and checked as if it were alone, and gets a signed decision of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.contents import AlteredError
from lineclear.application.reading.questions import undo_text
from lineclear.desktop.presenters.arming import Arming
from lineclear.desktop.presenters.changes.values import named
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.ledger.alarms import APPROVING_OFF
from lineclear.desktop.presenters.queue.bulk_sheets import BulkLeft, BulkLine, BulkSheet
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.review.action_sheet import Shown, show
from lineclear.desktop.presenters.review.around import read_around, viewer_of
from lineclear.desktop.presenters.review.deciding import Deciding
from lineclear.desktop.presenters.sheets import Sign
from lineclear.domain.actions import Action
from lineclear.domain.bulk import SENTENCES, Bulk, Hindrance, together, totals
from lineclear.domain.refusals import Refusal
from lineclear.domain.state import stream_of
from lineclear.domain.text import Paintable, paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say, say_n

MOST_READ = 120
"""Actions that are looked into for one sheet; of more, the first in the queue."""
_MOST_CHANGES = 60


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that was asked for, as it is now; `shown` holds what could be read whole."""

    bulk: Bulk
    shown: Mapping[str, Shown]


class BulkPresenter(QObject):
    """All methods on the GUI thread. A late answer to an earlier question is dropped by its generation."""

    changed = Signal(object)
    """BulkSheet."""
    ended = Signal()
    """It was decided; the sheet can go."""
    marked = Signal(object)
    """The ids that are marked."""

    def __init__(
        self,
        with_: Collaborators,
        queue: QueuePresenter,
        deciding: Deciding,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._with = with_
        self._queue = queue
        self._deciding = deciding
        self._arming = Arming(with_.ticks.steady)
        self._marks: frozenset[str] = frozenset()
        self._asked: tuple[str, ...] = ()
        self._read: _Read | None = None
        self._hint = ""
        self._generation = 0

    def toggle(self) -> None:
        """Mark the chosen action, or take its mark away."""
        chosen = self._queue.selected
        if chosen is not None:
            self._mark(self._marks ^ {chosen})

    def open(self) -> None:
        """Look into what is marked; without a mark, into all of the queue that is like the chosen one."""
        pending = [one for one in self._queue.listed if one.status is ActionStatus.PENDING]
        chosen = next((one for one in pending if one.id == self._queue.selected), None)
        alike = [one.id for one in pending if chosen is None or one.capability == chosen.capability]
        wanted = [one.id for one in pending if one.id in self._marks] or alike
        self._asked, self._read, self._hint = tuple(wanted[:MOST_READ]), None, ""
        self.changed.emit(
            BulkSheet(say("Approve together"), say("Reading the actions"), why_not=say("Reading"))
        )
        self.refresh()

    def close(self) -> None:
        """Nobody looks any more."""
        self._asked, self._read = (), None
        self._generation += 1

    def refresh(self) -> None:
        """Read all of them anew; what changed arms anew."""
        if not self._asked:
            return
        self._generation += 1
        asked, ids, with_ = self._generation, self._asked, self._with

        def done(read: _Read) -> None:
            if asked == self._generation:
                self._read = read
                self._arming.touch([(one.id, one.revision, one.content) for one in read.bulk.included])
                self._show()

        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if asked == self._generation:
                said = paintable(f"{error.sentence} {error.remedy}")
                self.changed.emit(
                    BulkSheet(say("Approve together"), said, why_not=say("It could not be read"))
                )

        with_.background.run(lambda: _read(with_, ids), done=done, failed=failed)

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: read again if it is about any of them."""
        if streams & {stream_of(Action, one) for one in self._asked}:
            self.refresh()

    def on_front(self) -> None:
        """The window came to the front: what is on screen arms again."""
        self._arming.hold()

    def approve(self) -> None:
        """Take a decision on each that is on screen, if it has been there long enough."""
        read = self._read
        if read is None or self._why_not(read.bulk):
            return
        if not self._arming.is_armed():
            self._hint = say("Look first: this changed just now.")
            self._show()
            return
        taken = read.bulk.included
        self.close()
        self._mark(frozenset())
        self._deciding.approve_together(taken)
        self.ended.emit()

    def _mark(self, marks: frozenset[str]) -> None:
        self._marks = marks
        self._queue.show_marks(marks)
        self.marked.emit(marks)

    def _why_not(self, bulk: Bulk) -> str:
        if self._with.reviewer is None:
            return say("You may only look.")
        if self._with.alarm is not None:
            return APPROVING_OFF
        if not bulk.included:
            return say("None of them can be approved together.")
        return "" if bulk.may_be_decided else say("One alone is decided on its own page.")

    def _show(self) -> None:
        read = self._read
        if read is None:
            return
        bulk = read.bulk
        count = len(bulk.included)
        title = say("Nothing to approve together")
        if count:
            title = say_n("Approve {count} action together", "Approve {count} actions together", count)
        left = tuple(
            BulkLeft(one.action.id, named(one.action.title), _why(one.because)) for one in bulk.left_out
        )
        lines = tuple(_line(read.shown[one.id], self._with.ticks.now()) for one in bulk.included)
        approve = say_n("Approve {count}", "Approve {count}", count)
        self.changed.emit(
            BulkSheet(title, _summary(bulk), lines, left, approve, self._why_not(bulk), self._hint)
        )


def _read(with_: Collaborators, ids: tuple[str, ...]) -> _Read:
    """On a worker thread. Raises Refusal where the backend cannot be asked."""
    viewer = viewer_of(with_.person, with_.ticks.now(), with_.replica.store.read(read_around))
    shown: dict[str, Shown] = {}
    actions: list[Action] = []
    unread: set[str] = set()
    for one in ids:
        detail = with_.gateway.detail(one)
        actions.append(detail.action)
        try:
            shown[one] = show(detail, viewer)
        except AlteredError:
            unread.add(one)
            continue
        if detail.payload is None or shown[one].sheet.changes is None or _hides(shown[one]):
            unread.add(one)
    person = with_.person.id if with_.person is not None else ""
    kinds = {action.capability for action in actions}
    capability = next(iter(kinds)) if len(kinds) == 1 else ""
    bulk = together(actions, person, viewer.now, capability=capability, unread=frozenset(unread))
    return _Read(bulk, shown)


def _hides(shown: Shown) -> bool:
    """Whether something of it is not shown, or is more than a summary can hold."""
    changes = shown.sheet.changes
    return changes is None or bool(changes.not_shown) or len(changes.rows) > _MOST_CHANGES


def _line(shown: Shown, now: datetime) -> BulkLine:
    action, changes = shown.detail.action, tuple(_changes(shown))
    more = len(changes) - 1
    first = changes[0] if changes else say("Changes no field")
    said = say("{first}, and {count} more", first=first, count=more) if more > 0 else first
    amount = f"{action.amount} {action.currency}" if action.amount else ""
    return BulkLine(action.id, named(action.title), said, changes, amount, paintable(undo_text(action, now)))


def _changes(shown: Shown) -> Iterator[str]:
    changes = shown.sheet.changes
    rows = changes.rows if changes is not None else ()
    yield from (row.spoken for row in rows if row.sign is not Sign.SAME)
    if lost := shown.detail.action.undo.loses:
        yield say("An undo does not bring back: {what}", what=paintable(lost).text)


def _summary(bulk: Bulk) -> Paintable:
    kinds = sorted({one.capability for one in bulk.included})
    sums = [f"{amount:f} {currency}" for currency, amount in totals(bulk.included)]
    told = (
        say("All of {capability}, tier 1, each can be undone", capability=", ".join(kinds)) if kinds else "",
        say("in all {sums}", sums=" + ".join(sums)) if sums else "",
        say_n("{count} left out", "{count} left out", len(bulk.left_out)) if bulk.left_out else "",
    )
    return paintable(" · ".join(filter(None, told)))


def _why(because: tuple[Hindrance, ...]) -> str:
    return ". ".join(say(sentence) for one, sentence in SENTENCES.items() if one in because)
