"""Checks a ledger where it lies: against what its key signed, and against checkpoints that somebody kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineclear.adapters.auditpack.sources import LedgerSource
from lineclear.adapters.system.signatures import verifier_of
from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from lineclear.domain.ledger.merkle import MerkleError, consistency_proof, is_consistent
from lineclear.domain.ledger.notes import NoteError, VerifierKey
from lineclear.domain.ledger.tiles import TileError, hash_reader
from lineclear.domain.refusals import Code, Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """What the ledger commits to, and the sizes of the kept checkpoints that it continues."""

    size: int
    root: bytes
    kept: tuple[int, ...]


def check_ledger(source: LedgerSource, log: VerifierKey, kept: Iterable[tuple[str, bytes]]) -> Checked:
    """Hash all of it and hold it against each kept note, by name. Raises Refusal(LOG_UNTRUSTED) for a no."""
    try:
        newest = open_checkpoint(source.checkpoint(), log, verifier_of)
    except (NoteError, CheckpointError) as error:
        raise Refusal(Code.LOG_UNTRUSTED, problem=error) from error
    sizes = [_continued(source, log, newest, name, note) for name, note in kept]
    return Checked(newest.size, newest.root, tuple(sorted(sizes)))


def _continued(source: LedgerSource, log: VerifierKey, newest: Checkpoint, name: str, note: bytes) -> int:
    """The size of a kept checkpoint, after the ledger was found to continue it."""
    try:
        older = open_checkpoint(note, log, verifier_of)
        read = hash_reader(lambda tile: source.tile(tile.path), newest.size)
        proof = consistency_proof(read, older.size, newest.size)
    except (NoteError, CheckpointError, MerkleError, TileError) as error:
        raise Refusal(Code.LOG_UNTRUSTED, problem=f"{name}: {error}") from error
    if not is_consistent(older.size, older.root, newest.size, newest.root, proof):
        problem = f"{name}: its first {older.size} entries are others than those that were signed then"
        raise Refusal(Code.LOG_UNTRUSTED, problem=problem)
    return older.size
