"""Stretches of a ledger in SQLite, hashed by several processes. Free of SQLAlchemy, which starts slowly.

Hashing small entries holds Python's lock, so threads gain nothing. A helper opens the file for reading alone
and gives back 32 bytes for every 256 entries; what one could not do is done here.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from lineclear.domain.ledger.merkle import HASH_SIZE
from lineclear.domain.ledger.tiles import WIDTH, TileError, tile_roots

STRETCH: Final = 64 * WIDTH
"""Entries that are hashed in one go, some twenty milliseconds."""

WORTH: Final = 16 * STRETCH
"""Entries from which on helpers are started; for fewer their start takes longer than it saves."""

_MOST_HELPERS: Final = 3
_AHEAD: Final = 2
"""Stretches given to each helper, so that it does not wait for the next."""

JOINED: Final = """
SELECT CAST(group_concat(entry, char(30)) AS BLOB), count(*) FROM (
    SELECT entry FROM entries WHERE workspace = :workspace AND "index" >= :start AND "index" < :end
    ORDER BY "index"
)"""
"""The entries of one tile as one value, in SQLite: a row for each costs a quarter more.

What stands between them is in no entry, because canonical JSON escapes control characters.
"""

_BETWEEN: Final = b"\x1e"

type Hash = Callable[[int, int], bytes]
"""Gives the roots of the tiles of a stretch, from its first entry to before its last."""
type ReadTile = Callable[[int, int], tuple[bytes | None, int]]
"""Gives what `JOINED` finds of the entries from one to before another."""
type Told = Callable[[int, int], None]
"""Hears how many entries of how many are hashed; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace's ledger lies, as a helper opens it."""

    path: Path
    workspace: str
    key: bytes | None = field(default=None, repr=False)


def roots_by_tile(read: ReadTile, start: int, end: int) -> bytes:
    """The roots of the tiles of a stretch; TileError where entries are missing or one cannot be an entry."""
    tiles = ((at, min(at + WIDTH, end)) for at in range(start, end, WIDTH))
    return b"".join(tile_roots(_entries(read, *tile)) for tile in tiles)


def _entries(read: ReadTile, start: int, end: int) -> list[bytes]:
    joined, count = read(start, end)
    entries = [] if joined is None else joined.split(_BETWEEN)
    if count != end - start:
        raise TileError(f"entries from {start} to {end} are missing")
    if len(entries) != count:
        raise TileError(f"what stands among the entries from {start} to {end} is no entry")
    return entries


def helpers() -> int:
    """How many processes there is room for beside this one."""
    return min((os.cpu_count() or 1) - 1, _MOST_HELPERS)


def hashed(here: Hash, start: int, end: int, told: Told) -> bytes:
    """The roots of all tiles from `start` to `end`, by this process alone."""
    parts = list[bytes]()
    for at in range(start, end, STRETCH):
        upto = min(at + STRETCH, end)
        parts.append(here(at, upto))
        told(upto - start, end - start)
    return b"".join(parts)


def hashed_together(place: Place, here: Hash, start: int, end: int, told: Told, count: int) -> bytes:
    """The same, shared with `count` helpers. This process begins at once, and goes on alone if they fail."""
    sharing = _Sharing(place, here, start, end)
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_leave_interrupts)
    try:
        while sharing.is_under_way:
            sharing.hand_out(pool, count * _AHEAD)
            sharing.work()
            told(sharing.done, end - start)
    finally:
        pool.shutdown(cancel_futures=True)
    return sharing.result()


class _Sharing:
    """What is to be hashed, what is with a helper, and what was found."""

    def __init__(self, place: Place, here: Hash, start: int, end: int) -> None:
        self._place = place
        self._here = here
        self._end = end
        self._due = deque(range(start, end, STRETCH))
        self._away: dict[Future[bytes], int] = {}
        self._found: dict[int, bytes] = {}
        self._is_broken = False

    @property
    def is_under_way(self) -> bool:
        return bool(self._due or self._away)

    @property
    def done(self) -> int:
        return sum(map(len, self._found.values())) // HASH_SIZE * WIDTH

    def result(self) -> bytes:
        return b"".join(self._found[at] for at in sorted(self._found))

    def hand_out(self, pool: ProcessPoolExecutor, most: int) -> None:
        """Give helpers the last of what is due, as long as they take it."""
        while self._due and len(self._away) < most and not self._is_broken:
            at = self._due.pop()
            try:
                self._away[pool.submit(helped, self._place, at, self._upto(at))] = at
            except (OSError, BrokenExecutor):
                self._is_broken = True
                self._due.append(at)

    def work(self) -> None:
        """Hash the first stretch that is due, or wait for a helper; then take what helpers are done with."""
        if self._due:
            self._hash_here(self._due.popleft())
        else:
            wait(self._away, return_when=FIRST_COMPLETED)
        for one in [future for future in self._away if future.done()]:
            self._take(self._away.pop(one), one)

    def _take(self, at: int, future: Future[bytes]) -> None:
        try:
            roots = future.result()
        except BrokenExecutor:
            self._is_broken = True
            roots = b""
        if len(roots) == (self._upto(at) - at) // WIDTH * HASH_SIZE:
            self._found[at] = roots
        else:
            self._hash_here(at)  # what stood in its way is said from here

    def _hash_here(self, at: int) -> None:
        self._found[at] = self._here(at, self._upto(at))

    def _upto(self, at: int) -> int:
        return min(at + STRETCH, self._end)


def _leave_interrupts() -> None:
    """An interrupt from the keyboard is for who asked; it ends the helpers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def helped(place: Place, start: int, end: int) -> bytes:
    """The roots of a stretch, in a helper; empty where it cannot be read whole."""
    from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra; ships no types

    try:
        connection = _opened(place)

        def read(at: int, upto: int) -> tuple[bytes | None, int]:
            asked = {"workspace": place.workspace, "start": at, "end": upto}
            found: tuple[bytes | None, int] = connection.execute(JOINED, asked).fetchone()
            return found

        return roots_by_tile(read, start, end)
    except (dbapi2.Error, TileError):
        return b""


@lru_cache(1)
def _opened(place: Place) -> Any:  # noqa: ANN401  # a connection of sqlcipher3, which ships no types
    """The file, for reading alone; once for each helper."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415  # an extra

    connection = dbapi2.connect(f"{place.path.resolve().as_uri()}?mode=ro", uri=True)
    if place.key is not None:
        connection.execute(f"PRAGMA key = \"x'{place.key.hex()}'\"")
    return connection
