"""Offline proofs of one entry as C2SP tlog-proof defines them: place, path, checkpoint. Free of I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lineclear.domain.ledger.checkpoint import MAX_SIZE, parse_checkpoint
from lineclear.domain.ledger.merkle import HASH_SIZE, MAX_PROOF, is_included
from lineclear.domain.ledger.notes import MAX_NOTE, base64_bytes, base64_text, parse_note
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.witness_policy import Accepted, WitnessPolicy, judge

HEADER = "c2sp.org/tlog-proof@v1"
MAX_EXTRA = 65_536

_MAX_TEXT = 2 * (MAX_NOTE + MAX_EXTRA)
_NUMBER = re.compile("0|[1-9][0-9]{0,18}")


class ProofError(ValueError):
    """Not a proof, or one that does not prove the entry that was asked for."""


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """Leaf `index` with its inclusion path and the signed checkpoint, byte for byte.

    `extra` is not covered by any signature; absent means that there is no such line.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_SIZE:
            raise ProofError(f"no log has an entry {self.index}")
        if len(self.path) > MAX_PROOF or any(len(hash_) != HASH_SIZE for hash_ in self.path):
            raise ProofError(f"a path has at most {MAX_PROOF} hashes of {HASH_SIZE} bytes")
        if len(self.extra or b"") > MAX_EXTRA:
            raise ProofError(f"a proof carries at most {MAX_EXTRA} extra bytes")

    def encode(self) -> bytes:
        """The text form, for a file that ends in `.tlog-proof`."""
        extra = () if self.extra is None else (f"extra {base64_text(self.extra)}",)
        lines = (HEADER, *extra, f"index {self.index}", *map(base64_text, self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint


def parse_proof(data: bytes) -> LedgerProof:
    """Read a proof without trusting it; raises ProofError unless it is what `encode` gives."""
    if len(data) > _MAX_TEXT:
        raise ProofError(f"a proof has at most {_MAX_TEXT} bytes, not {len(data)}")
    head, found, checkpoint = data.partition(b"\n\n")
    if not found:
        raise ProofError("a proof has a checkpoint after an empty line")
    try:
        return _parsed(head.decode("ascii").split("\n"), checkpoint)
    except ProofError:
        raise
    except ValueError as error:
        raise ProofError(str(error)) from None


def open_proof(proof: LedgerProof, leaf: bytes, policy: WitnessPolicy, verifier_of: VerifierOf) -> Accepted:
    """What the policy accepts the checkpoint as, if the proof shows leaf hash `leaf` under it.

    Raises ProofError, NoteError or CheckpointError for anything less.
    """
    verdict = judge(policy, parse_note(proof.checkpoint), verifier_of)
    if not isinstance(verdict, Accepted):
        raise ProofError("too few witnesses of the policy cosigned the checkpoint")
    checkpoint = verdict.checkpoint
    if not is_included(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise ProofError(f"the path does not lead from this entry at {proof.index} to the checkpoint's root")
    return verdict


def _parsed(lines: list[str], checkpoint: bytes) -> LedgerProof:
    if lines[0] != HEADER:
        raise ProofError(f"a proof starts with the line {HEADER}")
    at = 1
    extra = None
    if lines[at : at + 1] and lines[at].startswith("extra "):
        extra = base64_bytes(lines[at].removeprefix("extra "))
        at += 1
    label, _, number = "".join(lines[at : at + 1]).partition(" ")
    if label != "index" or not _NUMBER.fullmatch(number):
        raise ProofError("a proof states the index of its entry")
    parse_checkpoint(parse_note(checkpoint).text)
    return LedgerProof(int(number), tuple(map(base64_bytes, lines[at + 1 :])), checkpoint, extra)
