"""An open ledger: a shelf, the index over it, and what is asked of both. A backend's or a pack's alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.adapters.ledgers.index import LedgerIndex
from lineclear.adapters.ledgers.judging import judge_live
from lineclear.adapters.ledgers.proving import prove, standing_of, write_proof
from lineclear.adapters.ledgers.schema import SQL_ERROR
from lineclear.adapters.ledgers.shelves import LiveShelf, LogSource, PackShelf, Pinned, ReadFeed
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.ports import Store
from lineclear.application.record.findings import Conclusion
from lineclear.application.record.query import LedgerQuery
from lineclear.application.record.reading import (
    FacetCounts,
    LedgerAbout,
    LedgerLine,
    LedgerStory,
    Progress,
    Standing,
)
from lineclear.application.record.stories import Stories
from lineclear.domain.ledger.merkle import MerkleError
from lineclear.domain.ledger.notes import NoteError, VerifierKey, parse_vkey
from lineclear.domain.ledger.tiles import TileError
from lineclear.domain.refusals import Code, Refusal

_BATCH: Final = 1_024


class OpenedLedger:
    """An `OpenLedger`. `judge` gives the verdict over all of it."""

    def __init__(
        self,
        shelf: PackShelf | LiveShelf,
        index: LedgerIndex,
        judge: Callable[[Progress], Conclusion],
        held: ExitStack,
    ) -> None:
        self._shelf = shelf
        self._index = index
        self._judge = judge
        self._held = held
        self._stories = Stories(self, verifier_of)
        self.forgotten = 0

    @property
    def about(self) -> LedgerAbout:
        return self._shelf.about

    def close(self) -> None:
        self._index.close()
        self._shelf.close()
        self._held.close()

    def size(self) -> int:
        return self._index.size()

    def follow(self, progress: Progress) -> int:
        size, done = self._shelf.size(), self._index.size()
        for batch in batched(self._shelf.items(done), _BATCH):
            self._index.take(batch)
            done += len(batch)
            progress(done, max(size, done))
        self.forgotten += self._index.forget(self._shelf.entry)
        return done

    def count(self, query: LedgerQuery, until: int) -> int:
        return self._index.count(query, until)

    def page(self, query: LedgerQuery, until: int, start: int, limit: int) -> tuple[LedgerLine, ...]:
        return self._index.page(query, until, start, limit)

    def place(self, query: LedgerQuery, until: int, index: int) -> int | None:
        return self._index.place(query, until, index)

    def facets(self, query: LedgerQuery, until: int) -> tuple[FacetCounts, ...]:
        return self._index.facets(query, until)

    def keeps_back(self, _query: LedgerQuery, _until: int) -> bool:
        return False

    def story(self, index: int) -> LedgerStory:
        return self._stories.story(index, self._standing(index))

    def verify(self, progress: Progress) -> Conclusion:
        return self._judge(progress)

    def export_proof(self, index: int, file: str) -> tuple[str, ...]:
        told = self._stories.story(index, self._standing(index)).chosen
        statement = told.recorded.commits.get("statement", "") if told else ""
        try:
            proof = prove(self._shelf.root(), index, self._shelf.tile)
            return write_proof(file, proof, self.entry(index), self.blob(statement) if statement else None)
        except (TileError, MerkleError) as error:
            raise Refusal(Code.LOG_UNTRUSTED, problem=error) from error
        except OSError as error:
            raise Refusal(Code.DOCUMENT_INVALID, document=file, problem=error.strerror) from error

    # -- what its stories read ----------------------------------------------------------------------

    def entry(self, index: int) -> bytes:
        return self._shelf.entry(index)

    def blob(self, digest: str) -> bytes | None:
        return self._shelf.blob(digest)

    def places_of(self, stream: str, limit: int) -> tuple[int, ...]:
        return self._index.places_of(stream, limit)

    def _standing(self, index: int) -> Standing:
        try:
            return standing_of(self._shelf.root(), index, self.entry(index), self._shelf.tile)
        except Refusal as refusal:
            return Standing(is_proven=False, says=f"It could not be checked: {refusal.sentence}")


def open_pack_ledger(path: Path, cache: Path, trust: Trust) -> OpenedLedger:
    """A pack, with an index in the cache folder that is found again the next time. Raises Refusal.

    The index is encrypted under a key that is made from the pack: it outlives the pack unreadable.
    """
    shelf = PackShelf(path, trust)
    held = ExitStack()
    try:
        key = shelf.identity()
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        index = LedgerIndex(cache / f"{sha256(key).hexdigest()[:32]}.index", key)
    except (OSError, SQL_ERROR) as error:
        shelf.close()
        raise Refusal(Code.DOCUMENT_INVALID, document=cache, problem=error) from error

    def judge(progress: Progress) -> Conclusion:
        return verify_pack(path, trust, progress=progress).conclusion

    return OpenedLedger(shelf, index, judge, held)


def known_key(text: str) -> VerifierKey | None:
    """The log's key from its vkey; None where there is none, or only its id, which checks no signature."""
    try:
        return parse_vkey(text)
    except NoteError:
        return None


def open_live_ledger(
    name: str,
    store: Store,
    feed: ReadFeed,
    source: LogSource,
    key: VerifierKey | None,
    secret: bytes,
    closing: Callable[[], None] = lambda: None,
    pinned: Pinned = lambda: None,
) -> OpenedLedger:
    """A backend's ledger as far as the replica has it. Its index ends with it, and is nobody's to read.

    `key` is the log's as somebody entered it; without one, signatures are checked by what is `pinned`.
    """
    shelf, held = LiveShelf(name, store, feed, source, key, pinned), ExitStack()
    held.callback(closing)
    folder = Path(held.enter_context(TemporaryDirectory(prefix="lineclear-", ignore_cleanup_errors=True)))
    return OpenedLedger(shelf, LedgerIndex(folder / "ledger.index", secret), partial(judge_live, shelf), held)
