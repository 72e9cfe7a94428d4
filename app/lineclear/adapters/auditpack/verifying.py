"""Judges a pack with no network and no trust in who made it. Free of stores, and of keys but those named.

In order: the container's form, the log's key and checkpoint, each file's digest against manifest and sums,
then the entries: tree, streams, fold, decisions, contents, proofs. Nothing signed is read before its
signature holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.ahead import WORTH, Checked, reading_ahead
from lineclear.adapters.auditpack.container import ContainerError, Pack, Progress, digests, open_pack
from lineclear.adapters.auditpack.cosignatures import Seen, judge_cosignatures
from lineclear.adapters.auditpack.envelope import REQUIRED, Lists
from lineclear.adapters.auditpack.forms import EXPORTER, About, log_policy
from lineclear.adapters.auditpack.head import Head, Trust, UnusableError, need, read_head
from lineclear.adapters.auditpack.inside import Inside
from lineclear.adapters.auditpack.verdicts import Ground, proven, unproven
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.record.findings import Chosen, Conclusion, Counts, Fault, Findings, choose
from lineclear.application.record.log import LogTree
from lineclear.application.record.replay import Step
from lineclear.domain.ledger.merkle import leaf_hash, leaf_hashes
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.tiles import (
    WIDTH,
    Tile,
    TileError,
    bundles_of,
    hashes_in,
    split_bundle,
    tiles_of,
)

EXCERPT: Final = "an excerpt of one action"


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict, and the entries of the action or job that was watched."""

    conclusion: Conclusion
    steps: tuple[Step, ...] = ()


def silent(_done: int, _total: int) -> None:
    """Tells nobody how far it is."""


def verify_pack(
    path: Path,
    trust: Trust,
    *,
    progress: Progress = silent,
    watch: str = "",
    verifier_of: VerifierOf = verifier_of,
    worth: int = WORTH,
) -> Report:
    """Judge a pack, or the folder of an unpacked one. Raises OSError where the file cannot be read at all.

    From `worth` entries on another process reads them strictly while this one replays them.
    """
    findings = Findings()
    try:
        with open_pack(path) as pack:
            head = read_head(pack, trust, findings, verifier_of)
            if names.MANIFEST in pack.sizes:
                whole = _Whole(path, pack, head, trust, findings, verifier_of, watch)
                return whole.report(progress, worth)
            return _report_excerpt(pack, head, trust, findings, verifier_of, watch, progress)
    except ContainerError as error:
        findings.add(Fault.CONTAINER, path.name, str(error))
    except UnusableError as error:
        findings.add(error.fault, error.where, str(error))
    listed, nothing = tuple(findings.listed), Counts()
    return Report(Conclusion("", 0, "", "", "", nothing, listed, findings.omitted, (), ()))


