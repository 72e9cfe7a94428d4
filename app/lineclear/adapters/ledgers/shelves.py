"""Where entries and contents of an open ledger lie: in a pack, or with a backend and its replica."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import ContainerError, Pack, open_pack
from lineclear.adapters.auditpack.envelope import REQUIRED
from lineclear.adapters.auditpack.forms import EXPORTER, LOG, FormError, parse_manifest, read_manifest
from lineclear.adapters.auditpack.head import Head, Trust, UnusableError, need, read_head
from lineclear.adapters.ledgers.index import Item
from lineclear.adapters.ledgers.noting import brief_of
from lineclear.adapters.ledgers.proving import SignedRoot
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.ports import Store, Stored
from lineclear.application.reading.answers import Feed
from lineclear.application.record.findings import Findings
from lineclear.application.record.reading import Cancelled, LedgerAbout, LedgerKind
from lineclear.domain.ledger import sealing
from lineclear.domain.ledger.checkpoint import CheckpointError, open_checkpoint, parse_checkpoint
from lineclear.domain.ledger.notes import NoteError, VerifierKey, parse_note
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.tiles import WIDTH, Bundle, TileError, split_bundle
from lineclear.domain.refusals import Code, Refusal

type Pinned = Callable[[], tuple[VerifierKey, str] | None]
"""The log's key that this console trusts since its first contact, and when that was; None before it."""
type ReadFeed = Callable[[int], Feed]
"""Entries with their briefs, from an index on; raises Refusal."""

_BATCH: Final = 2_048
_BUNDLES: Final = 64


class LogSource(Protocol):
    """A backend's ledger as a public log, with the contents beside it. Raises Refusal."""

    def checkpoint(self) -> bytes: ...

    def tile(self, path: str) -> bytes: ...

    def blob(self, digest: str) -> bytes | None: ...


