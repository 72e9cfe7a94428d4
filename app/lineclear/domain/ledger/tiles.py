"""Tiles and entry bundles as C2SP tlog-tiles lays them out: paths, contents, growth. Free of I/O.

A tile holds up to 256 hashes of every eighth level of the tree, an entry bundle the entries under one
tile of level 0. A full tile never changes; a partial one is superseded by a wider one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lineclear.domain.ledger.merkle import HASH_SIZE, HashReader, leaf_hashes, parents, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_LEVEL = 63
MAX_ENTRY = 0xFFFF
"""What a bundle's 16-bit length prefix can state, in bytes."""

_PREFIX = 2
_GROUP = 1000
_PATH = re.compile(
    r"tile/(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(x[0-9]{3}/){0,6}[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileError(ValueError):
    """A path, a tile or a bundle that is not of the form of C2SP tlog-tiles."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Hashes of the complete subtrees of 256^level leaves, `width` of them, from number index * 256 on."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise TileError(f"a tile's level is 0 to {MAX_LEVEL}, not {self.level}")
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_place(self.index, self.width)}"


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """The `width` entries from number index * 256 on."""

    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        return f"tile/entries/{_place(self.index, self.width)}"


type TileReader = Callable[[Tile], bytes]
"""Gives a tile's bytes; asked only for tiles that a tree of the stated size has."""


def parse_path(path: str) -> Tile | Bundle:
    """The tile or bundle that a path names; raises TileError where it names none, or not in the one form."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileError(f"{path[:80]!r} is not the path of a tile or of an entry bundle")
    index = int(found["index"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    place = Bundle(index, width) if found["level"] == "entries" else Tile(int(found["level"]), index, width)
    if place.path != path:
        raise TileError(f"{path!r} is written {place.path!r}")
    return place


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size` leaves: the full ones, and on each level at most one partial one."""
    level, hashes = 0, size
    while hashes:
        yield from (Tile(level, index) for index in range(hashes // WIDTH))
        if hashes % WIDTH:
            yield Tile(level, hashes // WIDTH, hashes % WIDTH)
        level, hashes = level + 1, hashes // WIDTH


def bundles_of(size: int) -> Iterator[Bundle]:
    """Every entry bundle of a tree of `size` leaves."""
    yield from (Bundle(tile.index, tile.width) for tile in tiles_of(size) if tile.level == 0)


def tile_holding(level: int, index: int, size: int) -> tuple[Tile, slice]:
    """The tile of a tree of `size` leaves over node (level, index), and its hashes under that node."""
    tile_level, below = divmod(level, HEIGHT)
    first = index << below
    hashes = size >> tile_level * HEIGHT
    tile_index = first // WIDTH
    if first + (1 << below) > hashes:
        raise TileError(f"a tree of {size} leaves has no complete node ({level}, {index})")
    start = first % WIDTH
    width = min(WIDTH, hashes - tile_index * WIDTH)
    return Tile(tile_level, tile_index, width), slice(start, start + (1 << below))


def hash_reader(read: TileReader, size: int) -> HashReader:
    """Reads nodes of a tree of `size` leaves from its tiles, hashing up at most seven levels."""

    def node(level: int, index: int) -> bytes:
        tile, part = tile_holding(level, index, size)
        return root_of(hashes_in(read(tile), tile.width)[part])

    return node


def hashes_in(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of `width`; raises TileError where the bytes are not exactly that many."""
    if len(data) != width * HASH_SIZE:
        raise TileError(f"a tile of {width} hashes has {width * HASH_SIZE} bytes, not {len(data)}")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def grown(read: TileReader, size: int, leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """The tiles to write when leaf hashes are added to a tree of `size`.

    `read` is asked only for the partial tiles of the old tree, one on each level that grows. Every tile of
    the new tree is either among the result or was there before, unchanged.
    """
    written: dict[Tile, bytes] = {}
    level, hashes, added = 0, size, list(leaves)
    while added:
        index, width = divmod(hashes, WIDTH)
        before = hashes_in(read(Tile(level, index, width)), width) if width else []
        joined = before + added
        tiles = [joined[at : at + WIDTH] for at in range(0, len(joined), WIDTH)]
        for offset, part in enumerate(tiles):
            written[Tile(level, index + offset, len(part))] = b"".join(part)
        added = [root_of(part) for part in tiles if len(part) == WIDTH]
        level, hashes = level + 1, hashes // WIDTH
    return written


def tile_roots(entries: Iterable[bytes]) -> bytes:
    """The hash over each `WIDTH` entries, one after another; TileError where the last are fewer."""
    nodes = leaf_hashes(entries)
    if len(nodes) % WIDTH:
        raise TileError(f"{len(nodes)} entries do not fill tiles of {WIDTH}")
    for _ in range(HEIGHT):
        nodes = parents(nodes)
    return b"".join(nodes)


def join_bundle(entries: Iterable[bytes]) -> bytes:
    """A bundle's bytes: each entry after its length in 16 bits, big-endian."""
    return b"".join(part for entry in entries for part in (_length(entry), entry))


def split_bundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle of `width`; raises TileError where the bytes are not exactly that many."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _PREFIX
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data) or len(entries) != width:
        raise TileError(f"the bundle does not hold exactly {width} whole entries")
    return entries


def _length(entry: bytes) -> bytes:
    if len(entry) > MAX_ENTRY:
        raise TileError(f"an entry has at most {MAX_ENTRY} bytes, not {len(entry)}")
    return len(entry).to_bytes(_PREFIX)


def _check_place(index: int, width: int) -> None:
    if index < 0 or not 1 <= width <= WIDTH:
        raise TileError(f"there is no tile number {index} of width {width}")


def _place(index: int, width: int) -> str:
    groups = [f"{index % _GROUP:03d}"]
    while index := index // _GROUP:
        groups.append(f"x{index % _GROUP:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return "/".join(reversed(groups)) + partial
