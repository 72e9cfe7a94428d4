"""Instances of agents that speak another protocol, and what each way in can carry. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import Source


class Ability(StrEnum):
    """What the other side of a way in can honour. The console offers nothing else."""

    EDIT = "edit"
    REASON = "reason"
    EXPIRY = "expiry"
    STOP = "stop"
    UNDO = "undo"


ABILITIES: Final[Mapping[Source, frozenset[Ability]]] = MappingProxyType(
    {
        Source.NATIVE: frozenset(Ability),
        Source.AAP: frozenset({Ability.REASON, Ability.EXPIRY}),
    }
)


class Instance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One agent of a provisioner, under the identity `agent`; its receiver, where it has one."""

    id: str
    seq: int
    provisioner: str
    agent: str
    name: str
    delivery: e.Delivery | None = None
    deleted: bool = False


def evolve_instance(instance: Instance | None, recorded: Recorded) -> Instance:
    """An instance from its provisioning to its deletion, after which nothing brings it back."""
    replace = msgspec.structs.replace
    match recorded.event:
        case e.InstanceProvisioned() as made if instance is None:
            return Instance(recorded.id, recorded.seq, made.provisioner, made.agent, made.name, made.delivery)
        case e.InstanceUpdated(name=name, delivery=delivery) if instance and not instance.deleted:
            return replace(instance, seq=recorded.seq, name=name, delivery=delivery)
        case e.InstanceDeleted() if instance is not None and not instance.deleted:
            return replace(instance, seq=recorded.seq, delivery=None, deleted=True)
        case e.NoticeEnded() if instance is not None:
            return replace(instance, seq=recorded.seq)
        case _:
            raise ValueError(f"{recorded.type} does not fit instance {recorded.id}")
