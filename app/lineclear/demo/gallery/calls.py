"""Scenes of calls that agents make themselves: nobody here can read their target. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from lineclear.application.agents.tool_calls import ToolCall
from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stage import Scene, Stage
from lineclear.desktop.views.review.panels import RejectPanel
from lineclear.domain.actions import Action

_AGENT: Final = "helpdesk-bot"
_ARGUMENTS: Final = {
    "ticket": 20418,
    "to": "p.lindqvist@example.com",
    "subject": "Your duplicate charge",
    "body": "Hello,\n\nyou were charged twice on 12 November. We have returned 49.00 USD to your card;"
    " it arrives within five working days.\n\nKind regards\nSupport",
    "close_ticket": True,
}


def asked(stage: Stage) -> tuple[Seat, Action]:
    """An agent asks whether it may answer a customer, beside the morning's queue."""
    stage.morning()
    arguments = msgspec.json.encode(_ARGUMENTS)
    submission = msgspec.json.encode(
        {"tool": "desk.send_reply", "arguments": msgspec.Raw(arguments), "timeout": "30m"}
    )
    call = ToolCall(
        tool="desk.send_reply",
        server="",
        arguments=arguments,
        window=timedelta(minutes=30),
        reasoning="The refund went through, and the customer does not know yet.",
        session="20418",
        submission=submission,
    )
    action = stage.backend.ask(_AGENT, call)
    stage.backend.later(seconds=40)
    return stage.sit(), action


def _waits(stage: Stage) -> None:
    seat, action = asked(stage)
    seat.choose(action)


def _denying(stage: Stage) -> None:
    """Other arguments are wanted, which this way in cannot carry."""
    seat, action = asked(stage)
    seat.choose(action)
    seat.press("review.reject")
    panel = stage.window.review.bar.panel
    if isinstance(panel, RejectPanel):
        panel.presets[4].click()


def _reported(stage: Stage) -> None:
    seat, action = asked(stage)
    seat.approve(action)
    seat.let_go()
    stage.backend.later(seconds=20)
    stage.backend.make_call(action, "Sent as message 7f3a; ticket 20418 is closed.")
    seat.read()
    seat.find(action, "done")


CALLS: Final[Mapping[str, Scene]] = MappingProxyType(
    {"review-call": _waits, "review-call-denying": _denying, "review-call-reported": _reported}
)
"""Pictures of what agents carry out themselves, by the name of the file."""
