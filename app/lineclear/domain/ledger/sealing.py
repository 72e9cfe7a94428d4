"""Sealed blobs and commitments, which an erasure turns into proofs of nothing. Free of I/O and of randomness.

A digest of a guessable value is no secret: whoever can guess can hash. So everything private is hashed
together with a salt, and erasing value and salt leaves a digest that nothing can be tried against.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

from lineclear.domain.strict_json import Json, canonical

SALT_SIZE = 32

_HEAD_SIZE = 2 * SALT_SIZE + 1
_HEAD = re.compile(rb"[0-9a-f]{64}\n")


class SealError(ValueError):
    """Not a salt or not a sealed blob."""


def seal(salt: bytes, content: bytes) -> bytes:
    """The salt in hexadecimal, a line feed, the content; `sha256sum` of that file gives its digest."""
    _check_salt(salt)
    return salt.hex().encode() + b"\n" + content


def unseal(sealed: bytes) -> bytes:
    """The content of a sealed blob; raises SealError where there is no salt before it."""
    if not _HEAD.match(sealed):
        raise SealError("a sealed blob starts with 64 small hexadecimal digits and a line feed")
    return sealed[_HEAD_SIZE:]


def digest(sealed: bytes) -> str:
    """SHA-256 of the sealed bytes, in hexadecimal: what the ledger keeps of a blob."""
    return sha256(sealed).hexdigest()


def commitment(salt: bytes, name: str, value: Json) -> str:
    """HMAC-SHA256(salt, JCS([name, value])), in hexadecimal: what the ledger keeps of one private value."""
    _check_salt(salt)
    return hmac.digest(salt, canonical([name, value]), "sha256").hex()


def is_committed(committed: str, salt: bytes, name: str, value: Json) -> bool:
    """Whether the commitment is to this value under this name."""
    return hmac.compare_digest(committed, commitment(salt, name, value))


def _check_salt(salt: bytes) -> None:
    if len(salt) != SALT_SIZE:
        raise SealError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
