"""Choosing where device keys are kept on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lineclear.adapters.system.file_keys import FileKeys
from lineclear.adapters.system.keyring_keys import KeyringKeys
from lineclear.adapters.system.keys import KeyChain, MemoryKeys
from lineclear.domain.refusals import Refusal

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


def open_keys(
    folder: Path, *, passphrase: str | None, ephemeral: bool, backend: KeyringBackend | None = None
) -> KeyChain:
    """The safest place there is: the system's keyring, else encrypted files, else memory if asked for.

    `backend` is a keyring other than the system's own. Raises Refusal(KEYRING_UNUSABLE).
    """
    try:
        return KeyringKeys(backend)
    except Refusal:
        if passphrase:
            return FileKeys(folder, passphrase)
        if ephemeral:
            return MemoryKeys()
        raise
