"""Sentences about the layout of C2SP tlog-tiles."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.merkle import consistency_proof, inclusion_proof, leaf_hash, root_at
from lineclear.domain.ledger.tiles import (
    MAX_ENTRY,
    Bundle,
    Tile,
    TileError,
    bundles_of,
    grown,
    hash_reader,
    join_bundle,
    parse_path,
    split_bundle,
    tile_holding,
    tiles_of,
)
from support_ledger import stored

SIZE = 66_000
LEAVES = [leaf_hash(str(number).encode()) for number in range(SIZE)]
READ = stored(LEAVES)


@pytest.fixture(scope="module")
def tiles():
    """All tiles of a tree that grew in uneven steps, the partial ones of every step kept."""
    kept: dict[Tile, bytes] = {}
    size = 0
    for step in (0, 1, 2, 3, 250, 255, 1, 1, 511, 20_000, 44_000, 976):
        kept |= grown(kept.__getitem__, size, LEAVES[size : size + step])
        size += step
    assert size == SIZE
    return kept


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Bundle(1000), "tile/entries/x001/000"),
        (Bundle(273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_has_one_path_and_is_read_back_from_it(place, path):
    assert place.path == path
    assert parse_path(path) == place


@given(st.builds(Tile, st.integers(0, 63), st.integers(0, 2**55), st.integers(1, 256)))
def test_every_tile_is_read_back_from_its_path(tile):
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/x000/001",
        "tile/00/001",
        "tile/64/001",
        "tile/0/1",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/data/001",
        "tile/0/../001",
        "/tile/0/001",
        "tile/0/001\n",
        "tile/0/\u0660\u0660\u0661",
        "",
    ],
)
def test_any_other_spelling_is_refused(path):
    with pytest.raises(TileError):
        parse_path(path)


def test_the_tiles_of_70000_leaves_are_those_that_the_specification_counts():
    found = Counter((tile.level, tile.width) for tile in tiles_of(70_000))
    assert found == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []
    assert list(bundles_of(300)) == [Bundle(0), Bundle(1, 44)]


def test_a_grown_tree_has_all_its_tiles_with_the_hashes_of_the_definition(tiles):
    for tile in tiles_of(SIZE):
        hashes = [READ(tile.level * 8, tile.index * 256 + at) for at in range(tile.width)]
        assert tiles[tile] == b"".join(hashes), tile.path


def test_growing_reads_only_partial_tiles_and_writes_only_what_changed():
    asked: list[Tile] = []
    tree = grown(lambda tile: b"", 0, LEAVES[:65_530])
    written = grown(lambda tile: asked.append(tile) or tree[tile], 65_530, LEAVES[65_530:65_540])
    assert asked == [Tile(0, 255, 250), Tile(1, 0, 255)]
    assert sorted(written) == [Tile(0, 255), Tile(0, 256, 4), Tile(1, 0), Tile(2, 0, 1)]


def test_growing_by_nothing_writes_nothing():
    assert grown(lambda tile: b"", 300, []) == {}


@given(st.data())
def test_proofs_made_from_tiles_are_those_made_from_all_hashes(tiles, data):
    index, old = data.draw(st.integers(0, SIZE - 1)), data.draw(st.integers(0, SIZE))
    read = hash_reader(tiles.__getitem__, SIZE)
    assert inclusion_proof(read, index, SIZE) == inclusion_proof(READ, index, SIZE)
    assert consistency_proof(read, old, SIZE) == consistency_proof(READ, old, SIZE)
    assert root_at(read, SIZE) == root_at(READ, SIZE)


def test_a_node_that_is_not_complete_lies_in_no_tile():
    assert tile_holding(3, 2, 24) == (Tile(0, 0, 24), slice(16, 24))
    with pytest.raises(TileError):
        tile_holding(3, 2, 23)


def test_a_tile_of_another_length_is_refused():
    with pytest.raises(TileError):
        hash_reader(lambda tile: b"x" * 31, 1)(0, 0)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_a_bundle_gives_back_its_entries(entries):
    assert split_bundle(join_bundle(entries), len(entries)) == entries


def test_the_longest_entry_fits_a_bundle_and_a_longer_one_does_not():
    assert split_bundle(join_bundle([b"x" * MAX_ENTRY]), 1) == [b"x" * MAX_ENTRY]
    with pytest.raises(TileError):
        join_bundle([b"x" * (MAX_ENTRY + 1)])


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\3ab", b"\0\1ab", b"\0\1a\0\1b", b"\0\1a\0"])
def test_a_bundle_that_does_not_hold_exactly_its_entries_is_refused(data):
    with pytest.raises(TileError):
        split_bundle(data, 1)
