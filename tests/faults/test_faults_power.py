"""Power is lost at any moment of an append: nothing that was acknowledged is lost, nothing is corrupt."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lineclear.adapters.sql.store import open_store
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Refusal
from lineclear.domain.state import fold_all
from support.faults import Row
from support.faults_power import Ack, Disk, Step, Write, record
from support.ledgers import open_job, whole

APPENDS = 200


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    works = (
        found is not None and not subprocess.run([found, "-o", "/dev/null", "true"], check=False).returncode
    )
    if found is None or not works:
        pytest.skip("strace is not here or may not trace: power loss was NOT modelled")
    return found


def found_after(folder: Path, files: dict[str, bytearray], acknowledged: set[str]) -> str:
    """What is wrong after the power came back; nothing where all is well."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        store = open_store(f"sqlite:///{folder}/ledger.db", "acme")
    except Refusal as refusal:
        return f"corrupt: {refusal}"
    try:
        kept = store.read(whole)
        jobs = store.read(lambda snapshot: snapshot.every(Job))
        if acknowledged - {one.id for one in kept}:
            return "lost"
        folded = sorted(fold_all(kept).values(), key=lambda job: job.id)
        if tuple(folded) != jobs or [one.index for one in kept] != list(range(len(kept))):
            return "torn"
        store.transact(lambda tx: open_job(tx, "job-after"))
    finally:
        store.close()
        shutil.rmtree(folder)
    return ""


def lost_power(folder: Path, steps: list[Step], cuts: int) -> list[str]:
    """What was found at so many random moments after the first acknowledgement."""
    chance = random.Random(7)
    first = next(index for index, step in enumerate(steps) if isinstance(step, Ack))
    moments = sorted(chance.sample(range(first, len(steps)), cuts))
    disk, found = Disk(), []
    for index, step in enumerate(steps):
        disk.take(step)
        if moments and moments[0] == index:
            moments.pop(0)
            wrong = found_after(folder / "after", disk.lose_power(chance), disk.acknowledged)
            found += [wrong] if wrong else []
    return found


def _survives(folder: Path, strace: str, cuts: int, report_fault: Callable[[Row], None]) -> None:
    steps = record(strace, folder, "FULL", APPENDS)
    assert sum(isinstance(step, Ack) for step in steps) == APPENDS
    assert {step.file for step in steps if isinstance(step, Write)} == {"ledger.db", "ledger.db-wal"}
    assert lost_power(folder, steps, cuts) == []
    report_fault(Row("power loss (modelled from recorded system calls)", cuts, "0 lost, 0 corrupt"))


def test_i22_a_power_loss_at_any_moment_loses_nothing_acknowledged(
    tmp_path: Path, strace: str, report_fault: Callable[[Row], None]
):
    _survives(tmp_path, strace, 60, report_fault)


@pytest.mark.long
def test_i22_two_hundred_and_fifty_power_losses_lose_nothing_acknowledged(
    tmp_path: Path, strace: str, report_fault: Callable[[Row], None]
):
    _survives(tmp_path, strace, 250, report_fault)


def test_the_model_of_power_loss_catches_synchronous_normal(
    tmp_path: Path, strace: str, report_fault: Callable[[Row], None]
):
    found = lost_power(tmp_path, record(strace, tmp_path, "NORMAL", APPENDS), 60)
    assert found.count("lost") > 10
    report_fault(Row("power loss with synchronous=NORMAL, to be caught", 60, f"{len(found)} caught"))
