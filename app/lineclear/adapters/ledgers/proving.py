"""The way from an entry to a signed root, walked with nothing but tiles; and the files that show it.

Free of where tiles lie.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lineclear.application.record.reading import Standing
from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.merkle import MerkleError, inclusion_proof, is_included, leaf_hash
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.ledger.proofs import LedgerProof
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.tiles import TileError, hash_reader
from lineclear.domain.wording import say

_TILES = 256


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A checkpoint with the note that states it. `key` is absent where nobody's signature could be checked.

    `is_pinned` says whether that key came by another way than the ledger itself; `since` is when one that did
    not was first trusted here.
    """

    note: bytes
    checkpoint: Checkpoint
    key: VerifierKey | None
    is_pinned: bool = False
    since: str = ""


def prove(root: SignedRoot, index: int, tile: Callable[[str], bytes]) -> LedgerProof:
    """The proof of an entry's place; TileError or MerkleError where the tiles do not give one."""
    size = root.checkpoint.size
    read = hash_reader(lru_cache(maxsize=_TILES)(lambda wanted: tile(wanted.path)), size)
    return LedgerProof(index, inclusion_proof(read, index, size), root.note)


def standing_of(root: SignedRoot, index: int, entry: bytes, tile: Callable[[str], bytes]) -> Standing:
    """Whether the entry is where the signed root says, in words."""
    size = root.checkpoint.size
    if index >= size:
        return Standing(
            is_proven=False,
            says=say("The newest signed root is over {size:,} entries, before this.", size=size),
        )
    try:
        path = prove(root, index, tile).path
    except (TileError, MerkleError) as error:
        return Standing(
            is_proven=False, says=say("The hashes around it cannot be read: {error}.", error=error), size=size
        )
    if not is_included(leaf_hash(entry), index, size, path, root.checkpoint.root):
        says = say(
            "The log of {size:,} entries holds another entry at this place. Rely on nothing in this one.",
            size=size,
        )
        return Standing(is_proven=False, says=says, size=size)
    if root.key is None:
        says = say(
            "It is in the tree of {size:,} entries that the backend states; no signature could be checked.",
            size=size,
        )
        return Standing(is_proven=False, says=says, size=size)
    says = say(
        "It is entry {index:,} of {size:,}, under the root that the log's key signed.", index=index, size=size
    )
    key = key_id(root.key.public_key)
    return Standing(True, says, size, key, root.is_pinned, root.since)  # noqa: FBT003  # in order


def write_proof(file: str, proof: LedgerProof, entry: bytes, decision: bytes | None) -> tuple[str, ...]:
    """Write `NAME.tlog-proof`, `NAME.entry.json` and, of a decision, `NAME.dsse.json`, for their owner alone.

    Raises OSError; then what was written of them is gone again.
    """
    stem = file.removesuffix(".tlog-proof")
    files = {f"{stem}.tlog-proof": proof.encode(), f"{stem}.entry.json": entry}
    if decision is not None:
        files[f"{stem}.dsse.json"] = decision
    written = list[str]()
    try:
        for name, data in files.items():
            with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                written.append(name)
                out.write(data)
    except OSError:
        for name in written:
            with suppress(OSError):
                Path(name).unlink()
        raise
    return tuple(written)
