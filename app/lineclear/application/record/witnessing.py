"""A console as a witness: it keeps the last checkpoint that it saw, and knows when history was changed.

Free of I/O and of keys. What is kept goes through a `Notebook`, what is asked through a `LogGateway`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

import msgspec

from lineclear.application.ports import Clock, Ids, Store
from lineclear.application.record.comparing import Cosigned, Other, cosigned_by_others, goes_on
from lineclear.application.record.log import LogTree
from lineclear.application.record.witnesses import witness_name
from lineclear.application.services import stamp
from lineclear.domain.identities import Witness as Enrolled
from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from lineclear.domain.ledger.cosignature import cosign
from lineclear.domain.ledger.merkle import (
    HASH_SIZE,
    HashReader,
    MerkleError,
    inclusion_proof,
    is_included,
    leaf_hash,
)
from lineclear.domain.ledger.notes import NoteError, VerifierKey, parse_vkey
from lineclear.domain.ledger.signing import Signer, VerifierOf, key_id
from lineclear.domain.ledger.tiles import Tile, TileError, hash_reader
from lineclear.domain.ledger.witness_policy import WitnessPolicy, WitnessPolicyError, parse_witness_policy
from lineclear.domain.refusals import Code, Refusal

_TILES_AT_HAND: Final = 256
_BATCH: Final = 4_096
_WRONG: Final = (NoteError, CheckpointError, MerkleError, TileError)


class AlarmKind(StrEnum):
    """What was seen that no honest log shows."""

    KEY_CHANGED = "key_changed"
    UNSIGNED = "unsigned"
    SHRUNK = "shrunk"
    FORKED = "forked"
    OTHER_LEDGER = "other_ledger"
    SHOWN_OTHERWISE = "shown_otherwise"


class Kept(msgspec.Struct, frozen=True):
    """What a witness remembers of a log: its key (vkey) and the last checkpoint that it verified."""

    key: str
    note: str
    since: str = ""
    """When the key was first trusted (RFC 3339); empty in what older programs kept."""


class Alarm(msgspec.Struct, frozen=True):
    """What was seen: in a sentence, with both signed notes, when (RFC 3339), and where they are saved."""

    kind: AlarmKind
    says: str
    kept: str
    seen: str
    at: str
    evidence: str = ""

    def refuse(self) -> Refusal:
        """The refusal of whatever needs a ledger that can be trusted."""
        return Refusal(Code.LEDGER_ALARM, problem=self.says, evidence=self.evidence or "what was seen")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The state of a log as its witness knows it. `size` is 0 until a checkpoint was verified.

    `is_first` is true where this was the first contact, so that nothing was there to compare with. `others`
    are the newest cosignatures of other witnesses, all of trees that this one goes on from.
    """

    size: int = 0
    key: str = ""
    is_first: bool = False
    alarm: Alarm | None = None
    others: tuple[Other, ...] = ()


class Notebook(Protocol):
    """Where a witness keeps what it saw of one workspace. Safe to use by several programs at once."""

    def kept(self) -> Kept | None: ...

    def keep(self, before: Kept | None, kept: Kept) -> bool:
        """Replace what was kept, durably, if it still is `before`; False where another program was faster."""
        ...

    def alarm(self) -> Alarm | None:
        """The alarm that stands, also from an earlier run."""
        ...

    def raise_alarm(self, alarm: Alarm) -> Alarm:
        """Let an alarm stand, unless one does, and save its notes; the one that stands."""
        ...

    def forget(self) -> None:
        """Set everything aside, so that the next contact is a first one. Evidence stays."""
        ...


class LogGateway(Protocol):
    """The backend's ledger as a log. Blocking; every call raises Refusal."""

    def policy(self) -> bytes: ...

    def checkpoint(self) -> bytes: ...

    def tile(self, path: str) -> bytes: ...

    def cosigned(self) -> tuple[bytes, ...]:
        """Checkpoints with cosignatures: of each witness, the newest that it signed."""
        ...

    def enrol(self, public_key: str, kept: str, *, key: str) -> Enrolled: ...

    def cosign(self, size: int, line: str, *, key: str) -> None: ...


