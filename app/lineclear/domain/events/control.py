"""Workspace, policy in force, safe mode, connector health. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.effects import HealthState
from lineclear.domain.events.base import Event
from lineclear.domain.offline import OfflineRule
from lineclear.domain.vocabulary import Tier


class WorkspaceCreated(Event, frozen=True):
    """The first entry of every ledger."""

    name: str
    environment: str


class CanariesPrepared(Event, frozen=True):
    """From here on canaries may be in the queue; `secret_sha256` commits to what marks them."""

    secret_sha256: str


class OfflineRuled(Event, frozen=True):
    """What may be approved without the backend from here on; commits to its reason as `brief`."""

    by: str
    rule: OfflineRule


class PolicyActivated(Event, frozen=True):
    """A capability document comes into force; commits to its bytes as `document`, and to `brief`."""

    version: int
    digest: str
    by: str


class SafeModeSwitched(Event, frozen=True):
    """Requested: from this entry on nothing that mutates may start (or may again)."""

    on: bool
    by: str
    reason: str
    in_flight: tuple[str, ...] = ()
    tier: Tier = Tier.ONE


class SafeModeLeaveAsked(Event, frozen=True):
    """One person wants to leave; above tier 2 another one must say so too."""

    by: str
    reason: str


class SafeModeConfirmed(Event, frozen=True):
    """All that was in flight at the request has ended."""


class ConnectorChanged(Event, frozen=True):
    """A probe or a real call found a connector in another state than before.

    `until` (RFC 3339) is how long what a real call found stands, whatever a probe says meanwhile. `tools`
    are those that cannot be used where it is in part, each with why.
    """

    state: HealthState
    detail: str = ""
    until: str = ""
    tools: dict[str, str] = msgspec.field(default_factory=dict)


class BreakerFailed(Event, frozen=True):
    """One more failure in a row of a connector; `failures` counts them."""

    failures: int
    detail: str


class BreakerOpened(Event, frozen=True):
    """Too many failures in a row: nothing is sent before `until` (RFC 3339)."""

    failures: int
    until: str
    detail: str


class BreakerClosed(Event, frozen=True):
    """A call went through again."""
