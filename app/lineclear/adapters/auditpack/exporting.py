"""Makes a pack from a ledger: streaming, of any size, for one scope. Free of stores and of HTTP.

Entries are read from the source once and then from the spool; contents one at a time. What grows in memory is
a line for each file, the streams in scope, and the manifest at the end.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.copies import MOST_LINES, Placed, lines, table
from lineclear.adapters.auditpack.forms import (
    EXPORTER,
    LOG,
    About,
    allowed_signers,
    manifest_payload,
    pem_of,
    sign_manifest,
    sign_sums,
    sums_of,
)
from lineclear.adapters.auditpack.sources import LedgerSource
from lineclear.adapters.auditpack.writing import Spool, write_pack
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.record.findings import Chosen, Counts, Scope, choose
from lineclear.application.record.log import LogTree
from lineclear.application.record.witnesses import policy_of
from lineclear.domain.identities import Witness
from lineclear.domain.ledger.checkpoint import Checkpoint, open_checkpoint
from lineclear.domain.ledger.merkle import inclusion_proof, leaf_hash
from lineclear.domain.ledger.notes import VerifierKey, parse_note
from lineclear.domain.ledger.proofs import LedgerProof
from lineclear.domain.ledger.signing import Signer
from lineclear.domain.ledger.tiles import (
    Tile,
    bundles_of,
    hash_reader,
    join_bundle,
    split_bundle,
    tiles_of,
)
from lineclear.domain.ledger.witness_policy import judge

MOST_PROOFS: Final = 10_000
"""Above, no proofs are written: the tiles in the pack make any of them, and `audit prove` does."""

_GATHERED: Final = 65_536


class ExportError(ValueError):
    """What the source gave is not what its checkpoint or its entries commit to."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to export, and in whose name: `signer` is the log's own key, or the exporter's.

    `at` is the time of the export as RFC 3339, `program` who makes it. `guide` and
    `verifier` go into the pack as they are.
    """

    scope: Scope
    log: VerifierKey
    signer: Signer
    at: str
    program: str
    guide: bytes
    verifier: bytes

    @property
    def signed_by(self) -> str:
        return LOG if self.signer.public_key == self.log.public_key else EXPORTER


class _Peek(msgspec.Struct, frozen=True):
    """What of an entry an export looks at."""

    stream: str
    type: str
    body: msgspec.Raw
    commits: dict[str, str]


class _Named(msgspec.Struct, frozen=True):
    name: str = ""
    person: str = ""
    public_key: str = ""
    kept: str = ""


_PEEK: Final = msgspec.json.Decoder(_Peek)
_NAMED: Final = msgspec.json.Decoder(_Named)


def export_pack(source: LedgerSource, plan: Plan, out: Path) -> About:
    """Write a pack and say what is in it. Raises ExportError, TooLargeError, Refusal and OSError."""
    note = source.checkpoint()
    checkpoint = open_checkpoint(note, plan.log, verifier_of)
    with Spool.beside(out) as spool:
        _spool_tree(spool, source, checkpoint)
        about = _Export(spool, source, plan, checkpoint, note).run()
        write_pack(spool, out)
    return about


def _spool_tree(spool: Spool, source: LedgerSource, checkpoint: Checkpoint) -> None:
    """Bundles and hash tiles; ExportError unless they lead to the checkpoint's root."""
    entries, tree = source.entries(checkpoint.size), LogTree(lambda _start, _count: ())
    for bundle in bundles_of(checkpoint.size):
        held = list(islice(entries, bundle.width))
        leaves = list(map(leaf_hash, held))
        spool.add(bundle.path, [join_bundle(held)])
        spool.add(Tile(0, bundle.index, bundle.width).path, leaves)
        tree.grow(leaves)
    for tile in tiles_of(tree.size):
        if tile.level:
            spool.add(tile.path, [tree.tile(tile)])
    if tree.checkpoint(checkpoint.origin) != checkpoint:
        raise ExportError("the entries are not those that the log's checkpoint commits to")


