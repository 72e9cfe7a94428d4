"""People, agents, devices and tokens as they enter and leave. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.events.base import Event
from lineclear.domain.vocabulary import Mode, Role, Tier


class PersonEnrolled(Event, frozen=True):
    """A person's role, tier, ceiling and groups from here on; a later one replaces an earlier one."""

    role: Role
    tier: Tier
    ceiling: str = ""
    currency: str = ""
    groups: tuple[str, ...] = ()


class PersonLeft(Event, frozen=True):
    """The person decides nothing more, and nothing that was delegated to them counts any more."""

    by: str
    reason: str


class AuthorityDelegated(Event, frozen=True):
    """Part of a reviewer's own authority, lent until `until`; it is never passed on (I12).

    It stands in the stream of who receives it. `ceiling` is the giver's at that moment; empty is none.
    """

    delegation: str
    giver: str
    tier: Tier
    capabilities: tuple[str, ...]
    until: str
    reason: str
    ceiling: str = ""
    currency: str = ""


class DelegationEnded(Event, frozen=True):
    """A delegation counts no more from here on."""

    delegation: str
    by: str
    reason: str = ""


class GlassBroken(Event, frozen=True):
    """In an emergency the person decides at tier 3 until `until`; somebody reviews that afterwards (I13)."""

    until: str
    reason: str


class GlassReviewed(Event, frozen=True):
    """Somebody else looked at what was done with it. `justified` is their finding, `reason` says why."""

    by: str
    justified: bool
    reason: str


class AgentEnrolled(Event, frozen=True):
    """An identity that may propose. Its owner's decisions never count for its actions.

    `instance` names the instance of another protocol that it speaks for.
    """

    owner: str
    modes: dict[str, Mode] = msgspec.field(default_factory=dict)
    instance: str = ""


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


class WitnessEnrolled(Event, frozen=True):
    """A key with which a person's console cosigns checkpoints. Ed25519, base64; it can decide nothing."""

    person: str
    public_key: str
    kept: str


class TokenCreated(Event, frozen=True):
    """Only the SHA-256 of a 256-bit random token is kept. `owner` answers for what a provisioner makes.

    `capabilities` are those that an agent's token reaches; none named means all.
    """

    sha256: str
    role: Role
    subject: str
    expires: str = ""
    owner: str = ""
    capabilities: tuple[str, ...] = ()


class TokenRevoked(Event, frozen=True):
    """The token is refused from here on."""