class WitnessKey(Signer, Protocol):
    """A key that cosigns; `kept` says where it is."""

    @property
    def kept(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What a witness works with; `key` is absent where it verifies and cosigns nothing."""

    gateway: LogGateway
    notebook: Notebook
    verifier_of: VerifierOf
    clock: Clock
    ids: Ids
    key: WitnessKey | None = None


class _Alarming(Exception):  # noqa: N818  # ends a check, and is never seen outside
    """Something that no honest log shows."""

    def __init__(self, kind: AlarmKind, says: str, seen: bytes) -> None:
        super().__init__(says)
        self.kind = kind
        self.says = says
        self.seen = seen


class Witness:
    """Follows one workspace's log in one person's name. Blocking; use it from one thread at a time.

    `origin` is the workspace's, to which decisions are bound: the log has to begin with that entry.
    """

    def __init__(self, means: Means, origin: str, person: str) -> None:
        self._means = means
        self._origin = origin
        self._person = person
        self._cosigned = -1
        self._is_enrolled = False
        self._is_first = False
        self._due: Checkpoint | None = None
        self._note = b""
        self._others: tuple[Other, ...] = ()
        self._agreed: set[bytes] = set()
        self.state = Witnessed(alarm=means.notebook.alarm())
        """What is known now; may be read from any thread."""
        self.pinned = means.notebook.kept()
        """The log's key as trusted at the first contact, and since when; None before that. Likewise."""

    def require_calm(self) -> None:
        """Raise Refusal(LEDGER_ALARM) while an alarm stands; what approves something asks first."""
        if self.state.alarm is not None:
            raise self.state.alarm.refuse()

    def check(self) -> Witnessed:
        """Verify what the backend signs now against what was kept, keep it, and cosign it.

        An alarm stands until somebody accepts the log anew; while it does nothing is kept or cosigned.
        Raises Refusal where the backend cannot be asked: that is no alarm.
        """
        notebook = self._means.notebook
        standing, kept = notebook.alarm(), notebook.kept()
        if standing is not None:
            self.state = Witnessed(alarm=standing)
            return self.state
        try:
            log, checkpoint = self._verified(kept)
        except _Alarming as alarming:
            self._raise(kept, alarming)
            return self.state
        since = (kept.since if kept is not None else "") or stamp(self._means.clock.now())
        now = Kept(str(log), self._note.decode(), since)
        if notebook.keep(kept, now):
            self.pinned = now
            # One that waits for its entries to be here stays: a busy log is compared now and then, not never.
            self._due = self._due or checkpoint
            self._is_first = self._is_first or kept is None
            key = key_id(log.public_key)
            self.state = Witnessed(checkpoint.size, key, is_first=self._is_first, others=self._others)
            self._cosign(checkpoint)
        return self.state

    def compare(self, root_at: Callable[[int], bytes | None]) -> None:
        """Raise the alarm where what is shown here is not what the log signed.

        `root_at` gives the root of what is shown, or None for a size that is not yet here.
        """
        due = self._due
        root = root_at(due.size) if due is not None else None
        if due is None or root is None:
            return
        self._due = None
        if root == due.root:
            return
        says = f"the entries that the backend sends to be shown are not the {due.size:,} that its log signed."
        self._raise(self._means.notebook.kept(), _Alarming(AlarmKind.SHOWN_OTHERWISE, says, self._note))

    def _verified(self, kept: Kept | None) -> tuple[VerifierKey, Checkpoint]:
        policy = self._policy(kept)
        log = policy.logs[0].key
        # Before the checkpoint, which then covers whatever anybody cosigned.
        notes = self._means.gateway.cosigned()
        self._note = self._means.gateway.checkpoint()
        try:
            checkpoint = open_checkpoint(self._note, log, self._means.verifier_of)
        except _WRONG as error:
            raise self._alarming(
                AlarmKind.UNSIGNED, f"its checkpoint is not signed by it: {error}."
            ) from None
        if kept is None:
            self._check_beginning(checkpoint)
        else:
            self._check_growth(open_checkpoint(kept.note.encode(), log, self._means.verifier_of), checkpoint)
        self._check_others(policy, notes, checkpoint)
        return log, checkpoint

    def _policy(self, kept: Kept | None) -> WitnessPolicy:
        """One log's key and witnesses as the backend states them now: the key that was pinned, or a first."""
        data = self._means.gateway.policy()
        try:
            policy = parse_witness_policy(data)
            (log,) = (one.key for one in policy.logs)
        except (WitnessPolicyError, ValueError) as error:
            raise _Alarming(AlarmKind.UNSIGNED, f"the log's policy cannot be read: {error}.", data) from None
        if kept is not None and str(log) != kept.key:
            known, now = (key_id(key.public_key)[:16] for key in (parse_vkey(kept.key), log))
            says = f"it is signed by another key, {now}…, and was signed by {known}… before."
            raise _Alarming(AlarmKind.KEY_CHANGED, says, self._means.gateway.checkpoint())
        return policy

    def _check_others(self, policy: WitnessPolicy, notes: tuple[bytes, ...], newest: Checkpoint) -> None:
        """What other consoles cosigned is part of the log that is shown here."""
        own, read = self._means.key, self._reader(newest)
        others: dict[str, Other] = {}
        try:
            found = list(
                cosigned_by_others(policy, notes, own.public_key if own else None, self._means.verifier_of)
            )
        except (NoteError, CheckpointError) as error:
            says = f"a checkpoint is not what those named under it signed: {error}."
            raise _Alarming(AlarmKind.UNSIGNED, says, b"".join(notes)) from None
        for one in found:
            self._check_other(one, newest, read)
            others |= {each.name: each for each in one.by}
        self._others = tuple(sorted(others.values(), key=lambda each: each.name))

    def _check_other(self, seen: Cosigned, newest: Checkpoint, read: HashReader) -> None:
        size = seen.checkpoint.size
        if size > newest.size:
            says = f"{seen.names} cosigned {size:,} entries, and {newest.size:,} are stated here."
            raise _Alarming(AlarmKind.SHRUNK, says, seen.note)
        if seen.note in self._agreed:
            return
        if not goes_on(seen.checkpoint, newest, read):
            says = (
                f"{seen.names} cosigned {size:,} entries that are not the first of those that are stated "
                "here: not everybody is shown the same ledger."
            )
            raise _Alarming(AlarmKind.FORKED, says, seen.note)
        self._agreed.add(seen.note)

    def _check_beginning(self, checkpoint: Checkpoint) -> None:
        """The log's first entry is the workspace to which decisions are bound."""
        leaf = bytes.fromhex(self._origin)
        try:
            path = inclusion_proof(self._reader(checkpoint), 0, checkpoint.size)
            begins = len(leaf) == HASH_SIZE and is_included(leaf, 0, checkpoint.size, path, checkpoint.root)
        except _WRONG:
            begins = False
        if not begins:
            raise self._alarming(AlarmKind.OTHER_LEDGER, "its log does not begin with this workspace.")

    def _check_growth(self, older: Checkpoint, newer: Checkpoint) -> None:
        if newer.size < older.size:
            says = f"it had {older.size:,} entries when it was last seen here, and states {newer.size:,} now."
            raise self._alarming(AlarmKind.SHRUNK, says)
        if not goes_on(older, newer, self._reader(newer)):
            says = (
                f"its {newer.size:,} entries do not go on from the {older.size:,} that were last seen here: "
                "entries were changed, taken out or put in between."
            )
            raise self._alarming(AlarmKind.FORKED, says)

    def _reader(self, checkpoint: Checkpoint) -> Callable[[int, int], bytes]:
        return hash_reader(lru_cache(_TILES_AT_HAND)(self._tile), checkpoint.size)

    def _tile(self, tile: Tile) -> bytes:
        """TileError where a backend that signs for a tree does not have its tile."""
        try:
            return self._means.gateway.tile(tile.path)
        except Refusal as refusal:
            if refusal.code is Code.NOT_FOUND:
                raise TileError(refusal.sentence) from None
            raise

    def _alarming(self, kind: AlarmKind, says: str) -> _Alarming:
        return _Alarming(kind, says, self._note)

    def _raise(self, kept: Kept | None, seen: _Alarming) -> None:
        at = stamp(self._means.clock.now())
        noted = kept.note if kept is not None else ""
        shown = seen.seen.decode("utf-8", "replace")
        alarm = self._means.notebook.raise_alarm(Alarm(seen.kind, seen.says, noted, shown, at))
        self.state = Witnessed(alarm=alarm)

    def _cosign(self, checkpoint: Checkpoint) -> None:
        """After it was kept, so that no later check can forget what was cosigned."""
        means = self._means
        if means.key is None or checkpoint.size == self._cosigned:
            return
        if not self._is_enrolled:
            public = b64encode(means.key.public_key).decode()
            means.gateway.enrol(public, means.key.kept, key=means.ids.new("req"))
            self._is_enrolled = True
        name = witness_name(checkpoint.origin, self._person)
        line = cosign(checkpoint.text, name, int(means.clock.now().timestamp()), means.key).line
        means.gateway.cosign(checkpoint.size, line, key=means.ids.new("req"))
        self._cosigned = checkpoint.size


class ShownTree:
    """The tree over the entries that a console shows, read from its replica. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tree = LogTree(self._leaves)

    def root_at(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None where there are fewer as yet."""
        while self._tree.size < size:
            leaves = self._leaves(self._tree.size, min(_BATCH, size - self._tree.size))
            if not leaves:
                return None
            self._tree.grow(leaves)
        return self._tree.root_at(size)

    def _leaves(self, start: int, count: int) -> list[bytes]:
        stored = self._store.read(lambda snapshot: snapshot.entries(start=start, limit=count))
        return [leaf_hash(one.entry) for one in stored]
