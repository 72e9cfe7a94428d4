"""What an agent asks of the backend, as values that one driver sends blocking and the other awaiting. Pure.

A conversation is a generator: it yields what to ask and is sent the answer, or thrown the Refusal. So the
order of requests is written once for both clients.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, StrictJsonError, canonical
from lineclear.wire.messages import Message

type Plain = bool | int | float | str | Sequence[Plain] | Mapping[str, Plain] | None
"""What arguments may be made of."""


@dataclass(frozen=True, slots=True)
class Read[A]:
    """A GET that may take `wait` seconds longer than usual."""

    path: str
    kind: type[A]
    query: Message
    wait: float = 0


@dataclass(frozen=True, slots=True)
class Write[A]:
    """A POST; the same key again does nothing more."""

    path: str
    kind: type[A]
    body: Message
    key: str


type Ask[A] = Read[A] | Write[A]
type Steps[R] = Generator[Ask[object], object, R]


def ask[A](asked: Ask[A]) -> Steps[A]:
    """One request and its answer."""
    answer = yield asked
    assert isinstance(answer, asked.kind), "a driver answers with what was asked for"
    return answer


def key_of(deed: str, *parts: bytes) -> str:
    """An idempotency key that the same parts always give."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return f"{deed}-{digest.hexdigest()}"


def payload_of(capability: str, tool: str, arguments: Mapping[str, Plain]) -> bytes:
    """The payload's one form (RFC 8785); Refusal(BODY_INVALID) for arguments that JSON cannot carry."""
    payload: Plain = {"capability": capability, "tool": tool, "arguments": arguments}
    try:
        return text_of(payload)
    except StrictJsonError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from None


def text_of(value: Plain) -> bytes:
    """A value in its one form; raises StrictJsonError for what JSON cannot carry."""
    return canonical(_json(value))


def _json(value: Plain) -> Json:
    match value:
        case Mapping():
            return {name: _json(member) for name, member in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case _:
            return [_json(member) for member in value]
