"""Merkle tree hashing and proofs of RFC 6962 and RFC 9162 (SHA-256). Free of I/O and of storage.

A node is named (level, index): the complete subtree over leaves [index * 2^level, (index + 1) * 2^level).
Proofs are made from a reader of such nodes and checked from hashes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256

HASH_SIZE = 32
MAX_PROOF = 63
"""No tree of a size that a checkpoint can state has a longer inclusion proof."""

type HashReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index); raises MerkleError where it is not known."""

_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")
EMPTY_ROOT = sha256(b"").digest()
"""MTH of no leaves (RFC 6962 section 2.1)."""


class MerkleError(ValueError):
    """A proof or a position that no tree has."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(00 || entry)."""
    # A copy of a started hash skips the library's look-up of the algorithm, a tenth of the cost.
    state = _LEAF.copy()
    state.update(entry)
    return state.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 || left || right)."""
    state = _NODE.copy()
    state.update(left + right)
    return state.digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each entry. One loop: a call for each costs a tenth more."""
    begun, hashes = _LEAF.copy, list[bytes]()
    for entry in entries:
        state = begun()
        state.update(entry)
        hashes.append(state.digest())
    return hashes


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The nodes above an even number of neighbours."""
    begun, above = _NODE.copy, list[bytes]()
    lefts = iter(nodes)
    for left, right in zip(lefts, lefts, strict=True):
        state = begun()
        state.update(left + right)
        above.append(state.digest())
    return above


def root_of(leaves: Iterable[bytes]) -> bytes:
    """MTH over leaf hashes; EMPTY_ROOT of none."""
    return Frontier().extended(leaves).root


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves as the roots of its complete subtrees, the largest first.

    There is one peak for each bit of `size`; that is all it takes to append and to state the root.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise MerkleError(f"{len(self.peaks)} peaks cannot stand for {self.size} leaves")

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        return _folded(self.peaks)

    def appended(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf hash: as many node hashes as `size` has trailing ones."""
        joined = _trailing_ones(self.size)
        kept = len(self.peaks) - joined
        peak = reduce(lambda right, left: node_hash(left, right), reversed(self.peaks[kept:]), leaf)
        return Frontier(self.size + 1, (*self.peaks[:kept], peak))

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after more leaf hashes, joined level by level: a carry in binary addition."""
        nodes = list(leaves)
        size = self.size + len(nodes)
        kept, added = list(self.peaks), []
        level = 0
        while nodes:
            if self.size >> level & 1:
                nodes.insert(0, kept.pop())
            if len(nodes) & 1:
                added.append(nodes.pop())
            nodes = parents(nodes)
            level += 1
        return Frontier(size, (*kept, *reversed(added)))


def inclusion_proof(read: HashReader, index: int, size: int) -> tuple[bytes, ...]:
    """PATH(index, D_size) of RFC 9162 section 2.1.3.1, the leaf's sibling first."""
    if not 0 <= index < size:
        raise MerkleError(f"leaf {index} is not in a tree of {size}")
    start, end = 0, size
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(read, middle, end))
            end = middle
        else:
            proof.append(_range_root(read, start, middle))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(read: HashReader, old: int, new: int) -> tuple[bytes, ...]:
    """PROOF(old, D_new) of RFC 9162 section 2.1.4.1; empty where `old` is 0 or `new`."""
    if not 0 <= old <= new:
        raise MerkleError(f"a tree of {new} leaves cannot contain one of {old}")
    if old in (0, new):
        return ()
    start, end = 0, new
    proof: list[bytes] = []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(read, middle, end))
            end = middle
        else:
            proof.append(_range_root(read, start, middle))
            start = middle
    if start:
        proof.append(_range_root(read, start, end))
    return tuple(reversed(proof))


def root_at(read: HashReader, size: int) -> bytes:
    """The root that the tree had at `size` leaves."""
    return _range_root(read, 0, size) if size else EMPTY_ROOT


def frontier_at(read: HashReader, size: int) -> Frontier:
    """The frontier that the tree had at `size` leaves: one read for each bit of `size`."""
    return Frontier(size, tuple(read(level, index) for level, index in _peaks(0, size)))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows leaf hash `leaf` at `index` under `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes((leaf, root, *proof)):
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            shift = _to_next_right_child(node)
            node, last = node >> shift, last >> shift
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `old` leaves is a prefix of that of `new`.

    RFC 9162 section 2.1.4.2. Where one size is 0 or both are equal there is nothing to prove: the proof
    must be empty and the roots must be the only ones possible.
    """
    if not 0 <= old <= new or not _are_hashes((old_root, new_root, *proof)):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    return _joins(old, old_root, new, new_root, proof)


def _joins(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    path = (old_root, *proof) if old.bit_count() == 1 else tuple(proof)
    if not path:
        return False
    shift = _trailing_ones(old - 1)
    node, last = (old - 1) >> shift, (new - 1) >> shift
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            shift = _to_next_right_child(node)
            node, last = node >> shift, last >> shift
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split(leaves: int) -> int:
    """The largest power of two that is smaller than `leaves` (RFC 9162 section 2.1.1)."""
    return 1 << (leaves - 1).bit_length() - 1


def _trailing_ones(number: int) -> int:
    return (~number & number + 1).bit_length() - 1


def _to_next_right_child(node: int) -> int:
    """How far up from `node` its subtree stays a left child; 0 at a right child and at the leftmost edge."""
    return (node & -node).bit_length() - 1 if node else 0


def _peaks(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The fewest complete subtrees that cover [start, end), largest first; `start` lies on such a border."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_root(read: HashReader, start: int, end: int) -> bytes:
    return _folded([read(level, index) for level, index in _peaks(start, end)])


def _folded(peaks: Sequence[bytes]) -> bytes:
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))
