"""What an audit covers, finds and may conclude, as values. Free of I/O and of keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from lineclear.domain.ledger.entries import is_instant

MOST_FOUND: Final = 1_000
"""A broken pack is as broken with a thousand findings as with a million."""


class ScopeKind(StrEnum):
    """By what a scope is chosen."""

    ALL = "all"
    TIME = "time"
    JOB = "job"
    AGENT = "agent"
    CAPABILITY = "capability"
    ACTION = "action"


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose contents and decisions are in a pack; every entry is in every pack.

    `start` and `end` (not included) are RFC 3339 UTC with milliseconds and belong to `time`, `name` to the
    others. Raises ValueError for a scope that says nothing.
    """

    kind: ScopeKind
    name: str = ""
    start: str = ""
    end: str = ""

    def __post_init__(self) -> None:
        times = [time for time in (self.start, self.end) if time]
        is_time = self.kind is ScopeKind.TIME
        if is_time is not bool(times) or not all(map(is_instant, times)):
            raise ValueError(
                "a scope in time has a start or an end, in UTC with milliseconds, and no other has"
            )
        if bool(self.name) is (self.kind in {ScopeKind.ALL, ScopeKind.TIME}):
            raise ValueError(f"a scope by {self.kind} names one, and only that")

    @property
    def words(self) -> str:
        """The scope for people."""
        if self.kind is ScopeKind.ALL:
            return "everything"
        if self.kind is ScopeKind.TIME:
            return f"from {self.start or 'the first entry'} until {self.end or 'the last entry'}"
        return f"{self.kind} {self.name}"


EVERYTHING: Final = Scope(ScopeKind.ALL)


class _About(msgspec.Struct, frozen=True):
    job: str = ""
    agent: str = ""
    capability: str = ""


class _Glance(msgspec.Struct, frozen=True):
    """What of an entry decides on its place in a scope."""

    stream: str
    type: str
    at: str
    body: _About


_GLANCE: Final = msgspec.json.Decoder(_Glance)
_CHOSEN_KINDS: Final = ("action/", "job/", "agent/")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The streams in a scope; policies always are, because everything was judged by them."""

    everything: bool
    streams: frozenset[str] = frozenset()

    def covers(self, stream: str) -> bool:
        return self.everything or stream in self.streams or stream.startswith("policy/")


def choose(scope: Scope, entries: Iterable[bytes]) -> Chosen:
    """The streams that a scope takes in, as wholes: an action's story is not cut at a moment.

    Entries that cannot be read are in no scope; verification says that they cannot.
    """
    if scope.kind is ScopeKind.ALL:
        return Chosen(everything=True)
    found: set[str] = set()
    for data in entries:
        try:
            glance = _GLANCE.decode(data)
        except msgspec.MsgspecError:
            continue
        if glance.stream.startswith(_CHOSEN_KINDS) and _is_within(scope, glance):
            found.add(glance.stream)
    return Chosen(everything=False, streams=frozenset(found))


def _is_within(scope: Scope, entry: _Glance) -> bool:
    match scope.kind:
        case ScopeKind.TIME:
            return entry.at >= scope.start and (not scope.end or entry.at < scope.end)
        case ScopeKind.CAPABILITY:
            return entry.type == "action.proposed" and entry.body.capability == scope.name
        case ScopeKind.JOB | ScopeKind.AGENT:
            opens = entry.type in {"action.proposed", "job.opened"}
            named = entry.body.job if scope.kind is ScopeKind.JOB else entry.body.agent
            return entry.stream == f"{scope.kind}/{scope.name}" or (opens and named == scope.name)
        case _:
            return entry.stream == f"action/{scope.name}"


class Fault(StrEnum):
    """What can be wrong with a pack. The list only grows."""

    CONTAINER = "container"
    FILE_MISSING = "file_missing"
    FILE_STRAY = "file_stray"
    FILE_ALTERED = "file_altered"
    LOG_KEY = "log_key"
    CHECKPOINT = "checkpoint"
    HISTORY = "history"
    MANIFEST = "manifest"
    SUMS = "sums"
    TREE = "tree"
    PROOF = "proof"
    ENTRY = "entry"
    STREAM = "stream"
    SEQUENCE = "sequence"
    POLICY = "policy"
    DEVICE = "device"
    DECISION = "decision"
    AUTHORITY = "authority"
    CLEARANCE = "clearance"
    START = "start"
    OUTCOME = "outcome"
    CONTENT = "content"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that does not hold: what, where (a file or an entry), and in words why."""

    fault: Fault
    where: str
    says: str


@dataclass(slots=True)
class Findings:
    """What was found so far, and how much more than can be listed."""

    listed: list[Found] = field(default_factory=list)
    omitted: int = 0

    def add(self, fault: Fault, where: str, says: str) -> None:
        if len(self.listed) < MOST_FOUND:
            self.listed.append(Found(fault, where, says))
        else:
            self.omitted += 1


class Counts(msgspec.Struct, omit_defaults=True):
    """How much was looked at."""

    entries: int = 0
    actions: int = 0
    decisions: int = 0
    signatures: int = 0
    starts: int = 0
    contents: int = 0
    absent: int = 0
    proofs: int = 0


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What became of a verification. `proven` and `unproven` are sentences, and stand only if it is sound."""

    origin: str
    size: int
    root: str
    key: str
    scope: str
    counts: Counts
    findings: tuple[Found, ...]
    omitted: int
    proven: tuple[str, ...]
    unproven: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings
