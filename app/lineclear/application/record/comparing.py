"""What the witnesses of one log say of each other: their cosignatures, held against one's own view.

Free of I/O and of keys. A fork that is shown to one console alone is found as soon as two of them ask the
same backend; who keeps them apart for ever has to hide each from the other, entries and all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError
from lineclear.domain.ledger.merkle import HashReader, MerkleError, consistency_proof, is_consistent
from lineclear.domain.ledger.notes import NoteError, parse_note
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.tiles import TileError
from lineclear.domain.ledger.witness_policy import WitnessPolicy, judge


@dataclass(frozen=True, slots=True)
class Other:
    """Another witness's newest cosignature: its name, over how many entries, when (seconds since 1970)."""

    name: str
    size: int
    time: int


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A note that the log signed and others cosigned, as it was read."""

    note: bytes
    checkpoint: Checkpoint
    by: tuple[Other, ...]

    @property
    def names(self) -> str:
        return ", ".join(sorted(one.name for one in self.by))


def cosigned_by_others(
    policy: WitnessPolicy, notes: Iterable[bytes], own: bytes | None, verifier_of: VerifierOf
) -> Iterator[Cosigned]:
    """The notes with the cosignatures of enrolled witnesses but `own`, a public key.

    Raises NoteError or CheckpointError for a note that the log or a witness named under it did not sign.
    """
    mine = {one.name for one in policy.witnesses if one.key.public_key == own}
    for data in notes:
        judged = judge(policy, parse_note(data), verifier_of)
        checkpoint = judged.checkpoint
        others = (
            Other(name, checkpoint.size, at) for name, at in judged.cosigned.items() if name not in mine
        )
        if by := tuple(others):
            yield Cosigned(data, checkpoint, by)


def goes_on(older: Checkpoint, newer: Checkpoint, read: HashReader) -> bool:
    """Whether the newer tree, whose nodes are `read`, continues the older one."""
    try:
        proof = consistency_proof(read, older.size, newer.size)
    except (NoteError, CheckpointError, MerkleError, TileError):
        return False
    return is_consistent(older.size, older.root, newer.size, newer.root, proof)
