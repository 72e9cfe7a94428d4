"""Entries of a large pack, read strictly ahead of their replay by another process. Free of findings.

Strict reading is half of what judging an entry costs, and needs no entry before it. What the other process
read is bound to what is replayed here by the leaf hashes: bytes that it did not see are read strictly here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from lineclear.adapters.auditpack.container import ContainerError, Pack, open_pack
from lineclear.domain.ledger.entries import EntryError, decode
from lineclear.domain.ledger.merkle import HASH_SIZE, leaf_hashes
from lineclear.domain.ledger.tiles import WIDTH, Bundle, TileError, split_bundle

WORTH: Final = 50_000
"""Entries from which on another process is started; for fewer its start takes longer than it saves."""

_CHUNK: Final = 32
"""Bundles that are read in one go."""
_AHEAD: Final = 3

type Read = tuple[bytes, frozenset[int]]
"""Leaf hashes of a chunk, one after another, and the indices of entries that are none."""

_NOTHING: Final[Read] = (b"", frozenset())


@dataclass(frozen=True, slots=True)
class Checked:
    """Which entries of one bundle were read strictly already, told by their leaf hashes."""

    leaves: bytes = b""
    faulty: frozenset[int] = frozenset()

    def is_entry(self, index: int, leaf: bytes) -> bool:
        """Whether the bytes with this leaf hash, at this index, were found to be an entry."""
        at = index % WIDTH * HASH_SIZE
        return self.leaves[at : at + HASH_SIZE] == leaf and index not in self.faulty


class Ahead:
    """Gives what is known of each bundle, in order; nothing at all without a `pool` or where that failed."""

    def __init__(self, path: Path, size: int, pool: ProcessPoolExecutor | None) -> None:
        self._path = path
        self._size = size
        self._pool = pool
        self._due = deque(range(0, (size + WIDTH - 1) // WIDTH, _CHUNK))
        self._away: dict[int, Future[Read]] = {}
        self._chunk = -1
        self._read = _NOTHING

    def of(self, bundle: int) -> Checked:
        """What is known of a bundle."""
        first = bundle - bundle % _CHUNK
        if first != self._chunk:
            self._hand_out()
            self._chunk, self._read = first, self._taken(first)
        leaves, faulty = self._read
        start = (bundle - first) * WIDTH * HASH_SIZE
        return Checked(leaves[start : start + WIDTH * HASH_SIZE], faulty)

    def _hand_out(self) -> None:
        while self._pool is not None and self._due and len(self._away) < _AHEAD:
            first = self._due.popleft()
            try:
                self._away[first] = self._pool.submit(read_strictly, self._path, self._size, first)
            except (OSError, BrokenExecutor):
                self._pool = None

    def _taken(self, first: int) -> Read:
        future = self._away.pop(first, None)
        try:
            return future.result() if future is not None else _NOTHING
        except BrokenExecutor:
            self._pool = None
            return _NOTHING


@contextmanager
def reading_ahead(path: Path, size: int, worth: int) -> Iterator[Ahead]:
    """Read ahead while in it, where that is worth it; whatever ends it ends the other process."""
    if size < worth:
        yield Ahead(path, size, None)
        return
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        yield Ahead(path, size, pool)
    finally:
        pool.shutdown(cancel_futures=True)


def read_strictly(path: Path, size: int, first: int) -> Read:
    """Read a chunk from this bundle on; nothing where the pack cannot be read."""
    leaves, faulty = list[bytes](), set[int]()
    try:
        pack, _held = _opened(path)
        for number in range(first, min(first + _CHUNK, (size + WIDTH - 1) // WIDTH)):
            bundle = Bundle(number, min(WIDTH, size - number * WIDTH))
            entries = split_bundle(pack.read(bundle.path), bundle.width)
            leaves += leaf_hashes(entries)
            faulty.update(number * WIDTH + at for at, data in enumerate(entries) if not _is_entry(data))
    except (OSError, ContainerError, TileError, KeyError):
        return _NOTHING
    return b"".join(leaves), frozenset(faulty)


def _is_entry(data: bytes) -> bool:
    try:
        decode(data)
    except EntryError:
        return False
    return True


@lru_cache(1)
def _opened(path: Path) -> tuple[Pack, ExitStack]:
    """The pack, and what keeps it open; once for each process, and for as long as that lasts."""
    held = ExitStack()
    return held.enter_context(open_pack(path)), held
