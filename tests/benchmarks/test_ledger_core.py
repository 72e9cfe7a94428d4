"""What the ledger's pure core costs: entries, hashes, verification, strict and canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from time import perf_counter

import pytest
import rfc8785
from sqlcipher3 import dbapi2 as sqlcipher

from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.entries import decode, encode
from lineclear.domain.ledger.merkle import Frontier, frontier_at, leaf_hash
from lineclear.domain.ledger.tiles import grown, hash_reader
from lineclear.domain.ledger.verification import verify_ledger, verify_tree
from lineclear.domain.strict_json import canonical, parse
from support_benchmarks import AtLeast, AtMost, Ratio
from support_ledger import entry

pytestmark = pytest.mark.bench

ROUNDS = 5
PER_STREAM = 40
SIZES = [100_000, pytest.param(1_000_000, marks=pytest.mark.long)]


def seconds(*works: Callable[[], object]) -> list[float]:
    """The best of several rounds of each; the works alternate, so that noise meets them alike."""
    best = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for number, work in enumerate(works):
            start = perf_counter()
            work()
            best[number] = min(best[number], perf_counter() - start)
    return best


def some_entries(count):
    return [entry(number % PER_STREAM, f"action/a{number // PER_STREAM}") for number in range(count)]


def test_hashing_costs_little_beside_making_an_entry(report_ratio):
    values = some_entries(20_000)
    plain, hashed = seconds(
        lambda: [encode(value) for value in values],
        lambda: [leaf_hash(encode(value)) for value in values],
    )
    report_ratio(Ratio("entries made and hashed", "made, unhashed", plain / hashed, AtLeast(0.85)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", [None, "ab" * 32], ids=["plain", "encrypted"])
def test_verifying_a_ledger_s_tree_costs_little_more_than_reading_its_rows(report_ratio, tmp_path, size, key):
    with closing(_store(tmp_path, size, key)) as store:
        head = Checkpoint("ledger.example", size, Frontier().extended(map(leaf_hash, _entries(store))).root)
        scan, tree = seconds(
            lambda: sum(map(len, _entries(store))), lambda: _sound(verify_tree(_entries(store), head))
        )
    name = f"{size:,} entries verified, {'encrypted' if key else 'plain'} store"
    report_ratio(Ratio(name, "bare scan of its rows", tree / scan, AtMost(2.5)))


@pytest.mark.parametrize("size", SIZES)
def test_verifying_a_tree_costs_little_beside_the_two_hashes_that_each_entry_takes(report_ratio, size):
    written = list(map(encode, some_entries(size)))
    head = Checkpoint("ledger.example", size, Frontier().extended(map(leaf_hash, written)).root)
    pair = bytes(64)
    hashes, tree = seconds(
        lambda: [(sha256(each).digest(), sha256(pair).digest()) for each in written],
        lambda: _sound(verify_tree(written, head)),
    )
    report_ratio(Ratio(f"{size:,} entries: tree verified", "2 SHA-256 per entry", tree / hashes, AtMost(1.1)))


def test_verifying_entries_strictly_costs_little_beside_reading_them_strictly(report_ratio):
    written = list(map(encode, some_entries(20_000)))
    head = Checkpoint("ledger.example", len(written), Frontier().extended(map(leaf_hash, written)).root)
    read, whole = seconds(lambda: list(map(decode, written)), lambda: _sound(verify_ledger(written, head)))
    report_ratio(Ratio("entries and tree verified", "entries decoded", whole / read, AtMost(1.5)))


def _store(folder, size, key):
    """A table of entries in the product's SQLite; with a key, encrypted."""
    store = sqlcipher.connect(folder / "ledger.db")
    if key is not None:
        store.execute(f"PRAGMA key = \"x'{key}'\"")
    store.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, entry BLOB NOT NULL)")
    store.executemany("INSERT INTO entries (entry) VALUES (?)", _rows(size))
    store.commit()
    return store


def _entries(store):
    return (row[0] for row in store.execute("SELECT entry FROM entries ORDER BY position"))


def _rows(size):
    return ((encode(value),) for value in some_entries(size))


def _sound(verification):
    assert verification.is_sound


@pytest.mark.parametrize("size", SIZES)
def test_a_ledger_is_reopened_from_its_tiles_at_once(report_ratio, size):
    leaves = [leaf_hash(b"%d" % number) for number in range(size - 1)]
    tiles = grown(lambda tile: b"", 0, leaves)
    (opened,) = seconds(lambda: frontier_at(hash_reader(tiles.__getitem__, size - 1), size - 1))
    report_ratio(Ratio(f"{size - 1:,} entries: reopened", "none", opened * 1000, AtMost(50), "ms"))


def test_strict_json_is_read_about_as_fast_as_loose_json(report_ratio):
    texts = [json.dumps(json.loads(encode(value))).encode() for value in some_entries(2_000)]
    loose, strict = seconds(lambda: list(map(json.loads, texts)), lambda: list(map(parse, texts)))
    report_ratio(Ratio("strict JSON read", "json.loads", strict / loose, AtMost(2.5)))


def test_canonical_json_is_written_much_faster_than_by_the_reference_library(report_ratio):
    values = [json.loads(encode(value)) for value in some_entries(2_000)]
    reference, ours = seconds(lambda: list(map(rfc8785.dumps, values)), lambda: list(map(canonical, values)))
    report_ratio(Ratio("canonical JSON written", "rfc8785.dumps", reference / ours, AtLeast(4)))
