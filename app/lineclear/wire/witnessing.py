"""What is said over HTTP between the ledger and its witnesses, as values. Free of I/O."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lineclear.application.reading.answers import WitnessAnswer
from lineclear.wire.messages import Base64, Index, Message

__all__ = ["Cosign", "EnrolWitness", "Notes", "WitnessAnswer"]


class EnrolWitness(Message, frozen=True):
    """POST /v1/witnesses. `kept` is `keyring`, `file` or `memory`."""

    public_key: Base64
    kept: str


class Cosign(Message, frozen=True):
    """POST /v1/checkpoint/cosignatures. `line` is a signature line of C2SP tlog-cosignature."""

    size: Index
    line: Annotated[str, msgspec.Meta(max_length=1_000)]


class Notes(Message, frozen=True):
    """GET /v1/checkpoint/cosigned: signed notes, byte for byte."""

    items: tuple[str, ...]
