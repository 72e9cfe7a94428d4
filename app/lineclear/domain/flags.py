"""What about an action asks for a second look, and how much is at stake with it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from lineclear.domain.actions import Action
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.policy.stages import Stage
from lineclear.domain.text import TextFlag, identifier_flags, paintable
from lineclear.domain.vocabulary import Tier


class Flag(StrEnum):
    """One reason to look twice."""

    TEXT = "text"
    """Title, target, note or reason hold what cannot be seen, or what looks like something else."""
    DOUBT = "doubt"
    """The agent was not sure enough, or could not read something."""
    CHANGED = "changed"
    """It is not the first revision: its target moved, or somebody edited it."""
    SECOND_LOOK = "second_look"
    """It was drawn for a second review."""


_DOUBTS: Final = frozenset(
    {
        ReasonCode.CONFIDENCE_LOW,
        ReasonCode.CONFIDENCE_MALFORMED,
        ReasonCode.CONFIDENCE_MISSING,
        ReasonCode.UNINSPECTABLE,
    }
)
_HARMLESS: Final = frozenset({TextFlag.LONG})


def flags_of(action: Action) -> frozenset[Flag]:
    """Everything that asks for a second look."""
    codes = {reason.code for reason in action.judged.reasons} if action.judged else set()
    found = {
        Flag.TEXT: _is_unusual(action),
        Flag.DOUBT: not codes.isdisjoint(_DOUBTS),
        Flag.CHANGED: action.revision > 1,
        Flag.SECOND_LOOK: ReasonCode.SECOND_REVIEW_DRAWN in codes,
    }
    return frozenset(flag for flag, holds in found.items() if holds)


def risk_of(action: Action, *, is_flagged: bool) -> int:
    """Higher is riskier: first its tier, then whether it cannot be undone, then whether it is flagged."""
    return int(action.tier) * 4 + (not action.undo.possible) * 2 + is_flagged


def least_tier(action: Action) -> Tier:
    """The lowest tier with which somebody fills a place: with stages the lowest of any, else its own."""
    stages: tuple[Stage, ...] = action.judged.stages if action.judged else ()
    tiers = [place.tier or Tier.THREE for stage in stages for way in stage.ways for place in way]
    return min(tiers, default=action.tier)


def _is_unusual(action: Action) -> bool:
    names = (action.title, action.target.id if action.target else "")
    texts = (action.note, action.why)
    return any(identifier_flags(name) - _HARMLESS for name in names) or any(
        paintable(text).flags - _HARMLESS for text in texts
    )
