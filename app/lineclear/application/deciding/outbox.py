"""What was decided on this device and is not answered for yet: values, and the port that keeps them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import (
    DecisionStatement,
    decision_digest,
    decode_decision,
    parse_envelope,
)
from lineclear.domain.refusals import Code, Refusal

MOST: Final = 200
"""Decisions that may wait on one device for one workspace."""


class Doing(StrEnum):
    """What was decided."""

    APPROVE = "approve"
    REJECT = "reject"
    STOP = "stop"


class Stage(StrEnum):
    """Where it is: it waits, or it was answered and nobody has read the answer."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decision as it is kept. `number` is its place in the order; `key` makes sending it idempotent.

    `envelope` is what `device` signed, and empty for a stop. `tries` is how often it may have reached the
    backend. `code` and `params` are those of the refusal that it met.
    """

    number: int
    key: str
    doing: Doing
    action: str
    job: str
    title: str
    taken_at: str
    reason: str = ""
    tier: int = 1
    device: str = ""
    envelope: bytes = b""
    offline: bool = False
    tries: int = 0
    stage: Stage = Stage.WAITING
    code: str = ""
    params: dict[str, str] = {}
    settled_at: str = ""

    @property
    def refusal(self) -> Refusal | None:
        """Why it was not taken."""
        return Refusal(Code(self.code), **self.params) if self.code else None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is kept, in its order. `damaged` names what is there and cannot be read."""

    items: tuple[Kept, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def waiting(self) -> tuple[Kept, ...]:
        """What is to be sent."""
        return tuple(one for one in self.items if one.stage is Stage.WAITING)


def statement_in(kept: Kept) -> DecisionStatement:
    """What was signed, read from what this device keeps under its own secret."""
    return decode_decision(parse_envelope(kept.envelope).payload)


def next_number(contents: Contents) -> int:
    """The place behind all that is kept."""
    return max((one.number for one in contents.items), default=0) + 1


def after(device: Device, contents: Contents) -> Device:
    """The device as it will be when all that waits is recorded, as far as that is known here."""
    signed = [one for one in contents.waiting if one.envelope]
    if not signed:
        return device
    counter = max(device.counter, *(statement_in(one).device_counter for one in signed))
    return msgspec.structs.replace(device, counter=counter, last=decision_digest(signed[-1].envelope))


def settled(kept: Kept, stage: Stage, at: str, refusal: Refusal | None = None) -> Kept:
    """The same, answered at a time of this device."""
    if refusal is None:
        return msgspec.structs.replace(kept, stage=stage, settled_at=at)
    said = refusal.params
    return msgspec.structs.replace(kept, stage=stage, settled_at=at, code=refusal.code.value, params=said)


class Outbox(Protocol):
    """Where decisions are kept, sealed, until they are answered for. Raises Refusal(OUTBOX_UNUSABLE).

    `lasts` says whether what is put there outlives this program; then it is durable when `put` returns.
    """

    @property
    def lasts(self) -> bool: ...

    def alone(self) -> AbstractContextManager[None]:
        """While it lasts, no other console of this device reads or changes anything."""
        ...

    def read(self) -> Contents:
        """Refusal(SESSION_LOCKED) while it is locked."""
        ...

    def put(self, kept: Kept) -> None:
        """Keep it, or what became of it, in the place of its number."""
        ...

    def drop(self, number: int) -> None:
        """Forget it; nothing where it is not there."""
        ...

    def lock(self) -> None:
        """Forget the secret by which it is read."""
        ...


class NotKept:
    """An outbox for one call: nothing waits in it, because nothing would bring it back."""

    lasts: bool = False

    def __init__(self) -> None:
        self._items: dict[int, Kept] = {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def read(self) -> Contents:
        return Contents(tuple(self._items[number] for number in sorted(self._items)))

    def put(self, kept: Kept) -> None:
        self._items[kept.number] = kept

    def drop(self, number: int) -> None:
        self._items.pop(number, None)

    def lock(self) -> None:
        self._items.clear()
