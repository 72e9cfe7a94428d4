"""Narrowing, sorting and naming what the queue shows. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.ports import Page, Snapshot
from lineclear.application.reading.queue_query import resolved, unfiltered
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.queue.narrowing_sheets import Choice, Offer
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.queue.queue_views import Lens, View
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

LOOKED_AT = 5_000
"""Actions among which the values of filters are counted; of more, the first count."""
_FIXED = (
    ("due", "10m", marked("Due within 10 minutes")),
    ("due", "1h", marked("Due within the hour")),
    ("due", "1d", marked("Due within a day")),
    ("claimed", "me", marked("Claimed by me")),
    ("claimed", "nobody", marked("Claimed by nobody")),
    ("claimed", "anybody", marked("Claimed by somebody")),
    ("flagged", "yes", marked("Flagged")),
    ("flagged", "no", marked("Not flagged")),
)
_MOST = 40


class QueueNarrowing(QObject):
    """All methods on the GUI thread; counting runs in the background."""

    typed = Signal(str)
    """What stands in the search field from now on."""
    offered = Signal(object)
    """An `Offer`: choices of every filter."""
    saved = Signal(object)
    """The views of this person, as pairs of name and text."""

    def __init__(
        self,
        with_: Collaborators,
        queue: QueuePresenter,
        parent: QObject | None = None,
        *,
        looked_at: int = LOOKED_AT,
    ) -> None:
        super().__init__(parent)
        self._looked_at = looked_at
        self._with = with_
        self._queue = queue
        queue.narrowed.connect(self._tell)

    def take_views(self, own: tuple[View, ...]) -> None:
        """What was saved in earlier sessions."""
        self._queue.look_through(replace(self._queue.lens, own=own))

    def clear(self) -> None:
        """Leave nothing out."""
        self._queue.look_through(self._queue.lens.cleared())

    def narrow(self, name: str, value: str) -> None:
        """Narrow to one value of a filter, or let go of it where it is empty."""
        self._queue.look_through(self._queue.lens.narrowed(name, value))

    def save(self, name: str) -> None:
        """Give what is looked through now a name; nothing where no filter can be read."""
        try:
            lens = self._queue.lens.saved(name)
        except Refusal:
            return
        if name.strip():
            self._keep(lens)

    def forget(self) -> None:
        """Forget the saved view that is on."""
        self._keep(self._queue.lens.forgotten())

    def offer(self) -> None:
        """Count what there is to narrow to."""
        lens, with_ = self._queue.lens, self._with
        try:
            query = lens.query
        except Refusal:
            return

        def read(snapshot: Snapshot) -> Offer:
            whole = resolved(unfiltered(query), with_.person, with_.ticks.now())
            return offer(snapshot.actions(whole, limit=self._looked_at), lens)

        with_.background.run(lambda: with_.replica.store.read(read), done=self.offered.emit, failed=_raise)

    def _keep(self, lens: Lens) -> None:
        self._queue.look_through(lens)
        self.saved.emit(tuple((one.title, one.text) for one in lens.own))

    def _tell(self, lens: Lens) -> None:
        self.typed.emit(lens.typed)


def offer(found: Page[Action], lens: Lens) -> Offer:
    """What each filter could be narrowed to; where there are more actions than these, it says so."""
    note = (
        say("Counted in the first {count:,} only", count=len(found.items)) if found.next is not None else ""
    )
    return Offer(tuple(choices(found.items, lens)), note)


def choices(actions: Iterable[Action], lens: Lens) -> Iterator[Choice]:
    """What each filter could be narrowed to among these, with how many there are of it."""
    on = set(lens.typed.split())
    every = tuple(actions)
    counted = (
        ("capability", Counter(one.capability for one in every)),
        ("agent", Counter(one.agent for one in every)),
        ("env", Counter(one.environment for one in every)),
        ("tier", Counter(str(int(one.tier)) for one in every)),
    )
    for name, counts in counted:
        for value, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_MOST]:
            if value:
                shown = say("Tier {tier}", tier=value) if name == "tier" else paintable(value)
                yield Choice(name, value, shown, count, f"{name}:{value}" in on)
    for name, value, title in _FIXED:
        yield Choice(name, value, say(title), None, f"{name}:{value}" in on)


def _raise(error: Exception) -> None:
    raise error
