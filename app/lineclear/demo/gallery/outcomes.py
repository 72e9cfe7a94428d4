"""Scenes of the review page: what became of actions, for good or not. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stage import OPS_WEST, Scene, Stage
from lineclear.demo.gallery.stories import Told
from lineclear.domain.actions import Action


def _done(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    _approve(stage, seat, morning.invoice)
    seat.find(morning.invoice, "done")


def _undo_preview(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    _approve(stage, seat, morning.invoice)
    seat.find(morning.invoice, "done")
    seat.press("review.undo")


def _undone(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    _approve(stage, seat, morning.invoice)
    seat.find(morning.invoice, "done")
    seat.press("review.undo")
    seat.confirm()
    _work(stage, seat)
    seat.look()


def _undo_moved(stage: Stage) -> None:
    """Somebody changed the same field since; taking it back would overwrite that."""
    stage.morning()
    first = _ran_by_policy(stage, stage.stories.city())
    _ran_by_policy(stage, stage.stories.city_again())
    seat = stage.sit()
    seat.find(first, "done")
    seat.press("review.undo")


def _denied(stage: Stage) -> None:
    """Over the ceiling: no reviewer can clear it."""
    stage.morning()
    denied = stage.tell(stage.stories.refund(2))
    stage.sit().find(denied, "done")


def _by_policy(stage: Stage) -> None:
    """Under the approval line: it ran without a person."""
    stage.morning()
    ran = _ran_by_policy(stage, stage.stories.refund(1))
    stage.sit().find(ran, "done")


def _rejected(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    reason = "Not enough evidence: the second capture was voided."
    seat.session.deciding.decide(morning.refund.id, "reject", reason)
    seat.let_go()
    seat.read()
    seat.find(morning.refund, "done")


def _expired(stage: Stage) -> None:
    morning = stage.morning()
    stage.backend.later(minutes=12)
    _finish(stage, morning.refund)


def _stopped(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("review.stop_job")
    seat.confirm()
    seat.read()
    seat.find(morning.refund, "done")


def _approve(stage: Stage, seat: Seat, action: Action) -> None:
    seat.approve(action)
    seat.let_go()
    _work(stage, seat)


def _work(stage: Stage, seat: Seat) -> None:
    stage.backend.later(seconds=1)
    stage.backend.work()
    seat.read()


def _ran_by_policy(stage: Stage, told: Told) -> Action:
    action = stage.tell(told)
    stage.backend.work()
    return action


def _finish(stage: Stage, action: Action) -> None:
    stage.backend.work()
    stage.sit(OPS_WEST).find(action, "done")


OUTCOMES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "review-done": _done,
        "review-undo-preview": _undo_preview,
        "review-undone": _undone,
        "review-undo-moved": _undo_moved,
        "review-denied": _denied,
        "review-by-policy": _by_policy,
        "review-rejected": _rejected,
        "review-expired": _expired,
        "review-stopped": _stopped,
    }
)
"""Pictures of what was decided, by the name of the file."""
