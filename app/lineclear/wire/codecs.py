"""The one place where messages become bytes and bytes become messages. Free of I/O."""

from __future__ import annotations

import msgspec

from lineclear.domain.strict_json import StrictJsonError, parse

JSON = "application/json"
BODY_LIMIT = 1_310_720
"""1.25 MiB: a payload of the greatest size with room for what goes around it."""

_ENCODER = msgspec.json.Encoder()


class WireError(ValueError):
    """Bytes that are not the message that was expected; says which member is wrong, and how."""


def encode(message: object) -> bytes:
    """A message as compact JSON; members that hold their default are left out."""
    return _ENCODER.encode(message)


def decode[M](data: bytes, kind: type[M]) -> M:
    """Read what our own side wrote. Raises WireError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise WireError(str(error)) from None


def decode_strict[M](data: bytes, kind: type[M]) -> M:
    """Read what anyone wrote: the strict parser first, then the same bytes as a message.

    Duplicate keys, NaN, numbers that two parsers would read differently, unknown members and loose
    types are refused with WireError. A `msgspec.Raw` member keeps its exact bytes.
    """
    try:
        parse(data, max_bytes=BODY_LIMIT)
    except StrictJsonError as error:
        raise WireError(str(error)) from None
    return decode(data, kind)
