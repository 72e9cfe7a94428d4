"""Whose log a pack is of, and at which checkpoint: what all else is judged against. Free of I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack
from lineclear.adapters.auditpack.forms import pem_of
from lineclear.application.record.findings import Fault, Findings
from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from lineclear.domain.ledger.notes import NoteError, VerifierKey
from lineclear.domain.ledger.signing import VerifierOf, key_id
from lineclear.domain.ledger.witness_policy import NO_QUORUM, WitnessPolicyError, parse_witness_policy


@dataclass(frozen=True, slots=True)
class Trust:
    """What an auditor brings along: the log's key (vkey or key id), notes of older checkpoints, an exporter.

    Without a key, a pack is judged by the key that it brings itself, and the verdict says so.
    """

    key: str = ""
    older: tuple[bytes, ...] = ()
    exporter: str = ""


class UnusableError(Exception):
    """Without this part nothing that follows can be judged."""

    def __init__(self, fault: Fault, where: str, says: object) -> None:
        super().__init__(str(says))
        self.fault = fault
        self.where = where


@dataclass(frozen=True, slots=True)
class Head:
    """The log's key, its newest checkpoint with the note that states it, and older ones that fit in size."""

    log: VerifierKey
    note: bytes
    checkpoint: Checkpoint
    older: tuple[Checkpoint, ...]

    @property
    def key(self) -> str:
        return key_id(self.log.public_key)


def read_head(pack: Pack, trust: Trust, findings: Findings, verifier_of: VerifierOf) -> Head:
    """Read key and checkpoints; UnusableError where there is none to judge by."""
    log = _read_log(pack, trust)
    if need(pack, names.LOG_KEY) != pem_of(log.public_key):
        findings.add(Fault.LOG_KEY, names.LOG_KEY, "it is not the key that tlog-policy names")
    note = need(pack, names.CHECKPOINT)
    try:
        checkpoint = open_checkpoint(note, log, verifier_of)
    except (NoteError, CheckpointError) as error:
        raise UnusableError(Fault.CHECKPOINT, names.CHECKPOINT, error) from None
    older = tuple(_read_older(trust, log, checkpoint, findings, verifier_of))
    return Head(log, note, checkpoint, older)


def need(pack: Pack, name: str) -> bytes:
    """A file without which nothing can be judged."""
    if name not in pack.sizes:
        raise UnusableError(Fault.FILE_MISSING, name, "it is missing")
    return pack.read(name)


def _read_log(pack: Pack, trust: Trust) -> VerifierKey:
    data = need(pack, names.LOG_POLICY)
    try:
        policy = parse_witness_policy(data)
    except (WitnessPolicyError, NoteError) as error:
        raise UnusableError(Fault.LOG_KEY, names.LOG_POLICY, error) from None
    logs = policy.logs
    if len(logs) != 1 or policy.groups or policy.quorum != NO_QUORUM or policy.encode() != data:
        raise UnusableError(Fault.LOG_KEY, names.LOG_POLICY, "it does not name one log as a pack does")
    log = logs[0].key
    if trust.key and trust.key not in {str(log), key_id(log.public_key)}:
        says = f"the pack is of the log with key {key_id(log.public_key)}, which is not the one you named"
        raise UnusableError(Fault.LOG_KEY, names.LOG_POLICY, says)
    return log


def _read_older(
    trust: Trust, log: VerifierKey, newest: Checkpoint, findings: Findings, verifier_of: VerifierOf
) -> Iterator[Checkpoint]:
    for number, note in enumerate(trust.older, 1):
        where = f"checkpoint {number} of those that you kept"
        try:
            older = open_checkpoint(note, log, verifier_of)
        except (NoteError, CheckpointError) as error:
            findings.add(Fault.HISTORY, where, str(error))
            continue
        if older.size > newest.size:
            says = f"it states {older.size} entries, and the pack {newest.size}: it is cut, or old"
            findings.add(Fault.HISTORY, where, says)
        else:
            yield older
