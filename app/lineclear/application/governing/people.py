"""People, agents, devices and tokens enter and leave. Free of frameworks and databases."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.delegation import end_all_by
from lineclear.application.judging.in_force import check_known
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.events import (
    AgentEnrolled,
    DeviceEnrolled,
    DeviceRevoked,
    PersonEnrolled,
    PersonLeft,
    TokenCreated,
    TokenRevoked,
)
from lineclear.domain.identities import Agent, Device, Person, Token
from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, key_id
from lineclear.domain.money import Money
from lineclear.domain.principals import PEOPLE, Deed, Principal, narrower
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import money_of
from lineclear.domain.vocabulary import Role, Tier

ADMIN_CLI = "system/administrator"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_KEPT = frozenset({"keyring", "file", "memory"})


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom to enrol and what their token may do; `tier` and `ceiling` are for people.

    `owner` is for agents and provisioners. `groups` are a person's; none given leaves those that they have.
    `capabilities` bound an agent's token; none given bounds it by policy alone.
    """

    name: str
    role: Role
    tier: Tier = Tier.ONE
    ceiling: Money | None = None
    owner: str = ""
    lasts: timedelta | None = None
    groups: tuple[str, ...] | None = None
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is shown once and kept nowhere."""

    secret: str
    token: Token


def issue_token(services: Services, grant: Grant, *, actor: str = ADMIN_CLI) -> Issued:
    """Enrol a person or agent, or confirm them, and give a token. Raises Refusal for a bad name.

    What bounds an agent's token is in the policy in force: a name that is not is CAPABILITY_UNKNOWN.
    """
    _check_names(grant)
    if grant.capabilities and grant.role is not Role.AGENT:
        raise Refusal(Code.BODY_INVALID, problem="only an agent's token is bounded by capabilities")
    secret = f"lc_{grant.role}_{base64.urlsafe_b64encode(services.ids.secret()).decode().rstrip('=')}"
    digest = sha256(secret.encode()).hexdigest()
    expires = stamp(services.clock.now() + grant.lasts) if grant.lasts else ""

    def work(tx: Transaction) -> Issued:
        recorder = Recorder(services, tx, actor)
        for capability in grant.capabilities:
            check_known(tx, capability)
        if grant.role is Role.AGENT:
            _enrol_agent(tx, recorder, grant)
        elif grant.role is not Role.PROVISIONER:
            _enrol_person(tx, recorder, grant, by=actor.partition("/")[2])
        owner = grant.owner if grant.role is Role.PROVISIONER else ""
        bounds = tuple(sorted(set(grant.capabilities)))
        created = TokenCreated(digest, grant.role, grant.name, expires, owner, bounds)
        return Issued(secret, recorder.record(Token, digest[:16], created))

    return services.store.transact(work)


def issue_for(services: Services, principal: Principal, grant: Grant) -> Issued:
    """A token for somebody who is enrolled already, or for an agent; always with an end. Raises Refusal."""
    principal.require(Deed.ADMINISTER)
    if grant.role is Role.AGENT:
        agent = services.store.read(lambda snapshot: snapshot.load(Agent, grant.name))
        if agent is None and not grant.owner:
            raise Refusal(Code.BODY_INVALID, problem="a new agent needs an owner, who answers for it")
        if agent is not None and principal.subject == agent.owner and grant.owner not in {"", agent.owner}:
            raise Refusal(Code.OWN_AUTHORITY, deed="hand over an agent that they own")
        return issue_token(services, grant, actor=principal.actor)
    person = services.store.read(lambda snapshot: snapshot.load(Person, grant.name))
    if person is None or person.left:
        raise Refusal(Code.PERSON_UNKNOWN, person=grant.name)
    ceiling = money_of(person.ceiling, person.currency)
    as_enrolled = replace(grant, role=person.role, tier=person.tier, ceiling=ceiling)
    return issue_token(services, as_enrolled, actor=principal.actor)


def authenticate(services: Services, secret: str) -> Principal:
    """Who holds this token now; Refusal(TOKEN_INVALID) where it is unknown or revoked, else TOKEN_EXPIRED.

    A person's token does what both it and their enrolment of now allow: a new role narrows older tokens.
    """
    digest = sha256(secret.encode()).hexdigest()
    return services.store.read(lambda snapshot: _holder(services, snapshot, digest))


def _holder(services: Services, snapshot: Snapshot, digest: str) -> Principal:
    token = snapshot.load(Token, digest[:16])
    if token is None or token.sha256 != digest or token.revoked:
        raise Refusal(Code.TOKEN_INVALID)
    if token.expires and moment(token.expires) <= services.clock.now():
        raise Refusal(Code.TOKEN_EXPIRED, expires=token.expires)
    role = token.role
    if role in PEOPLE:
        person = snapshot.load(Person, token.subject)
        if person is None or person.left or person.role not in PEOPLE:
            raise Refusal(Code.TOKEN_INVALID)
        role = narrower(role, person.role)
    return Principal(role, token.subject, token.id, token.capabilities)


def enrol(services: Services, principal: Principal, grant: Grant) -> Person:
    """Enrol a person, or change their role, tier or ceiling; never one's own. Raises Refusal.

    What they had lent to others ends when their own authority changes.
    """
    principal.require(Deed.ADMINISTER)
    _check_names(grant)
    if grant.role not in PEOPLE:
        raise Refusal(Code.BODY_INVALID, problem=f"a {grant.role} is known by its token, and is no person")
    if grant.name == principal.subject:
        raise Refusal(Code.OWN_AUTHORITY, deed="change role, tier or limit")

    def work(tx: Transaction) -> Person:
        load_person(tx, principal)
        recorder = Recorder(services, tx, principal.actor)
        return _enrol_person(tx, recorder, grant, by=principal.subject)

    return services.store.transact(work)


def take_off(services: Services, principal: Principal, name: str, reason: str) -> Person:
    """Somebody has left: their tokens, devices and delegations count no more. Raises Refusal."""
    principal.require(Deed.ADMINISTER)
    require_reason(reason, "Taking somebody off")
    if name == principal.subject:
        raise Refusal(Code.OWN_AUTHORITY, deed="leave")

    def work(tx: Transaction) -> Person:
        by = load_person(tx, principal).id
        person = tx.load(Person, name)
        if person is None or person.left:
            raise Refusal(Code.PERSON_UNKNOWN, person=name)
        recorder = Recorder(services, tx, principal.actor)
        for token in tx.every(Token):
            if token.subject == name and token.role is not Role.AGENT and not token.revoked:
                recorder.record(Token, token.id, TokenRevoked())
        for device in tx.every(Device):
            if device.person == name and not device.revoked:
                recorder.record(Device, device.id, DeviceRevoked(by))
        end_all_by(tx, recorder, name, by, f"{name} has left")
        return recorder.record(Person, name, PersonLeft(by, reason))

    return services.store.transact(work)


def revoke_device(services: Services, principal: Principal, identifier: str) -> Device:
    """Signatures of a key count no more: one's own key, or as an administrator anybody's. Raises Refusal."""
    principal.require(Deed.DECIDE)

    def work(tx: Transaction) -> Device:
        person, device = load_person(tx, principal), tx.load(Device, identifier)
        if device is None or (person.role is not Role.ADMIN and device.person != person.id):
            raise Refusal(Code.NOT_FOUND, what=f"Device {identifier}")
        if device.revoked:
            return device
        return Recorder(services, tx, principal.actor).record(Device, identifier, DeviceRevoked(person.id))

    return services.store.transact(work)


def revoke_for(services: Services, principal: Principal, identifier: str) -> Token:
    """Refuse a token from here on, as an administrator of the workspace. Raises Refusal."""
    principal.require(Deed.ADMINISTER)
    return revoke_token(services, identifier, actor=principal.actor)


def revoke_token(services: Services, identifier: str, *, actor: str = ADMIN_CLI) -> Token:
    """Refuse a token from here on. Raises Refusal for one that was never given."""

    def work(tx: Transaction) -> Token:
        token = tx.load(Token, identifier)
        if token is None:
            raise Refusal(Code.NOT_FOUND, what=f"Token {identifier}")
        return (
            token
            if token.revoked
            else Recorder(services, tx, actor).record(Token, identifier, TokenRevoked())
        )

    return services.store.transact(work)


def enrol_device(services: Services, principal: Principal, public_key: str, kept: str) -> Device:
    """Enrol the caller's signing key (base64 of 32 Ed25519 bytes); the same key again changes nothing."""
    principal.require(Deed.DECIDE)
    identifier = device_id(public_key)
    check_kept(kept)

    def work(tx: Transaction) -> Device:
        person = load_person(tx, principal)
        device = tx.load(Device, identifier)
        if device is None:
            enrolled = DeviceEnrolled(person.id, public_key, kept)
            return Recorder(services, tx, principal.actor).record(Device, identifier, enrolled)
        if device.person != person.id or device.revoked:
            raise Refusal(Code.DEVICE_UNKNOWN, device=identifier, person=person.id)
        return device

    return services.store.transact(work)


