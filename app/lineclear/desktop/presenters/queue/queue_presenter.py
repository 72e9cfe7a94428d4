"""The queue: which actions, in which order, and which one is chosen. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.ports import ActionQuery, Page, Snapshot
from lineclear.application.reading.queue_query import resolved, unfiltered
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.queue.queue_sheet import (
    KEPT_HERE,
    NOT_SENT,
    WAITING_ON_OTHERS,
    Listing,
    expired_today,
    queue_sheet,
    unknown_query,
)
from lineclear.desktop.presenters.queue.queue_views import FOR_ME, Lens
from lineclear.desktop.presenters.review.around import read_around, viewer_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, QueueSheet, Step
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say

PAGE = 200
MOST = 3_200
"""Rows at hand at most; whoever looks for more narrows the queue."""
_EXPIRED = ActionQuery(statuses=frozenset({ActionStatus.EXPIRED}), order="newest")
_NOT_MINE = frozenset({WAITING_ON_OTHERS, NOT_SENT, KEPT_HERE})
_ASKS = frozenset({ActionStatus.PENDING, ActionStatus.UNKNOWN})


class QueuePresenter(QObject):
    """All methods on the GUI thread. The choice follows an action by id, never a row.

    A late answer to an earlier question is dropped by its generation.
    """

    changed = Signal(object)
    """QueueSheet."""
    chosen = Signal(str)
    narrowed = Signal(object)
    """Lens, when another one was taken."""
    emptied = Signal(object)
    """Notice for the place where an action would be."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self.lens = Lens()
        self._listing: Listing | None = None
        self._state: Notice | None = None
        self._unreadable: Notice | None = None
        self._generation = 0
        self._limit = PAGE
        self._is_turning = False
        self._taken: frozenset[str] = frozenset()
        self._kept: Mapping[str, str] = {}
        self._marks: frozenset[str] = frozenset()
        self._built: tuple[_Basis, QueueSheet] | None = None
        self.selected: str | None = None

    @property
    def listed(self) -> tuple[Action, ...]:
        """The actions of the queue as it is filtered now."""
        return self._listing.page.items if self._listing else ()

    @property
    def row_ids(self) -> tuple[str, ...]:
        """The ids of the queue's rows, from the top."""
        sheet = self._sheet()
        return tuple(row.id for row in sheet.rows) if sheet else ()

    def refresh(self) -> None:
        """Read the queue anew."""
        self._generation += 1
        asked, lens, limit = self._generation, self.lens, self._limit
        try:
            sought = lens.query
        except Refusal as refusal:
            self._say_unreadable(refusal)
            return

        def read(snapshot: Snapshot) -> Listing:
            viewer = viewer_of(self._with.person, self._with.ticks.now(), read_around(snapshot))
            query = resolved(sought, viewer.person, viewer.now)
            whole = resolved(unfiltered(sought), viewer.person, viewer.now)
            expired = expired_today(snapshot.actions(_EXPIRED, limit=PAGE).items, viewer.now)
            page, count = _page(snapshot, query, limit), snapshot.count_actions(query)
            return Listing(lens, sought, page, count, snapshot.count_actions(whole), viewer, expired)

        def done(listing: Listing) -> None:
            if asked == self._generation:
                self._listing, self._unreadable = listing, None
                self._show_chosen()

        store = self._with.replica.store
        self._with.background.run(lambda: store.read(read), done=done, failed=_raise)

    def more(self) -> None:
        """Somebody came to the end of the rows at hand: read on."""
        listing = self._listing
        if listing is not None and listing.page.next is not None and self._limit < MOST:
            self._limit *= 2
            self.refresh()

    def filter(self, view_id: str) -> None:
        """Look through another view; what was chosen stays, or where that is not in it, its first row is."""
        self._is_turning = True
        self.look_through(self.lens.through(view_id))

    def search(self, text: str) -> None:
        """Narrow the queue by what is typed."""
        if text.strip() != self.lens.typed:
            self.look_through(replace(self.lens, typed=text.strip()))

    def look_through(self, lens: Lens) -> None:
        """Show the queue otherwise."""
        self.lens, self._limit = lens, PAGE
        self.narrowed.emit(lens)
        self.refresh()

    def choose(self, action_id: str) -> None:
        """Choose an action; by id, whatever row it is in."""
        if action_id != self.selected:
            self.selected = action_id
            self._show()
            self.chosen.emit(action_id)

    def choose_next(self, after: str) -> None:
        """Go to the next action that needs this person: below the decided one, else from the top."""
        following = self.next_after(after)
        if self.selected == after and following is not None:
            self.choose(following)

    def next_after(self, after: str) -> str | None:
        """The next action that needs this person without one: below it, else from the top."""
        sheet = self._sheet()
        if sheet is None:
            return None
        asks = {action.id for action in self.listed if action.status in _ASKS} - {after}
        ids = [row.id for row in sheet.rows]
        place = ids.index(after) if after in ids else -1
        needs_me = [row.id for row in sheet.rows if row.group not in _NOT_MINE and row.id in asks]
        below = [one for one in needs_me if ids.index(one) > place]
        return next(iter(below or needs_me), None)

    def mark_taken(self, taken: Iterable[str]) -> None:
        """These were decided just now and need nobody."""
        self._taken = frozenset(taken)
        self._show()

    def mark_kept(self, kept: Mapping[str, str]) -> None:
        """By id, what was decided about these here and waits to be sent."""
        self._kept = dict(kept)
        self._show()

    def show_marks(self, marks: frozenset[str]) -> None:
        """These are marked, to be decided together."""
        self._marks = marks
        self._show()

    def on_state(self, notice: Notice | None) -> None:
        """The console is loading or offline (or neither): say so over the queue."""
        if notice != self._state:
            self._state = notice
            self._show()

    def on_tick(self) -> None:
        """A second has gone by: times left and ages move on."""
        if self._listing is not None:
            viewer = replace(self._listing.viewer, now=self._with.ticks.now())
            self._listing = replace(self._listing, viewer=viewer)
            self._show()

    def _sheet(self) -> QueueSheet | None:
        listing = self._listing
        if listing is None:
            return None
        notice = (
            self._state or self._unreadable or (None if listing.page.items else _empty(listing, self.lens))
        )
        is_offline = self._state is not None and self._state.kind is NoticeKind.OFFLINE
        is_stuck = is_offline and not _decides_offline(self._with)
        basis = _Basis(listing, notice, self._taken, self._marks, self._kept, is_stuck)
        if self._built is None or not self._built[0].is_same(basis):
            self._built = basis, basis.sheet()
        return replace(self._built[1], selected=self.selected)

    def _show(self) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self.changed.emit(sheet)
        elif self._state is not None:
            self.changed.emit(QueueSheet(say("Needs you"), notice=self._state))
            if self.selected is None:
                self.emptied.emit(self._state)

    def _say_unreadable(self, refusal: Refusal) -> None:
        """What is typed is no filter: what was shown stays, and it says so."""
        clear = Step("queue.clear", say("Clear the filter"))
        text = paintable(f"{refusal.sentence} {refusal.remedy}")
        self._unreadable = Notice(NoticeKind.FAILED, say("The filter cannot be read"), text, clear)
        self._show()

    def _show_chosen(self) -> None:
        """Show what was read, with its first row chosen where nothing is, or what was is in another view."""
        rows, is_turning, self._is_turning = self.row_ids, self._is_turning, False
        is_kept = self.selected is not None and (not is_turning or not rows or self.selected in rows)
        if rows and not is_kept:
            self.choose(rows[0])
            return
        self._show()
        if not is_kept:
            self.emptied.emit(self._state or _idle())


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    """All that the rows are made of. Choosing one of them makes none anew."""

    listing: Listing
    notice: Notice | None
    taken: frozenset[str]
    marks: frozenset[str]
    kept: Mapping[str, str]
    is_stuck: bool

    def is_same(self, other: _Basis) -> bool:
        return self.listing is other.listing and self._around() == other._around()

    def _around(self) -> tuple[object, ...]:
        return self.notice, self.taken, self.marks, self.kept, self.is_stuck

    def sheet(self) -> QueueSheet:
        viewer = replace(
            self.listing.viewer, taken=self.taken, marked=self.marks, kept=self.kept, offline=self.is_stuck
        )
        return queue_sheet(replace(self.listing, viewer=viewer), notice=self.notice, selected=None)


