"""The log's key and record: one key for ever, a tree that follows, checkpoints that never disagree."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.auditpack.log_key import KEY_FILE, PASSPHRASE, SIGNED_FILE, open_log_key
from lineclear.adapters.auditpack.record import LedgerRecord, record_of, with_record
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.system.ids import SystemIds
from lineclear.application.record.log import LogTree, log_origin
from lineclear.domain.control import Workspace
from lineclear.domain.ledger.checkpoint import open_checkpoint
from lineclear.domain.ledger.merkle import MerkleError, consistency_proof, is_consistent, leaf_hash, root_of
from lineclear.domain.ledger.notes import KeyType, VerifierKey, parse_vkey
from lineclear.domain.ledger.tiles import Tile, bundles_of, grown, split_bundle, tiles_of
from lineclear.domain.refusals import Code, Refusal
from support.kernel import Kernel
from support_ledger import PublicKey, stored

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]


def grown_tree(size: int, *, step: int = 977) -> LogTree:
    tree = LogTree(lambda start, count: LEAVES[start : start + count])
    while tree.size < size:
        tree.grow(LEAVES[tree.size : min(size, tree.size + step)])
    return tree


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_a_tree_has_the_root_and_the_tiles_that_it_must_have(size: int):
    tree = grown_tree(size)
    assert tree.checkpoint("a.example").root == root_of(LEAVES[:size])
    expected = grown(lambda _: b"", 0, LEAVES[:size])
    assert {tile: tree.tile(tile) for tile in tiles_of(size)} == expected


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(1, 400))
def test_a_tree_knows_the_roots_that_it_had(size: int, before: int, step: int):
    tree = grown_tree(max(size, before), step=step)
    assert tree.root_at(min(size, before)) == root_of(LEAVES[: min(size, before)])


def test_a_tree_has_no_tile_beyond_its_end_and_no_root_of_another_size():
    tree = grown_tree(300)
    for tile in (Tile(0, 1, 45), Tile(0, 2, 1), Tile(0, 1), Tile(1, 0, 2), Tile(2, 0, 1), Tile(63, 0, 1)):
        with pytest.raises(MerkleError):
            tree.tile(tile)
    for size in (-1, 301):
        with pytest.raises(MerkleError):
            tree.root_at(size)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_every_workspace_has_an_origin_that_a_note_can_bear_and_no_other_has(one: str, other: str):
    VerifierKey(log_origin(one), KeyType.ED25519, bytes(32))
    assert (log_origin(one) == log_origin(other)) is (one == other)


# -- the key


def test_the_key_is_made_once_and_is_the_same_ever_after(tmp_path: Path):
    first = open_log_key(tmp_path, "a.example", SystemIds(), "")
    assert open_log_key(tmp_path, "a.example", SystemIds(), "").public_key == first.public_key
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    opened = load_pem_private_key((tmp_path / KEY_FILE).read_bytes(), None)
    assert opened.public_key().public_bytes_raw() == first.public_key


@posix
def test_the_key_is_for_its_owner_alone_and_is_refused_otherwise(tmp_path: Path):
    open_log_key(tmp_path, "a.example", SystemIds(), "")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(Refusal, match="chmod 600"):
        open_log_key(tmp_path, "a.example", SystemIds(), "")


def test_a_passphrase_closes_the_key_and_only_the_same_one_opens_it(tmp_path: Path):
    made = open_log_key(tmp_path, "a.example", SystemIds(), "correct horse")
    assert open_log_key(tmp_path, "a.example", SystemIds(), "correct horse").public_key == made.public_key
    assert b"ENCRYPTED" in (tmp_path / KEY_FILE).read_bytes()
    for wrong in ("", "battery staple"):
        with pytest.raises(Refusal, match=PASSPHRASE):
            open_log_key(tmp_path, "a.example", SystemIds(), wrong)
    (tmp_path / KEY_FILE).unlink()
    open_log_key(tmp_path, "a.example", SystemIds(), "")
    with pytest.raises(Refusal, match=PASSPHRASE):
        open_log_key(tmp_path, "a.example", SystemIds(), "correct horse")


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(Refusal) as refused:
        open_log_key(tmp_path, "a.example", SystemIds(), "")
    assert refused.value.code is Code.DOCUMENT_INVALID


def test_a_folder_that_is_not_there_is_a_refusal(tmp_path: Path):
    with pytest.raises(Refusal):
        open_log_key(tmp_path / "gone", "a.example", SystemIds(), "")


def test_of_many_that_make_the_key_at_once_all_get_the_same(tmp_path: Path):
    def made(number: int) -> bytes:
        return open_log_key(tmp_path, "a.example", SeededIds(number), "").public_key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(made, range(16)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


# -- the record


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def record(kernel: Kernel, folder: Path) -> LedgerRecord:
    workspace = kernel.store.read(lambda snapshot: snapshot.every(Workspace))[0]
    return record_of(kernel.store, SystemIds(), workspace, folder)


def test_nothing_is_made_before_something_is_asked(kernel: Kernel, tmp_path: Path):
    with_record(kernel.services, kernel.store.read(lambda snapshot: snapshot.every(Workspace))[0], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_i37_checkpoints_follow_the_ledger_and_each_continues_the_one_before(kernel: Kernel, tmp_path: Path):
    here, seen = record(kernel, tmp_path), []
    for number in range(6):
        note = here.checkpoint()
        assert here.checkpoint() == note
        seen.append(open_checkpoint(note, here.key, PublicKey))
        kernel.refund(f"{number + 1}.00")
    assert [one.size for one in seen] == sorted({one.size for one in seen})
    leaves = [leaf_hash(one.entry) for one in kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))]
    assert all(one.root == root_of(leaves[: one.size]) for one in seen)
    for one, other in pairwise(seen):
        proof = consistency_proof(stored(leaves), one.size, other.size)
        assert is_consistent(one.size, one.root, other.size, other.root, proof)
    assert parse_vkey(str(here.key)) == here.key
    assert seen[0].origin == "lineclear.example/acme/test"


def test_i37_after_a_restart_the_same_is_signed_again_to_the_byte(kernel: Kernel, tmp_path: Path):
    note = record(kernel, tmp_path).checkpoint()
    assert record(kernel, tmp_path).checkpoint() == note == (tmp_path / SIGNED_FILE).read_bytes()


def test_i37_a_ledger_that_was_put_back_or_changed_is_not_signed_again(kernel: Kernel, tmp_path: Path):
    older = Kernel()
    kernel.refund("1.00")
    record(kernel, tmp_path).checkpoint()
    for other in (older, _changed()):
        with pytest.raises(Refusal) as refused:
            record(other, tmp_path).checkpoint()
        assert refused.value.code is Code.DATABASE_UNUSABLE
        assert "does not continue" in refused.value.sentence


def _changed() -> Kernel:
    other = Kernel()
    for _ in range(4):
        other.refund("2.00")
    return other


def test_tiles_are_those_of_the_checkpoint_and_bundles_hold_the_entries(kernel: Kernel, tmp_path: Path):
    for number in range(100):
        kernel.refund("1.00", fields={"n": number})
    here = record(kernel, tmp_path)
    size = open_checkpoint(here.checkpoint(), here.key, PublicKey).size
    assert size > 256
    held = [entry for place in bundles_of(size) for entry in split_bundle(here.tile(place.path), place.width)]
    assert held == [one.entry for one in kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))]
    expected = grown(lambda _: b"", 0, list(map(leaf_hash, held)))
    assert {tile: here.tile(tile.path) for tile in tiles_of(size)} == expected
    assert len(here.tile("tile/0/000.p/7")) == 7 * 32


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/000.p/200",
        "tile/1/000",
        "tile/entries/000",
        "tile/0/0",
        "tile/x",
        "checkpoint",
        "../x",
    ],
)
def test_what_the_log_has_not_is_not_found(kernel: Kernel, tmp_path: Path, path: str):
    with pytest.raises(Refusal) as refused:
        record(kernel, tmp_path).tile(path)
    assert refused.value.code is Code.NOT_FOUND


def test_many_ask_at_once_and_all_are_told_the_same(kernel: Kernel, tmp_path: Path):
    here = record(kernel, tmp_path)
    with ThreadPoolExecutor(8) as pool:
        notes = set(pool.map(lambda _: here.checkpoint(), range(64)))
    assert len(notes) == 1


def test_i37_the_same_is_signed_whether_tiles_came_whole_or_entry_by_entry(kernel: Kernel, tmp_path: Path):
    """A record that began late hashes whole tiles at once; one that was there all the time did not."""
    early = record(kernel, tmp_path / "early")
    for folder in ("early", "late"):
        (tmp_path / folder).mkdir()
    for number in range(100):
        kernel.refund("1.00", fields={"n": number})
        early.checkpoint()
    late = record(kernel, tmp_path / "late")
    before, after = (open_checkpoint(one.checkpoint(), one.key, PublicKey) for one in (early, late))
    assert before.size > 256
    assert (before.size, before.root) == (after.size, after.root)
    assert early.tile("tile/1/000.p/1") == late.tile("tile/1/000.p/1")
