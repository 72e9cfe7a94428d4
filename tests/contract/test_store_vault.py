"""Blobs are closed under data keys in the database, whatever program wrote them first."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import open_store
from lineclear.adapters.sql.tables import blobs, keys
from lineclear.adapters.sql.vault import read_closed
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.vaults import KEY_FILE, AesVault, open_vault
from lineclear.domain.refusals import Code, Refusal
from support.ledgers import open_job

KEY = bytes(range(32))
GOAL = "Settle the complaint of Wilhelmina Example"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/ledger.db"


def rows(url: str) -> tuple[list[bytes], list[str]]:
    """What lies in the tables of blobs and of keys."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = [
            bytes(sealed)
            for (sealed,) in connection.execute(blobs.select().with_only_columns(blobs.c.sealed))
        ]
        subjects = list(connection.execute(keys.select().with_only_columns(keys.c.subject)).scalars())
    engine.dispose()
    return found, subjects


def test_what_is_kept_is_closed_and_reads_back_as_it_was(url: str):
    store = open_store(url, "acme", vault=AesVault(KEY))
    store.transact(lambda tx: open_job(tx, "job-1", goal=GOAL))
    (kept,) = store.read(lambda s: s.entries(start=0, limit=9))
    assert GOAL.encode() in (kept.brief or b"")
    store.close()
    found, subjects = rows(url)
    assert [one.subject for one in map(read_closed, found) if one] == ["job/job-1"]
    assert all(GOAL.encode() not in one for one in found)
    assert set(subjects) == {"", "job/job-1"}


def test_a_database_of_an_older_program_is_closed_when_it_is_opened_and_leaves_no_trace(
    url: str, tmp_path: Path
):
    older = open_store(url, "acme")
    for number in range(300):
        older.transact(lambda tx, n=number: open_job(tx, f"job-{n}", goal=f"{GOAL} {n}"))
    older.transact(lambda tx: tx.put_blob("f" * 64, b"named by nobody"))
    before = older.read(lambda s: s.entries(start=0, limit=999))
    older.close()
    assert all(read_closed(one) is None for one in rows(url)[0])

    for _ in range(2):
        store = open_store(url, "acme", vault=AesVault(KEY))
        assert store.read(lambda s: s.entries(start=0, limit=999)) == before
        assert store.read(lambda s: s.blob("f" * 64)) == b"named by nobody"
        store.close()
    found, subjects = rows(url)
    assert len(found) == 301
    assert all(read_closed(one) for one in found)
    assert len(subjects) == 302
    if url.startswith("sqlite"):
        salt = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"named by nobody" not in salt


def test_another_key_is_refused_and_nothing_is_written(url: str):
    open_store(url, "acme", vault=AesVault(KEY)).close()
    with pytest.raises(Refusal) as refused:
        open_store(url, "acme", vault=AesVault(bytes(32)))
    assert refused.value.code is Code.DATABASE_UNUSABLE
    assert "workspace.key" in refused.value.remedy


def test_a_closed_blob_cannot_be_moved_to_another_name(url: str):
    store = open_store(url, "acme", vault=AesVault(KEY))
    store.transact(lambda tx: open_job(tx, "job-1", goal=GOAL))
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(blobs.update().values(digest="e" * 64))
    engine.dispose()
    with pytest.raises(Refusal):
        store.read(lambda s: s.blob("e" * 64))
    store.close()


def test_the_key_file_is_made_once_for_its_owner_and_a_passphrase_closes_it(tmp_path: Path):
    ids = SystemIds()
    plain, closed = tmp_path / "plain", tmp_path / "closed"
    for folder, passphrase in ((plain, ""), (closed, "correct horse")):
        folder.mkdir()
        vault = open_vault(folder, ids, passphrase)
        assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
        key = vault.new_key()
        assert open_vault(folder, ids, passphrase).unwrap(vault.wrap(key, "job/1"), "job/1") == key
        with pytest.raises(ValueError):
            vault.unwrap(vault.wrap(key, "job/1"), "job/2")
    with pytest.raises(Refusal) as wrong:
        open_vault(closed, ids, "another")
    assert wrong.value.code is Code.DOCUMENT_INVALID
    (plain / KEY_FILE).chmod(0o644)
    with pytest.raises(Refusal, match="others on this machine"):
        open_vault(plain, ids, "")
