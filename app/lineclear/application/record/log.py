"""The ledger as a public log (C2SP tlog-tiles): its origin, tree, and who answers for it. Free of I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from lineclear.application.services import Services
from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.merkle import HASH_SIZE, MerkleError, frontier_at, root_of
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.ledger.tiles import HEIGHT, WIDTH, Tile, hash_reader

HOST: Final = "lineclear.example"


def log_origin(workspace: str) -> str:
    """The name under which a workspace's ledger signs; no two names of workspaces give the same.

    A name is no proof: what tells two ledgers of one name apart is the key.
    """
    return f"{HOST}/{quote(workspace, safe='/._-')}"


class Record(Protocol):
    """Answers for the ledger as a log. Safe to use from any thread."""

    @property
    def key(self) -> VerifierKey:
        """The log's key, which an auditor has to get by another way than this backend."""
        ...

    def checkpoint(self) -> bytes:
        """A signed note over all entries that there are now; Refusal where they are not what was signed."""
        ...

    def tile(self, path: str) -> bytes:
        """A hash tile or an entry bundle by its path; Refusal(NOT_FOUND) where the log has none such."""
        ...

    def policy(self) -> bytes:
        """C2SP tlog-policy: the log's key, and the witnesses that the ledger has enrolled."""
        ...

    def cosign(self, person: str, size: int, line: str) -> None:
        """Keep a witness's line under the checkpoint of `size`; Refusal(BODY_INVALID) if it does not hold."""
        ...

    def cosigned(self) -> tuple[bytes, ...]:
        """Checkpoints with cosignatures, oldest first: of each witness, the newest that it signed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedServices(Services):
    """The ports of a backend that also answers for its ledger as a log."""

    record: Record


class LogTree:
    """The tree over a growing ledger: 32 bytes in memory for every 256 entries. For one thread at a time.

    Hashes of leaves are not kept: `leaves` reads them again (first index, how many) where a tile needs them.
    """

    def __init__(self, leaves: Callable[[int, int], Sequence[bytes]]) -> None:
        self._leaves = leaves
        self._tail: list[bytes] = []
        self._above: list[bytearray] = []
        self.size = 0

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes."""
        self._tail += leaves
        self.size += len(leaves)
        while len(self._tail) >= WIDTH:
            self._add(0, root_of(self._tail[:WIDTH]))
            del self._tail[:WIDTH]

    def grow_by_tiles(self, roots: bytes) -> None:
        """Append whole tiles by their roots (`domain.ledger.tiles.tile_roots`), behind whole tiles only."""
        if self._tail:
            raise MerkleError(f"a ledger of {self.size} entries does not end with a whole tile")
        for at in range(0, len(roots), HASH_SIZE):
            self._add(0, roots[at : at + HASH_SIZE])
            self.size += WIDTH

    def checkpoint(self, origin: str) -> Checkpoint:
        """What the log commits to now."""
        return Checkpoint(origin, self.size, self.root_at(self.size))

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at an earlier size; MerkleError for a size that it never had."""
        if not 0 <= size <= self.size:
            raise MerkleError(f"the ledger has {self.size} entries and never had {size}")
        return frontier_at(hash_reader(self.tile, size), size).root

    def tile(self, tile: Tile) -> bytes:
        """A tile's bytes; MerkleError where the tree is not that large."""
        first = tile.index * WIDTH
        if first + tile.width > self.size >> HEIGHT * tile.level:
            raise MerkleError(f"a ledger of {self.size} entries has no {tile.path}")
        if tile.level:
            start = first * HASH_SIZE
            return bytes(self._above[tile.level - 1][start : start + tile.width * HASH_SIZE])
        begun = self.size - len(self._tail)
        known = self._tail[: tile.width] if first == begun else self._leaves(first, tile.width)
        return b"".join(known)

    def _add(self, place: int, hash_: bytes) -> None:
        if place == len(self._above):
            self._above.append(bytearray())
        level = self._above[place]
        level += hash_
        count = len(level) // HASH_SIZE
        if count % WIDTH == 0:
            last = memoryview(level)[-WIDTH * HASH_SIZE :]
            whole = [bytes(last[at : at + HASH_SIZE]) for at in range(0, len(last), HASH_SIZE)]
            last.release()
            self._add(place + 1, root_of(whole))
