"""People, agents, devices and tokens enter and leave. Free of frameworks and databases."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from lineclear.application.decide import load_person
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.events import AgentEnrolled, DeviceEnrolled, PersonEnrolled, TokenCreated, TokenRevoked
from lineclear.domain.identities import Agent, Device, Person, Token
from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, key_id
from lineclear.domain.money import Money
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier

ADMIN_CLI = "system/administrator"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_KEPT = frozenset({"keyring", "file", "memory"})


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom to enrol and what their token may do; `owner` is for agents, `tier` and `ceiling` for people."""

    name: str
    role: Role
    tier: Tier = Tier.ONE
    ceiling: Money | None = None
    owner: str = ""
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is shown once and kept nowhere."""

    secret: str
    token: Token


def issue_token(services: Services, grant: Grant, *, actor: str = ADMIN_CLI) -> Issued:
    """Enrol a person or agent, or confirm them, and give a token. Raises Refusal for a bad name."""
    _check_name(grant.name)
    secret = f"lc_{grant.role}_{base64.urlsafe_b64encode(services.ids.secret()).decode().rstrip('=')}"
    digest = sha256(secret.encode()).hexdigest()
    expires = stamp(services.clock.now() + grant.lasts) if grant.lasts else ""

    def work(tx: Transaction) -> Issued:
        recorder = Recorder(services, tx, actor)
        if grant.role is Role.AGENT:
            _enrol_agent(tx, recorder, grant)
        else:
            _enrol_person(tx, recorder, grant)
        created = TokenCreated(digest, grant.role, grant.name, expires)
        return Issued(secret, recorder.record(Token, digest[:16], created))

    return services.store.transact(work)


def authenticate(services: Services, secret: str) -> Principal:
    """Who holds this token now; Refusal(TOKEN_INVALID) where it is unknown, revoked or expired."""
    digest = sha256(secret.encode()).hexdigest()
    token = services.store.read(lambda snapshot: snapshot.load(Token, digest[:16]))
    if token is None or token.sha256 != digest or token.revoked:
        raise Refusal(Code.TOKEN_INVALID)
    if token.expires and moment(token.expires) <= services.clock.now():
        raise Refusal(Code.TOKEN_INVALID)
    return Principal(token.role, token.subject, token.id)


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
    if kept not in _KEPT:
        raise Refusal(Code.BODY_INVALID, problem=f"kept is one of {', '.join(sorted(_KEPT))}")

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


def device_id(public_key: str) -> str:
    """The name of a device key: `domain.ledger.signing.key_id` of its raw bytes. Raises Refusal."""
    try:
        raw = base64.b64decode(public_key, validate=True)
    except ValueError:  # no base64, or no ASCII at all
        raw = b""
    if len(raw) != PUBLIC_KEY_SIZE:
        raise Refusal(Code.BODY_INVALID, problem="public_key is the base64 of 32 Ed25519 bytes")
    return key_id(raw)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        problem = f"{name!r} is not a name: use small letters, digits, dots, dashes (63 at most)"
        raise Refusal(Code.BODY_INVALID, problem=problem)


def _enrol_agent(tx: Snapshot, recorder: Recorder, grant: Grant) -> None:
    agent = tx.load(Agent, grant.name)
    if agent is None or (grant.owner and agent.owner != grant.owner):
        modes = dict(agent.modes) if agent else {}
        recorder.record(Agent, grant.name, AgentEnrolled(grant.owner, modes))


def _enrol_person(tx: Snapshot, recorder: Recorder, grant: Grant) -> None:
    person = tx.load(Person, grant.name)
    wanted = PersonEnrolled(
        role=grant.role,
        tier=grant.tier,
        ceiling=f"{grant.ceiling.amount:f}" if grant.ceiling else "",
        currency=grant.ceiling.currency if grant.ceiling else "",
    )
    present = person and PersonEnrolled(person.role, person.tier, person.ceiling, person.currency)
    if present != wanted:
        recorder.record(Person, grant.name, wanted)
