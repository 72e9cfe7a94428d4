"""Aggregates as the bytes of their rows: JSON with ordered keys; equal states have equal bytes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from lineclear.domain.state import KIND_OF, Aggregate

_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoders: Final[Mapping[type, msgspec.json.Decoder[object]]] = {
    kind: msgspec.json.Decoder(kind) for kind in KIND_OF
}


def encode(state: Aggregate) -> bytes:
    """The row's bytes."""
    return _encoder.encode(state)


def decode[S: Aggregate](kind: type[S], state: bytes) -> S:
    """The inverse of `encode`; raises msgspec.ValidationError for a row of another kind."""
    return cast("S", _decoders[kind].decode(state))
