"""Verification of a ledger's entries against its checkpoints, told as findings. Free of I/O and of keys.

Checkpoints come here already opened: whose signature they bear is judged by `checkpoint` and
`witness_policy`. No findings means that every claim checked here holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.entries import EntryError, decode
from lineclear.domain.ledger.merkle import Frontier, is_consistent, leaf_hashes
from lineclear.domain.wording import marked, say

MAX_FINDINGS = 1_000
"""A broken ledger is as broken with a thousand findings as with a million."""

_BATCH = 4_096


class FindingCode(StrEnum):
    """What can be wrong with a ledger. The list only grows."""

    ENTRY_UNREADABLE = "entry_unreadable"
    ENTRIES_MISSING = "entries_missing"
    ENTRY_REPEATED = "entry_repeated"
    LEDGER_CUT = "ledger_cut"
    LEDGER_OVERLONG = "ledger_overlong"
    ROOT_DIFFERS = "root_differs"
    HISTORY_DIFFERS = "history_differs"
    HISTORY_CUT = "history_cut"
    HISTORY_UNCHECKED = "history_unchecked"
    OTHER_LEDGER = "other_ledger"
    PROOF_FAILS = "proof_fails"
    FINDINGS_OMITTED = "findings_omitted"


_SAYS: Mapping[FindingCode, str] = {
    FindingCode.ENTRY_UNREADABLE: marked("Entry {index} is not an entry: {detail}."),
    FindingCode.ENTRIES_MISSING: marked(
        "Entry {index} is {found} of {stream}, but {expected} was due: a gap."
    ),
    FindingCode.ENTRY_REPEATED: marked("Entry {index} is {found} of {stream} again; {expected} was due."),
    FindingCode.LEDGER_CUT: marked("The checkpoint states {expected} entries, but only {found} are here."),
    FindingCode.LEDGER_OVERLONG: marked("There are entries after the {expected} that the checkpoint states."),
    FindingCode.ROOT_DIFFERS: marked(
        "The entries are not those that the checkpoint of size {size} commits to."
    ),
    FindingCode.HISTORY_DIFFERS: marked("The first {size} entries are not those of an older checkpoint."),
    FindingCode.HISTORY_CUT: marked(
        "An older checkpoint states {found} entries, the newest only {expected}."
    ),
    FindingCode.HISTORY_UNCHECKED: marked(
        "The checkpoint of size {size} lies before the entries at hand; it takes a consistency proof."
    ),
    FindingCode.OTHER_LEDGER: marked("The older checkpoint is of {found}, not of {expected}."),
    FindingCode.PROOF_FAILS: marked(
        "The proof does not show that {expected} entries continue the older {found}."
    ),
    FindingCode.FINDINGS_OMITTED: marked("{found} further findings are not listed."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, with what it takes to say so."""

    code: FindingCode
    params: Mapping[str, str | int]

    @property
    def sentence(self) -> str:
        return say(_SAYS[self.code]).format_map(self.params)


