"""A store whose workspace lives in this process alone: for tests, previews and the demo. Free of I/O."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lineclear.adapters.memory.snapshot import MemorySnapshot, Rows
from lineclear.adapters.memory.transaction import MemoryTransaction
from lineclear.application.ports import Snapshot, Transaction
from lineclear.domain.ledger.tiles import TileError, tile_roots


class MemoryStore:
    """Everybody takes turns under one lock, so each work sees a consistent state; nothing outlives it.

    No work may call the store that runs it: RuntimeError, as that would wait for itself.
    """

    def __init__(self) -> None:
        self._rows = Rows()
        self._turn = threading.Condition(threading.Lock())
        self._holder: int | None = None
        self._closed = False

    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        return self._alone(lambda: self._committed(work))

    def read[R](self, work: Callable[[Snapshot], R]) -> R:
        return self._alone(lambda: work(MemorySnapshot(self._rows)))

    def tile_roots(self, start: int, end: int, told: Callable[[int, int], None]) -> bytes:
        found = self.read(lambda snapshot: snapshot.entries(start=start, limit=end - start))
        if len(found) != end - start:
            raise TileError(f"there are {len(found)} entries from {start} to {end}")
        told(len(found), len(found))
        return tile_roots(one.entry for one in found)

    def wait(self, size: int, seconds: float, *, for_work: bool = False) -> int:  # noqa: ARG002  # any growth may be
        self._require_outside()
        with self._turn:
            self._turn.wait_for(lambda: len(self._rows.entries) > size or self._closed, seconds)
            return len(self._rows.entries)

    def scrub(self) -> None:
        """Nothing is in a file."""

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._turn.notify_all()

    def _committed[R](self, work: Callable[[Transaction], R]) -> R:
        transaction = MemoryTransaction(self._rows)
        try:
            result = work(transaction)
        except BaseException:
            transaction.rollback()
            raise
        self._turn.notify_all()
        return result

    def _alone[R](self, work: Callable[[], R]) -> R:
        self._require_outside()
        with self._turn:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._holder = threading.get_ident()
            try:
                return work()
            finally:
                self._holder = None

    def _require_outside(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("a work called the store that runs it")
