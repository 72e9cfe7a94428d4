"""The console's own copy of what it may see: the same fold over the same entries. Free of I/O."""

from __future__ import annotations

from collections.abc import Sequence

from lineclear.application.ports import Store, Stored, Transaction
from lineclear.application.reading.answers import FeedItem
from lineclear.application.recording import read_stored
from lineclear.domain.events import ContentErased
from lineclear.domain.state import KINDS, fold


class Replica:
    """Follows one ledger into a store. Use `apply` from one thread; `store` from any."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def size(self) -> int:
        """How many entries it has; the next one to ask for."""
        return self.store.read(lambda snapshot: snapshot.size())

    def apply(self, items: Sequence[FeedItem]) -> frozenset[str]:
        """Take the next entries in; the streams that changed. Entries that it has already are passed over.

        Raises ValueError where an entry is missing in between or does not fold: then nothing was taken.
        """

        def work(tx: Transaction) -> frozenset[str]:
            return frozenset(_take(tx, item) for item in items if item.index >= tx.size())

        return self.store.transact(work)


def _take(tx: Transaction, item: FeedItem) -> str:
    if item.index != tx.size():
        raise ValueError(f"entry {tx.size()} is missing before entry {item.index}")
    stored = Stored(item.index, item.entry.encode(), item.brief.encode() if item.brief else None)
    recorded = read_stored(stored)
    kind, _, identifier = recorded.stream.partition("/")
    state = fold(tx.load(KINDS[kind], identifier), recorded)
    tx.append(recorded, stored.entry, state)
    if isinstance(recorded.event, ContentErased):
        tx.erase(recorded.stream, frozenset(recorded.event.parts))
    return recorded.stream
