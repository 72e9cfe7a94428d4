"""Aggregates as the bytes of their rows, and an action's columns. Pure.

Bytes are JSON with ordered keys; equal states have equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from lineclear.domain.actions import Action
from lineclear.domain.listing import listed
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


def row_of(action: Action) -> dict[str, str | int | bytes | None]:
    """An action's columns, but for its workspace, its id and its first entry."""
    known = listed(action, 0)
    return {
        "state": encode(action),
        "status": known.status,
        "stake": known.stake,
        "tier": known.tier,
        "least_tier": known.least_tier,
        "job": known.job,
        "agent": known.agent,
        "capability": known.capability,
        "environment": known.environment,
        "due": known.due,
        "claimed_by": known.claimed_by,
        "claimed_until": known.claimed_until,
        "flagged": int(known.flagged),
        "by_risk": known.by_risk,
        "by_amount": known.by_amount,
        "updated": known.updated,
        "searched": known.searched,
    }
