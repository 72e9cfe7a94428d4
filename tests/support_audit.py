"""Packs for tests: of a really executed workspace, of any ledger that a liar would write, and taken apart."""

from __future__ import annotations

import importlib.util
import json
from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.exporting import Plan, export_pack
from lineclear.adapters.auditpack.forms import (
    manifest_payload,
    read_manifest,
    sign_manifest,
    sign_sums,
    sums_of,
)
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.auditpack.texts import guide, verifier
from lineclear.adapters.auditpack.writing import Spool, write_pack
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.record.findings import EVERYTHING, Scope
from lineclear.application.record.log import LogTree, log_origin
from lineclear.domain.ledger.checkpoint import sign_checkpoint
from lineclear.domain.ledger.merkle import leaf_hash
from lineclear.domain.ledger.notes import KeyType, VerifierKey
from lineclear.domain.ledger.signing import Signer
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.kernel import CONTRACTS, Kernel
from support_ledger import Key

AT = "2026-01-31T09:30:00.000Z"
LOG = Key("log of acme")
FOREIGN = Key("a log of somebody else")
ORIGIN = log_origin("acme/test")
PROJECT = Path(__file__).resolve().parents[1]
EXAMINER = PROJECT / "resources" / "audit" / "verify.py"


def key_of(signer: Signer) -> VerifierKey:
    return VerifierKey(ORIGIN, KeyType.ED25519, signer.public_key)


def executed() -> Kernel:
    """A workspace in which everything has happened once that an auditor asks about."""
    records = {name: {"status": "new", "refunded": "0.00"} for name in ("pay_1", "pay_2", "cus_1", "acc_1")}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    west, east = kernel.reviewer("ops-west"), kernel.reviewer("ops-east", Tier.THREE)
    kernel.refund("20.00", id="pay_2")
    first = kernel.refund("60.00", note="Charged twice", why="Ticket 20418")
    kernel.decide(west, first)
    rejected = kernel.refund("70.00", id="pay_2")
    kernel.decide(west, rejected, Verdict.REJECT, "Not a duplicate")
    merge = kernel.propose("crm.merge_customers", "manage_customers", id="cus_1")
    kernel.decide(east, merge, reason="Same person")
    kernel.decide(east, kernel.propose("access.grant", "manage_access", id="acc_1"))
    kernel.run()
    preview = preview_undo(kernel.services, east.principal, first.id)
    undo(kernel.services, east.principal, first.id, UndoRequest(preview.version, "Wrong one"), kernel.key())
    kernel.run()
    kernel.token("auditor", Role.AUDITOR)
    return kernel


class Entries:
    """A ledger as a list of entries and a table of blobs, under whatever key an operator could use."""

    def __init__(self, entries: Iterable[bytes], blobs: dict[str, bytes], signer: Signer = LOG) -> None:
        self.all = list(entries)
        self.blobs = blobs
        self.signer = signer

    def checkpoint(self) -> bytes:
        leaves = list(map(leaf_hash, self.all))
        tree = LogTree(lambda start, count: leaves[start : start + count])
        tree.grow(leaves)
        return sign_checkpoint(tree.checkpoint(ORIGIN), self.signer).encode()

    def entries(self, size: int) -> Iterable[bytes]:
        return iter(self.all[:size])

    def cosigned(self) -> Iterable[bytes]:
        return ()

    def blob(self, digest: str) -> bytes | None:
        return self.blobs.get(digest)


def entries_of(kernel: Kernel) -> Entries:
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size()))
    digests = {digest for one in stored for digest in json.loads(one.entry)["commits"].values()}
    blobs = {digest: kernel.store.read(lambda snapshot, d=digest: snapshot.blob(d)) for digest in digests}
    return Entries(
        (one.entry for one in stored), {name: blob for name, blob in blobs.items() if blob is not None}
    )


def plan(signer: Signer = LOG, *, log: Signer = LOG, scope: Scope = EVERYTHING) -> Plan:
    by_log = signer.public_key == log.public_key
    return Plan(
        scope=scope,
        log=key_of(log),
        signer=signer,
        at=AT,
        program="lineclear, under test",
        guide=guide(key_of(log), "lineclear, under test", is_signed_by_log=by_log),
        verifier=verifier(),
    )


def write(source: Entries | StoreSource, out: Path, **more: object) -> Path:
    export_pack(source, plan(**more), out)
    return out


def examiner(change: Callable[[str], str] = lambda text: text) -> ModuleType:
    """The independent verifier as a module, or a variant of it."""
    spec = importlib.util.spec_from_loader("examiner", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(change(EXAMINER.read_text(encoding="utf-8")), str(EXAMINER), "exec"), module.__dict__)
    return module


@dataclass
class Unpacked:
    """A pack's files by name, to be changed and laid down again in the one form of a pack."""

    files: dict[str, bytes]

    @classmethod
    def of(cls, pack: Path) -> Unpacked:
        from lineclear.adapters.auditpack.container import open_pack  # noqa: PLC0415  # only here

        with open_pack(pack) as opened:
            return cls({name: opened.read(name) for name in opened.sizes})

    def copy(self) -> Unpacked:
        return Unpacked(dict(self.files))

    def lay_down(self, out: Path) -> Path:
        with Spool.beside(out) as spool:
            for name, data in self.files.items():
                spool.add(name, [data])
            write_pack(spool, out)
        return out

    def sign_again(self, signer: Signer = LOG, *, proofs: int | None = None) -> Unpacked:
        """What whoever holds a key can do: all lists anew, over whatever the files are now."""
        payload = b64decode(json.loads(self.files.pop(names.MANIFEST))["payload"])
        about, _ = read_manifest(payload)
        if proofs is not None:
            about.counts.proofs = proofs
        for name in (names.SUMS, names.SUMS_SIGNATURE):
            del self.files[name]
        sums = sums_of(self.digests())
        self.files[names.SUMS] = sums
        self.files[names.SUMS_SIGNATURE] = sign_sums(sums, signer)
        self.files[names.MANIFEST] = sign_manifest(manifest_payload(about, self.digests()), signer)
        return self

    def digests(self) -> list[tuple[str, str]]:
        return [(name, sha256(self.files[name]).hexdigest()) for name in sorted(self.files)]
