"""Scenes of the review page: what waits for people, each as its reviewer sees it. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.stage import (
    APPROVER,
    OPS_EAST,
    OPS_LEAD,
    SUPPORT_LEAD,
    Morning,
    Scene,
    Stage,
)
from lineclear.desktop.views.review.panels import RejectPanel
from lineclear.domain.actions import Action


def _waiting(pick: Callable[[Morning], Action]) -> Scene:
    """An action of the ordinary queue, before its decision."""

    def scene(stage: Stage) -> None:
        morning = stage.morning()
        stage.sit().choose(pick(morning))

    return scene


def _access(stage: Stage) -> None:
    """Tier 3, and the first of two has approved."""
    morning = stage.morning()
    stage.backend.approve(OPS_EAST, morning.grant)
    stage.sit(OPS_LEAD).choose(morning.grant)


def _hostile(stage: Stage) -> None:
    stage.morning()
    hostile = stage.tell(stage.stories.hostile())
    stage.sit().choose(hostile)


def _reject_panel(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("review.reject")
    panel = stage.window.review.bar.panel
    if isinstance(panel, RejectPanel):
        panel.presets[2].click()


def _stop_panel(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("review.stop_job")


def _look_first(stage: Stage) -> None:
    """A key that comes sooner than a person can have read."""
    morning = stage.morning()
    seat = stage.sit()
    seat.session.queue.choose(morning.refund.id)
    seat.press("review.approve")


def _forbidden(stage: Stage) -> None:
    """Tier 1 looks at what takes tier 2."""
    morning = stage.morning()
    stage.sit(APPROVER).find(morning.refund, "all")


def _owner(stage: Stage) -> None:
    morning = stage.morning()
    stage.sit(SUPPORT_LEAD).choose(morning.refund)


def _revised(stage: Stage) -> None:
    """Approved, but before it ran the target moved: the next revision asks again."""
    morning = stage.morning()
    stage.tell(stage.stories.phone())
    seat = stage.sit()
    seat.approve(morning.move)
    seat.let_go()
    stage.backend.work()
    seat.read()
    seat.choose(morning.move)


def _held(stage: Stage) -> None:
    """Cleared while safe mode is on: it waits, and says so."""
    morning = stage.morning()
    seat = stage.sit()
    seat.approve(morning.invoice)
    seat.let_go()
    seat.ask_safe_mode("Refunds doubled since 08:40, looking into it")
    stage.backend.work()
    seat.read()
    seat.choose(morning.invoice)


def _offline(stage: Stage) -> None:
    """The backend went away while somebody was reading, and a decision could not be sent."""
    morning = stage.morning()
    seat = stage.sit()
    seat.approve(morning.refund)
    seat.gateway.address = "https://lineclear.acme.example"
    seat.gateway.down = True
    seat.look(40)
    seat.read()
    seat.choose(morning.move)


WAITING: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "review-refund": _waiting(attrgetter("refund")),
        "review-low-confidence": _waiting(attrgetter("move")),
        "review-code": _waiting(attrgetter("change")),
        "review-access": _access,
        "review-invoice": _waiting(attrgetter("invoice")),
        "review-batch": _waiting(attrgetter("batch")),
        "review-deploy": _waiting(attrgetter("deploy")),
        "review-hostile": _hostile,
        "review-reject-panel": _reject_panel,
        "review-stop-panel": _stop_panel,
        "review-look-first": _look_first,
        "review-forbidden": _forbidden,
        "review-owner": _owner,
        "review-revised": _revised,
        "review-held": _held,
        "review-offline": _offline,
    }
)
"""Pictures of decisions that are still to be taken, by the name of the file."""