class _Export:
    """One export, once its tree is spooled and found to be the checkpoint's."""

    def __init__(
        self, spool: Spool, source: LedgerSource, plan: Plan, checkpoint: Checkpoint, note: bytes
    ) -> None:
        self._spool = spool
        self._source = source
        self._plan = plan
        self._checkpoint = checkpoint
        self._note = note
        self._counts = Counts(entries=checkpoint.size)
        self._absent: set[str] = set()
        self._witnesses: list[Witness] = []
        self._workspace = ""
        self._covered: list[int] = []
        self._in_scope = 0

    def run(self) -> About:
        chosen = choose(self._plan.scope, self._entries())
        self._spool_contents(chosen)
        self._spool_proofs()
        self._spool.add(names.LINES, _gathered(lines(self._placed(chosen))))
        self._spool.add(names.TABLE, _gathered(table(self._placed(chosen))))
        self._spool_keys()
        self._spool_cosigned()
        sums = sums_of(self._spool.digests())
        self._spool.add(names.SUMS, [sums])
        self._spool.add(names.SUMS_SIGNATURE, [sign_sums(sums, self._plan.signer)])
        about = self._about()
        payload = manifest_payload(about, self._spool.digests())
        self._spool.add(names.MANIFEST, [sign_manifest(payload, self._plan.signer)])
        return about

    def _entries(self) -> Iterator[bytes]:
        for bundle in bundles_of(self._checkpoint.size):
            yield from split_bundle(self._spool.read(bundle.path), bundle.width)

    def _placed(self, chosen: Chosen) -> Iterator[Placed]:
        return islice(
            (
                (index, data)
                for index, data in enumerate(self._entries())
                if chosen.everything or chosen.covers(_PEEK.decode(data).stream)
            ),
            MOST_LINES,
        )

    def _spool_contents(self, chosen: Chosen) -> None:
        for index, data in enumerate(self._entries()):
            peek = _PEEK.decode(data)
            self._keep_named(peek)
            if chosen.covers(peek.stream):
                self._in_scope += 1
                if len(self._covered) <= MOST_PROOFS:
                    self._covered.append(index)
                for part, digest in peek.commits.items():
                    self._keep_content(part, digest)

    def _keep_named(self, peek: _Peek) -> None:
        match peek.type:
            case "workspace.created":
                self._workspace = _NAMED.decode(peek.body).name
            case "device.enrolled":
                name = names.device_name(peek.stream.partition("/")[2])
                if name not in self._spool:
                    self._spool.add(name, [pem_of(b64decode(_NAMED.decode(peek.body).public_key))])
            case "witness.enrolled":
                named, identifier = _NAMED.decode(peek.body), peek.stream.partition("/")[2]
                self._witnesses.append(Witness(identifier, 0, named.person, named.public_key, named.kept))
            case "action.proposed":
                self._counts.actions += 1

    def _keep_content(self, part: str, digest: str) -> None:
        name = names.committed_name(part, digest)
        if name in self._spool or digest in self._absent:
            return
        blob = self._source.blob(digest)
        if blob is None:
            self._absent.add(digest)
            return
        if sha256(blob).hexdigest() != digest:
            raise ExportError(f"what is kept as {digest} is not what the ledger commits to")
        self._spool.add(name, [blob])
        if part == "statement":
            self._counts.decisions += 1
        else:
            self._counts.contents += 1

    def _spool_proofs(self) -> None:
        if len(self._covered) > MOST_PROOFS:
            return
        size = self._checkpoint.size
        read = hash_reader(lru_cache(maxsize=512)(lambda tile: self._spool.read(tile.path)), size)
        for index in self._covered:
            proof = LedgerProof(index, inclusion_proof(read, index, size), self._note)
            self._spool.add(names.proof_name(index), [proof.encode()])
        self._counts.proofs = len(self._covered)

    def _spool_keys(self) -> None:
        plan, add = self._plan, self._spool.add
        signer = plan.log.name if plan.signed_by == LOG else EXPORTER
        add(names.CHECKPOINT, [self._note])
        add(names.LOG_POLICY, [policy_of(plan.log, self._witnesses).encode()])
        add(names.LOG_KEY, [pem_of(plan.log.public_key)])
        add(names.SIGNERS, [allowed_signers(signer, plan.signer.public_key)])
        if plan.signed_by == EXPORTER:
            add(names.EXPORTER_KEY, [pem_of(plan.signer.public_key)])
        add(names.GUIDE, [plan.guide])
        add(names.PROGRAM, [plan.verifier])

    def _spool_cosigned(self) -> None:
        """What witnesses saw of this log up to its checkpoint, by those who are enrolled in it."""
        policy = policy_of(self._plan.log, self._witnesses)
        for data in self._source.cosigned():
            verdict = judge(policy, parse_note(data), verifier_of)
            if verdict.checkpoint.size <= self._checkpoint.size and verdict.cosigned:
                self._spool.add(names.cosigned_name(verdict.checkpoint.size), [data])

    def _about(self) -> About:
        self._counts.absent = len(self._absent)
        return About(
            origin=self._checkpoint.origin,
            size=self._checkpoint.size,
            root=self._checkpoint.root.hex(),
            workspace=self._workspace,
            scope=self._plan.scope,
            entries_in_scope=self._in_scope,
            counts=self._counts,
            exported_at=self._plan.at,
            program=self._plan.program,
            signed_by=self._plan.signed_by,
            absent=tuple(sorted(self._absent)),
        )


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Fewer and larger parts."""
    held, size = [], 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _GATHERED:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
