"""Instances of agents that speak another protocol, as they come and go. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.events.base import Event


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an instance is told of decisions; `secret` is the blob of the sealed signing key."""

    url: str
    registration: str
    secret: str


class InstanceProvisioned(Event, frozen=True):
    """A provisioner made an instance; `agent` is the identity under which it proposes."""

    provisioner: str
    agent: str
    name: str
    delivery: Delivery | None = None


class InstanceUpdated(Event, frozen=True):
    """Its name and its receiver from here on."""

    name: str
    delivery: Delivery | None = None


class InstanceDeleted(Event, frozen=True):
    """Its credentials count no more, and nobody is told anything."""


class NoticeEnded(Event, frozen=True):
    """Whether the receiver acknowledged that an action was decided; after this nobody is told again."""

    action: str
    acknowledged: bool
    attempts: int
