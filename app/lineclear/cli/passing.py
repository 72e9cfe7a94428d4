"""Passing an action on from a terminal: claim, release, hand over, escalate. Free of HTTP."""

from __future__ import annotations

from lineclear.application.reasons import require_reason
from lineclear.cli.reviewing import Desk, checked
from lineclear.cli.sheets import attention_rows, escalated_rows, title_rows
from lineclear.domain.actions import Action
from lineclear.domain.policy.stages import Place
from lineclear.domain.vocabulary import Tier


def claim(here: Desk, action: str) -> None:
    """Claim it for five minutes."""
    _say(here, here.backend.claim(checked(action), key=here.ids.new("req")))


def release(here: Desk, action: str) -> None:
    """Give a claim up."""
    _say(here, here.backend.release(checked(action), key=here.ids.new("req")))


def hand_over(here: Desk, action: str, to: str, note: str) -> None:
    """Claim it for somebody else."""
    _say(here, here.backend.hand_over(checked(action), to, note, key=here.ids.new("req")))


def escalate(here: Desk, action: str, tier: int | None, group: str, reason: str) -> None:
    """Ask somebody of another place besides."""
    require_reason(reason, "Escalating")
    to = Place(1, Tier(tier) if tier else None, group)
    escalated = here.backend.escalate(checked(action), to, reason, key=here.ids.new("req"))
    here.screen.show(title_rows(escalated))
    here.screen.answer(escalated, escalated_rows(escalated))


def _say(here: Desk, action: Action) -> None:
    here.screen.show(title_rows(action))
    here.screen.answer(action, attention_rows(action, here.now()))
