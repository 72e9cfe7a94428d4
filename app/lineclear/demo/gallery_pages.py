"""Scenes of the other pages, of safe mode, and of a window that has nothing to show yet. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery_seat import Seat
from lineclear.demo.gallery_stage import OPS_WEST, Scene, Stage


def _empty(stage: Stage) -> None:
    stage.sit().look()


def _loading(stage: Stage) -> None:
    """The first answer is still on its way."""
    Seat(stage.backend, stage.window, OPS_WEST, is_held=True)


def _safe_mode_on(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.ask_safe_mode("Refunds doubled since 08:40, looking into it")
    seat.read()
    seat.choose(morning.refund)


def _safe_mode_popover(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("safe_mode.toggle")


def _busy(stage: Stage) -> Seat:
    """A morning in which something has happened already."""
    morning = stage.morning()
    backend = stage.backend
    for told in (stage.stories.refund(1), stage.stories.refund(2), stage.stories.city()):
        action = stage.tell(told)
        backend.work()
        backend.end(told.agent, action.job)
    seat = stage.sit()
    seat.choose(morning.invoice)
    seat.press("review.approve")
    backend.work()
    backend.end("billing-agent", morning.invoice.job)
    seat.read()
    seat.choose(morning.contacts)
    seat.press("review.stop_job")
    seat.confirm()
    seat.read()
    return seat


def _page(name: str) -> Scene:
    def scene(stage: Stage) -> None:
        seat = _busy(stage)
        seat.press(f"go.{name}")
        seat.look()

    return scene


def _help(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("help.keys")


PAGES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "review-empty": _empty,
        "review-loading": _loading,
        "safe-mode-on": _safe_mode_on,
        "safe-mode-popover": _safe_mode_popover,
        "jobs": _page("jobs"),
        "ledger": _page("ledger"),
        "control": _page("control"),
        "help": _help,
    }
)
"""Pictures of everything else, by the name of the file."""
