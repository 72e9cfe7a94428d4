"""Where a scene plays: a backend, an empty window, the agents' stories, and who reviews. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineclear.demo.gallery.backend import Backend, Person
from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stories import Storytellers, Told
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import Role, Tier

OPS_WEST = Person("ops-west", limit=500)
OPS_EAST = Person("ops-east", Tier.THREE)
OPS_LEAD = Person("ops-lead", Tier.THREE)
APPROVER = Person("support-desk", Tier.ONE, Role.APPROVER)
SUPPORT_LEAD = Person("support-lead")
"""Owns the support agent, so that their decision never counts for it."""


@dataclass(frozen=True, slots=True)
class Morning:
    """The actions of an ordinary queue."""

    deploy: Action
    contacts: Action
    batch: Action
    invoice: Action
    change: Action
    move: Action
    grant: Action
    refund: Action


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene works with; each scene has its own, with a sample workspace of its own."""

    backend: Backend
    window: Window
    stories: Storytellers

    def tell(self, told: Told) -> Action:
        """An agent proposes; half a minute later the next one may."""
        action = self.backend.tell(told.agent, told.story)
        self.backend.later(seconds=31)
        return action

    def morning(self) -> Morning:
        """The agents propose what they have found, the oldest first."""
        stories = self.stories
        told = (
            stories.deploy(),
            stories.contacts(),
            stories.batch(),
            stories.invoice(),
            stories.change(),
            stories.move(),
            stories.grant(),
            stories.refund(0),
        )
        actions = Morning(*map(self.tell, told))
        self.backend.later(seconds=96)
        return actions

    def sit(self, person: Person = OPS_WEST) -> Seat:
        """A reviewer comes and reads what there is."""
        seat = Seat(self.backend, self.window, person)
        seat.read()
        return seat


type Scene = Callable[[Stage], None]
