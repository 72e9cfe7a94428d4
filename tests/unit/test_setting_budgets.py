"""An ops lead changes a job's budget: a cut counts at once, a raise is decided by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lineclear.application.budgeting.budgets import reserve
from lineclear.application.budgeting.setting import Limit, set_budget
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import record_spans, stop_job
from lineclear.application.services import stamp
from lineclear.domain.actions import Action
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, SpanKind, Tier, Verdict
from support.kernel import DOCUMENT, Kernel, Reviewer

DOLLAR = 1_000_000
COST, STEPS, WALL, REPEATS = BudgetKind


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def lead(kernel: Kernel) -> Reviewer:
    return kernel.reviewer("ops-east")


def change(kernel: Kernel, who: Reviewer, kind: BudgetKind, limit: int, reason: str = "Enough") -> str:
    """The action that asks, or nothing for a cut."""
    wanted = Limit(kind, limit, reason)
    return set_budget(kernel.services, who.principal, kernel.job, wanted, kernel.key())[1]


def job(kernel: Kernel) -> Job:
    found = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
    assert found is not None
    return found


def spend(kernel: Kernel, micros: int) -> None:
    now = stamp(kernel.clock.now())
    span = Span(id="s", name="plan", kind=SpanKind.MODEL, start=now, end=now, cost_micros=micros)
    record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())


def set_aside(kernel: Kernel, micros: int) -> None:
    reserve(kernel.services, kernel.agent, kernel.job, cost_micros=micros, steps=1, request=kernel.key())


def elsewhere(kernel: Kernel, micros: int) -> None:
    """Another job of the same day sets that much aside."""
    other = kernel.open_job()
    reserve(kernel.services, kernel.agent, other, cost_micros=micros, steps=1, request=kernel.key())


def asking(kernel: Kernel) -> list[Action]:
    return [one for one in kernel.pending() if one.tool == "budget.raise"]


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


# -- cutting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "limit", "field"),
    [(COST, DOLLAR, "cost_micros"), (STEPS, 5, "steps"), (WALL, 60, "wall_seconds"), (REPEATS, 1, "repeats")],
)
def test_a_cut_counts_at_once_and_the_job_goes_on_within_it(kernel, lead, kind, limit, field):
    assert change(kernel, lead, kind, limit) == ""
    assert (getattr(job(kernel).budget, field), job(kernel).status) == (limit, JobStatus.RUNNING)
    assert asking(kernel) == []


def test_i31_nothing_more_than_the_cut_limit_can_be_set_aside(kernel, lead):
    set_aside(kernel, DOLLAR // 2)
    change(kernel, lead, COST, DOLLAR)
    assert code_of(lambda: set_aside(kernel, DOLLAR // 2 + 1)) is Code.JOB_PAUSED


@pytest.mark.parametrize("use", [spend, set_aside])
def test_i31_a_cut_below_what_is_used_or_set_aside_pauses_the_job_and_asks_once(kernel, lead, use):
    use(kernel, DOLLAR)
    change(kernel, lead, COST, DOLLAR // 2)
    (question,) = asking(kernel)
    assert (job(kernel).status, job(kernel).paused_by) == (JobStatus.PAUSED, COST)
    assert question.proposer == "kernel/policy"
    assert code_of(lambda: kernel.refund("20.00")) is Code.JOB_PAUSED


def test_a_cut_below_the_time_that_went_by_pauses_the_job(kernel, lead):
    kernel.later(minutes=5)
    change(kernel, lead, WALL, 60)
    assert job(kernel).paused_by == WALL


def test_cutting_what_paused_the_job_puts_the_question_anew_with_the_limit_as_it_is(kernel, lead):
    spend(kernel, 3 * DOLLAR)
    (before,) = asking(kernel)
    change(kernel, lead, COST, DOLLAR)
    (after,) = asking(kernel)
    assert kernel.action(before.id).status is ActionStatus.STOPPED
    assert after.why == "paused at $1.00; rejecting ends the job"
    kernel.decide(kernel.reviewer(), after)
    kernel.run()
    assert (job(kernel).status, job(kernel).budget.cost_micros) == (JobStatus.RUNNING, 4 * DOLLAR)


def test_a_job_that_waits_for_one_limit_is_not_asked_about_twice_when_another_is_cut(kernel, lead):
    spend(kernel, 3 * DOLLAR)
    kernel.later(minutes=5)
    change(kernel, lead, WALL, 60)
    (question,) = asking(kernel)
    assert job(kernel).paused_by == COST
    kernel.decide(kernel.reviewer(), question)
    kernel.run()
    assert (job(kernel).status, job(kernel).paused_by) == (JobStatus.PAUSED, WALL)


def test_a_cut_after_the_approval_of_a_raise_voids_it(kernel, lead):
    asked = change(kernel, lead, COST, 5 * DOLLAR)
    kernel.decide(kernel.reviewer(), kernel.action(asked))
    change(kernel, lead, COST, DOLLAR)
    kernel.run()
    assert kernel.action(asked).status is ActionStatus.STOPPED
    assert job(kernel).budget.cost_micros == DOLLAR


# -- raising ---------------------------------------------------------------------------------------


def test_a_raise_changes_nothing_until_somebody_else_approves_it(kernel, lead):
    asked = kernel.action(change(kernel, lead, COST, 5 * DOLLAR, "Month end"))
    assert (asked.title, asked.why, asked.tier) == ("Raise the cost budget to $5.00", "Month end", Tier.TWO)
    assert job(kernel).budget.cost_micros == 2 * DOLLAR
    assert code_of(lambda: kernel.decide(lead, asked)) is Code.AUTHORITY_MISSING
    kernel.decide(kernel.reviewer(), asked)
    kernel.run()
    assert (job(kernel).budget.cost_micros, job(kernel).status) == (5 * DOLLAR, JobStatus.RUNNING)


def test_rejecting_what_a_person_asked_for_keeps_the_limit_and_the_job(kernel, lead):
    asked = change(kernel, lead, COST, 5 * DOLLAR)
    kernel.decide(kernel.reviewer(), kernel.action(asked), Verdict.REJECT, "Not today")
    assert (job(kernel).budget.cost_micros, job(kernel).status) == (2 * DOLLAR, JobStatus.RUNNING)


def test_a_raise_that_the_breach_overtook_is_void_and_one_question_stands(kernel, lead):
    asked = change(kernel, lead, COST, 5 * DOLLAR)
    spend(kernel, 3 * DOLLAR)
    (question,) = asking(kernel)
    assert question.proposer == "kernel/policy"
    assert kernel.action(asked).status is ActionStatus.STOPPED


def test_raising_one_limit_lets_no_job_go_on_that_another_one_pauses(kernel, lead):
    asked = change(kernel, lead, STEPS, 500)
    spend(kernel, 3 * DOLLAR)
    kernel.decide(kernel.reviewer(), kernel.action(asked))
    kernel.run()
    assert (job(kernel).budget.steps, job(kernel).status) == (500, JobStatus.PAUSED)


def test_a_limit_is_asked_about_once(kernel, lead):
    change(kernel, lead, COST, 5 * DOLLAR)
    assert code_of(lambda: change(kernel, lead, COST, 6 * DOLLAR)) is Code.BUDGET_ASKED
    assert change(kernel, lead, STEPS, 500)


def test_a_raise_beyond_what_is_left_of_the_day_is_refused(kernel, lead):
    activate_policy(kernel.services, f"budgets:\n  per_day_cost_usd: 3\n{DOCUMENT}", by="admin")
    set_aside(kernel, DOLLAR)
    with pytest.raises(Refusal, match=r"can have \$3\.00"):
        change(kernel, lead, COST, 3 * DOLLAR + 1)
    assert change(kernel, lead, COST, 3 * DOLLAR)


def test_a_raise_is_held_against_the_day_again_when_it_is_granted_and_may_still_be_rejected(kernel, lead):
    """I31: what other work took meanwhile is no longer there to be granted."""
    activate_policy(kernel.services, f"budgets:\n  per_day_cost_usd: 4\n{DOCUMENT}", by="admin")
    asked, reviewer = change(kernel, lead, COST, 4 * DOLLAR), kernel.reviewer()
    elsewhere(kernel, 2 * DOLLAR)
    with pytest.raises(Refusal, match=r"has no room for \$4\.00.*can have \$2\.00"):
        kernel.decide(reviewer, kernel.action(asked))
    assert (kernel.action(asked).status, kernel.action(asked).votes) == (ActionStatus.PENDING, ())
    kernel.decide(reviewer, kernel.action(asked), Verdict.REJECT, "Not today")
    assert kernel.action(asked).status is ActionStatus.REJECTED


def test_a_raise_that_was_granted_is_held_against_the_day_once_more_as_it_takes_effect(kernel, lead):
    activate_policy(kernel.services, f"budgets:\n  per_day_cost_usd: 4\n{DOCUMENT}", by="admin")
    asked = change(kernel, lead, COST, 4 * DOLLAR)
    kernel.decide(kernel.reviewer(), kernel.action(asked))
    elsewhere(kernel, 2 * DOLLAR)
    kernel.run()
    failed = kernel.action(asked)
    assert (failed.status, failed.run.code) == (ActionStatus.FAILED, Code.BUDGET_BEYOND_DAY)
    assert "can have $2.00" in failed.run.detail
    assert job(kernel).budget.cost_micros == 2 * DOLLAR
    assert change(kernel, lead, STEPS, 300), "another may be asked for"


# -- who, and what is no change --------------------------------------------------------------------


def test_agents_and_approvers_change_no_budget(kernel):
    wanted = Limit(COST, DOLLAR, "Enough")
    approver = kernel.token("approver", Role.APPROVER, tier=Tier.THREE)
    for who, code in ((kernel.agent, Code.AGENT_CANNOT_DECIDE), (approver, Code.ROLE_INSUFFICIENT)):
        call = lambda who=who: set_budget(kernel.services, who, kernel.job, wanted, kernel.key())
        assert code_of(call) is code
    assert job(kernel).budget.cost_micros == 2 * DOLLAR


@pytest.mark.parametrize(
    ("limit", "reason", "code"),
    [
        (DOLLAR, " ", Code.REASON_MISSING),
        (0, "Enough", Code.BODY_INVALID),
        (10**13, "More", Code.BODY_INVALID),
        (2 * DOLLAR, "The same", Code.BODY_INVALID),
        (DOLLAR, "x" * 5_000, Code.BODY_INVALID),
    ],
)
def test_what_says_nothing_is_refused(kernel, lead, limit, reason, code):
    assert code_of(lambda: change(kernel, lead, COST, limit, reason)) is code


def test_the_budget_of_a_job_that_is_over_is_left_alone(kernel, lead):
    stop_job(kernel.services, lead.principal, kernel.job, "Done")
    assert code_of(lambda: change(kernel, lead, COST, DOLLAR)) is Code.JOB_CLOSED


@pytest.mark.parametrize("limit", [DOLLAR, 5 * DOLLAR])
def test_the_same_request_again_happens_once(kernel, lead, limit):
    request, wanted = kernel.key(), Limit(COST, limit, "Once")
    first = set_budget(kernel.services, lead.principal, kernel.job, wanted, request)
    size = kernel.store.read(lambda snapshot: snapshot.size())
    again = set_budget(kernel.services, lead.principal, kernel.job, wanted, request)
    assert (again[1], again[2]) == (first[1], True)
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size
