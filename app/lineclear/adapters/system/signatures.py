"""Ed25519 (RFC 8032) by `cryptography`, which is imported on first use as the window opens without it."""

from __future__ import annotations

import base64
import binascii

from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, Verifier

# Late imports: a console opens its window before it needs `cryptography`.


class Ed25519Signatures:
    """The `Signatures` port."""

    def holds(self, public_key: str, signature: bytes, message: bytes) -> bool:
        try:
            raw = base64.b64decode(public_key, validate=True)
        except (binascii.Error, ValueError):
            return False
        return len(raw) == PUBLIC_KEY_SIZE and verifier_of(raw).is_signed(message, signature)


class Ed25519Verifier:
    """The ledger's `Verifier`: one public key of 32 bytes."""

    def __init__(self, public_key: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        self._key = ed25519.Ed25519PublicKey.from_public_bytes(public_key)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Ed25519Signer:
    """The ledger's `Signer`: one private key, made from its 32 bytes of RFC 8032."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verifier_of(public_key: bytes) -> Verifier:
    """The ledger's `VerifierOf`; ValueError for a key that has not 32 bytes."""
    return Ed25519Verifier(public_key)
