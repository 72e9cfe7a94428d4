"""Provisioners make, change and delete instances of agents, each with an identity of its own. Free of I/O.

A credential is kept nowhere: it is made from the provisioner's own token and the instance's id, so that a
repeated request can be given it again by whoever could have had it the first time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec

from lineclear.application.agents.outside import Outside, Receiver, verify_receiver
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.domain.actions import Action
from lineclear.domain.events import (
    ActionWithdrawn,
    AgentEnrolled,
    AgentStopped,
    Delivery,
    InstanceDeleted,
    InstanceProvisioned,
    InstanceUpdated,
    TokenCreated,
    TokenRevoked,
)
from lineclear.domain.identities import Agent, Token
from lineclear.domain.instances import Instance
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role

REGISTRATIONS = 60
"""Instances that one provisioner may make or change in a minute."""

VERIFICATIONS = 30
"""Verifications that one host may be asked for in a minute, whoever asks."""

NAME_LIMIT = 200
_WAITING = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING})
_MOST = 10_000
_SLUG = 40

type Mint = Callable[[str], str]
"""The credential of the instance with this id."""


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """An instance as it stood when a request was answered."""

    id: str
    name: str
    url: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a provisioner asks for; a name of "" is left to us."""

    name: str = ""
    receiver: Receiver | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a provisioner changes; absent parts stay. `drops` removes the receiver."""

    name: str = ""
    receiver: Receiver | None = None
    drops: bool = False


def provision(
    outside: Outside, principal: Principal, wanted: Wanted, mint: Mint, request: Request
) -> tuple[Shown, str, bool]:
    """Make an instance and give its credential; True where this request did so before. Raises Refusal."""
    principal.require(Deed.PROVISION)
    store = outside.services.store
    earlier = store.read(lambda snapshot: _provisioned(snapshot, principal, mint, request))
    if earlier is not None:
        return *earlier, True
    _check_name(wanted.name)
    outside.limits.take("registrations of a provisioner", principal.subject, REGISTRATIONS)
    identifier = outside.services.ids.new("ins")
    _verify(outside, identifier, wanted.receiver)

    def work(tx: Transaction) -> tuple[Shown, str, bool]:
        before = _provisioned(tx, principal, mint, request)
        if before is not None:
            return *before, True
        instance = _make(outside, tx, principal, identifier, wanted)
        secret = mint(identifier)
        digest = sha256(secret.encode()).hexdigest()
        created = TokenCreated(digest, Role.AGENT, instance.agent)
        Recorder(outside.services, tx, principal.actor).record(Token, digest[:16], created)
        shown = shown_of(instance)
        tx.remember(request.answered(principal, msgspec.json.encode(shown).decode()))
        return shown, secret, False

    return store.transact(work)


def read_instance(snapshot: Snapshot, principal: Principal, identifier: str) -> Instance:
    """An instance within the provisioner's scope that was not deleted; Refusal(NOT_FOUND)."""
    instance = _scoped(snapshot, principal, identifier)
    if instance.deleted:
        raise Refusal(Code.NOT_FOUND, what="This instance")
    return instance


def update(
    outside: Outside, principal: Principal, identifier: str, changed: Changed, request: Request
) -> Shown:
    """Change name or receiver, after the new receiver was verified. Raises Refusal."""
    principal.require(Deed.PROVISION)
    store = outside.services.store
    earlier = store.read(lambda snapshot: _updated(snapshot, principal, identifier, request))
    if earlier is not None:
        return earlier
    _check_name(changed.name)
    outside.limits.take("registrations of a provisioner", principal.subject, REGISTRATIONS)
    _verify(outside, identifier, changed.receiver)

    def work(tx: Transaction) -> Shown:
        before = _updated(tx, principal, identifier, request)
        if before is not None:
            return before
        instance = read_instance(tx, principal, identifier)
        recorder = Recorder(outside.services, tx, principal.actor)
        kept = None if changed.drops else instance.delivery
        delivery = _delivery(outside, recorder, changed.receiver) if changed.receiver else kept
        event = InstanceUpdated(changed.name or instance.name, delivery)
        shown = shown_of(recorder.record(Instance, identifier, event))
        tx.remember(request.answered(principal, msgspec.json.encode(shown).decode()))
        return shown

    return store.transact(work)


