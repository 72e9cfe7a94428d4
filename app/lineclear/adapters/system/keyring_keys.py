"""Device keys in the system's keyring, and only in one that protects them."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING, Final

from lineclear.adapters.system.keys import SEED_LENGTH, DeviceKey
from lineclear.domain.refusals import Code, Refusal

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "lineclear device key"
_UNSAFE_MODULES: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
_UNSAFE_WORDS: Final = ("fail", "null", "plaintext")


class KeyringKeys:
    """Keys in a keyring; Refusal(KEYRING_UNUSABLE) where there is none that protects what it keeps."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = protecting(offered() if backend is None else backend)

    def key(self, workspace: str, person: str) -> DeviceKey:
        from keyring.errors import KeyringError  # noqa: PLC0415  # slow to import

        name = f"{workspace}/{person}"
        try:
            kept = self._backend.get_password(SERVICE, name)
            if kept is None:
                self._backend.set_password(SERVICE, name, _written(secrets.token_bytes(SEED_LENGTH)))
                # What is read back counts: another program may have been first, or nothing was kept.
                kept = self._backend.get_password(SERVICE, name)
        except KeyringError as problem:
            raise _unusable(str(problem) or type(problem).__name__) from problem
        return DeviceKey(_read(kept), "keyring")


def protecting(backend: KeyringBackend) -> KeyringBackend:
    """The backend, or the first of a chain, that protects what it keeps; else Refusal(KEYRING_UNUSABLE)."""
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415  # slow to import

    candidates = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    for candidate in candidates:
        if _protects(type(candidate)):
            return candidate
    refused = ", ".join(f"{type(one).__module__}.{type(one).__qualname__}" for one in candidates)
    raise _unusable(f"{refused} does not protect keys" if refused else "there is none")


def _protects(backend: type) -> bool:
    """By class and module: `keyring` does not say, and chooses plaintext where that is installed."""
    modules = [base.__module__ for base in backend.__mro__]
    named = any(word in backend.__qualname__.casefold() for word in _UNSAFE_WORDS)
    return not named and not any(module.startswith(_UNSAFE_MODULES) for module in modules)


def offered() -> KeyringBackend:
    """The keyring that this machine offers, protecting or not."""
    import keyring  # noqa: PLC0415  # slow to import

    return keyring.get_keyring()


def _written(seed: bytes) -> str:
    return base64.b64encode(seed).decode("ascii")


def _read(kept: str | None) -> bytes:
    try:
        seed = base64.b64decode(kept or "", validate=True)
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != SEED_LENGTH:
        raise _unusable("it gave back something else than it was given")
    return seed


def _unusable(problem: str) -> Refusal:
    return Refusal(Code.KEYRING_UNUSABLE, problem=problem)
