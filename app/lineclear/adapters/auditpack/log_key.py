"""The log's own key in the data folder, and the last checkpoint that it signed. Free of ledgers.

`log.key` is PKCS#8 (RFC 5958) in PEM, made on first use and readable by its owner alone. Where
LINECLEAR_LOG_PASSPHRASE is set when it is made, it is encrypted under a password that scrypt (RFC 7914) makes
from the passphrase. Whoever holds this key can sign another history: keep a copy of it where the data is not,
and give auditors its public half by a way of its own.
"""

from __future__ import annotations

from hashlib import scrypt, sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from lineclear.adapters.system.private_files import keep_file, require_private, unusable, write_once
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.ports import Ids

PASSPHRASE: Final = "LINECLEAR_LOG_PASSPHRASE"  # noqa: S105  # the name of a variable, not a secret
KEY_FILE: Final = "log.key"
SIGNED_FILE: Final = "log.checkpoint"

_COST: Final = 2**15
_MEMORY: Final = 64 * 2**20


def open_log_key(folder: Path, origin: str, ids: Ids, passphrase: str) -> Ed25519Signer:
    """The key in the folder, made if there is none. Refusal(DOCUMENT_INVALID) where it cannot be used."""
    path = folder / KEY_FILE
    password = _password(passphrase, origin) if passphrase else None
    try:
        if not path.exists():
            write_once(path, _encoded(ids.secret(), password), ids)
        return Ed25519Signer(_opened(path, password))
    except OSError as error:
        raise unusable(path, f"{error.strerror}.") from error


def last_signed(folder: Path) -> bytes | None:
    """The newest checkpoint that was given to anybody; None before the first."""
    path = folder / SIGNED_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(path, f"{error.strerror}.") from error


def keep_signed(folder: Path, note: bytes, ids: Ids) -> None:
    """Keep a checkpoint, durably, before anybody gets it."""
    keep_file(folder / SIGNED_FILE, note, ids)


def _password(passphrase: str, origin: str) -> bytes:
    """A stolen file does not withstand the 2,048 rounds by which `cryptography` stretches a password."""
    salt = sha256(f"log {origin}".encode()).digest()
    return scrypt(passphrase.encode(), salt=salt, n=_COST, r=8, p=1, maxmem=_MEMORY, dklen=32).hex().encode()


def _encoded(seed: bytes, password: bytes | None) -> bytes:
    closed: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        closed = serialization.BestAvailableEncryption(password)
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed
    )


def _opened(path: Path, password: bytes | None) -> bytes:
    require_private(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password)
    except (ValueError, TypeError) as error:
        problem = f"{PASSPHRASE} does not open it (set it only if it was set when the key was made)."
        raise unusable(path, problem) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise unusable(path, "it holds another kind of key.")
    return key.private_bytes_raw()
