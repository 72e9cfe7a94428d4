"""Who may do what: people, agents, devices, tokens, and their folds. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import Mode, Role, Tier


class Delegation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody lent of their own authority: a tier, for capabilities, until a time."""

    id: str
    giver: str
    tier: Tier
    capabilities: tuple[str, ...]
    until: str
    ceiling: str = ""
    currency: str = ""


class Glass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A broken glass: an emergency's tier 3, until a time. Reviewed once `reviewed_by` names somebody."""

    since: str
    until: str
    reason: str
    reviewed_by: str = ""
    justified: bool = False
    finding: str = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A human of the workspace. `ceiling` is a decimal amount in `currency`; empty is no ceiling.

    `received` is what others lent to them, `glass` their newest break-glass, `left` who took them off.
    """

    id: str
    seq: int
    role: Role
    tier: Tier
    ceiling: str = ""
    currency: str = ""
    received: tuple[Delegation, ...] = ()
    glass: Glass | None = None
    left: str = ""
    groups: tuple[str, ...] = ()


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An identity that may propose, unless `stopped_by` names who stopped it; `modes` by capability."""

    id: str
    seq: int
    owner: str
    modes: dict[str, Mode] = msgspec.field(default_factory=dict)
    stopped_by: str = ""
    instance: str = ""


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person's signing key. `counter` and `last` (a statement's digest) are of its newest decision."""

    id: str
    seq: int
    person: str
    public_key: str
    kept: str
    counter: int = 0
    last: str = ""
    revoked: bool = False


class Witness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key with which a person's console cosigns checkpoints; `id` is that of the key."""

    id: str
    seq: int
    person: str
    public_key: str
    kept: str


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A bearer token's record; `id` is the first 16 hex digits of its SHA-256.

    `capabilities` are those that it reaches; none named means all.
    """

    id: str
    seq: int
    sha256: str
    role: Role
    subject: str
    expires: str = ""
    revoked: bool = False
    owner: str = ""
    capabilities: tuple[str, ...] = ()


def evolve_person(person: Person | None, recorded: Recorded) -> Person:
    """A person as last enrolled, with what was lent to them since; a new enrolment keeps that."""
    match recorded.event:
        case e.PersonEnrolled(role=role, tier=tier, ceiling=ceiling, currency=currency, groups=groups):
            received, glass = (person.received, person.glass) if person else ((), None)
            return Person(
                recorded.id, recorded.seq, role, tier, ceiling, currency, received, glass, groups=groups
            )
        case event if person is not None:
            return msgspec.structs.replace(_lent(person, event, recorded), seq=recorded.seq)
        case _:
            raise ValueError(f"{recorded.type} cannot be the first of a person's stream")


def _lent(person: Person, event: e.Event, recorded: Recorded) -> Person:
    match event:
        case e.PersonLeft(by=by):
            return msgspec.structs.replace(person, received=(), left=by)
        case e.AuthorityDelegated():
            new = Delegation(
                id=event.delegation,
                giver=event.giver,
                tier=event.tier,
                capabilities=event.capabilities,
                until=event.until,
                ceiling=event.ceiling,
                currency=event.currency,
            )
            return msgspec.structs.replace(person, received=(*person.received, new))
        case e.DelegationEnded(delegation=ended):
            kept = tuple(one for one in person.received if one.id != ended)
            return msgspec.structs.replace(person, received=kept)
        case e.GlassBroken(until=until, reason=reason):
            return msgspec.structs.replace(person, glass=Glass(recorded.at, until, reason))
        case e.GlassReviewed(by=by, justified=justified, reason=finding) if person.glass is not None:
            reviewed = msgspec.structs.replace(
                person.glass, reviewed_by=by, justified=justified, finding=finding
            )
            return msgspec.structs.replace(person, glass=reviewed)
        case _:
            raise ValueError(f"{recorded.type} does not belong to a person's stream")


def evolve_agent(agent: Agent | None, recorded: Recorded) -> Agent:
    """An agent as last enrolled, stopped or not."""
    match recorded.event:
        case e.AgentEnrolled(owner=owner, modes=modes, instance=instance):
            stopped = agent.stopped_by if agent else ""
            return Agent(recorded.id, recorded.seq, owner, modes, stopped, instance)
        case e.AgentStopped(by=by) if agent is not None:
            return msgspec.structs.replace(agent, seq=recorded.seq, stopped_by=by)
        case e.AgentResumed() if agent is not None:
            return msgspec.structs.replace(agent, seq=recorded.seq, stopped_by="")
        case _:
            raise ValueError(f"{recorded.type} does not belong to an agent's stream")


def evolve_device(device: Device | None, recorded: Recorded) -> Device:
    """A device from its enrolment to its revocation; its counter only grows."""
    match recorded.event:
        case e.DeviceEnrolled(person=person, public_key=key, kept=kept) if device is None:
            return Device(recorded.id, recorded.seq, person, key, kept)
        case e.DeviceSigned(counter=counter) if device is not None and counter > device.counter:
            last = recorded.commits["statement"]
            return msgspec.structs.replace(device, seq=recorded.seq, counter=counter, last=last)
        case e.DeviceRevoked() if device is not None:
            return msgspec.structs.replace(device, seq=recorded.seq, revoked=True)
        case _:
            raise ValueError(f"{recorded.type} does not fit device {recorded.id}")


def evolve_token(token: Token | None, recorded: Recorded) -> Token:
    """A token from its creation to its revocation."""
    match recorded.event:
        case e.TokenCreated() as created if token is None:
            return Token(
                recorded.id,
                recorded.seq,
                created.sha256,
                created.role,
                created.subject,
                created.expires,
                owner=created.owner,
                capabilities=created.capabilities,
            )
        case e.TokenRevoked() if token is not None:
            return msgspec.structs.replace(token, seq=recorded.seq, revoked=True)
        case _:
            raise ValueError(f"{recorded.type} does not fit token {recorded.id}")


def evolve_witness(witness: Witness | None, recorded: Recorded) -> Witness:
    """A witness's key is enrolled once."""
    match recorded.event:
        case e.WitnessEnrolled(person=person, public_key=public_key, kept=kept) if witness is None:
            return Witness(recorded.id, recorded.seq, person, public_key, kept)
        case _:
            raise ValueError(f"{recorded.type} does not fit witness {recorded.id}")
