"""A pack whose entries another process reads ahead: the same verdict, and nothing believed unseen."""

from __future__ import annotations

from multiprocessing import active_children
from pathlib import Path

import pytest

from lineclear.adapters.auditpack.ahead import Checked, read_strictly, reading_ahead
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import Report, verify_pack
from lineclear.application.record.findings import Fault
from lineclear.domain.ledger.merkle import leaf_hash
from support_audit import LOG, Entries, entries_of, executed, key_of, write

TRUST = Trust(str(key_of(LOG)))


@pytest.fixture(scope="module")
def ledger() -> Entries:
    return entries_of(executed())


@pytest.fixture(scope="module")
def pack(ledger: Entries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(ledger, tmp_path_factory.mktemp("packs") / "pack")


def judged(pack: Path, worth: int) -> Report:
    return verify_pack(pack, TRUST, worth=worth)


def test_i38_the_verdict_is_the_same_with_and_without_another_process(pack: Path, ledger: Entries):
    alone, together = judged(pack, len(ledger.all) + 1), judged(pack, 1)
    assert together == alone
    assert together.conclusion.is_sound


def test_i38_what_is_no_entry_is_found_wherever_it_is_read(ledger: Entries, tmp_path: Path):
    """Signed by the log all the same: whoever has its key could write it."""
    entries = [*ledger.all[:7], ledger.all[7].replace(b'"v":1', b'"v": 1'), *ledger.all[8:]]
    bad = write(Entries(entries, ledger.blobs), tmp_path / "bad")
    alone, together = judged(bad, len(entries) + 1), judged(bad, 1)
    assert together == alone
    assert (Fault.ENTRY, "entry 7") in [(one.fault, one.where) for one in together.conclusion.findings]
    leaves, faulty = read_strictly(bad, len(entries), 0)
    assert leaves == b"".join(map(leaf_hash, entries))
    assert faulty == {7}


def test_bytes_that_the_other_process_did_not_see_are_not_believed():
    checked = Checked(leaf_hash(b"seen"), frozenset({1}))
    assert checked.is_entry(0, leaf_hash(b"seen"))
    assert not checked.is_entry(0, leaf_hash(b"another"))
    assert not Checked().is_entry(0, leaf_hash(b"seen"))
    assert not Checked(leaf_hash(b"seen") * 2, frozenset({1})).is_entry(1, leaf_hash(b"seen"))


def test_another_process_that_dies_or_finds_no_pack_changes_nothing(
    pack: Path, ledger: Entries, tmp_path: Path
):
    size = len(ledger.all)
    assert read_strictly(tmp_path / "gone", size, 0) == (b"", frozenset())
    assert read_strictly(pack, size * 1_000, 0) == (b"", frozenset())
    with reading_ahead(tmp_path / "gone", size, 1) as ahead:
        assert ahead.of(0) == Checked()
    killed = list[int]()

    def kill(_done: int, _total: int) -> None:
        for child in active_children():
            child.kill()
            killed.append(child.ident or 0)

    assert verify_pack(pack, TRUST, progress=kill, worth=1).conclusion.is_sound
