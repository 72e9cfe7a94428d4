"""Which logs and how many witnesses a checkpoint needs, as C2SP tlog-policy writes it. Free of I/O.

Names are opaque octets by the specification; here they are text decoded with `surrogateescape`, one to one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

from lineclear.domain.ledger.checkpoint import Checkpoint, checkpoint_in
from lineclear.domain.ledger.cosignature import cosigned_at
from lineclear.domain.ledger.notes import KeyType, Note, NoteError, VerifierKey, parse_vkey
from lineclear.domain.ledger.signing import VerifierOf

NO_QUORUM = "none"
MAX_POLICY = 65_536

_CONTROL = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_WORD = re.compile(r"[^\x00-\x20\x7f]+")
_BLANK = re.compile(r"[ \t]+")
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
        return _line("log", str(self.key), *_stated(self.url))


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
        return _line("witness", self.name, str(self.key), *_stated(self.url))


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Satisfied when at least `needed` of its members are: witnesses, or groups named before it."""

    name: str
    needed: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= len(self.members):
            raise WitnessPolicyError(
                f"group {self.name!r} needs {self.needed} of {len(self.members)} members"
            )

    @property
    def line(self) -> str:
        return _line("group", self.name, str(self.needed), *self.members)


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
        lines = [log.line for log in self.logs]
        lines += [witness.line for witness in self.witnesses]
        lines += [group.line for group in self.groups]
        text = "".join(f"{line}\n" for line in (*lines, _line("quorum", self.quorum)))
        return text.encode("utf-8", "surrogateescape")

    def is_met_by(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names satisfy the quorum."""
        satisfied = {NO_QUORUM, *(witness.name for witness in self.witnesses if witness.name in cosigned)}
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
    """The log signed it, but the witnesses do not satisfy the quorum; `absent` did not cosign."""

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


def parse_witness_policy(data: bytes) -> WitnessPolicy:
    """Read a policy file; raises WitnessPolicyError with the number of the line that is wrong."""
    if len(data) > MAX_POLICY:
        raise WitnessPolicyError(f"a policy has at most {MAX_POLICY} bytes, not {len(data)}")
    if _CONTROL.search(data):
        raise WitnessPolicyError("a policy holds no control characters but tabs and line feeds")
    if data and not data.endswith(b"\n"):
        raise WitnessPolicyError("the last line of a policy ends with a line feed")
    reading = _Reading()
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = [word for word in _BLANK.split(line) if word]
        if words and not words[0].startswith("#"):
            try:
                reading.take(words)
            except ValueError as error:
                raise WitnessPolicyError(f"line {number}: {error}") from None
    return reading.policy()


class _Reading:
    """A policy file read so far."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[PolicyWitness] = []
        self._groups: list[PolicyGroup] = []
        self._quorums: list[str] = []

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._logs.append(PolicyLog(parse_vkey(vkey), *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witnesses.append(PolicyWitness(name, parse_vkey(vkey), *url))
            case ["group", name, count, *members]:
                group = PolicyGroup(name, _needed(count, len(members)), tuple(members))
                _refuse_undefined(group, self._defined())
                self._groups.append(group)
            case ["quorum", name]:
                if name not in (NO_QUORUM, *self._defined()):
                    raise WitnessPolicyError(f"the quorum {name!r} is not defined on a line before")
                self._quorums.append(name)
            case _:
                raise WitnessPolicyError("this is not a log, witness, group or quorum line")

    def policy(self) -> WitnessPolicy:
        if len(self._quorums) != 1:
            raise WitnessPolicyError(f"a policy has exactly one quorum line, not {len(self._quorums)}")
        return WitnessPolicy(tuple(self._logs), tuple(self._witnesses), tuple(self._groups), self._quorums[0])

    def _defined(self) -> list[str]:
        return [witness.name for witness in self._witnesses] + [group.name for group in self._groups]


def _needed(count: str, members: int) -> int:
    if count in ("any", "all"):
        return 1 if count == "any" else members
    if not _COUNT.fullmatch(count):
        raise WitnessPolicyError(f"{count!r} is neither a number nor `any` nor `all`")
    return int(count)


def _line(*words: str) -> str:
    if not all(map(_WORD.fullmatch, words)):
        raise WitnessPolicyError("names and addresses in a policy hold no spaces and no control characters")
    return " ".join(words)


def _stated(url: str) -> tuple[str, ...]:
    return (url,) if url else ()


def _refuse_undefined(group: PolicyGroup, defined: Collection[str]) -> None:
    for member in group.members:
        if member not in defined:
            raise WitnessPolicyError(f"group {group.name!r} names {member!r}, which is not defined before it")


def _refuse_repeats(what: str, values: Iterable[Hashable]) -> None:
    if any(count > 1 for count in Counter(values).values()):
        raise WitnessPolicyError(f"a policy states each {what} once")
