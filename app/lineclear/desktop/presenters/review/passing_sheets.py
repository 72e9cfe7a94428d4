"""Whom an action can be passed on to, as plain values. Free of Qt and of rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Who can be asked besides: a tier, or 0 with a group."""

    title: str
    tier: int
    group: str