def delete(outside: Outside, principal: Principal, identifier: str) -> None:
    """Revoke its credentials, cancel what waits and tell nobody; again changes nothing. Raises Refusal."""
    principal.require(Deed.PROVISION)

    def work(tx: Transaction) -> None:
        instance = _scoped(tx, principal, identifier)
        if instance.deleted:
            return
        recorder = Recorder(outside.services, tx, principal.actor)
        recorder.record(Instance, identifier, InstanceDeleted())
        recorder.record(Agent, instance.agent, AgentStopped(principal.subject, "its instance was deleted"))
        for token in tx.every(Token):
            if token.subject == instance.agent and token.role is Role.AGENT and not token.revoked:
                recorder.record(Token, token.id, TokenRevoked())
        for action in tx.actions(ActionQuery(statuses=_WAITING, agent=instance.agent), limit=_MOST).items:
            recorder.record(Action, action.id, ActionWithdrawn())

    outside.services.store.transact(work)


def shown_of(instance: Instance) -> Shown:
    """What a provisioner sees of it: never a secret."""
    delivery = instance.delivery
    if delivery is None:
        return Shown(instance.id, instance.name)
    return Shown(instance.id, instance.name, delivery.url, delivery.registration)


def _check_name(name: str) -> None:
    if len(name) > NAME_LIMIT:
        raise Refusal(Code.BODY_INVALID, problem=f"a name may have {NAME_LIMIT} characters at most")


def _verify(outside: Outside, identifier: str, receiver: Receiver | None) -> None:
    if receiver is None:
        return
    host = urlsplit(receiver.url).hostname or ""
    outside.limits.take("verifications of a host", host, VERIFICATIONS)
    verify_receiver(outside, identifier, receiver)


def _scoped(snapshot: Snapshot, principal: Principal, identifier: str) -> Instance:
    instance = snapshot.load(Instance, identifier)
    if instance is None or instance.provisioner != principal.subject:
        raise Refusal(Code.NOT_FOUND, what="This instance")
    return instance


def _provisioned(
    snapshot: Snapshot, principal: Principal, mint: Mint, request: Request
) -> tuple[Shown, str] | None:
    """What this request was answered with; Refusal where that can be given no more."""
    result = replayed(snapshot, principal, request)
    if result is None:
        return None
    shown = msgspec.json.decode(result, type=Shown)
    if _scoped(snapshot, principal, shown.id).deleted:
        raise Refusal(Code.INSTANCE_DELETED, instance=shown.id)
    secret = mint(shown.id)
    token = snapshot.load(Token, sha256(secret.encode()).hexdigest()[:16])
    if token is None or token.revoked:
        raise Refusal(Code.CREDENTIAL_GONE, instance=shown.id)
    return shown, secret


def _updated(snapshot: Snapshot, principal: Principal, identifier: str, request: Request) -> Shown | None:
    read_instance(snapshot, principal, identifier)
    result = replayed(snapshot, principal, request)
    return None if result is None else msgspec.json.decode(result, type=Shown)


def _make(
    outside: Outside, tx: Transaction, principal: Principal, identifier: str, wanted: Wanted
) -> Instance:
    recorder = Recorder(outside.services, tx, principal.actor)
    token = tx.load(Token, principal.token)
    agent = _agent_name(tx, principal.subject, wanted.name, identifier)
    recorder.record(Agent, agent, AgentEnrolled(token.owner if token else "", instance=identifier))
    delivery = _delivery(outside, recorder, wanted.receiver) if wanted.receiver else None
    made = InstanceProvisioned(principal.subject, agent, wanted.name or agent, delivery)
    return recorder.record(Instance, identifier, made)


def _agent_name(snapshot: Snapshot, provisioner: str, name: str, identifier: str) -> str:
    """Below the provisioner's own name, so that nobody is ever mistaken for an agent enrolled otherwise."""
    slug = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:_SLUG]
    unique = identifier.removeprefix("ins-")
    wanted = f"{provisioner[:20]}.{slug}" if slug else f"{provisioner[:20]}.{unique}"
    return wanted if snapshot.load(Agent, wanted) is None else f"{wanted[:45]}-{unique}"


def _delivery(outside: Outside, recorder: Recorder, receiver: Receiver) -> Delivery:
    sealed = outside.vault.seal(receiver.secret.encode())
    return Delivery(receiver.url, receiver.registration, recorder.keep(sealed))
