"""An agent and its budget: set aside, settled, spent, waited for; the SDK against a real backend."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lineclear.agents import Budget, Client, Denied, Job, Refusal
from lineclear.agents.spans import BATCH
from lineclear.application.governing.workspaces import activate_policy
from lineclear.domain.actions import Action
from lineclear.domain.money import MoneyError
from lineclear.domain.refusals import Code
from lineclear.domain.vocabulary import JobStatus, Verdict
from support.kernel import DOCUMENT
from support.sdk import REFUND, RETRIES, Backend, arguments

DOLLAR = 1_000_000


DENIED = (*REFUND, arguments("249.00"))
ASKED = (*REFUND, arguments("180.00"))


class Paying(Backend):
    """A backend whose people are asked about budgets."""

    def names(self, job: str) -> list[str]:
        return [span.name for span in self.spans(job)]

    def raising(self) -> tuple[Action, ...]:
        """What asks people to raise a budget."""
        return tuple(action for action in self.waiting() if _raises(action))

    def when_asked(self, verdict: Verdict) -> threading.Thread:
        """Somebody decides on the first budget that is asked for."""
        reviewer = self.kernel.reviewer()
        return self.when_waiting(
            lambda action: self.kernel.decide(reviewer, action, verdict, "As asked"), _raises
        )


def _raises(action: Action) -> bool:
    return action.tool.startswith("budget.raise")


@pytest.fixture
def backend() -> Iterator[Paying]:
    backend = Paying()
    yield backend
    backend.stop()


def call_a_model(job: Job, dollars: str, *, steps: int = 1) -> None:
    for _ in range(steps):
        with job.span("model: plan", kind="model") as span:
            span.cost(dollars)


# -- reservations ----------------------------------------------------------------------------------


def test_what_is_reserved_is_held_while_the_block_runs_and_settled_by_its_steps(backend):
    with backend.client() as client, client.job("Plan") as job:
        call_a_model(job, "0.01")
        with job.reserve(cost="0.50", steps=2):
            held = backend.job(job.id)
            call_a_model(job, "0.20", steps=2)
            assert backend.job(job.id) == held
        settled = backend.job(job.id)
    assert (held.cost_micros, held.cost_held, held.steps_held) == (10_000, 510_000, 3)
    assert (settled.cost_micros, settled.cost_held, settled.steps, settled.reserved) == (410_000,) * 2 + (
        3,
        {},
    )
    assert backend.names(job.id).count("model: plan") == 3


def test_a_reservation_that_was_not_used_is_given_back(backend):
    with backend.client() as client, client.job("Plan") as job:
        with job.reserve(cost="0.50", steps=5):
            pass
        after = backend.job(job.id)
    assert (after.cost_held, after.steps_held, after.reserved) == (0, 0, {})
    assert "reservation unused" in backend.names(job.id)


def test_a_step_that_fails_gives_back_what_it_did_not_spend(backend):
    def plan(job: Job) -> None:
        with job.reserve(cost="0.50", steps=5):
            call_a_model(job, "0.20")
            raise ZeroDivisionError

    with backend.client() as client, client.job("Plan") as job:
        with pytest.raises(ZeroDivisionError):
            plan(job)
        after = backend.job(job.id)
    assert (after.cost_held, after.steps_held) == (200_000, 1)


def test_more_steps_than_one_batch_holds_settle_it_and_are_all_recorded(backend):
    with backend.client() as client, client.job("Plan", budget=Budget(steps=1_000)) as job:
        with job.reserve(steps=BATCH + 5):
            call_a_model(job, "0.001", steps=BATCH + 5)
        after = backend.job(job.id)
    assert (after.steps, after.reserved) == (BATCH + 5, {})


def test_what_is_proposed_inside_comes_after_the_steps_before_it(backend):
    with backend.client() as client, client.job("Plan") as job, job.reserve(cost="0.50", steps=2):
        call_a_model(job, "0.20")
        job.submit(*ASKED)
        names = backend.names(job.id)
        assert names.index("model: plan") < names.index("policy check")
        assert backend.job(job.id).reserved == {}
        call_a_model(job, "0.10")
    assert backend.job(job.id).cost_micros == 300_000


def test_reservations_inside_one_another_are_each_settled_by_their_own_steps(backend):
    with backend.client() as client, client.job("Plan") as job:
        with job.reserve(cost="0.50", steps=2):
            call_a_model(job, "0.20")
            with job.reserve(cost="0.30", steps=1):
                call_a_model(job, "0.30")
            between = backend.job(job.id)
        after = backend.job(job.id)
    assert (between.cost_micros, between.cost_held) == (300_000, 800_000)
    assert (after.cost_micros, after.cost_held) == (500_000, 500_000)


def test_what_does_not_fit_pauses_the_job_which_stays_open_for_people_to_decide(backend):
    with (
        backend.client() as client,
        pytest.raises(Refusal) as refused,
        client.job("Costly", key="costly-1") as job,
        job.reserve(cost="2.50"),
    ):
        raise AssertionError
    assert refused.value.code is Code.JOB_PAUSED
    assert backend.job(job.id).status is JobStatus.PAUSED
    assert len(backend.raising()) == 1
    with backend.client() as client, client.job("Costly", key="costly-1") as again:
        assert again.id == job.id
        with pytest.raises(Refusal, match="is paused"):
            again.submit(*DENIED)


def test_with_patience_a_reservation_waits_until_the_budget_is_raised(backend):
    deed = backend.when_asked(Verdict.APPROVE)
    with backend.client() as client, client.job("Costly") as job:
        with job.reserve(cost="2.50", wait_for_budget=True):
            call_a_model(job, "2.40")
        assert backend.job(job.id).cost_micros == 2_400_000
    deed.join()
    assert "waiting for budget" in backend.names(job.id)


@pytest.mark.parametrize("cost", ["-0.01", "0.0000001", "much"])
def test_a_cost_that_is_no_amount_is_refused(backend, cost):
    with (
        backend.client() as client,
        client.job("Odd") as job,
        pytest.raises((MoneyError, Refusal)),
        job.reserve(cost=cost),
    ):
        raise AssertionError


@RETRIES
def test_a_settlement_that_finds_nobody_is_made_up_for(backend):
    def plan(job: Job) -> None:
        with job.reserve(cost="0.50", steps=1):
            call_a_model(job, "0.20")
            backend.server.close()

    with backend.client(patience=0.1) as client, client.job("Plan") as job:
        with pytest.raises(Refusal, match="cannot be reached"):
            plan(job)
        backend.start()
        call_a_model(job, "0.10")
    after = backend.job(job.id)
    assert (after.cost_micros, after.reserved, after.status) == (300_000, {}, JobStatus.ENDED)


# -- a paused job ------------------------------------------------------------------------------------


def spend(job: Job) -> None:
    call_a_model(job, "2.50")


def overspend(client: Client, **how: Any) -> object:
    """Spend more than the budget, then propose."""
    with client.job("Costly") as job:
        spend(job)
        return job.propose(*DENIED, **how)


def test_a_spent_budget_is_said_clearly_and_the_question_to_people_stands(backend):
    with backend.client() as client, pytest.raises(Refusal) as refused:
        overspend(client)
    assert (refused.value.code, refused.value.params["budget"]) == (Code.JOB_PAUSED, "cost")
    assert "($2.50 of $2.00)" in refused.value.sentence
    assert backend.job(refused.value.params["job"]).status is JobStatus.PAUSED
    assert len(backend.raising()) == 1


def test_with_patience_a_proposal_waits_until_the_budget_is_raised(backend):
    deed = backend.when_asked(Verdict.APPROVE)
    with backend.client() as client:
        outcome = overspend(client, wait_for_budget=True)
    deed.join()
    assert isinstance(outcome, Denied)
    assert backend.job(backend.kernel.action(outcome.action).job).outcome == "completed"


def test_with_patience_a_proposal_hears_that_people_ended_the_job(backend):
    deed = backend.when_asked(Verdict.REJECT)
    with backend.client() as client, pytest.raises(Refusal) as refused:
        overspend(client, wait_for_budget=True)
    deed.join()
    assert (refused.value.code, refused.value.params["status"]) == (Code.JOB_CLOSED, "ended")


def test_who_waits_for_a_budget_waits_no_longer_than_they_said(backend):
    with backend.client() as client, pytest.raises(Refusal) as refused:
        overspend(client, wait_for_budget=True, timeout=0.05)
    assert refused.value.code is Code.JOB_PAUSED


def test_what_waits_already_is_not_lost_with_the_budget(backend):
    with backend.client() as client, client.job("Costly") as job:
        waiting = job.submit(*ASKED)
        spend(job)
        assert job.submit(*ASKED) == waiting


# -- the same on an event loop ------------------------------------------------------------------------


def test_tasks_of_one_job_settle_each_its_own_reservation(backend):
    async def work() -> str:
        async with backend.awaiting() as client, client.job("Plan") as job:
            turns = asyncio.Barrier(5)

            async def one(number: int) -> None:
                name = f"model {number}"
                async with job.reserve(cost="0.10", steps=2), job.span(name, kind="model") as span:
                    await turns.wait()
                    span.cost(f"0.0{number}")

            await asyncio.gather(*(one(number) for number in range(1, 6)))
            after = backend.job(job.id)
            assert (after.cost_micros, after.reserved) == (150_000, {})
            return job.id

    names = backend.names(asyncio.run(work()))
    assert {f"model {number}" for number in range(1, 6)} <= set(names)
    assert "reservation unused" not in names


def test_a_task_waits_for_its_budget_and_goes_on(backend):
    async def work() -> object:
        async with backend.awaiting() as client, client.job("Costly") as job:
            async with job.span("model: plan", kind="model") as span:
                span.cost("2.50")
            return await job.propose(*DENIED, wait_for_budget=True, timeout=10)

    deed = backend.when_asked(Verdict.APPROVE)
    assert isinstance(asyncio.run(work()), Denied)
    deed.join()


def test_a_cancelled_task_settles_what_it_reserved(backend):
    async def work() -> str:
        async with backend.awaiting() as client:
            opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()

            async def plan() -> None:
                async with client.job("Plan") as job, job.reserve(cost="0.50"):
                    opened.set_result(job.id)
                    await asyncio.Event().wait()

            task = asyncio.create_task(plan())
            job = await opened
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return job

    job = backend.job(asyncio.run(work()))
    assert (job.outcome, job.cost_micros) == ("abandoned", 0)
    assert "reservation unused" in backend.names(job.id)


# -- the workspace's day ---------------------------------------------------------------------------

DAY = f"budgets:\n  per_day_cost_usd: 1\n{DOCUMENT}"


def test_an_agent_that_meets_the_limit_of_the_day_learns_how_much_is_left_and_until_when(backend):
    activate_policy(backend.kernel.services, DAY, by="admin")
    with backend.client() as client, client.job("Plan") as job:
        call_a_model(job, "0.75")
        with pytest.raises(Refusal) as refused, job.reserve(cost="0.50"):
            pass
    assert refused.value.code is Code.BUDGET_SPENT
    assert "$0.25 is left" in refused.value.sentence
    assert "2026-01-02T00:00:00.000Z" in refused.value.sentence


def test_an_agent_can_wait_until_the_day_is_raised(backend):
    activate_policy(backend.kernel.services, DAY, by="admin")
    decided = backend.when_asked(Verdict.APPROVE)
    with backend.client() as client, client.job("Plan") as job:
        call_a_model(job, "0.75")
        with job.reserve(cost="0.50", wait_for_budget=True):
            call_a_model(job, "0.50")
    decided.join()
    assert "waiting for budget" in backend.names(job.id)
