"""The record of one ledger: a tree in memory that follows it, and the key that signs what it commits to.

The first question after a start reads the whole ledger once, about a second for every million entries on
two processors.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lineclear.adapters.auditpack.cosigned import CosignedNotes
from lineclear.adapters.auditpack.log_key import PASSPHRASE, keep_signed, last_signed, open_log_key
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.ports import Ids, Store
from lineclear.application.record.log import LogTree, RecordedServices, log_origin
from lineclear.application.record.witnesses import policy_of, witness_key
from lineclear.application.services import Services
from lineclear.domain.control import Workspace
from lineclear.domain.identities import Witness
from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, sign_checkpoint
from lineclear.domain.ledger.cosignature import cosigned_at
from lineclear.domain.ledger.merkle import MerkleError, leaf_hashes
from lineclear.domain.ledger.notes import KeyType, Note, NoteError, VerifierKey, parse_note
from lineclear.domain.ledger.signing import Signer
from lineclear.domain.ledger.tiles import WIDTH, Bundle, TileError, join_bundle, parse_path
from lineclear.domain.refusals import Code, Refusal

type Told = Callable[[int, int], None]


def silent(_done: int, _all: int) -> None:
    """Tells nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a record comes to its key and keeps what it signed."""

    signer: Callable[[], Signer]
    last: Callable[[], bytes | None]
    keep: Callable[[bytes], None]
    cosigned: CosignedNotes


class LedgerRecord:
    """A `Record` of a store's ledger. Its key is opened, or made, when something is asked for the first time.

    Two checkpoints that it signs are always consistent (I37), also across a restart: what it signed last is
    kept beside the key, and a ledger that does not continue that is refused. `told` hears how many entries
    of how many are hashed, where that takes long.
    """

    def __init__(self, store: Store, origin: str, keeping: Keeping, told: Told = silent) -> None:
        self.origin = origin
        self._store = store
        self._keeping = keeping
        self._told = told
        self._tree = LogTree(self._leaves)
        self._turn = threading.RLock()
        self._signed = (-1, b"")

    @cached_property
    def signer(self) -> Signer:
        with self._turn:
            return self._keeping.signer()

    @cached_property
    def key(self) -> VerifierKey:
        return VerifierKey(self.origin, KeyType.ED25519, self.signer.public_key)

    def checkpoint(self) -> bytes:
        with self._turn:
            self._follow()
            if self._signed[0] < 0:
                self._check_kept()
            if self._signed[0] != self._tree.size:
                self._sign()
            return self._keeping.cosigned.of(self._tree.size) or self._signed[1]

    def tile(self, path: str) -> bytes:
        try:
            place = parse_path(path)
            with self._turn:
                self._follow()
                return self._bundle(place) if isinstance(place, Bundle) else self._tree.tile(place)
        except (TileError, MerkleError):
            raise Refusal(Code.NOT_FOUND, what=path[:200]) from None

    def policy(self) -> bytes:
        return policy_of(self.key, self._witnesses()).encode()

    def cosign(self, person: str, size: int, line: str) -> None:
        with self._turn:
            note = self._cosigned(person, size, line)
            self._keeping.cosigned.add(size, note)

    def cosigned(self) -> tuple[bytes, ...]:
        return self._keeping.cosigned.all()

    def _cosigned(self, person: str, size: int, line: str) -> Note:
        """The checkpoint of that size with the witness's line under it."""
        self._follow()
        try:
            signed = sign_checkpoint(Checkpoint(self.origin, size, self._tree.root_at(size)), self.signer)
            note = parse_note(signed.encode() + line.encode())
            mine = (witness_key(self.origin, one) for one in self._witnesses() if one.person == person)
            if len(note.signatures) == len(signed.signatures) + 1 and any(
                cosigned_at(note, key, verifier_of) for key in mine
            ):
                return note
        except (NoteError, CheckpointError, MerkleError) as error:
            raise Refusal(Code.BODY_INVALID, problem=error) from None
        problem = f"no witness's key of {person} signed the checkpoint of {size} entries"
        raise Refusal(Code.BODY_INVALID, problem=problem)

    def _witnesses(self) -> tuple[Witness, ...]:
        return self._store.read(lambda snapshot: snapshot.every(Witness))

    def _follow(self) -> None:
        size = self._store.read(lambda snapshot: snapshot.size())
        if size < self._tree.size:
            raise self._altered(f"it has {size} entries, and had {self._tree.size} before")
        try:
            self._grow(size)
        except TileError as error:
            raise self._altered(str(error)) from None

    def _grow(self, size: int) -> None:
        """Whole tiles by their roots, which the store hashes fastest; before and after them by entry."""
        tree = self._tree
        if size // WIDTH > tree.size // WIDTH:
            tree.grow(self._leaves(tree.size, -tree.size % WIDTH))
            start, end = tree.size, size // WIDTH * WIDTH
            tree.grow_by_tiles(self._store.tile_roots(start, end, self._told))
        tree.grow(self._leaves(tree.size, size - tree.size))
        if tree.size < size:
            raise TileError(f"entry {tree.size} is missing")

    def _sign(self) -> None:
        note = sign_checkpoint(self._tree.checkpoint(self.origin), self.signer).encode()
        self._keeping.keep(note)
        self._signed = (self._tree.size, note)

    def _check_kept(self) -> None:
        kept = self._keeping.last()
        if kept is None:
            return
        try:
            before = open_checkpoint(kept, self.key, verifier_of)
            root = self._tree.root_at(before.size)
        except (NoteError, CheckpointError, MerkleError) as error:
            raise self._altered(str(error)) from None
        if root != before.root:
            raise self._altered(f"its first {before.size} entries are others than those")

    def _bundle(self, bundle: Bundle) -> bytes:
        entries = self._entries(bundle.index * WIDTH, bundle.width)
        if len(entries) < bundle.width:
            raise TileError(f"the ledger has no {bundle.path}")
        return join_bundle(entries)

    def _leaves(self, start: int, count: int) -> list[bytes]:
        return leaf_hashes(self._entries(start, count))

    def _entries(self, start: int, count: int) -> list[bytes]:
        stored = self._store.read(lambda snapshot: snapshot.entries(start=start, limit=count))
        return [one.entry for one in stored]

    def _altered(self, problem: str) -> Refusal:
        return Refusal(
            Code.DATABASE_UNUSABLE,
            problem=f"its ledger does not continue the one that was signed: {problem}",
            advice="Nothing is signed any more. Bring the newest backup back, or find who changed it.",
        )


def record_of(
    store: Store, ids: Ids, workspace: Workspace, folder: Path, told: Told = silent
) -> LedgerRecord:
    """The record of a workspace whose data folder this is."""
    origin = log_origin(workspace.name)
    keeping = Keeping(
        signer=lambda: open_log_key(folder, origin, ids, os.environ.get(PASSPHRASE, "")),
        last=lambda: last_signed(folder),
        keep=lambda note: keep_signed(folder, note, ids),
        cosigned=CosignedNotes(folder, ids),
    )
    return LedgerRecord(store, origin, keeping, told)


def with_record(services: Services, workspace: Workspace, folder: Path) -> RecordedServices:
    """The same ports, for a backend that also signs checkpoints and gives tiles."""
    return RecordedServices(
        services.store,
        services.tools,
        services.clock,
        services.ids,
        services.signatures,
        services.arrivals,
        record=record_of(services.store, services.ids, workspace, folder),
        judge=services.judge,
        pulse=services.pulse,
    )
