"""Through what the queue is looked at: a named view, and what somebody typed besides. Pure: free of Qt.

A view is the text of a filter with a name; so is what people save. Nothing is narrowed that no text shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from lineclear.application.reading.queue_query import (
    QueueQuery,
    State,
    parse_queue,
    unfiltered,
    without_filter,
    written_queue,
)
from lineclear.desktop.presenters.sheets import Filter
from lineclear.domain.refusals import Refusal
from lineclear.domain.wording import marked, say

FOR_ME, HOUR, FLAGGED, ALL, EXPIRED, DONE = "mine", "hour", "flagged", "all", "expired", "done"
OWN: Final = "own:"
"""Begins the id of a view that somebody saved; its name follows."""
MOST_VIEWS: Final = 30
LONGEST_NAME: Final = 40
_PINNED: Final = 3
"""As many as stand in one line over the queue; the rest is in its menu."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name."""

    id: str
    title: str
    text: str


VIEWS: Final = (
    View(FOR_ME, marked("Needs me"), "for:me"),
    View(FLAGGED, marked("Flagged"), "flagged:yes"),
    View(ALL, marked("All"), ""),
    View(HOUR, marked("Due within the hour"), "due:1h state:pending"),
    View(EXPIRED, marked("Expired undecided"), "state:expired"),
    View("money", marked("Money"), "kind:money"),
    View("access", marked("Access"), "kind:access"),
    View(DONE, marked("Done"), "state:ended"),
)


@dataclass(frozen=True, slots=True)
class Lens:
    """The view that was chosen, what is typed besides, and the views that somebody saved."""

    view: str = FOR_ME
    typed: str = ""
    own: tuple[View, ...] = ()

    @property
    def query(self) -> QueueQuery:
        """What is looked for. Raises Refusal(FILTER_INVALID)."""
        return parse_queue(f"{self.chosen.text} {self.typed}")

    @property
    def chosen(self) -> View:
        """The view that is on; the first where that was forgotten."""
        return next((one for one in (*VIEWS, *self.own) if one.id == self.view), VIEWS[0])

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All views, the pinned ones first, with the chosen one on."""
        on = self.chosen.id
        ours = tuple(
            Filter(one.id, say(one.title), one.id == on, is_pinned=place < _PINNED)
            for place, one in enumerate(VIEWS)
        )
        return ours + tuple(Filter(one.id, one.title, one.id == on) for one in self.own)

    def through(self, view: str) -> Lens:
        """Another view, with nothing typed besides."""
        return replace(self, view=view, typed="")

    def cleared(self) -> Lens:
        """The widest view of the same part of the queue."""
        part = {State.EXPIRED: EXPIRED, State.ENDED: DONE}
        try:
            return self.through(part.get(self.query.state, ALL))
        except Refusal:
            return self.through(ALL)

    def narrowed(self, name: str, value: str) -> Lens:
        """The same with one filter at a value, or free where that is empty."""
        kept = without_filter(self.typed, name)
        return replace(self, typed=f"{kept} {filter_text(name, value)}".strip())

    def saved(self, name: str) -> Lens:
        """What is looked through now, as a view of this name; one that had it before is replaced."""
        title = " ".join(name.split())[:LONGEST_NAME]
        view = View(OWN + title, title, written_queue(self.query))
        others = tuple(one for one in self.own if one.id != view.id)
        return Lens(view.id, "", (*others[: MOST_VIEWS - 1], view))

    def forgotten(self) -> Lens:
        """Without the saved view that is on."""
        return Lens(own=tuple(one for one in self.own if one.id != self.view))


def is_narrow(query: QueueQuery) -> bool:
    """Whether anything is left out of this part of the queue."""
    return query != unfiltered(query)


def filter_text(name: str, value: str) -> str:
    """One filter as it is typed; nothing without a value."""
    quoted = f'"{value}"' if any(char.isspace() for char in value) else value
    return f"{name}:{quoted}" if value else ""


def own_views(saved: Iterable[tuple[str, str]]) -> tuple[View, ...]:
    """What was kept, as views; what no filter can be read from is left out."""
    found = tuple(View(OWN + name, name, text) for name, text in saved if name)
    return tuple(one for one in found if _is_readable(one.text))[:MOST_VIEWS]


def _is_readable(text: str) -> bool:
    try:
        parse_queue(text)
    except Refusal:
        return False
    return True
