"""Everything that can be done to a pack: to its bytes, to its files, by its log's own key, by other keys.

Each damage makes a pack that differs from the sound one, with a seed for its choices. An operator who holds the
log's key can sign whatever they like; what they cannot do is make it consistent with what others signed.
"""

from __future__ import annotations

import json
import random
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.forms import manifest_payload, read_manifest, sign_manifest
from lineclear.domain.ledger.statements import Envelope, pae, parse_envelope
from lineclear.domain.ledger.tiles import join_bundle, split_bundle
from lineclear.domain.strict_json import canonical
from support_audit import FOREIGN, LOG, Entries, Unpacked, write
from support_ledger import Key, flipped

type Told = dict[str, Any]


class Forger:
    """Claims a key that it does not hold."""

    def __init__(self, claimed: Key = LOG) -> None:
        self.public_key = claimed.public_key

    def sign(self, message: bytes) -> bytes:
        return FOREIGN.sign(message)


class Place:
    """The sound pack, in every form in which it can be damaged, and where damaged ones are put."""

    def __init__(self, folder: Path, ledger: Entries) -> None:
        self.folder = folder
        self.ledger = ledger
        self.pack = write(ledger, folder / "sound.auditpack")
        self.bytes = self.pack.read_bytes()
        self.files = Unpacked.of(self.pack)
        self.damaged = folder / "damaged.auditpack"

    def put(self, data: bytes) -> Path:
        self.damaged.write_bytes(data)
        return self.damaged

    def rewritten(self, told: list[Told], blobs: dict[str, bytes] | None = None, signer: Any = LOG) -> Path:
        """The log written anew and signed by whoever this is, with all proofs and lists as they have to be."""
        entries = Entries(map(canonical, told), {**self.ledger.blobs, **(blobs or {})}, signer)
        return write(entries, self.damaged, signer=signer) if signer is LOG else _forged(entries, self.damaged)

    def told(self) -> list[Told]:
        return [json.loads(entry) for entry in self.ledger.all]


def _forged(entries: Entries, out: Path) -> Path:
    """A log under signatures that do not hold: written with a key of one's own, then the key's name changed."""
    genuine = Entries(entries.all, entries.blobs, LOG)
    files = Unpacked.of(write(genuine, out)).files
    lines = files[names.CHECKPOINT].decode().split(" ")
    forged = b64encode(b64decode(lines[-1])[:4] + FOREIGN.sign(b"whatever")).decode()
    note = " ".join([*lines[:-1], forged]) + "\n"
    for name in files:
        if name.startswith("proofs/") or name == names.CHECKPOINT:
            files[name] = files[name].replace(files[names.CHECKPOINT] if name != names.CHECKPOINT else b"", b"")
    head = files[names.CHECKPOINT]
    del head
    return out if note else out
