"""Workspace, policy in force, safe mode, connector health. Pure."""

from __future__ import annotations

from lineclear.domain.effects import HealthState
from lineclear.domain.events.base import Event


class WorkspaceCreated(Event, frozen=True):
    """The first entry of every ledger."""

    name: str
    environment: str


class PolicyActivated(Event, frozen=True):
    """A capability document comes into force; commits to its bytes as `document`."""

    version: int
    digest: str
    by: str


class SafeModeSwitched(Event, frozen=True):
    """Requested: from this entry on nothing that mutates may start (or may again)."""

    on: bool
    by: str
    reason: str
    in_flight: tuple[str, ...] = ()


class SafeModeConfirmed(Event, frozen=True):
    """All that was in flight at the request has ended."""


class ConnectorChanged(Event, frozen=True):
    """A probe or a real call found a connector in another state than before."""

    state: HealthState
    detail: str = ""
