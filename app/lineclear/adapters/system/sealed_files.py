"""Small files of one folder, each sealed under one secret (ChaCha20-Poly1305) and bound to its name.

What is written is durable when `write` returns, and whole or not there. Raises OSError and ValueError.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.private_files import hold, keep_private, settle_folder
from lineclear.domain.refusals import Code, Refusal

SUFFIX: Final = ".sealed"
_NONCE: Final = 12
_LOCK: Final = "lock"
_PRIVATE_FOLDER: Final = 0o700


class SealedFiles:
    """Safe to use from several threads, and from several programs where they take turns by `alone`."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder = folder
        self._secret: bytes | None = secret
        self._ids = SystemIds()
        self._turn = threading.RLock()

    def lock(self) -> None:
        """Forget the secret: from now on what needs it is a Refusal(SESSION_LOCKED)."""
        self._secret = None

    def unlock(self, secret: bytes) -> None:
        """Go on."""
        self._secret = secret

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts nobody else is inside; a crash lets go of it."""
        self._make()
        with self._turn, (self.folder / _LOCK).open("a+b") as file:
            hold(file)
            yield

    def names(self) -> tuple[str, ...]:
        """What is there, sorted."""
        try:
            return tuple(sorted(path.name for path in self.folder.iterdir() if path.suffix == SUFFIX))
        except FileNotFoundError:
            return ()

    def read(self, name: str) -> bytes | None:
        """What was written; None where it is not there, ValueError where this secret did not seal it."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # slow to import
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415  # slow too

        secret = self._open()
        try:
            whole = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        try:
            return ChaCha20Poly1305(secret).decrypt(whole[:_NONCE], whole[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            raise ValueError("it is damaged, or was sealed under another key") from None

    def write(self, name: str, data: bytes) -> None:
        """Seal it, in the place of what was there."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415  # slow

        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + ChaCha20Poly1305(self._open()).encrypt(nonce, data, name.encode())
        self._make()
        keep_private(self.folder / name, sealed, self._ids)

    def drop(self, name: str) -> None:
        """Remove it for good; nothing where it is not there."""
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()
            settle_folder(self.folder)

    def set_aside(self, name: str) -> None:
        """Leave it as it is under a name that is asked for by nobody; nothing where it is not there."""
        with suppress(FileNotFoundError):
            path = self.folder / name
            path.replace(path.with_name(f"{path.stem}.{self._ids.new('damaged')}"))

    def sweep(self) -> None:
        """Remove what a killed program had begun to write; only where all who write take turns."""
        for draft in self.folder.glob(f"*{SUFFIX}.*"):
            draft.unlink(missing_ok=True)

    def _make(self) -> None:
        self.folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)

    def _open(self) -> bytes:
        if self._secret is None:
            raise Refusal(Code.SESSION_LOCKED)
        return self._secret
