"""AES-256-GCM by `cryptography` for what a workspace keeps, and the key file that everything hangs on.

`workspace.key` lies in the data folder, for its owner alone, made on first use. If a passphrase is set then
(LINECLEAR_DATA_PASSPHRASE), it is itself encrypted under a key that scrypt (RFC 7914) makes from it. Without
this file nothing private can be read again: keep a copy where the data is not.
"""

from __future__ import annotations

import secrets
import zlib
from base64 import b64decode, b64encode
from hashlib import scrypt
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lineclear.adapters.system.private_files import require_private, unusable, write_once
from lineclear.application.ports import Ids

KEY_FILE: Final = "workspace.key"
PASSPHRASE: Final = "LINECLEAR_DATA_PASSPHRASE"  # noqa: S105  # the name of a variable, not a secret
KEY_SIZE: Final = 32

_NONCE: Final = 12
_COST: Final = 2**15
_MEMORY: Final = 64 * 2**20
_FAST: Final = 1
_SMALL: Final = 1_024
"""Bytes below which compressing costs more than it saves."""

_PLAIN, _DEFLATED = b"\x00", b"\x01"


class AesVault:
    """A `Vault`. Each message has a random nonce; a data key closes far fewer than the 2^32 that allows."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a workspace's key has {KEY_SIZE} bytes")
        self._key = AESGCM(key)

    def new_key(self) -> bytes:
        return secrets.token_bytes(KEY_SIZE)

    def wrap(self, key: bytes, subject: str) -> bytes:
        return _closed(self._key, f"key {subject}", key)

    def unwrap(self, wrapped: bytes, subject: str) -> bytes:
        return _opened(self._key, f"key {subject}", wrapped)

    def close(self, key: bytes, name: str, content: bytes) -> bytes:
        return _closed(AESGCM(key), name, _packed(content))

    def open(self, key: bytes, name: str, closed: bytes) -> bytes:
        return _unpacked(_opened(AESGCM(key), name, closed))


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`salt` is empty where no passphrase was set; else `key` is encrypted under both."""

    key: str
    salt: str = ""


def open_vault(folder: Path, ids: Ids, passphrase: str) -> AesVault:
    """The vault of a data folder, made if there is none; Refusal(DOCUMENT_INVALID) if it cannot be used."""
    path = folder / KEY_FILE
    try:
        if not path.exists():
            write_once(path, _written(ids.secret(), passphrase, ids), ids)
        require_private(path)
        return AesVault(_read(path, passphrase))
    except OSError as error:
        raise unusable(path, f"{error.strerror}.") from error


def _written(key: bytes, passphrase: str, ids: Ids) -> bytes:
    if not passphrase:
        return msgspec.json.encode(_KeyFile(b64encode(key).decode()))
    salt = ids.secret()
    closed = _closed(AESGCM(_stretched(passphrase, salt)), KEY_FILE, key)
    return msgspec.json.encode(_KeyFile(b64encode(closed).decode(), b64encode(salt).decode()))


def _read(path: Path, passphrase: str) -> bytes:
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_KeyFile)
        key, salt = b64decode(file.key, validate=True), b64decode(file.salt, validate=True)
        if not salt:
            return _whole(key)
        return _whole(_opened(AESGCM(_stretched(passphrase, salt)), KEY_FILE, key))
    except ValueError as error:  # also msgspec's own
        problem = f"it is damaged, or {PASSPHRASE} is not what was set when it was made."
        raise unusable(path, problem) from error


def _whole(key: bytes) -> bytes:
    if len(key) != KEY_SIZE:
        raise ValueError("a key of another length")
    return key


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return scrypt(passphrase.encode(), salt=salt, n=_COST, r=8, p=1, maxmem=_MEMORY, dklen=KEY_SIZE)


def _closed(key: AESGCM, name: str, content: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + key.encrypt(nonce, content, name.encode())


def _opened(key: AESGCM, name: str, closed: bytes) -> bytes:
    try:
        return key.decrypt(closed[:_NONCE], closed[_NONCE:], name.encode())
    except (InvalidTag, ValueError) as error:
        raise ValueError(f"{name} is not closed under this key") from error


def _packed(content: bytes) -> bytes:
    if len(content) >= _SMALL:
        deflated = zlib.compress(content, _FAST)
        if len(deflated) < len(content):
            return _DEFLATED + deflated
    return _PLAIN + content


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]
