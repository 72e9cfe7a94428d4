"""Real Ed25519 keys, entries and stored trees for tests of the ledger; every key follows from its name."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lineclear.domain.ledger.entries import Entry
from lineclear.domain.ledger.merkle import node_hash


class Key:
    """A private key made from a name, as the ledger's Signer."""

    def __init__(self, name: str) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())

    @property
    def public_key(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


class PublicKey:
    """A public key as the ledger's Verifier."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(raw)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def entry(seq: int, stream: str = "action/a1", **changes: object) -> Entry:
    """An entry as the product writes them, with whatever a test wants to be different."""
    values: dict[str, object] = {
        "type": "action.proposed",
        "stream": stream,
        "seq": seq,
        "at": "2026-01-31T09:30:00.000Z",
        "actor": "agent/refunds",
        "body": {"capability": "refund.issue", "payload": "ab" * 32, "revision": 1},
        "commits": {"arguments": "cd" * 32},
    }
    return Entry(**values | changes)


def stored(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Reads the complete subtrees over these leaf hashes, built the plainest way."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
