"""A ledger hashed by several processes: the same hashes, and alone where nobody can help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.sql.store import SqlStore, open_store
from lineclear.adapters.sql.stretches import STRETCH, Place, hashed, hashed_together, helped
from lineclear.domain.ledger.merkle import leaf_hash, root_of
from lineclear.domain.ledger.tiles import WIDTH, TileError, tile_roots
from support.ledgers import open_job

SIZE = 4 * STRETCH
KEY = b"k" * 32
ENTRIES = [b"entry %d" % number for number in range(SIZE)]


class EnoughError(Exception):
    """Somebody does not want to know any more."""


def silent(_done: int, _all: int) -> None:
    """Nobody listens."""


def fill(
    path: Path, key: bytes | None = None, entries: Sequence[bytes] = ENTRIES, *, is_reversed: bool = False
) -> None:
    """A ledger of these entries, written past the store to have them soon; also with the last one first."""
    open_store(f"sqlite:///{path}", "acme", key=key).close()
    with closing(dbapi2.connect(str(path))) as connection:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        columns = 'workspace, "index", stream, seq, type, entry'
        rows = [(place, f"job/{place}", entry) for place, entry in enumerate(entries)]
        if is_reversed:
            rows.reverse()
        connection.executemany(f"INSERT INTO entries ({columns}) VALUES ('acme', ?, ?, 0, 'a.b', ?)", rows)
        connection.commit()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ledger") / "ledger.db"
    fill(made)
    return made


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{path}", "acme")) as opened:
        yield opened


def here(start: int, end: int) -> bytes:
    return tile_roots(ENTRIES[start:end])


def test_the_root_of_a_tile_is_that_of_its_leaves():
    roots = tile_roots(ENTRIES[: 3 * WIDTH])
    leaves = list(map(leaf_hash, ENTRIES[: 3 * WIDTH]))
    assert roots == b"".join(root_of(leaves[at : at + WIDTH]) for at in range(0, 3 * WIDTH, WIDTH))
    with pytest.raises(TileError):
        tile_roots(ENTRIES[: WIDTH + 1])


def test_alone_or_with_helpers_the_hashes_are_the_same(path: Path, store: SqlStore):
    told = list[tuple[int, int]]()
    expected = tile_roots(ENTRIES)
    assert store.tile_roots(0, SIZE, silent) == expected

    found = hashed_together(
        Place(path, "acme"), here, 0, SIZE, lambda done, size: told.append((done, size)), 1
    )
    assert found == expected
    assert told[-1] == (SIZE, SIZE)
    assert told == sorted(told)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_helper_reads_a_stretch_of_the_file_by_itself(tmp_path: Path, key: bytes | None):
    fill(tmp_path / "a.db", key)
    assert helped(Place(tmp_path / "a.db", "acme", key), WIDTH, 3 * WIDTH) == here(WIDTH, 3 * WIDTH)


def test_bytes_of_any_kind_are_hashed_as_they_lie(tmp_path: Path):
    odd = (b"", b"\0", b"a\0b", b"\xff\xfe", "\u20ac".encode(), b"\n", b"x" * 70_000, b"\xed\xa0\x80")
    entries = [odd[place % len(odd)] for place in range(WIDTH)]
    fill(tmp_path / "a.db", entries=entries)
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}", "acme")) as store:
        assert store.tile_roots(0, WIDTH, silent) == tile_roots(entries)
    assert helped(Place(tmp_path / "a.db", "acme"), 0, WIDTH) == tile_roots(entries)


def test_entries_are_hashed_in_their_order_wherever_they_lie(tmp_path: Path):
    fill(tmp_path / "a.db", entries=ENTRIES[: 2 * WIDTH], is_reversed=True)
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}", "acme")) as store:
        assert store.tile_roots(0, 2 * WIDTH, silent) == here(0, 2 * WIDTH)


@pytest.mark.parametrize("follows", [8, 9], ids=["one too many", "one for two"])
def test_no_entry_passes_for_two(tmp_path: Path, follows: int):
    """What stands between entries while they are read is in none; who writes it into one is found out."""
    entries = [b"entry %d" % place for place in range(WIDTH)]
    entries[7] = b"entry 7\x1eentry 8"
    entries[8:] = entries[follows:]
    fill(tmp_path / "a.db", entries=entries)
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}", "acme")) as store, pytest.raises(TileError):
        store.tile_roots(0, WIDTH, silent)
    assert helped(Place(tmp_path / "a.db", "acme"), 0, WIDTH) == b""


def test_what_helpers_cannot_read_is_hashed_here(tmp_path: Path):
    (tmp_path / "broken.db").write_bytes(b"no database")
    for gone in (tmp_path / "gone.db", tmp_path / "broken.db"):
        assert helped(Place(gone, "acme"), 0, WIDTH) == b""
        assert hashed_together(Place(gone, "acme"), here, 0, SIZE, silent, 1) == tile_roots(ENTRIES)


def test_helpers_that_die_are_not_missed(path: Path):
    killed = list[int]()

    def kill(_done: int, _all: int) -> None:
        for child in active_children():
            child.kill()
            killed.append(child.ident or 0)

    assert hashed_together(Place(path, "acme"), here, 0, SIZE, kill, 1) == tile_roots(ENTRIES)
    assert killed


def test_whoever_listens_can_end_it(path: Path):
    def enough(_done: int, _all: int) -> None:
        raise EnoughError

    for work in (
        lambda: hashed(here, 0, SIZE, enough),
        lambda: hashed_together(Place(path, "acme"), here, 0, SIZE, enough, 1),
    ):
        with pytest.raises(EnoughError):
            work()


def test_a_place_does_not_show_its_key(path: Path):
    assert KEY.decode() not in repr(Place(path, "acme", KEY))


def test_a_missing_entry_is_an_error_on_every_store(tmp_path: Path):
    memory = MemoryStore()
    memory.transact(lambda tx: open_job(tx, "job-1"))
    fill(tmp_path / "a.db")
    with closing(dbapi2.connect(str(tmp_path / "a.db"))) as connection:
        connection.execute('DELETE FROM entries WHERE "index" BETWEEN 256 AND 511')
        connection.commit()
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}", "acme")) as cut:
        assert cut.tile_roots(0, WIDTH, silent) == here(0, WIDTH)
        for store, end in ((memory, WIDTH), (cut, 3 * WIDTH)):
            with pytest.raises(TileError):
                store.tile_roots(0, end, silent)
