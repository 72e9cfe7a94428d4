"""The queue: which actions, in which order, and which one is chosen. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.ports import ActionQuery, Page, Snapshot
from lineclear.desktop.presenters.around import Viewer, read_around
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.queue_sheet import (
    FOR_ME,
    NOT_SENT,
    WAITING_ON_OTHERS,
    expired_today,
    query_of,
    queue_sheet,
    unknown_query,
)
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, QueueSheet
from lineclear.domain.actions import Action
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say

PAGE = 200
MOST = 3_200
"""Rows at hand at most; whoever looks for more narrows the queue."""
_EXPIRED = ActionQuery(statuses=frozenset({ActionStatus.EXPIRED}), order="newest")
_NOT_MINE = frozenset({WAITING_ON_OTHERS, NOT_SENT})
_ASKS = frozenset({ActionStatus.PENDING, ActionStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Listing:
    page: Page[Action]
    count: int
    viewer: Viewer
    expired: int


class QueuePresenter(QObject):
    """All methods on the GUI thread. The choice follows an action by id, never a row.

    A late answer to an earlier question is dropped by its generation.
    """

    changed = Signal(object)
    """QueueSheet."""
    chosen = Signal(str)
    emptied = Signal(object)
    """Notice for the place where an action would be."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._filter = FOR_ME
        self._text = ""
        self._listing: _Listing | None = None
        self._state: Notice | None = None
        self._generation = 0
        self._limit = PAGE
        self._taken: frozenset[str] = frozenset()
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
        asked, person = self._generation, self._with.person
        query, limit = query_of(self._filter, self._text, person), self._limit

        def read(snapshot: Snapshot) -> _Listing:
            viewer = Viewer(person, self._with.ticks.now(), read_around(snapshot))
            expired = expired_today(snapshot.actions(_EXPIRED, limit=PAGE).items, viewer.now)
            return _Listing(_page(snapshot, query, limit), snapshot.count_actions(query), viewer, expired)

        def done(listing: _Listing) -> None:
            if asked == self._generation:
                self._listing = listing
                self._show()
                self._choose_first()

        store = self._with.replica.store
        self._with.background.run(lambda: store.read(read), done=done, failed=_raise)

    def more(self) -> None:
        """Somebody came to the end of the rows at hand: read on."""
        listing = self._listing
        if listing is not None and listing.page.next is not None and self._limit < MOST:
            self._limit *= 2
            self.refresh()

    def filter(self, filter_id: str) -> None:
        """Narrow the queue."""
        self._filter, self._limit = filter_id, PAGE
        self.refresh()

    def search(self, text: str) -> None:
        """Narrow the queue to what matches."""
        self._text, self._limit = text.strip(), PAGE
        self.refresh()

    def choose(self, action_id: str) -> None:
        """Choose an action; by id, whatever row it is in."""
        if action_id != self.selected:
            self.selected = action_id
            self._show()
            self.chosen.emit(action_id)

    def choose_next(self, after: str) -> None:
        """Go to the next action that needs this person: below the decided one, else from the top."""
        sheet = self._sheet()
        if sheet is None or self.selected != after:
            return
        asks = {action.id for action in self.listed if action.status in _ASKS} - {after}
        ids = [row.id for row in sheet.rows]
        place = ids.index(after) if after in ids else -1
        needs_me = [row.id for row in sheet.rows if row.group not in _NOT_MINE and row.id in asks]
        below = [one for one in needs_me if ids.index(one) > place]
        if needs_me:
            self.choose((below or needs_me)[0])

    def mark_taken(self, taken: Iterable[str]) -> None:
        """These were decided just now and need nobody."""
        self._taken = frozenset(taken)
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
        notice = self._state or (None if listing.page.items else self._empty())
        return queue_sheet(
            listing.page.items,
            listing.count,
            self._filter,
            replace(listing.viewer, taken=self._taken),
            notice=notice,
            selected=self.selected,
            expired=listing.expired,
        )

    def _show(self) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self.changed.emit(sheet)
        elif self._state is not None:
            self.changed.emit(QueueSheet(say("Needs you"), notice=self._state))
            if self.selected is None:
                self.emptied.emit(self._state)

    def _empty(self) -> Notice:
        if self._text:
            return Notice(
                NoticeKind.EMPTY,
                say("Nothing matches"),
                paintable(say("No action contains “{text}”.", text=self._text)),
            )
        return Notice(
            NoticeKind.EMPTY, say("Nothing waits for you"), say("New proposals appear here by themselves.")
        )

    def _choose_first(self) -> None:
        if self.selected is not None:
            return
        rows = self.row_ids
        if rows:
            self.choose(rows[0])
        else:
            self.emptied.emit(self._state or self._empty())


def _page(snapshot: Snapshot, query: ActionQuery, limit: int) -> Page[Action]:
    """The first rows; what needs an answer is among them, wherever else it would come."""
    page, unknown = snapshot.actions(query, limit=limit), unknown_query(query)
    if page.next is None or unknown is None:
        return page
    first = snapshot.actions(unknown, limit=PAGE).items
    return replace(page, items=tuple({one.id: one for one in (*first, *page.items)}.values()))


def _raise(error: Exception) -> None:
    raise error
