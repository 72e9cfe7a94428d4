"""I31, I39: the audit knows who cut a job's budget, and which action raised it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.budgeting.setting import Limit, set_budget
from lineclear.application.record.findings import Fault, Findings
from lineclear.application.record.replay import Evidence, Replay
from lineclear.domain.events import BudgetKind
from lineclear.domain.strict_json import canonical
from support.kernel import Kernel
from support_audit import entries_of, examiner, write


@pytest.fixture
def kernel() -> Kernel:
    """Cut once, then raised by another person's decision."""
    kernel = Kernel()
    lead = kernel.reviewer("ops-east").principal
    for limit in (1_000_000, 5_000_000):
        wanted = Limit(BudgetKind.COST, limit, "Month end")
        _, asked, _ = set_budget(kernel.services, lead, kernel.job, wanted, kernel.key())
    kernel.decide(kernel.reviewer(), kernel.action(asked))
    kernel.run()
    return kernel


def faults(entries: list[bytes]) -> set[Fault]:
    findings = Findings()
    replay = Replay(Evidence(lambda _digest: None, lambda _stream: False, verifier_of), findings)
    for index, entry in enumerate(entries):
        replay.take(index, entry)
    return {one.fault for one in findings.listed}


def altered(kernel: Kernel, kind: str, more: Mapping[str, object]) -> list[bytes]:
    entries = list(entries_of(kernel).all)
    for at, entry in enumerate(entries):
        read = json.loads(entry)
        if read["type"] == kind:
            entries[at] = canonical({**read, **more, "body": {**read["body"], **more.get("body", {})}})
    return entries


def test_a_budget_that_was_cut_and_raised_as_it_must_be_is_sound(kernel: Kernel, tmp_path: Path):
    assert faults(list(entries_of(kernel).all)) == set()
    assert examiner().verify(write(entries_of(kernel), tmp_path / "ledger.lcpack"))[0] == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("budget.cut", {"body": {"by": "somebody"}}),
        ("budget.cut", {"actor": "agent/support-agent"}),
        ("budget.cut", {"body": {"limit": 9_000_000}}),
        ("budget.cut", {"body": {"was": 7}}),
        ("budget.raised", {"body": {"by_action": "act-none"}}),
    ],
)
def test_another_hand_another_limit_and_a_raise_without_its_action_are_found(kernel, kind, more):
    assert Fault.AUTHORITY in faults(altered(kernel, kind, more))
