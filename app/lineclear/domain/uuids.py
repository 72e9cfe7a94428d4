"""Ids of ours as UUIDs (RFC 9562, version 8) and back, for protocols that want such. Pure, one to one.

An id is 10 characters of time and 6 of chance in base 32: 80 of the 122 bits. `kind` fills the
others, so that one id has several names that never meet.
"""

from __future__ import annotations

import re
from enum import IntEnum

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_ID = re.compile(f"[a-z]+-([{_ALPHABET}]{{{_LENGTH}}})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION, _VARIANT = 0x8, 0x2


class Named(IntEnum):
    """What a UUID is the name of."""

    REQUEST = 1
    INSTANCE = 2
    NOTICE = 3


_PREFIXES = {Named.REQUEST: "act", Named.INSTANCE: "ins", Named.NOTICE: "act"}


def uuid_of(kind: Named, identifier: str) -> str:
    """The UUID of an id; ValueError for one that is not made as ours are."""
    match = _ID.fullmatch(identifier)
    if match is None:
        raise ValueError(f"{identifier!r:.40} is no id of ours")
    number = 0
    for character in match[1]:
        number = number << 5 | _ALPHABET.index(character)
    high, middle, low = number >> 32, number >> 20 & 0xFFF, number & 0xFFFFF
    tail = low << 42 | int(kind)
    return _text(high << 80 | _VERSION << 76 | middle << 64 | _VARIANT << 62 | tail)


def id_of(kind: Named, text: str) -> str | None:
    """The id that this UUID is the name of; None where it is the name of nothing of that kind."""
    if not _UUID.fullmatch(text.lower()):
        return None
    number = int(text.replace("-", ""), 16)
    found = (number >> 80) << 32 | (number >> 64 & 0xFFF) << 20 | (number >> 42 & 0xFFFFF)
    characters = "".join(_ALPHABET[found >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    identifier = f"{_PREFIXES[kind]}-{characters}"
    return identifier if uuid_of(kind, identifier) == text.lower() else None


def random_uuid(chance: bytes) -> str:
    """A version 4 UUID from at least 16 random bytes."""
    number = int.from_bytes(chance[:16])
    number = number & ~(0xF << 76) | 0x4 << 76
    return _text(number & ~(0x3 << 62) | _VARIANT << 62)


def _text(number: int) -> str:
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
