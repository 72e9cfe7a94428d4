"""Passing an action on from a terminal: claim, release, hand over. Free of HTTP."""

from __future__ import annotations

from lineclear.cli.reviewing import Desk, checked
from lineclear.cli.sheets import attention_rows, title_rows
from lineclear.domain.actions import Action


def claim(here: Desk, action: str) -> None:
    """Claim it for five minutes."""
    _say(here, here.backend.claim(checked(action), key=here.ids.new("req")))


def release(here: Desk, action: str) -> None:
    """Give a claim up."""
    _say(here, here.backend.release(checked(action), key=here.ids.new("req")))


def hand_over(here: Desk, action: str, to: str, note: str) -> None:
    """Claim it for somebody else."""
    _say(here, here.backend.hand_over(checked(action), to, note, key=here.ids.new("req")))


def _say(here: Desk, action: Action) -> None:
    here.screen.show(title_rows(action))
    here.screen.answer(action, attention_rows(action, here.now()))
