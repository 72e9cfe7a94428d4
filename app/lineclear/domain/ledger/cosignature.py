"""Witness cosignatures as C2SP tlog-cosignature defines them (cosignature/v1, Ed25519). Free of I/O, clocks.

A witness says: at this time, this was the largest tree of this log that I had seen grow consistently.
"""

from __future__ import annotations

from lineclear.domain.ledger.notes import KeyType, Note, NoteError, NoteSignature, VerifierKey
from lineclear.domain.ledger.signing import SIGNATURE_SIZE, Signer, VerifierOf

MAX_TIME = 2**63 - 1

_TIME_SIZE = 8


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: two header lines, then the whole checkpoint text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(text: str, name: str, time: int, signer: Signer) -> NoteSignature:
    """A witness's signature over a checkpoint's text at `time`, in seconds since the epoch.

    Call it only after `is_consistent` with the last checkpoint that this witness cosigned.
    """
    if not 0 < time <= MAX_TIME:
        raise NoteError(f"{time} is not a time at which a witness can sign")
    key = VerifierKey(name, KeyType.COSIGNATURE, signer.public_key)
    signature = signer.sign(cosigned_message(text, time))
    return NoteSignature(name, key.id, time.to_bytes(_TIME_SIZE) + signature)


def cosigned_at(note: Note, witness: VerifierKey, verifier_of: VerifierOf) -> int | None:
    """When the witness cosigned this note: the newest time of several, or None where it did not.

    Raises NoteError where a line of this witness does not hold, and for a key of another type.
    """
    if witness.type is not KeyType.COSIGNATURE:
        raise NoteError(f"{witness.name} is not a cosignature key")
    verifier = verifier_of(witness.public_key)
    times: list[int] = []
    for line in note.of(witness):
        time, signature = int.from_bytes(line[:_TIME_SIZE]), line[_TIME_SIZE:]
        if len(signature) != SIGNATURE_SIZE or not 0 < time <= MAX_TIME:
            raise NoteError(f"the cosignature of {witness.name} has not the form of one")
        if not verifier.is_signed(cosigned_message(note.text, time), signature):
            raise NoteError(f"the cosignature of {witness.name} is not over this checkpoint")
        times.append(time)
    return max(times, default=None)
