"""Where a pack's entries and contents come from: the store of a data folder, or a backend over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from lineclear.adapters.auditpack.record import LedgerRecord
from lineclear.adapters.http.connection import Connection
from lineclear.adapters.http.log import LogClient
from lineclear.application.ports import Store
from lineclear.domain.ledger.tiles import bundles_of, split_bundle
from lineclear.domain.refusals import Code, Refusal

_BATCH: Final = 2_048


class LedgerSource(Protocol):
    """A ledger to export. Raises Refusal where it cannot be read."""

    def checkpoint(self) -> bytes:
        """The signed note over all that there is now."""
        ...

    def entries(self, size: int) -> Iterator[bytes]:
        """The first `size` entries, in order."""
        ...

    def cosigned(self) -> Iterable[bytes]:
        """Checkpoints with cosignatures, as far as it has any."""
        ...

    def blob(self, digest: str) -> bytes | None:
        """What is kept under a digest; None where it is not kept any more."""
        ...

    def tile(self, path: str) -> bytes:
        """A hash tile or an entry bundle."""
        ...


class StoreSource:
    """The ledger of a store, read in batches, each by itself: what is appended meanwhile is beyond `size`."""

    def __init__(self, store: Store, record: LedgerRecord) -> None:
        self._store = store
        self._record = record

    def checkpoint(self) -> bytes:
        return self._record.checkpoint()

    def entries(self, size: int) -> Iterator[bytes]:
        for start in range(0, size, _BATCH):
            yield from self._batch(start, min(_BATCH, size - start))

    def cosigned(self) -> Iterable[bytes]:
        return self._record.cosigned()

    def blob(self, digest: str) -> bytes | None:
        return self._store.read(lambda snapshot: snapshot.blob(digest))

    def tile(self, path: str) -> bytes:
        """A hash tile or an entry bundle."""
        return self._record.tile(path)

    def _batch(self, start: int, count: int) -> list[bytes]:
        return [
            one.entry for one in self._store.read(lambda snapshot: snapshot.entries(start=start, limit=count))
        ]


class HttpSource:
    """The ledger of a backend, read as any C2SP tlog-tiles client reads a log."""

    def __init__(self, url: str, token: str, *, timeout: float = 30) -> None:
        self._connection = Connection(url, token, timeout=timeout)

    def checkpoint(self) -> bytes:
        return self._connection.get_bytes("/v1/checkpoint")

    def entries(self, size: int) -> Iterator[bytes]:
        for bundle in bundles_of(size):
            data = self._connection.get_bytes(f"/v1/{bundle.path}")
            try:
                yield from split_bundle(data, bundle.width)
            except ValueError as error:
                raise self._connection.unreachable(error) from None

    def cosigned(self) -> Iterable[bytes]:
        return LogClient(self._connection).cosigned()

    def blob(self, digest: str) -> bytes | None:
        try:
            return self._connection.get_bytes(f"/v1/blobs/{digest}")
        except Refusal as refusal:
            if refusal.code is Code.BLOB_UNKNOWN:
                return None
            raise

    def tile(self, path: str) -> bytes:
        """A hash tile or an entry bundle."""
        return self._connection.get_bytes(f"/v1/{path}")

    def close(self) -> None:
        self._connection.close()
