"""A reviewer's device keys: one Ed25519 key for each workspace and person. Free of keyrings and files."""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
from typing import Final, Protocol

from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.domain.ledger.signing import key_id

SEED_LENGTH: Final = 32


class DeviceKey(Ed25519Signer):
    """A signing key and where it is kept: `keyring`, `file` or `memory`. Also the ledger's `Signer`."""

    def __init__(self, seed: bytes, kept: str) -> None:
        super().__init__(seed)
        self.kept = kept

    @property
    def id(self) -> str:
        """The name under which the ledger enrols it (`domain.ledger.signing.key_id`)."""
        return key_id(self.public_key)

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose on this device: whoever has the key has them, and nobody else."""
        return hmac.digest(self._key.private_bytes_raw(), f"lineclear {purpose}".encode(), "sha256")

    @property
    def public(self) -> str:
        """The public key as it is enrolled: base64."""
        return base64.b64encode(self.public_key).decode("ascii")


class KeyChain(Protocol):
    """Where device keys are kept. Blocking: a keyring may ask its user. Raises Refusal(KEYRING_UNUSABLE)."""

    def key(self, workspace: str, person: str) -> DeviceKey:
        """The key of this person for the workspace of this origin; made at the first call."""
        ...


def witness_of(person: str) -> str:
    """Under which name a person's cosigning key is kept; no person's own name has a space."""
    return f"{person} as witness"


class MemoryKeys:
    """Keys for this run only. Safe to use from any thread."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], DeviceKey] = {}
        self._turn = threading.Lock()

    def key(self, workspace: str, person: str) -> DeviceKey:
        with self._turn:
            names = (workspace, person)
            if names not in self._keys:
                self._keys[names] = DeviceKey(secrets.token_bytes(SEED_LENGTH), "memory")
            return self._keys[names]
