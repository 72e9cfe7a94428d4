"""Scenes of the other pages, of safe mode, and of a window that has nothing to show yet. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.application.executing.inside import is_inside
from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stage import APPROVER, OPS_EAST, OPS_LEAD, OPS_WEST, Scene, Stage
from lineclear.desktop.presenters.control.control_sheets import Part
from lineclear.domain.events import Budget
from lineclear.server.probing import record_health


def _insights(stage: Stage) -> None:
    """A lead looks at how three reviewers decided this morning."""
    morning = stage.morning()
    stage.backend.approve(OPS_EAST, morning.invoice)
    stage.backend.approve(OPS_WEST, morning.refund)
    seat = stage.sit(OPS_LEAD)
    for action in (morning.contacts, morning.batch, morning.deploy):
        seat.approve(action)
        seat.let_go()
    stage.backend.work()
    seat.read()
    seat.press("go.insights")
    seat.look()


def _insights_forbidden(stage: Stage) -> None:
    stage.morning()
    stage.sit(APPROVER).press("go.insights")


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


def busy(stage: Stage) -> Seat:
    """A morning in which something has happened already."""
    morning = stage.morning()
    backend = stage.backend
    for told in (stage.stories.refund(1), stage.stories.refund(2), stage.stories.city()):
        action = stage.tell(told)
        backend.work()
        backend.end(told.agent, action.job)
    seat = stage.sit()
    seat.approve(morning.invoice)
    seat.let_go()
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
        seat = busy(stage)
        record_health(stage.backend.services)
        seat.press(f"go.{name}")
        seat.look()

    return scene


def _paused(stage: Stage) -> Seat:
    """A job has spent its budget: it waits, and asks for more."""
    morning = stage.morning()
    told = stage.stories.change()
    stage.backend.spend(told.agent, told.story, Budget(cost_micros=20_000, steps=12))
    stage.backend.work()
    stage.backend.later(seconds=40)
    seat = stage.sit()
    seat.choose(morning.refund)
    return seat


def _budget(stage: Stage) -> None:
    seat = _paused(stage)
    asks = next(one for one in seat.session.queue.listed if is_inside(one))
    seat.choose(asks)


def _jobs_paused(stage: Stage) -> None:
    seat = _paused(stage)
    seat.press("go.jobs")
    seat.look()


def _job(stage: Stage) -> None:
    """One job, whole, with the steps that its agent told of."""
    seat = busy(stage)
    seat.press("go.jobs")
    seat.look()
    table = stage.window.jobs.table
    refund = next(one for one in seat.session.queue.listed if one.tool == "payments.create_refund")
    table.selectRow(table.rows.row_of(refund.job) or 0)
    seat.press("jobs.open")
    seat.look()


def _control_scopes(stage: Stage) -> None:
    """Safe mode for one connector only."""
    stage.morning()
    seat = stage.sit()
    record_health(stage.backend.services)
    stage.window.scope_asked.emit(True, "The provider answers with the wrong currency", "connector:crm")  # noqa: FBT003  # the signal's own argument
    seat.read()
    seat.press("go.control")
    seat.look()


def _control_part(part: Part) -> Scene:
    """A part of Control."""

    def scene(stage: Stage) -> None:
        morning = stage.morning()
        stage.backend.approve(OPS_EAST, morning.grant)
        for person in (OPS_LEAD, APPROVER):
            stage.backend.enrol(person)
        seat = stage.sit()
        record_health(stage.backend.services)
        seat.press("go.control")
        stage.window.control.show_part(part)
        seat.look()

    return scene


def _lab(stage: Stage) -> None:
    """A higher line for refunds, held against what waits and what happened."""
    stage.morning()
    seat = stage.sit()
    seat.press("go.control")
    page = stage.window.control
    page.show_part(Part.DOCUMENT)
    page.document.change.click()
    text = page.lab.editor.toPlainText()
    trying = seat.session.control_desk.trying
    trying.typed(text.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150"))
    trying.evaluate()
    trying.replay()
    seat.look()


def _palette(stage: Stage) -> None:
    morning = stage.morning()
    seat = stage.sit()
    seat.choose(morning.refund)
    seat.press("palette.open")


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
        "insights": _insights,
        "insights-forbidden": _insights_forbidden,
        "control": _page("control"),
        "review-budget": _budget,
        "jobs-paused": _jobs_paused,
        "job": _job,
        "control-scopes": _control_scopes,
        "control-capabilities": _control_part(Part.CAPABILITIES),
        "control-tools": _control_part(Part.TOOLS),
        "control-modes": _control_part(Part.MODES),
        "control-people": _control_part(Part.PEOPLE),
        "control-document": _control_part(Part.DOCUMENT),
        "lab": _lab,
        "palette": _palette,
        "help": _help,
    }
)
"""Pictures of everything else, by the name of the file."""
