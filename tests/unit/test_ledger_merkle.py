"""Sentences about the tree: RFC 6962 and RFC 9162, for every small size and for random large ones."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    MerkleError,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_at,
    root_of,
)
from support_ledger import flipped, stored

# The reference entries and roots of the Certificate Transparency project's Merkle tree tests.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 70
LEAVES = [leaf_hash(str(number).encode()) for number in range(1_000)]
READ = stored(LEAVES)


def plain_root(leaves):
    """MTH exactly as RFC 6962 section 2.1 defines it."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_reference_roots_are_reached(size):
    assert root_of(map(leaf_hash, ENTRIES[:size])).hex() == ROOTS[size]


def test_every_way_to_a_root_leads_to_the_one_of_the_definition():
    frontier = Frontier()
    for size in range(LARGEST + 1):
        expected = plain_root(LEAVES[:size])
        assert frontier.root == root_of(LEAVES[:size]) == root_at(READ, size) == expected
        assert frontier == frontier_at(READ, size)
        frontier = frontier.appended(LEAVES[size])


@given(st.integers(0, 500), st.integers(0, 500))
def test_leaves_added_at_once_and_one_by_one_give_one_frontier(size, more):
    begun = Frontier().extended(LEAVES[:size])
    one_by_one = begun
    for leaf in LEAVES[size : size + more]:
        one_by_one = one_by_one.appended(leaf)
    assert begun.extended(LEAVES[size : size + more]) == one_by_one


def test_every_leaf_of_every_small_tree_is_proven_in():
    for size in range(1, LARGEST + 1):
        root = root_at(READ, size)
        for index in range(size):
            assert is_included(LEAVES[index], index, size, inclusion_proof(READ, index, size), root)


def test_every_small_tree_is_proven_to_continue_every_smaller_one():
    roots = [root_at(READ, size) for size in range(LARGEST + 1)]
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            assert is_consistent(old, roots[old], new, roots[new], consistency_proof(READ, old, new))


@given(st.data())
def test_large_trees_are_proven_with_few_hashes(data):
    size = data.draw(st.integers(1, len(LEAVES)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    path, growth = inclusion_proof(READ, index, size), consistency_proof(READ, old, size)
    assert is_included(LEAVES[index], index, size, path, root_at(READ, size))
    assert is_consistent(old, root_at(READ, old), size, root_at(READ, size), growth)
    assert len(path) <= size.bit_length()
    assert len(growth) <= size.bit_length() + 1


@given(st.data())
def test_i38_no_changed_bit_in_an_inclusion_proof_passes(data):
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    parts = [LEAVES[index], root_at(READ, size), *inclusion_proof(READ, index, size)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flipped(parts[part], data.draw(st.integers(0, 255)))
    assert not is_included(parts[0], index, size, parts[2:], parts[1])


@given(st.data())
def test_i38_no_changed_bit_in_a_consistency_proof_passes(data):
    new = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, new))
    parts = [root_at(READ, old), root_at(READ, new), *consistency_proof(READ, old, new)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flipped(parts[part], data.draw(st.integers(0, 255)))
    assert not is_consistent(old, parts[0], new, parts[1], parts[2:])


def test_a_proof_proves_no_other_place():
    for size in range(2, 34):
        root = root_at(READ, size)
        for index in range(size):
            path = inclusion_proof(READ, index, size)
            others = [place for place in range(size) if place != index]
            assert not any(is_included(LEAVES[index], place, size, path, root) for place in others)


@pytest.mark.parametrize("change", ["shorter", "longer", "swapped", "hash cut"])
def test_a_path_of_another_shape_proves_nothing(change):
    path = inclusion_proof(READ, 5, 70)
    changed = {
        "shorter": path[:-1],
        "longer": (*path, path[-1]),
        "swapped": (path[1], path[0], *path[2:]),
        "hash cut": (path[0][:31], *path[1:]),
    }[change]
    assert not is_included(LEAVES[5], 5, 70, changed, root_at(READ, 70))
    growth = consistency_proof(READ, 37, 70)
    changed = {
        "shorter": growth[:-1],
        "longer": (*growth, growth[-1]),
        "swapped": (growth[1], growth[0], *growth[2:]),
        "hash cut": (growth[0][:31], *growth[1:]),
    }[change]
    assert not is_consistent(37, root_at(READ, 37), 70, root_at(READ, 70), changed)


def test_a_proof_too_long_for_its_tree_ends_in_refusal():
    root = LEAVES[0]
    assert is_included(root, 0, 1, (), root)
    assert not is_included(root, 0, 1, (root,), root)
    assert not is_consistent(1, root, 2, root_at(READ, 2), (LEAVES[1], LEAVES[1]))


def test_i37_a_forked_tree_is_never_consistent():
    forked = stored([*LEAVES[:20], leaf_hash(b"another"), *LEAVES[21:]])
    for old in range(21, 40):
        for new in range(old, 40):
            proofs = (consistency_proof(READ, old, new), consistency_proof(forked, old, new))
            roots = (root_at(READ, old), root_at(forked, new))
            assert not any(is_consistent(old, roots[0], new, roots[1], proof) for proof in proofs)


def test_nothing_is_consistent_with_less_and_everything_with_nothing():
    small, large = root_at(READ, 3), root_at(READ, 8)
    assert not is_consistent(8, large, 3, small, ())
    assert is_consistent(0, EMPTY_ROOT, 8, large, ())
    assert not is_consistent(0, small, 8, large, ())
    assert not is_consistent(0, EMPTY_ROOT, 8, large, (small,))
    assert not is_consistent(3, small, 8, large, ())
    assert not is_consistent(8, large, 8, large, (small,))
    assert not is_consistent(8, large, 8, small, ())


def test_a_leaf_outside_the_tree_has_no_proof():
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(MerkleError):
            inclusion_proof(READ, index, size)
        assert not is_included(LEAVES[0], index, size, (), LEAVES[0])
    with pytest.raises(MerkleError):
        consistency_proof(READ, 5, 4)


def test_peaks_that_no_size_has_make_no_frontier():
    with pytest.raises(MerkleError):
        Frontier(3, (LEAVES[0],))
