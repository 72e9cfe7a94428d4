"""People, agents, devices and tokens as they enter and leave. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.events.base import Event
from lineclear.domain.vocabulary import Mode, Role, Tier


class PersonEnrolled(Event, frozen=True):
    """A person's role, tier and ceiling from here on; a later one replaces an earlier one."""

    role: Role
    tier: Tier
    ceiling: str = ""
    currency: str = ""


class AgentEnrolled(Event, frozen=True):
    """An identity that may propose. Its owner's decisions never count for its actions."""

    owner: str
    modes: dict[str, Mode] = msgspec.field(default_factory=dict)


class AgentStopped(Event, frozen=True):
    """The agent may propose nothing, and no step of its jobs starts, until it is resumed."""

    by: str
    reason: str


class AgentResumed(Event, frozen=True):
    """The agent may open jobs and propose again."""

    by: str
    reason: str


class DeviceEnrolled(Event, frozen=True):
    """A signing key of one person, valid from this position of the ledger. Ed25519, base64."""

    person: str
    public_key: str
    kept: str


class DeviceSigned(Event, frozen=True):
    """The device signed a decision; `counter` only grows. Commits to the envelope as `statement`."""

    counter: int
    action: str


class DeviceRevoked(Event, frozen=True):
    """Signatures of this key count no more from here on."""

    by: str


class TokenCreated(Event, frozen=True):
    """Only the SHA-256 of a 256-bit random token is kept."""

    sha256: str
    role: Role
    subject: str
    expires: str = ""


class TokenRevoked(Event, frozen=True):
    """The token is refused from here on."""
