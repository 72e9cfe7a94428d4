"""What talking to the receivers of agents' instances takes, handed in by a composition root. Free of I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lineclear.application.ports import Limits, Posted, Poster, ToolFailed, Vault
from lineclear.application.services import Services, stamp
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.uuids import Named, random_uuid, uuid_of
from lineclear.domain.webhooks import signed_headers

VERIFIED = 200


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver as a provisioner names it. `registration` is a UUID of theirs."""

    url: str
    registration: str
    secret: str


@dataclass(frozen=True, slots=True)
class Outside:
    """The services of a workspace, and the way out of it."""

    services: Services
    vault: Vault
    poster: Poster
    limits: Limits

    def post(self, url: str, secret: str, message: str, body: bytes) -> Posted:
        """One signed attempt. Refusal(RECEIVER_UNSAFE), or ToolFailed without an answer."""
        seconds = int(self.services.clock.now().timestamp())
        return self.poster.post(url, signed_headers(secret, message, seconds, body), body)


def verify_receiver(outside: Outside, instance: str, receiver: Receiver) -> None:
    """Ask the receiver whether it expects this registration; one attempt. Raises Refusal."""
    ids, clock = outside.services.ids, outside.services.clock
    message, challenge = random_uuid(ids.secret()), random_uuid(ids.secret())
    body = {
        "id": message,
        "type": "webhook.verification",
        "registration_id": receiver.registration,
        "instance_id": uuid_of(Named.INSTANCE, instance),
        "created_at": stamp(clock.now()),
        "challenge": challenge,
    }
    try:
        posted = outside.post(receiver.url, receiver.secret, message, json.dumps(body).encode())
    except ToolFailed as error:
        raise Refusal(Code.RECEIVER_UNVERIFIED, problem=error) from error
    if posted.status != VERIFIED or not _echoes(posted.body, challenge):
        problem = f"it answered {posted.status} and not the challenge"
        raise Refusal(Code.RECEIVER_UNVERIFIED, problem=problem)


def _echoes(body: bytes, challenge: str) -> bool:
    try:
        said: object = json.loads(body)
    except ValueError:
        return False
    return said == {"challenge": challenge}
