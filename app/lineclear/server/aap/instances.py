"""Instances of the Agent Approval Protocol: provisioners make, read, change and delete them.

Free of frameworks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from http import HTTPStatus
from uuid import UUID

from msgspec import UNSET, UnsetType

from lineclear.application.agents.instances import (
    Changed,
    Mint,
    Shown,
    Wanted,
    delete,
    provision,
    read_instance,
    shown_of,
    update,
)
from lineclear.application.agents.outside import Receiver
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.uuids import Named, id_of, uuid_of
from lineclear.domain.webhooks import is_secret
from lineclear.server.aap.routes import Answer, Asked, Way, answered
from lineclear.wire.aap import (
    BASE,
    Credential,
    DeliveryInput,
    InstanceSaid,
    Provisioned,
    ProvisionInstance,
    UpdateInstance,
    WebhookDelivery,
)

WEBHOOK = "webhook"
_PURPOSE = b"lineclear aap instance credential "


def minted(provisioner: str) -> Mint:
    """Credentials that only who holds the provisioner's token can make again."""

    def mint(identifier: str) -> str:
        digest = hmac.new(provisioner.encode(), _PURPOSE + identifier.encode(), hashlib.sha256).digest()
        return f"lc_agent_{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    return mint


def _provision(asked: Asked) -> Answer:
    request, said = asked.request, asked.message(ProvisionInstance)
    name = "" if said.instance_name is UNSET else said.instance_name
    wanted = Wanted(name, _receiver(said.delivery))
    shown, secret, replayed = provision(asked.outside, asked.principal, wanted, minted(asked.secret), request)
    status = HTTPStatus.OK if replayed else HTTPStatus.CREATED
    return answered(Provisioned(_said(shown), Credential(secret)), status)


def _read(asked: Asked) -> Answer:
    identifier = _identifier(asked)
    store = asked.outside.services.store
    return answered(
        _said(store.read(lambda snap: shown_of(read_instance(snap, asked.principal, identifier))))
    )


def _update(asked: Asked) -> Answer:
    identifier, request, said = _identifier(asked), asked.request, asked.message(UpdateInstance)
    if said.instance_name is UNSET and said.delivery is UNSET:
        raise Refusal(Code.BODY_INVALID, problem="nothing is to be changed")
    changed = Changed(
        name="" if said.instance_name is UNSET else said.instance_name,
        receiver=_receiver(said.delivery),
        drops=said.delivery is None,
    )
    return answered(_said(update(asked.outside, asked.principal, identifier, changed, request)))


def _delete(asked: Asked) -> Answer:
    delete(asked.outside, asked.principal, _identifier(asked))
    return Answer(b"", HTTPStatus.NO_CONTENT)


def _identifier(asked: Asked) -> str:
    identifier = id_of(Named.INSTANCE, asked.path)
    if identifier is None:
        raise Refusal(Code.NOT_FOUND, what="This instance")
    return identifier


def _receiver(delivery: DeliveryInput | UnsetType | None) -> Receiver | None:
    if delivery is UNSET or delivery is None:
        return None
    if delivery.type != WEBHOOK:
        raise Refusal(Code.DELIVERY_UNSUPPORTED, type=delivery.type[:40])
    try:
        UUID(delivery.registration_id)
    except ValueError:
        raise Refusal(Code.BODY_INVALID, problem="registration_id is no UUID") from None
    if not is_secret(delivery.signing_secret):
        problem = "signing_secret is whsec_ and the base64 of 32 random bytes"
        raise Refusal(Code.BODY_INVALID, problem=problem)
    return Receiver(delivery.url, delivery.registration_id, delivery.signing_secret)


def _said(shown: Shown) -> InstanceSaid:
    delivery = WebhookDelivery(WEBHOOK, shown.url, shown.registration) if shown.url else UNSET
    return InstanceSaid(uuid_of(Named.INSTANCE, shown.id), shown.name, delivery)


_ONE = f"{BASE}/v1/instances/{{id}}"
WAYS: tuple[Way, ...] = (
    Way(
        "POST",
        f"{BASE}/v1/instances",
        "Make an instance and give its credential.",
        Deed.PROVISION,
        _provision,
        has_body=True,
        has_key=True,
    ),
    Way("GET", _ONE, "Read an instance.", Deed.PROVISION, _read),
    Way(
        "PATCH",
        _ONE,
        "Change an instance's name or receiver.",
        Deed.PROVISION,
        _update,
        has_body=True,
        has_key=True,
    ),
    Way("DELETE", _ONE, "Delete an instance.", Deed.PROVISION, _delete),
)