class PackShelf:
    """The pack stays open; what is read of it is read under a lock, because a file has one position."""

    def __init__(self, path: Path, trust: Trust) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._is_closed = False
        self._open = ExitStack()
        self._bundle = lru_cache(_BUNDLES)(self._read_bundle)
        with self._reading():
            try:
                self._pack: Pack = self._open.enter_context(open_pack(path))
                _need_all(self._pack)
                self._head: Head = read_head(self._pack, trust, Findings(), verifier_of)
            except BaseException:
                self._open.close()
                raise
        self.about = self._about(trust)

    def close(self) -> None:
        with self._turn:
            self._is_closed = True
            self._open.close()

    def identity(self) -> bytes:
        """What an index over this pack is encrypted under: whoever lacks the pack cannot make it."""
        state = sha256(b"lineclear ledger index\0" + self._head.note)
        with self._reading():
            for part in self._pack.parts(names.MANIFEST):
                state.update(part)
        return state.digest()

    def size(self) -> int:
        return self._head.checkpoint.size

    def items(self, start: int) -> Iterator[Item]:
        for index in range(start, self.size()):
            entry = self.entry(index)
            yield entry, self._brief(brief_of(entry))

    def entry(self, index: int) -> bytes:
        return self._bundle(index // WIDTH)[index % WIDTH]

    def blob(self, digest: str) -> bytes | None:
        with self._reading():
            for name in (names.content_name(digest), names.decision_name(digest)):
                if name in self._pack.sizes:
                    return self._pack.read(name)
        return None

    def tile(self, path: str) -> bytes:
        with self._reading():
            return need(self._pack, path)

    def root(self) -> SignedRoot:
        head = self._head
        return SignedRoot(head.note, head.checkpoint, head.log, self.about.is_pinned)

    def _read_bundle(self, number: int) -> list[bytes]:
        bundle = Bundle(number, min(WIDTH, self.size() - number * WIDTH))
        with self._reading():
            return split_bundle(need(self._pack, bundle.path), bundle.width)

    def _brief(self, digest: str) -> bytes | None:
        """The content of a brief, where it is here and is what the entry commits to.

        One that cannot be read is only not searched; its story says so, and the verdict finds it.
        """
        try:
            blob = self.blob(digest) if digest else None
            return sealing.unseal(blob) if blob and sealing.digest(blob) == digest else None
        except (Refusal, sealing.SealError):
            return None

    def _about(self, trust: Trust) -> LedgerAbout:
        """What the manifest says, once the log's signature over it holds; of another's, only that it is."""
        head, scope, at, by = self._head, "", "", EXPORTER
        with self._reading():
            opened = parse_manifest(self._pack.read(names.MANIFEST))
            if opened.key_id == head.key:
                log = verifier_of(head.log.public_key)
                if not log.is_signed(opened.signed_bytes, opened.signature):
                    raise FormError("the signature of its manifest does not hold")
                about = read_manifest(opened.payload)[0]
                scope, at, by = about.scope.words, about.exported_at, LOG
        checkpoint = head.checkpoint
        return LedgerAbout(
            kind=LedgerKind.BUNDLE,
            name=checkpoint.origin,
            size=checkpoint.size,
            file=self._path.name,
            scope=scope,
            exported_at=at,
            signed_by=by,
            key=head.key,
            is_pinned=bool(trust.key),
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One reader at a time; what is wrong with the file is said in one way."""
        with self._turn:
            if self._is_closed:
                raise Cancelled
            try:
                yield
            except OSError as error:
                raise self._unusable(error.strerror or str(error)) from error
            except UnusableError as error:
                raise self._unusable(f"{error.where}: {error}") from error
            except (ContainerError, FormError, TileError) as error:
                raise self._unusable(str(error)) from error

    def _unusable(self, problem: str) -> Refusal:
        return Refusal(Code.PACK_UNUSABLE, file=self._path.name, problem=problem)


def _need_all(pack: Pack) -> None:
    """The files that every pack has; an excerpt of one has neither manifest nor guide."""
    if not {names.MANIFEST, names.GUIDE} & pack.sizes.keys():
        raise ContainerError("it is an excerpt of one action; `lineclear audit show` tells its story")
    for name in sorted(REQUIRED):
        need(pack, name)


class LiveShelf:
    """The replica's entries, and a backend that answers for them. Without its key no signature is checked."""

    def __init__(  # each is another's
        self,
        name: str,
        store: Store,
        feed: ReadFeed,
        source: LogSource,
        key: VerifierKey | None,
        pinned: Pinned = lambda: None,
    ) -> None:
        self._name = name
        self._pinned = pinned
        self._store = store
        self._feed = feed
        self._source = source
        self._key = key
        self._turn = threading.Lock()
        self._root: SignedRoot | None = None
        self._bundle = lru_cache(_BUNDLES)(self._read_bundle)

    @property
    def about(self) -> LedgerAbout:
        """Whose signature is checked may become known while it is open: at the first contact."""
        key, since = self._trusted()
        known = key_id(key.public_key) if key else ""
        is_entered = self._key is not None
        return LedgerAbout(LedgerKind.LIVE, self._name, key=known, is_pinned=is_entered, since=since)

    def close(self) -> None:
        """Nothing here is its own."""

    def size(self) -> int:
        return self._store.read(lambda snapshot: snapshot.size())

    def items(self, start: int) -> Iterator[Item]:
        """As the backend tells them: the replica keeps no briefs beside what it folded them into."""
        while start < self.size() and (told := self._feed(start).items):
            yield from ((one.entry.encode(), one.brief.encode() if one.brief else None) for one in told)
            start += len(told)

    def entry(self, index: int) -> bytes:
        if stored := self._stored(index, 1):
            return stored[0].entry
        return self._bundle(index // WIDTH, self.root().checkpoint.size)[index % WIDTH]

    def blob(self, digest: str) -> bytes | None:
        return self._source.blob(digest)

    def tile(self, path: str) -> bytes:
        return self._source.tile(path)

    def entries(self, size: int) -> Iterator[bytes]:
        """The first entries: those of the replica, and what it does not have yet from the log's bundles."""
        have = min(size, self.size())
        for start in range(0, have, _BATCH):
            limit = min(_BATCH, have - start)
            yield from (one.entry for one in self._stored(start, limit))
        yield from (self.entry(index) for index in range(have, size))

    def root(self) -> SignedRoot:
        """A signed root; the one at hand while the replica is not longer than that."""
        with self._turn:
            known = self._root
        is_outdated = known is None or known.checkpoint.size < self.size()
        if known is None or is_outdated or (known.key is None and self._trusted()[0] is not None):
            return self.newest()
        return known

    def newest(self) -> SignedRoot:
        """The root that the log signs now."""
        note, (key, since) = self._source.checkpoint(), self._trusted()
        try:
            if key is None:
                root = SignedRoot(note, parse_checkpoint(parse_note(note).text), None)
            else:
                checkpoint = open_checkpoint(note, key, verifier_of)
                root = SignedRoot(note, checkpoint, key, self._key is not None, since)
        except (NoteError, CheckpointError) as error:
            raise Refusal(Code.LOG_UNTRUSTED, problem=error) from error
        with self._turn:
            self._root = root
        return root

    def _trusted(self) -> tuple[VerifierKey | None, str]:
        """The key that somebody entered; else the pinned one, with the time since when it is."""
        if self._key is not None:
            return self._key, ""
        return self._pinned() or (None, "")

    def _read_bundle(self, number: int, size: int) -> list[bytes]:
        bundle = Bundle(number, min(WIDTH, size - number * WIDTH))
        try:
            return split_bundle(self._source.tile(bundle.path), bundle.width)
        except TileError as error:
            raise Refusal(Code.LOG_UNTRUSTED, problem=error) from error

    def _stored(self, start: int, limit: int) -> tuple[Stored, ...]:
        return self._store.read(lambda snapshot: snapshot.entries(start=start, limit=limit))