class _Whole:
    """A pack with all entries of its log on its way to a verdict."""

    def __init__(
        self,
        path: Path,
        pack: Pack,
        head: Head,
        trust: Trust,
        findings: Findings,
        verifier_of: VerifierOf,
        watch: str,
    ) -> None:
        self._path = path
        self._pack = pack
        self._head = head
        self._trust = trust
        self._findings = findings
        self._verifier_of = verifier_of
        self._chosen = Chosen(everything=False)
        self._inside = Inside(
            pack,
            head,
            findings,
            verifier_of,
            self._covers,
            excerpt=False,
            watch=watch,
        )

    def report(self, progress: Progress, worth: int) -> Report:
        for name in sorted(REQUIRED - self._pack.sizes.keys()):
            raise UnusableError(Fault.FILE_MISSING, name, "every pack has this file")
        self._inside.due |= REQUIRED
        files = _named_files(self._pack, self._findings, lambda done, total: progress(done, 2 * total))
        lists = Lists(self._pack, files, self._head.log, self._trust.exporter, self._verifier_of)
        about = lists.check(self._findings)
        if about is None:
            raise UnusableError(Fault.MANIFEST, names.MANIFEST, "without it nobody knows what has to be here")
        self._take_about(about)
        tree, size = LogTree(self._leaves), self._head.checkpoint.size
        with reading_ahead(self._path, size, worth) as ahead:
            for bundle in bundles_of(size):
                entries = self._bundle(bundle.path, bundle.width)
                self._take_bundle(tree, bundle.index, entries, ahead.of(bundle.index))
                progress(size + tree.size, 2 * size)
        self._check_tree(tree)
        seen = self._judge_cosignatures(tree)
        self._inside.finish()
        return _report(self._head, self._trust, self._findings, self._inside, about, seen)

    def _judge_cosignatures(self, tree: LogTree) -> tuple[Seen, ...]:
        witnesses = self._inside.replay.witnesses
        seen, found = judge_cosignatures(self._pack, self._head, tree, witnesses, self._verifier_of)
        self._inside.due.update(names.cosigned_names(self._pack.sizes))
        for one in found.listed:
            self._findings.add(one.fault, one.where, one.says)
        return seen

    def _covers(self, stream: str) -> bool:
        return self._chosen.covers(stream)

    def _take_about(self, about: About) -> None:
        checkpoint, inside = self._head.checkpoint, self._inside
        stated = (checkpoint.origin, checkpoint.size, checkpoint.root.hex())
        if (about.origin, about.size, about.root) != stated:
            says = "it is about another checkpoint than the one in the pack"
            self._findings.add(Fault.MANIFEST, names.MANIFEST, says)
        if about.counts.proofs != len(inside.proofs):
            self._findings.add(Fault.MANIFEST, names.MANIFEST, "it counts other proofs than there are")
        if about.signed_by == EXPORTER:
            inside.due.add(names.EXPORTER_KEY)
        inside.absent = frozenset(about.absent)
        self._chosen = choose(about.scope, self._all_entries())

    def _all_entries(self) -> Iterator[bytes]:
        for bundle in bundles_of(self._head.checkpoint.size):
            yield from self._bundle(bundle.path, bundle.width)

    def _bundle(self, path: str, width: int) -> list[bytes]:
        try:
            return split_bundle(self._file(path), width)
        except TileError as error:
            raise UnusableError(Fault.TREE, path, error) from None

    def _leaves(self, start: int, count: int) -> list[bytes]:
        """Leaf hashes from the tile in the pack, which was found to be that of the entries."""
        width = min(WIDTH, self._head.checkpoint.size - start)
        return hashes_in(self._file(Tile(0, start // WIDTH, width).path), width)[:count]

    def _take_bundle(self, tree: LogTree, number: int, entries: list[bytes], checked: Checked) -> None:
        leaves = leaf_hashes(entries)
        tile = Tile(0, number, len(entries)).path
        if self._file(tile) != b"".join(leaves):
            says = "its hashes are not those of the entries beside it"
            raise UnusableError(Fault.TREE, tile, says)
        for index, (data, leaf) in enumerate(zip(entries, leaves, strict=True), number * WIDTH):
            self._inside.take(index, data, leaf, is_known=checked.is_entry(index, leaf))
        tree.grow(leaves)

    def _check_tree(self, tree: LogTree) -> None:
        for tile in tiles_of(tree.size):
            if tile.level and self._file(tile.path) != tree.tile(tile):
                self._findings.add(Fault.TREE, tile.path, "its hashes are not those of the entries")
        if tree.root_at(tree.size) != self._head.checkpoint.root:
            says = "the entries are not those to which the log's signed checkpoint commits"
            self._findings.add(Fault.TREE, names.CHECKPOINT, says)
        for older in self._head.older:
            if tree.root_at(older.size) != older.root:
                says = f"the first {older.size} entries are not those of the checkpoint that you kept"
                self._findings.add(Fault.HISTORY, "tile/entries", says)

    def _file(self, name: str) -> bytes:
        self._inside.due.add(name)
        return need(self._pack, name)


def _report_excerpt(  # one call, of a function that has no state of its own
    pack: Pack,
    head: Head,
    trust: Trust,
    findings: Findings,
    verifier_of: VerifierOf,
    watch: str,
    progress: Progress,
) -> Report:
    """A few entries, each with its proof, and all that belongs to one action."""
    inside = Inside(pack, head, findings, verifier_of, _is_excerpted, excerpt=True, watch=watch)
    entries = names.indices(pack.sizes, of_proofs=False)
    if not entries:
        raise UnusableError(Fault.FILE_MISSING, names.MANIFEST, "this is neither a pack nor an excerpt")
    if pack.read(names.LOG_POLICY) != log_policy(head.log):
        findings.add(Fault.LOG_KEY, names.LOG_POLICY, "an excerpt names the log, and no witness")
    _named_files(pack, findings, progress)
    for older in head.older:
        if older != head.checkpoint:
            says = "an excerpt cannot show how the log grew; that takes a whole pack"
            findings.add(Fault.HISTORY, f"the checkpoint of {older.size} entries that you kept", says)
    for index in sorted(entries):
        inside.due.add(entries[index])
        if index not in inside.proofs:
            findings.add(Fault.PROOF, entries[index], "there is no proof that it is in the log")
        data = pack.read(entries[index])
        inside.take(index, data, leaf_hash(data))
    inside.finish()
    return _report(head, trust, findings, inside, None)


def _is_excerpted(stream: str) -> bool:
    return stream.startswith(("action/", "policy/"))


def _named_files(pack: Pack, findings: Findings, progress: Progress) -> dict[str, str]:
    """Every file's digest, after those that bear one as their name were found to have it."""
    files = dict(digests(pack, progress))
    for name, digest in files.items():
        if names.named_digest(name) not in {"", digest}:
            findings.add(Fault.FILE_ALTERED, name, "it does not have the digest that is its name")
    return files


def _report(  # one verdict, of all that led to it
    head: Head,
    trust: Trust,
    findings: Findings,
    inside: Inside,
    about: About | None,
    seen: tuple[Seen, ...] = (),
) -> Report:
    scope = about.scope.words if about else EXCERPT
    counts, checkpoint = inside.replay.counts, head.checkpoint
    ground = Ground(
        size=checkpoint.size,
        key=head.key,
        counts=counts,
        scope=scope,
        kept=tuple(sorted(older.size for older in head.older)),
        is_pinned=bool(trust.key),
        signed_by=about.signed_by if about else "",
        exported_at=about.exported_at if about else "",
        seen=seen,
    )
    is_sound = not findings.listed
    conclusion = Conclusion(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        key=head.key,
        scope=scope,
        counts=counts,
        findings=tuple(findings.listed),
        omitted=findings.omitted,
        proven=tuple(proven(ground)) if is_sound else (),
        unproven=tuple(unproven(ground)) if is_sound else (),
    )
    return Report(conclusion, tuple(inside.replay.steps))
