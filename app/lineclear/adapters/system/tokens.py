"""Where the tokens of a console's connections are kept: the keyring, encrypted files, or memory."""

from __future__ import annotations

import os
import secrets
from hashlib import scrypt
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.keyring_keys import offered, protecting
from lineclear.adapters.system.private_files import keep_file
from lineclear.domain.refusals import Code, Refusal

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Late imports: `cryptography` and `keyring` take their time, and a console opens its window without them.

SERVICE: Final = "lineclear connection"
_COST: Final = 2**15
_MEMORY: Final = 64 * 2**20
_SALT: Final = 16
_NONCE: Final = 12


class Tokens(Protocol):
    """By a connection's id. Blocking: a keyring may ask its user. Raises Refusal(KEYRING_UNUSABLE)."""

    @property
    def kept(self) -> str:
        """`keyring`, `file` or `memory`."""
        ...

    def keep(self, connection: str, token: str) -> None: ...

    def find(self, connection: str) -> str:
        """The token; empty where none is kept."""
        ...

    def forget(self, connection: str) -> None: ...


class MemoryTokens:
    """Tokens for this run only."""

    kept: Final = "memory"

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def keep(self, connection: str, token: str) -> None:
        self._tokens[connection] = token

    def find(self, connection: str) -> str:
        return self._tokens.get(connection, "")

    def forget(self, connection: str) -> None:
        self._tokens.pop(connection, None)


class KeyringTokens:
    """Tokens in a keyring; Refusal(KEYRING_UNUSABLE) where there is none that protects what it keeps."""

    kept: Final = "keyring"

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = protecting(offered() if backend is None else backend)

    def keep(self, connection: str, token: str) -> None:
        from keyring.errors import KeyringError  # noqa: PLC0415  # slow to import

        try:
            self._backend.set_password(SERVICE, connection, token)
        except KeyringError as problem:
            raise _unusable(str(problem) or type(problem).__name__) from problem

    def find(self, connection: str) -> str:
        from keyring.errors import KeyringError  # noqa: PLC0415  # slow to import

        try:
            return self._backend.get_password(SERVICE, connection) or ""
        except KeyringError as problem:
            raise _unusable(str(problem) or type(problem).__name__) from problem

    def forget(self, connection: str) -> None:
        from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415  # slow to import

        try:
            self._backend.delete_password(SERVICE, connection)
        except PasswordDeleteError:  # there was none
            return
        except KeyringError as problem:
            raise _unusable(str(problem) or type(problem).__name__) from problem


class FileTokens:
    """One file for each token, closed with ChaCha20-Poly1305 under a key that scrypt makes of a passphrase.

    A wrong passphrase is a Refusal(KEYRING_UNUSABLE).
    """

    kept: Final = "file"

    def __init__(self, folder: Path, passphrase: str) -> None:
        self._folder = folder
        self._passphrase = passphrase

    def keep(self, connection: str, token: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415  # slow

        salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
        closed = ChaCha20Poly1305(self._key(salt)).encrypt(nonce, token.encode(), connection.encode())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_file(self._path(connection), salt + nonce + closed, SystemIds())

    def find(self, connection: str) -> str:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # slow to import
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

        path = self._path(connection)
        try:
            whole = path.read_bytes()
            salt, nonce, closed = whole[:_SALT], whole[_SALT : _SALT + _NONCE], whole[_SALT + _NONCE :]
            return ChaCha20Poly1305(self._key(salt)).decrypt(nonce, closed, connection.encode()).decode()
        except FileNotFoundError:
            return ""
        except (InvalidTag, ValueError) as problem:
            raise _unusable(f"the passphrase does not open {path}, or it is damaged") from problem
        except OSError as problem:
            raise _unusable(f"{path}: {problem.strerror}") from problem

    def forget(self, connection: str) -> None:
        self._path(connection).unlink(missing_ok=True)

    def _path(self, connection: str) -> Path:
        return self._folder / f"{connection}.token"

    def _key(self, salt: bytes) -> bytes:
        secret = os.fsencode(self._passphrase)
        return scrypt(secret, salt=salt, n=_COST, r=8, p=1, maxmem=_MEMORY, dklen=32)


def open_tokens(folder: Path, *, passphrase: str | None, backend: KeyringBackend | None = None) -> Tokens:
    """The safest place there is: the system's keyring, else encrypted files, else memory.

    `backend` is a keyring other than the system's own. Whoever shows a form says `kept` beside it.
    """
    try:
        return KeyringTokens(backend)
    except Refusal:
        return FileTokens(folder, passphrase) if passphrase else MemoryTokens()


def _unusable(problem: str) -> Refusal:
    return Refusal(Code.KEYRING_UNUSABLE, problem=problem)
