"""Seals small secrets under a key in a file beside the database (ChaCha20-Poly1305). Reads one file."""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_KEY = 32
_NONCE = 12


class SecretBox:
    """The key is made at the first seal, readable by its owner alone. Safe to use from any thread.

    Several backends of one workspace need the same file. Raises OSError where it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    def seal(self, secret: bytes) -> bytes:
        """Sealed bytes that are different each time."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + ChaCha20Poly1305(self._key()).encrypt(nonce, secret, None)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed; ValueError for anything that this key did not seal."""
        try:
            return ChaCha20Poly1305(self._key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):  # the latter where it is too short to hold a nonce
            raise ValueError(f"this was not sealed with {self._path.name}") from None

    def _key(self) -> bytes:
        with self._turn:
            try:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                key = self._path.read_bytes()
            else:
                key = secrets.token_bytes(_KEY)
                with os.fdopen(handle, "wb") as file:
                    file.write(key)
            if len(key) != _KEY:
                raise ValueError(f"{self._path.name} is no key of {_KEY} bytes")
            return key
