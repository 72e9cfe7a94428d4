"""What the ledger's formats ask of Ed25519 keys (RFC 8032), as Protocols. Free of cryptography."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Protocol

PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64

_SPKI = bytes.fromhex("302a300506032b6570032100")
"""The DER prefix of an Ed25519 public key (RFC 8410 section 10.1)."""


class Signer(Protocol):
    """Holds one private key and shows nobody."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        ...


class Verifier(Protocol):
    """Checks signatures of one public key."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over exactly `message`; never raises for a bad signature."""
        ...


type VerifierOf = Callable[[bytes], Verifier]
"""Gives the verifier of a raw public key of 32 bytes."""


def key_id(public_key: bytes) -> str:
    """SHA-256 of the key's SPKI in DER, as `openssl pkey -pubin -outform DER | sha256sum` prints it."""
    return sha256(spki(public_key)).hexdigest()


def spki(public_key: bytes) -> bytes:
    """The key as SubjectPublicKeyInfo in DER, which OpenSSL reads."""
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise ValueError(f"an Ed25519 public key has {PUBLIC_KEY_SIZE} bytes, not {len(public_key)}")
    return _SPKI + public_key
