"""Checkpoints as C2SP tlog-checkpoint defines them: origin, size and root as a signed note. Free of I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lineclear.domain.ledger.merkle import EMPTY_ROOT, HASH_SIZE
from lineclear.domain.ledger.notes import (
    Note,
    VerifierKey,
    base64_bytes,
    base64_text,
    parse_note,
    require_signature,
    sign_note,
)
from lineclear.domain.ledger.signing import Signer, VerifierOf

MAX_SIZE = 2**63 - 1

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class CheckpointError(ValueError):
    """Not the text of a checkpoint, or not of the log that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log committed to: `size` leaves under `root`, in the log named `origin`.

    Our logs write no extension lines; those of other logs are kept, because cosignatures cover them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(self._lines) or any("\n" in line for line in self._lines):
            raise CheckpointError("a checkpoint's lines are whole and not empty")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_SIZE:
            raise CheckpointError(f"no tree has size {self.size} and a root of {len(self.root)} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointError("an empty log has the root of the empty tree")

    @property
    def _lines(self) -> tuple[str, ...]:
        return (self.origin, *self.extensions)

    @property
    def text(self) -> str:
        """The note text, which is what is signed."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note's text without trusting it; raises CheckpointError unless it is what `text` gives."""
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < len(("origin", "size", "root")):
        raise CheckpointError("a checkpoint has at least three lines: origin, size, root")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointError(f"{size[:40]!r} is not the size of a log")
    try:
        return Checkpoint(origin, int(size), base64_bytes(root), tuple(extensions))
    except CheckpointError:
        raise
    except ValueError as error:
        raise CheckpointError(str(error)) from None


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """The checkpoint under the log's signature; the key bears the log's origin as its name."""
    return Note(checkpoint.text, (sign_note(checkpoint.text, checkpoint.origin, signer),))


def open_checkpoint(data: bytes, log: VerifierKey, verifier_of: VerifierOf) -> Checkpoint:
    """The checkpoint in a note that the log's key signed; raises NoteError or CheckpointError otherwise."""
    return checkpoint_in(parse_note(data), log, verifier_of)


def checkpoint_in(note: Note, log: VerifierKey, verifier_of: VerifierOf) -> Checkpoint:
    """As `open_checkpoint`, from a note that is already parsed."""
    require_signature(note, log, verifier_of)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.name:
        raise CheckpointError(f"the checkpoint is of {checkpoint.origin[:80]!r}, not of {log.name!r}")
    return checkpoint
