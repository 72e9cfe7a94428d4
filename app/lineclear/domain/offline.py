"""What may be decided while the backend cannot be reached, as the workspace says. Pure.

Rejecting and stopping always may be. The backend judges what arrives again, by its own clock.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

HIGHEST_TIER: Final = 2
"""What takes tier 3 is never approved on something that may have moved."""


class OfflineRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Approvals up to `tier` (0 is none) of what the backend confirmed within `fresh_minutes`.

    They count if they arrive within `within_minutes` of that confirmation.
    """

    tier: int = 1
    fresh_minutes: int = 15
    within_minutes: int = 240

    @property
    def fresh(self) -> timedelta:
        """For how long what was confirmed may still be approved without the backend."""
        return timedelta(minutes=self.fresh_minutes)

    @property
    def within(self) -> timedelta:
        """Within which time of the confirmation the approval has to arrive."""
        return timedelta(minutes=self.within_minutes)


RANGES: Final = {"tier": (0, HIGHEST_TIER), "fresh_minutes": (1, 240), "within_minutes": (5, 1_440)}
"""The least and the most of each value."""


def rule_problem(rule: OfflineRule) -> str:
    """What is wrong with a rule; empty where nothing is."""
    for name, (least, most) in RANGES.items():
        if not least <= getattr(rule, name) <= most:
            return f"{name} is from {least} to {most}"
    if rule.within_minutes < rule.fresh_minutes:
        return "within_minutes is not below fresh_minutes"
    return ""


class Bar(StrEnum):
    """Why something is not approved without the backend."""

    NEVER = "nothing is approved offline here"
    TIER = "only up to tier {tier}"
    UNCONFIRMED = "nothing says when it was last known to be so"
    STALE = "it was last confirmed more than {minutes} minutes ago"


def bar_of(rule: OfflineRule, tier: int, age: timedelta | None) -> Bar | None:
    """What keeps an action of a tier from being approved that was confirmed so long ago; None if nothing."""
    if not rule.tier:
        return Bar.NEVER
    if tier > rule.tier:
        return Bar.TIER
    if age is None:
        return Bar.UNCONFIRMED
    return Bar.STALE if age > rule.fresh else None


def words_of(bar: Bar, rule: OfflineRule) -> str:
    """The bar as a part of a refusal."""
    return bar.value.format(tier=rule.tier, minutes=rule.fresh_minutes)
