"""Which logs and how many witnesses a checkpoint needs, as C2SP tlog-policy writes it. Free of I/O.

Names are opaque octets by the specification; here they are text decoded with `surrogateescape`, one to one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from lineclear.domain.ledger.checkpoint import Checkpoint, checkpoint_in
from lineclear.domain.ledger.cosignature import cosigned_at
from lineclear.domain.ledger.notes import KeyType, Note, NoteError, VerifierKey, parse_vkey
from lineclear.domain.ledger.signing import VerifierOf

NO_QUORUM = "none"
MAX_POLICY = 65_536

_CONTROL = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_COUNT = re.compile("[1-9][0-9]{0,3}")


class WitnessPolicyError(ValueError):
    """Not a policy; the sentence names the line where that is known."""


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are acceptable. The key's name is the log's origin."""

    key: VerifierKey
    url: str = ""

    def __post_init__(self) -> None:
        if self.key.type is not KeyType.ED25519:
            raise WitnessPolicyError(f"{self.key.name} is not a log's key")

    @property
    def line(self) -> str:
        return f"log {self.key} {self.url}".rstrip()


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness under the name by which groups and the quorum refer to it."""

    name: str
    key: VerifierKey
    url: str = ""

    def __post_init__(self) -> None:
        if self.key.type is not KeyType.COSIGNATURE:
            raise WitnessPolicyError(f"{self.key.name} is not a witness's key")

    @property
    def line(self) -> str:
        return f"witness {self.name} {self.key} {self.url}".rstrip()


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Satisfied when at least `needed` of its members are: witnesses, or groups named before it."""

    name: str
    needed: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= len(self.members):
            raise WitnessPolicyError(f"group {self.name!r} needs {self.needed} of {len(self.members)} members")

    @property
    def line(self) -> str:
        return f"group {self.name} {self.needed} {' '.join(self.members)}"


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """A checkpoint is good if one of `logs` signed it and the witnesses under it satisfy `quorum`.

    `quorum` names a witness or a group, or is NO_QUORUM. What refers to nothing cannot be built.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def __post_init__(self) -> None:
        _refuse_repeats("log key", [log.key.public_key for log in self.logs])
        _refuse_repeats("witness key", [witness.key.public_key for witness in self.witnesses])
        defined = [NO_QUORUM, *(witness.name for witness in self.witnesses)]
        for group in self.groups:
            _refuse_undefined(group, defined[1:])
            defined.append(group.name)
        _refuse_repeats("name", defined)
        _refuse_repeats("membership", [member for group in self.groups for member in group.members])
        if self.quorum not in defined:
            raise WitnessPolicyError(f"the quorum {self.quorum!r} is not defined")

    def encode(self) -> bytes:
        """The policy as a file that every reader of the format understands."""
        lines = [part.line for part in (*self.logs, *self.witnesses, *self.groups)]
        return "".join(f"{line}\n" for line in (*lines, f"quorum {self.quorum}")).encode(
            "utf-8", "surrogateescape"
        )

    def is_met_by(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names satisfy the quorum."""
        satisfied = {NO_QUORUM, *cosigned} - {group.name for group in self.groups}
        for group in self.groups:
            if sum(member in satisfied for member in group.members) >= group.needed:
                satisfied.add(group.name)
        return self.quorum in satisfied


@dataclass(frozen=True, slots=True)
class Accepted:
    """The checkpoint with the witnesses that cosigned it, by name, and when (seconds since the epoch)."""

    checkpoint: Checkpoint
    cosigned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Insufficient:
    """The log signed it, but the witnesses do not satisfy the quorum; `absent` are those that did not sign."""

    checkpoint: Checkpoint
    cosigned: Mapping[str, int]
    absent: tuple[str, ...]


def judge(policy: WitnessPolicy, note: Note, verifier_of: VerifierOf) -> Accepted | Insufficient:
    """Judge a checkpoint's note; raises NoteError or CheckpointError where no known log signed it.

    A known key's line that does not hold refuses the whole note (C2SP signed-note).
    """
    log = next((log for log in policy.logs if note.of(log.key)), None)
    if log is None:
        raise NoteError("no log of the policy signed the checkpoint")
    checkpoint = checkpoint_in(note, log.key, verifier_of)
    times = {witness.name: cosigned_at(note, witness.key, verifier_of) for witness in policy.witnesses}
    cosigned = {name: time for name, time in times.items() if time is not None}
    if policy.is_met_by(cosigned):
        return Accepted(checkpoint, cosigned)
    return Insufficient(checkpoint, cosigned, tuple(name for name in times if name not in cosigned))
