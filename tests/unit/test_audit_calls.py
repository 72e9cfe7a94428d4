"""Packs prove what became of canaries and of calls that were broken off, for both verifiers alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.governing.planting import Planting, plant
from lineclear.application.jobs import stop_job
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.state import fold_all, stream_of
from lineclear.domain.vocabulary import Verdict
from support.calls import Lasting
from support.kernel import Kernel
from support_audit import LOG, entries_of, examiner, key_of, write

KEY = str(key_of(LOG))


@pytest.fixture
def kernel() -> Kernel:
    """A canary that was missed, one that was caught, one that waits, and a call that a stop broke off."""
    tools = Lasting()
    kernel = Kernel(tools=tools)
    ops = kernel.reviewer()
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="180.00", currency="USD")
    missed, caught, _ = (
        plant(kernel.services, Planting("support-agent", "Refund", payload, "Paid back")) for _ in range(3)
    )
    kernel.decide(ops, missed)
    kernel.decide(ops, caught, Verdict.REJECT, "Paid back")
    kernel.refund("20.00")

    def stopped(_: object) -> None:
        stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
        kernel.worker.attend()

    tools.during = stopped
    kernel.run()
    return kernel


def test_both_verifiers_follow_canaries_and_calls_that_were_broken_off(kernel: Kernel, tmp_path: Path):
    pack = write(entries_of(kernel), tmp_path / "calls.auditpack")
    assert verify_pack(pack, Trust(key=KEY)).conclusion.findings == ()
    assert examiner().verify(pack, KEY)[0] == []


def test_i35_tables_with_canaries_equal_the_fold_of_the_stored_entries(kernel: Kernel):
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    folded = fold_all(read_stored(one) for one in stored)
    actions = kernel.store.read(lambda snapshot: snapshot.every(Action))
    assert {one.canary for one in actions} == {"", "caught", "missed"}
    assert any(one.run is not None and one.run.cancelled_by for one in actions)
    assert {stream_of(Action, one.id): one for one in actions} == {
        name: state for name, state in folded.items() if isinstance(state, Action)
    }