def _empty(listing: Listing, lens: Lens) -> Notice:
    if lens.typed:
        text = say("{count} are left out by the filter.", count=f"{listing.total:,}")
        clear = Step("queue.clear", say("Clear the filter"))
        return Notice(NoticeKind.EMPTY, say("Nothing matches"), text, clear)
    if lens.view != FOR_ME:
        return Notice(NoticeKind.EMPTY, say("Nothing in this view"), say("It fills by itself."))
    text = say("New proposals appear here by themselves.")
    other = Step("queue.views", say("Other views"))
    return Notice(NoticeKind.EMPTY, say("Nothing waits for you"), text, other)


def _idle() -> Notice:
    """What stands where an action would be; the list says by itself that it is empty, and why."""
    text = say("An action is shown here as soon as one waits.")
    return Notice(
        NoticeKind.INFO, say("No action is chosen"), text, Step("go.jobs", say("See what agents do"))
    )


def _decides_offline(with_: Collaborators) -> bool:
    return with_.reviewer is not None and with_.reviewer.dispatch.waits


def _page(snapshot: Snapshot, query: ActionQuery, limit: int) -> Page[Action]:
    """The first rows; what needs an answer is among them, wherever else it would come."""
    page, unknown = snapshot.actions(query, limit=limit), unknown_query(query)
    if page.next is None or unknown is None:
        return page
    first = snapshot.actions(unknown, limit=PAGE).items
    return replace(page, items=tuple({one.id: one for one in (*first, *page.items)}.values()))


def _raise(error: Exception) -> None:
    raise error
