"""What the backend sent, checked against the digests that the ledger names, before anybody shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lineclear.application.reading.answers import Detail
from lineclear.application.recording import content_of
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.strict_json import Json, parse

_MOST = 64 * 1_048_576


class AlteredError(ValueError):
    """A stored part does not have the digest that the ledger names; it is not what would run."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One action's stored states; an absent one was erased. `effect` is what an execution reported.

    `proposed` is the agent's own payload where people edited it since.
    """

    payload: Json | None
    before: Json | None
    after: Json | None
    effect: Effect | None
    missing: tuple[str, ...]
    proposed: Json | None = None


def open_contents(detail: Detail) -> Contents:
    """Read the sealed parts of a detail; raises AlteredError where one is not what its digest says."""
    content = detail.action.content
    parts = {
        "payload": (detail.payload, content.payload),
        "before": (detail.before, content.before),
        "after": (detail.after, content.after),
        "proposed": (detail.proposed, detail.action.proposed),
    }
    opened = {name: _json(name, sealed, digest) for name, (sealed, digest) in parts.items()}
    missing = tuple(name for name, (sealed, digest) in parts.items() if digest and sealed is None)
    effect = _effect(detail, detail.action)
    return Contents(opened["payload"], opened["before"], opened["after"], effect, missing, opened["proposed"])


def _opened(name: str, sealed: str, digest: str) -> bytes:
    try:
        return content_of(sealed.encode(), digest)
    except ValueError as error:
        raise AlteredError(f"The stored {name} is not what the ledger says it is.") from error


def _json(name: str, sealed: str | None, digest: str) -> Json | None:
    return None if sealed is None else parse(_opened(name, sealed, digest), max_bytes=_MOST)


def _effect(detail: Detail, action: Action) -> Effect | None:
    if detail.effect is None or action.run is None or not action.run.effect:
        return None
    return msgspec.json.decode(_opened("effect", detail.effect, action.run.effect), type=Effect)
