"""Device keys in encrypted files: PKCS#8 (RFC 5958) in PEM, for machines without a keyring."""

from __future__ import annotations

import os
import secrets
from hashlib import scrypt, sha256
from pathlib import Path
from typing import Final

from lineclear.adapters.system.keys import SEED_LENGTH, DeviceKey
from lineclear.domain.refusals import Code, Refusal

# Late imports: `cryptography` takes its time, and a console opens its window without it.

_SCRYPT_COST: Final = 2**15
_SCRYPT_MEMORY: Final = 64 * 2**20


class FileKeys:
    """One file for each key, readable by its owner alone; a wrong passphrase is a Refusal(KEYRING_UNUSABLE).

    PKCS#8 as written by `cryptography` stretches its password by 2,048 rounds only, which a stolen file does
    not withstand: its password is therefore made from the passphrase by scrypt (RFC 7914).
    """

    def __init__(self, folder: Path, passphrase: str) -> None:
        if not passphrase:
            raise Refusal(Code.KEYRING_UNUSABLE, problem="the passphrase of the key file is empty")
        self._folder = folder
        self._passphrase = passphrase

    def key(self, workspace: str, person: str) -> DeviceKey:
        name = sha256(f"{workspace}/{person}".encode())
        path = self._folder / f"{name.hexdigest()[:32]}.pem"
        password = self._password(name.digest())
        try:
            if not path.exists():
                self._make(path, password)
            return DeviceKey(_opened(path, password), "file")
        except OSError as problem:
            said = problem.strerror or type(problem).__name__
            raise Refusal(Code.KEYRING_UNUSABLE, problem=f"{path}: {said}") from problem

    def _password(self, salt: bytes) -> bytes:
        secret = self._passphrase.encode()
        stretched = scrypt(secret, salt=salt, n=_SCRYPT_COST, r=8, p=1, maxmem=_SCRYPT_MEMORY, dklen=32)
        return stretched.hex().encode("ascii")

    def _make(self, path: Path, password: bytes) -> None:
        """Whole or not at all, and never over a key that another program made meanwhile."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(_sealed(secrets.token_bytes(SEED_LENGTH), password))
                stream.flush()
                os.fsync(stream.fileno())
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                return
        finally:
            draft.unlink()


def _sealed(seed: bytes, password: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # slow to import
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )


def _opened(path: Path, password: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # slow to import
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password)
    except (ValueError, TypeError) as problem:
        said = f"the passphrase does not open {path}, or the file is damaged"
        raise Refusal(Code.KEYRING_UNUSABLE, problem=said) from problem
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise Refusal(Code.KEYRING_UNUSABLE, problem=f"{path} holds another kind of key")
    return key.private_bytes_raw()
