"""How fast the lab judges what happened anew: 100,000 recorded actions, twice, with the same answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from lineclear.adapters.sql.store import open_store
from lineclear.application.lab.replaying import replay
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.effects import Target, UndoPlan
from lineclear.domain.jobs import Job
from lineclear.domain.policy.document import load
from lineclear.domain.vocabulary import Outcome, Stake
from support.kernel import DOCUMENT, Kernel
from support_benchmarks import AtMost, Ratio

ACTIONS, BATCH, PER_JOB = 100_000, 5_000, 40
TARGET = Target("memory", "payment", "pay_1")
FINER = DOCUMENT.replace(
    "  manage_customers:",
    "    conditions: [{when: 'action.amount > 40.0 && time.hour > 22', then: ask}]\n"
    "    rate: {most: 20, per: 1h}\n  manage_customers:",
)


def record(kernel: Kernel, tx: Transaction, first: int) -> None:
    """So many refunds of 1 to 49 dollars, each with its payload and what policy said."""
    recorder = Recorder(kernel.services, tx, "agent/support-agent")
    nothing = recorder.blob(b"{}")
    for number in range(first, first + BATCH):
        job = f"job-{number // PER_JOB}"
        if number % PER_JOB == 0:
            brief = e.JobBrief("Refunds", workflow="refunds")
            recorder.record(Job, job, e.JobOpened("support-agent", e.Budget()), brief=brief)
        amount = f"{number % 49 + 1}.00"
        arguments = {"amount": amount, "currency": "USD", "note": "x" * 200}
        payload = recorder.blob(kernel.payload("payments.create_refund", "issue_refund", **arguments))
        proposed = e.ActionProposed(
            job=job,
            agent="support-agent",
            owner="owner",
            capability="issue_refund",
            tool="payments.create_refund",
            stake=Stake.MONEY,
            connector="memory",
            mutates=True,
            version="1",
            undo=UndoPlan(possible=True),
            shape="fields",
            confidence="0.91",
            amount=amount,
            currency="USD",
        )
        commits = {"payload": payload, "before": nothing, "after": nothing}
        brief = e.ActionBrief("Refund", TARGET)
        action = recorder.record(Action, f"act-{number}", proposed, brief=brief, commits=commits)
        recorder.record(Action, action.id, e.ActionEvaluated(1, "0" * 64, 1, Outcome.ALLOW, reasons=()))


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_a_hundred_thousand_actions_replay_within_a_minute(
    tmp_path: Path, report_ratio: Callable[[Ratio], None]
):
    store = open_store(f"sqlite:///{tmp_path}/lab.db", "acme/test")
    try:
        kernel = Kernel(store=store)
        for first in range(0, ACTIONS, BATCH):
            store.transact(lambda tx, first=first: record(kernel, tx, first))
            kernel.later(hours=1)
        documents = [load(DOCUMENT), load(FINER)]
        start = process_time()
        page = replay(kernel.services, documents)
        took = process_time() - start
        assert [one.actions for one in page.results] == [ACTIONS, ACTIONS]
        assert replay(kernel.services, documents) == page
    finally:
        store.close()
    report_ratio(Ratio("replay of 100,000 actions, two documents", "CPU time alone", took, AtMost(60), "s"))
