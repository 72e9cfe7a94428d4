"""Pictures of the queue narrowed, sorted and cleared in bulk. Free of files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.stage import Scene, Stage


def _filtered(stage: Stage) -> None:
    """What is typed stands in the search field, and the queue says what it leaves out."""
    stage.morning()
    seat = stage.sit()
    seat.window.top.search.setText("agent:triage-agent")
    seat.session.queue.choose(seat.session.queue.row_ids[0])
    seat.look()


def _nothing_fits(stage: Stage) -> None:
    stage.morning()
    seat = stage.sit()
    seat.window.top.search.setText("flagged:yes due:10m refund of last year")


def _unreadable(stage: Stage) -> None:
    stage.morning()
    seat = stage.sit()
    seat.window.top.search.setText("due:soon")


def _by_risk(stage: Stage) -> None:
    stage.morning()
    seat = stage.sit()
    seat.session.queue.filter("all")
    seat.window.top.search.setText("sort:risk")


def _name_view(stage: Stage) -> None:
    stage.morning()
    seat = stage.sit()
    seat.window.top.search.setText("kind:money due:1d")
    seat.press("queue.save_view")


def _bulk(stage: Stage) -> None:
    """What is alike, what it comes to, and what is left out and why."""
    morning = stage.morning()
    for told in (*stage.stories.quiet(4), stage.stories.stale()):
        stage.tell(told)
    seat = stage.sit()
    for one in seat.session.queue.listed:
        if one.capability == morning.batch.capability:
            seat.session.queue.choose(one.id)
            seat.session.bulk.toggle()
    seat.session.bulk.open()
    seat.look()


QUEUES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "queue-filtered": _filtered,
        "queue-nothing-fits": _nothing_fits,
        "queue-filter-unreadable": _unreadable,
        "queue-by-risk": _by_risk,
        "queue-save-view": _name_view,
        "queue-bulk": _bulk,
    }
)
"""Pictures of the queue itself, by the name of the file."""