def check_kept(kept: str) -> None:
    """Refusal(BODY_INVALID) unless it names a place in which keys are kept."""
    if kept not in _KEPT:
        raise Refusal(Code.BODY_INVALID, problem=f"kept is one of {', '.join(sorted(_KEPT))}")


def device_id(public_key: str) -> str:
    """The name of a device key: `domain.ledger.signing.key_id` of its raw bytes. Raises Refusal."""
    try:
        raw = base64.b64decode(public_key, validate=True)
    except ValueError:  # no base64, or no ASCII at all
        raw = b""
    if len(raw) != PUBLIC_KEY_SIZE:
        raise Refusal(Code.BODY_INVALID, problem="public_key is the base64 of 32 Ed25519 bytes")
    return key_id(raw)


def _check_names(grant: Grant) -> None:
    for name in (grant.name, *(grant.groups or ())):
        _check_name(name)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        problem = f"{name!r} is not a name: use small letters, digits, dots, dashes (63 at most)"
        raise Refusal(Code.BODY_INVALID, problem=problem)


def _enrol_agent(tx: Snapshot, recorder: Recorder, grant: Grant) -> None:
    agent = tx.load(Agent, grant.name)
    if agent is None or (grant.owner and agent.owner != grant.owner):
        modes = dict(agent.modes) if agent else {}
        recorder.record(Agent, grant.name, AgentEnrolled(grant.owner, modes))


def _enrol_person(tx: Transaction, recorder: Recorder, grant: Grant, *, by: str) -> Person:
    """The person as enrolled now; what they had lent ends where that is not as it was."""
    person = tx.load(Person, grant.name)
    groups = grant.groups if grant.groups is not None else person.groups if person else ()
    wanted = PersonEnrolled(
        role=grant.role,
        tier=grant.tier,
        ceiling=f"{grant.ceiling.amount:f}" if grant.ceiling else "",
        currency=grant.ceiling.currency if grant.ceiling else "",
        groups=tuple(sorted(set(groups))),
    )
    present = person and PersonEnrolled(
        person.role, person.tier, person.ceiling, person.currency, person.groups
    )
    if person is not None and not person.left and present == wanted:
        return person
    enrolled = recorder.record(Person, grant.name, wanted)
    end_all_by(tx, recorder, grant.name, by, "its giver's own authority changed")
    return enrolled
