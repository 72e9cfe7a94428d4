"""The console's own copy of what it may see: the same fold over the same entries. Free of I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from lineclear.application.ports import Store, Stored, Transaction
from lineclear.application.reading.answers import Detail, FeedItem
from lineclear.application.reading.keeping import Keeping
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.events import ContentErased
from lineclear.domain.jobs import Job
from lineclear.domain.records import Recorded
from lineclear.domain.state import KINDS, fold

type Tell = Callable[[frozenset[str]], None]


class Replica:
    """Follows one ledger into a store, and keeps it. Use `apply` from one thread, others from any."""

    def __init__(self, store: Store, keeping: Keeping | None = None) -> None:
        self.store = store
        self._keeping = keeping

    def size(self) -> int:
        """How many entries it has; the next one to ask for."""
        return self.store.read(lambda snapshot: snapshot.size())

    def apply(self, items: Sequence[FeedItem], tell: Tell | None = None) -> frozenset[str]:
        """Take the next entries in; the streams that changed. Entries that it has already are passed over.

        Who waits for them is told first: what is kept is written to the disk after that. Raises ValueError
        where an entry is missing in between or does not fold: then nothing was taken.
        """
        taken = _taken(self.store, items)
        streams = frozenset(one.stream for one in taken)
        if tell is not None and streams:
            tell(streams)
        if self._keeping is not None and taken:
            self._keeping.take(items, _erased(taken))
        return streams

    def heard(self) -> None:
        """The backend answered, and nothing is left to read."""
        if self._keeping is not None:
            self._keeping.heard()

    @property
    def keeps(self) -> bool:
        """Whether what is read outlives this run."""
        return self._keeping is not None

    def keep(self, detail: Detail) -> None:
        """Keep an action that was read whole, as long as nothing newer is known of it. Blocking."""
        if self._keeping is not None:
            self._keeping.keep(detail, lambda: self._is_current(detail))

    def detail(self, action: str) -> Detail | None:
        """An action as it was read, in this run or in one before. Blocking."""
        return self._keeping.detail(action) if self._keeping is not None else None

    def _is_current(self, detail: Detail) -> bool:
        action = self.store.read(lambda snapshot: snapshot.load(Action, detail.action.id))
        job = self.store.read(lambda snapshot: snapshot.load(Job, detail.job.id))
        if action is None or job is None:
            return False
        return action.seq == detail.action.seq and job.erased == detail.job.erased


def opened_replica(make_store: Callable[[], Store], keeping: Keeping) -> tuple[Replica, str]:
    """A replica with all that was kept of it, and what could not be read of that.

    Where a part cannot be read or does not fold, it is empty, and the keeping has to `begin_anew`.
    """
    store = make_store()
    try:
        with closing(keeping.batches()) as batches:
            for batch in batches:
                _taken(store, batch)
    except ValueError as error:
        store.close()
        return Replica(make_store(), keeping), str(error)
    return Replica(store, keeping), ""


def _taken(store: Store, items: Sequence[FeedItem]) -> tuple[Recorded, ...]:
    def work(tx: Transaction) -> tuple[Recorded, ...]:
        return tuple(_take(tx, item) for item in items if item.index >= tx.size())

    return store.transact(work)


def _take(tx: Transaction, item: FeedItem) -> Recorded:
    if item.index != tx.size():
        raise ValueError(f"entry {tx.size()} is missing before entry {item.index}")
    stored = Stored(item.index, item.entry.encode(), item.brief.encode() if item.brief else None)
    recorded = read_stored(stored)
    kind, _, identifier = recorded.stream.partition("/")
    state = fold(tx.load(KINDS[kind], identifier), recorded)
    tx.append(recorded, stored.entry, state)
    if isinstance(recorded.event, ContentErased):
        tx.erase(recorded.stream, frozenset(recorded.event.parts))
    return recorded


def _erased(taken: Sequence[Recorded]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one in taken:
        if isinstance(one.event, ContentErased):
            found[one.stream] = found.get(one.stream, frozenset()) | frozenset(one.event.parts)
    return found
