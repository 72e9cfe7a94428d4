"""Scenes of work that cannot run, or of which nobody knows: a system away, held back or silent. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.calls import asked
from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stage import Scene, Stage
from lineclear.domain.actions import Action

_TRIES: Final = 4
"""With the first attempt, as often as it takes until the breaker opens."""


@contextmanager
def _system_away(stage: Stage) -> Iterator[None]:
    """The CRM's own database is moved aside, so that its connector reaches nothing."""
    database = stage.backend.workspace.database
    aside = database.with_suffix(".aside")
    database.rename(aside)
    try:
        yield
    finally:
        aside.rename(database)


def _trying_again(stage: Stage) -> None:
    """Cleared, and the first attempts reached nobody."""
    morning = stage.morning()
    seat = stage.sit()
    with _system_away(stage):
        _approve(stage, seat, morning.invoice)
    seat.find(morning.invoice, "all")


def _breaker(stage: Stage) -> Seat:
    """So many attempts in a row reached nobody that nothing is sent for a while; what is cleared waits."""
    morning = stage.morning()
    seat = stage.sit()
    with _system_away(stage):
        _approve(stage, seat, morning.invoice)
        seat.approve(morning.refund)
        for _ in range(_TRIES):
            stage.backend.later(seconds=20)
            stage.backend.work()
        _send(stage, seat)
    seat.find(morning.refund, "all")
    return seat


def _held_by_breaker(stage: Stage) -> None:
    _breaker(stage)


def _control_breaker(stage: Stage) -> None:
    seat = _breaker(stage)
    seat.press("go.control")
    seat.look()


def _held_by_safe_mode(stage: Stage) -> None:
    """Cleared while safe mode is on: it waits until somebody leaves it."""
    morning = stage.morning()
    seat = stage.sit()
    seat.ask_safe_mode("Refunds doubled since 08:40, looking into it")
    seat.read()
    _approve(stage, seat, morning.refund)
    seat.find(morning.refund, "all")


def _unknown(stage: Stage) -> None:
    _silent(stage)


def _reconcile(stage: Stage) -> None:
    seat = _silent(stage)
    seat.press("review.reconcile")


def _silent(stage: Stage) -> Seat:
    """An agent began what was cleared, and never said what became of it."""
    seat, action = asked(stage)
    seat.approve(action)
    seat.let_go()
    stage.backend.later(seconds=20)
    stage.backend.begin_call(action)
    stage.backend.later(hours=2)
    stage.backend.work()
    seat.read()
    seat.find(action, "all")
    return seat


def _approve(stage: Stage, seat: Seat, action: Action) -> None:
    seat.approve(action)
    _send(stage, seat)


def _send(stage: Stage, seat: Seat) -> None:
    seat.let_go()
    stage.backend.later(seconds=1)
    stage.backend.work()
    seat.read()


TROUBLE: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "review-trying-again": _trying_again,
        "review-held-breaker": _held_by_breaker,
        "control-breaker": _control_breaker,
        "review-held-safe-mode": _held_by_safe_mode,
        "review-unknown": _unknown,
        "review-reconcile": _reconcile,
    }
)
"""Pictures of what waits or is not known, by the name of the file."""