@dataclass(frozen=True, slots=True)
class Prefix:
    """A ledger as far as it is verified: its tree, and the number due next in each stream."""

    frontier: Frontier = field(default_factory=Frontier)
    due: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found, and how far one got: a sound `prefix` is where the next verification starts."""

    prefix: Prefix
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings


def verify_ledger(
    entries: Iterable[bytes],
    newest: Checkpoint,
    *,
    older: Sequence[Checkpoint] = (),
    start: Prefix | None = None,
) -> Verification:
    """Verify entries strictly, their streams' density, and all checkpoints, in one pass and bounded memory.

    `entries` are those after `start`; memory grows with the number of streams only.
    """
    begun = start or Prefix()
    streams = _Streams(begun)
    tree = verify_tree(streams.checked(entries), newest, older=older, start=begun.frontier)
    prefix = Prefix(tree.prefix.frontier, dict(streams.due))
    return Verification(prefix, (*tree.findings, *streams.findings, *streams.omissions))


def verify_tree(
    entries: Iterable[bytes],
    newest: Checkpoint,
    *,
    older: Sequence[Checkpoint] = (),
    start: Frontier | None = None,
) -> Verification:
    """Verify that the bytes of the entries are those that every checkpoint commits to, and nothing else."""
    source = iter(entries)
    frontier = start or Frontier()
    findings = [finding for checkpoint in older for finding in _misplaced(checkpoint, newest, frontier.size)]
    known = [checkpoint for checkpoint in older if frontier.size <= checkpoint.size <= newest.size]
    for checkpoint in sorted(known, key=lambda kept: kept.size):
        frontier = _read_to(frontier, source, checkpoint.size)
        if frontier.size == checkpoint.size and frontier.root != checkpoint.root:
            findings.append(Finding(FindingCode.HISTORY_DIFFERS, {"size": checkpoint.size}))
    frontier = _read_to(frontier, source, newest.size)
    is_overlong = frontier.size > newest.size or next(source, None) is not None
    findings += _against(frontier, newest, is_overlong=is_overlong)
    return Verification(Prefix(frontier), tuple(findings))


def verify_growth(older: Checkpoint, newer: Checkpoint, proof: Sequence[bytes]) -> tuple[Finding, ...]:
    """Verify by a consistency proof that the newer checkpoint continues the older: a witness's rule."""
    findings = tuple(_misplaced(older, newer, 0))
    if findings or is_consistent(older.size, older.root, newer.size, newer.root, proof):
        return findings
    return (Finding(FindingCode.PROOF_FAILS, {"expected": newer.size, "found": older.size}),)


class _Streams:
    """Reads entries on their way to the tree and keeps what they say of their streams."""

    def __init__(self, start: Prefix) -> None:
        self.due: defaultdict[str, int] = defaultdict(int, start.due)
        self.findings: list[Finding] = []
        self._omitted = 0
        self._first = start.frontier.size

    @property
    def omissions(self) -> tuple[Finding, ...]:
        if not self._omitted:
            return ()
        return (Finding(FindingCode.FINDINGS_OMITTED, {"found": self._omitted}),)

    def checked(self, entries: Iterable[bytes]) -> Iterator[bytes]:
        for index, data in enumerate(entries, self._first):
            self._check(index, data)
            yield data

    def _check(self, index: int, data: bytes) -> None:
        try:
            entry = decode(data)
        except EntryError as error:
            self._found(FindingCode.ENTRY_UNREADABLE, {"index": index, "detail": str(error)})
            return
        due = self.due[entry.stream]
        if entry.seq != due:
            code = FindingCode.ENTRIES_MISSING if entry.seq > due else FindingCode.ENTRY_REPEATED
            params: dict[str, str | int] = {
                "stream": entry.stream,
                "index": index,
                "expected": due,
                "found": entry.seq,
            }
            self._found(code, params)
        self.due[entry.stream] = max(due, entry.seq + 1)

    def _found(self, code: FindingCode, params: Mapping[str, str | int]) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, params))
        else:
            self._omitted += 1


def _misplaced(older: Checkpoint, newest: Checkpoint, start: int) -> Iterator[Finding]:
    if older.origin != newest.origin:
        params: dict[str, str | int] = {"expected": newest.origin, "found": older.origin}
        yield Finding(FindingCode.OTHER_LEDGER, params)
    if older.size > newest.size:
        yield Finding(FindingCode.HISTORY_CUT, {"expected": newest.size, "found": older.size})
    if older.size < start:
        yield Finding(FindingCode.HISTORY_UNCHECKED, {"size": older.size})


def _against(frontier: Frontier, newest: Checkpoint, *, is_overlong: bool) -> Iterator[Finding]:
    if frontier.size < newest.size:
        yield Finding(FindingCode.LEDGER_CUT, {"expected": newest.size, "found": frontier.size})
    if frontier.size == newest.size and frontier.root != newest.root:
        yield Finding(FindingCode.ROOT_DIFFERS, {"size": newest.size})
    if is_overlong:
        yield Finding(FindingCode.LEDGER_OVERLONG, {"expected": newest.size})


def _read_to(frontier: Frontier, source: Iterator[bytes], size: int) -> Frontier:
    """The frontier after as many entries as lead to `size`, or as there are."""
    while frontier.size < size:
        leaves = leaf_hashes(islice(source, min(_BATCH, size - frontier.size)))
        if not leaves:
            break
        frontier = frontier.extended(leaves)
    return frontier
