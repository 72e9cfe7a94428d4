"""What happens to a budget of one day. Pure."""

from __future__ import annotations

from lineclear.domain.events.base import Event
from lineclear.domain.events.jobs import BudgetKind


class DayReserved(Event, frozen=True):
    """Part of the day is set aside before it is used. Cost in millionths of a US dollar."""

    reservation: str
    cost_micros: int
    steps: int


class DaySpent(Event, frozen=True):
    """What was used, as it is known afterwards; `reservation` is what had been set aside for it."""

    cost_micros: int
    steps: int
    reservation: str = ""


class DayReleased(Event, frozen=True):
    """What was set aside is free again: it was not used."""

    reservation: str


class DayAsked(Event, frozen=True):
    """Nothing more fits: people are asked by this action whether to raise the limit for the day."""

    kind: BudgetKind
    limit: int
    action: str


class DayRaised(Event, frozen=True):
    """A person raised the limit for this day by so much, in the unit of its kind."""

    kind: BudgetKind
    by: int
    by_action: str


class DayKept(Event, frozen=True):
    """A person kept the limit: for this day nobody is asked again."""

    kind: BudgetKind
    person: str
