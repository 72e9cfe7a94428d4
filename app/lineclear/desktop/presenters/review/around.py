"""What stands around an action and decides whether it may start now. Pure: free of Qt and of the clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lineclear.application.governing.scopes import WORKSPACE, scopes_of
from lineclear.application.ports import Snapshot
from lineclear.desktop.presenters.closed_words import scope_word
from lineclear.domain.actions import Action
from lineclear.domain.control import Breaker, ConnectorHealth, SafeMode
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Agent, Person
from lineclear.domain.wording import say


@dataclass(frozen=True, slots=True)
class Around:
    """Connectors, breakers and agents by id; `safe_modes` are those that are on, by scope."""

    health: Mapping[str, HealthState] = field(default_factory=dict)
    breakers: Mapping[str, Breaker] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    safe_modes: Mapping[str, SafeMode] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    silent_tools: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Of a connector that is there in part, the tools that cannot be used."""

    def health_for(self, action: Action) -> HealthState | None:
        """How the connector is for this action's tool, as far as it is known."""
        state, silent = self.health.get(action.connector), self.silent_tools.get(action.connector)
        if state is not HealthState.PARTIAL or not silent:
            return state
        return HealthState.DOWN if action.tool in silent else HealthState.HEALTHY

    def safe_mode_over(self, action: Action) -> SafeMode | None:
        """The widest safe mode that holds an action back; None where it may start."""
        scopes = scopes_of(action) if action.mutates else ()
        return next((self.safe_modes[scope] for scope in scopes if scope in self.safe_modes), None)

    def open_breaker(self, connector: str, now: datetime) -> Breaker | None:
        """The connector's breaker while nothing is sent to it."""
        breaker = self.breakers.get(connector)
        return breaker if breaker is not None and is_open(breaker, now) else None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and what stands around. `taken` are the actions on which they decided just now."""

    person: Person | None
    now: datetime
    around: Around = Around()
    approving_off: str = ""
    """Why nothing may be approved on this device at all."""
    taken: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    """Which actions they marked, to decide on them together."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """By action, what they decided about it on this device and is not sent."""
    offline: bool = False
    """Whether the backend cannot be asked: then nothing can be decided."""


def viewer_of(person: Person | None, now: datetime, around: Around, approving_off: str = "") -> Viewer:
    """Who looks, with the tier, the loans and the glass that the ledger has of them by now."""
    known = None if person is None else around.people.get(person.id, person)
    return Viewer(known, now, around, approving_off)


def read_around(snapshot: Snapshot) -> Around:
    """What the replica knows of it."""
    return Around(
        {one.id: one.state for one in snapshot.every(ConnectorHealth)},
        {one.id: one for one in snapshot.every(Breaker)},
        {one.id: one for one in snapshot.every(Agent)},
        {one.id: one for one in snapshot.every(SafeMode) if one.on},
        {one.id: one for one in snapshot.every(Person)},
        {one.id: one.tools.keys() for one in snapshot.every(ConnectorHealth) if one.tools},
    )


def is_open(breaker: Breaker, now: datetime) -> bool:
    """Whether nothing is sent for now; afterwards the next call is on probation."""
    return bool(breaker.until) and datetime.fromisoformat(breaker.until) > now


def scope_words(scope: str) -> str:
    """A safe mode's scope as it is read in a sentence."""
    kind, _, name = scope.partition(":")
    return say("the whole workspace") if scope == WORKSPACE else scope_word(kind, name)
