"""I20: a canary looks like any other action until it is decided, never executes, and says what it was."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from lineclear.adapters.system import ids
from lineclear.application.governing.canaries import KEEPER, is_canary
from lineclear.application.governing.planting import Planting, Score, plant, scores
from lineclear.application.jobs import stop_job
from lineclear.application.judging.clearing import clear
from lineclear.application.ports import Task, TaskKind, Transaction
from lineclear.application.recording import Recorder, read_stored
from lineclear.domain import canaries
from lineclear.domain.actions import Action
from lineclear.domain.canaries import is_marked, marked
from lineclear.domain.control import Workspace
from lineclear.domain.events import ActionCleared
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Tier, Verdict
from support.kernel import Kernel, Reviewer

WRONG = "The customer was refunded in full last week."


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def planted(kernel: Kernel, amount: str = "180.00") -> Action:
    payload = kernel.payload("payments.create_refund", "issue_refund", amount=amount, currency="USD")
    planting = Planting("support-agent", "Resolve ticket 20420", payload, WRONG, "Charged twice")
    return plant(kernel.services, planting)


def entries(kernel: Kernel, action: Action) -> list[str]:
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    return [read_stored(one).type for one in stored if read_stored(one).id == action.id]


def test_i20_an_approved_canary_never_executes_and_the_reviewer_learns_what_it_was(
    kernel: Kernel, ops: Reviewer
):
    action = planted(kernel)
    decided = kernel.decide(ops, action)
    kernel.run()
    assert (decided.status, decided.canary, decided.wrong) == (ActionStatus.STOPPED, "missed", WRONG)
    assert kernel.tools.calls == []
    assert "action.cleared" not in entries(kernel, action)
    assert "execution.started" not in entries(kernel, action)


def test_i20_a_rejected_canary_is_caught_and_its_job_ends(kernel: Kernel, ops: Reviewer):
    action = planted(kernel)
    decided = kernel.decide(ops, action, Verdict.REJECT, "Refunded already")
    assert (decided.status, decided.canary) == (ActionStatus.REJECTED, "caught")
    job = kernel.store.read(lambda snapshot: snapshot.load(Job, action.job))
    assert job is not None
    assert job.status is JobStatus.ENDED


def test_i20_until_it_is_decided_nothing_that_a_reviewer_gets_tells_a_canary(kernel: Kernel):
    """The entries, the action and its shape are those of a real proposal, but for what differs in any two."""
    real = kernel.refund("180.00", why="Charged twice", confidence="0.90")
    canary = planted(kernel)
    assert entries(kernel, canary) == entries(kernel, real)
    same = {"id", "index", "job", "content", "challenge", "confidence", "place"}
    shown = [
        {name: value for name, value in msgspec.to_builtins(one).items() if name not in same}
        for one in (real, canary)
    ]
    assert shown[0] == shown[1]
    assert len(canary.id) == len(real.id)


def test_i20_a_clearance_for_a_canary_cannot_be_made(kernel: Kernel):
    action = planted(kernel)
    with pytest.raises(Refusal) as caught:
        kernel.store.transact(lambda tx: clear(kernel.services, tx, action, by="decisions"))
    assert caught.value.code is Code.CANARY_NEVER_RUNS


def forged(kernel: Kernel, action: Action) -> None:
    """A clearance that got past everything, as by a hand in the database."""

    def work(tx: Transaction) -> None:
        judged = action.judged
        assert judged is not None
        event = ActionCleared(action.revision, "clr-forged", judged.policy, "decisions")
        Recorder(kernel.services, tx, KEEPER).record(Action, action.id, event)
        tx.enqueue(Task("tsk-forged", TaskKind.EXECUTE, action.id, kernel.clock.now()))

    kernel.store.transact(work)


def test_i20_the_start_refuses_a_canary_even_with_a_clearance(kernel: Kernel):
    action = planted(kernel)
    forged(kernel, action)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.STOPPED
    assert kernel.tools.calls == []


def test_i20_where_the_secret_is_gone_nothing_starts(kernel: Kernel, ops: Reviewer):
    planted(kernel)
    kernel.refund("20.00")
    rows = kernel.store._rows
    rows.requests.clear()
    with pytest.raises(Refusal) as caught:
        kernel.run()
    assert caught.value.code is Code.DATABASE_UNUSABLE
    assert kernel.tools.calls == []


def test_a_real_action_in_a_canarys_workspace_runs(kernel: Kernel, ops: Reviewer):
    planted(kernel)
    action = kernel.decide(ops, kernel.refund("180.00"))
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_what_policy_allows_by_itself_is_refused_as_a_canary_and_leaves_no_action(kernel: Kernel):
    with pytest.raises(Refusal) as caught:
        planted(kernel, "20.00")
    assert caught.value.code is Code.CANARY_NEVER_RUNS
    assert kernel.store.read(lambda snapshot: snapshot.every(Action)) == ()


def test_what_policy_denies_is_refused_as_a_canary(kernel: Kernel):
    with pytest.raises(Refusal) as caught:
        planted(kernel, "250.00")
    assert caught.value.code is Code.CANARY_UNSEEN


def test_a_canary_whose_job_is_stopped_is_over_like_any_other(kernel: Kernel, ops: Reviewer):
    action = planted(kernel)
    stop_job(kernel.services, ops.principal, action.job, "Odd")
    assert kernel.action(action.id).status is ActionStatus.STOPPED
    assert kernel.action(action.id).canary == ""


def test_oversight_counts_who_caught_and_who_missed(kernel: Kernel, ops: Reviewer):
    other = kernel.reviewer("ops-east", Tier.TWO)
    kernel.decide(ops, planted(kernel))
    kernel.decide(ops, planted(kernel, "181.00"), Verdict.REJECT, "Refunded already")
    kernel.decide(other, planted(kernel, "182.00"))
    planted(kernel, "183.00")
    assert kernel.store.read(scores) == (Score("ops-east", 0, 1), Score("ops-west", 1, 1))


def test_the_ledger_commits_to_the_secret_before_the_first_canary(kernel: Kernel):
    action = planted(kernel)
    workspace = kernel.store.read(lambda snapshot: snapshot.every(Workspace)[0])
    assert len(workspace.canaries) == 64
    assert kernel.store.read(lambda snapshot: is_canary(snapshot, action))
    other = msgspec.structs.replace(action, job=kernel.job)
    assert not kernel.store.read(lambda snapshot: is_canary(snapshot, other))


def test_a_mark_looks_like_the_random_part_of_an_id_and_is_found_by_its_secret_alone():
    identifier, secret = ids.SystemIds().new("act"), bytes(range(32))
    mark = marked(identifier, secret)
    assert (canaries.LETTERS, canaries.MARK) == (ids.ALPHABET, ids.RANDOM_LENGTH)
    assert len(mark) == len(identifier)
    assert mark[: -canaries.MARK] == identifier[: -canaries.MARK]
    assert is_marked(mark, secret)
    assert not is_marked(mark, bytes(32))


def test_a_planting_says_what_is_wrong(kernel: Kernel):
    with pytest.raises(Refusal) as caught:
        plant(kernel.services, replace(Planting("support-agent", "x", b"{}", "x"), wrong=" "))
    assert caught.value.code is Code.REASON_MISSING
