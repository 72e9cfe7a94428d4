"""Budgets of a day: the workspace's, and each agent's with each capability, through the use cases alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from lineclear.adapters.memory.clock import START
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.budgeting.budgets import reserve
from lineclear.application.executing.reconcile import reconcile
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import end_job, record_spans, stop_job, withdraw
from lineclear.application.services import stamp
from lineclear.domain.actions import Action
from lineclear.domain.budgets import DayBudget, limits_of, micros_of, of_agent
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.policy.document import load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, SpanKind, Tier, Verdict
from support.kernel import CONTRACTS, DOCUMENT, Kernel
from support.ledgers import whole

RECORDS = 40
DAY = START.date().isoformat()
TOMORROW = (START + timedelta(days=1)).date().isoformat()
WORKSPACE = f"{DAY}:workspace"
REFUNDS = f"{DAY}:issue_refund:support-agent"
LIMITED = DOCUMENT.replace(
    "        idempotency_key: required\n",
    "        idempotency_key: required\n"
    "    budget:\n      per_agent_per_day_usd: 100\n      per_agent_per_day_actions: 4\n",
)
POLICY = f"budgets:\n  per_day_cost_usd: 1.50\n  per_day_steps: 40\n{LIMITED}"


@pytest.fixture
def kernel() -> Kernel:
    records = {f"rec-{n}": {"status": "new"} for n in range(RECORDS)}
    made = Kernel(tools=MemoryTools(CONTRACTS, records))
    activate_policy(made.services, POLICY, by="admin")
    return made


def refusal(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


def day(kernel: Kernel, budget: str) -> DayBudget:
    found = kernel.store.read(lambda snapshot: snapshot.load(DayBudget, budget))
    assert found is not None
    return found


def held(kernel: Kernel, budget: str, kind: BudgetKind = BudgetKind.COST) -> int:
    return day(kernel, budget).held(kind)


def spend(kernel: Kernel, micros: int, *, steps: int = 1, reservation: str = "") -> None:
    now = stamp(kernel.clock.now())
    spans = tuple(
        Span(f"s{n}", "plan", SpanKind.MODEL, now, now, cost_micros=micros // steps) for n in range(steps)
    )
    request = kernel.key()
    record_spans(kernel.services, kernel.agent, kernel.job, spans, request, reservation=reservation)


def reserved(kernel: Kernel, micros: int, *, steps: int = 1) -> str:
    request = kernel.key()
    found = reserve(
        kernel.services, kernel.agent, kernel.job, cost_micros=micros, steps=steps, request=request
    )
    return found[1]


def refund(kernel: Kernel, record: int, amount: str = "40.00", **more: str) -> Action:
    return kernel.refund(amount, id=f"rec-{record}", **more)


def questions(kernel: Kernel) -> list[Action]:
    return [one for one in kernel.pending() if one.tool == "budget.raise_day"]


def question(kernel: Kernel) -> Action:
    (found,) = questions(kernel)
    return found


# -- the workspace's day --------------------------------------------------------------------------


def test_what_jobs_reserve_and_report_counts_for_the_day_as_well(kernel: Kernel):
    name = reserved(kernel, 600_000)
    kernel.job = kernel.open_job()
    spend(kernel, 300_000)
    assert held(kernel, WORKSPACE) == 900_000
    kernel.job = next(iter(kernel.store.read(lambda s: s.jobs()).items[::-1])).id
    spend(kernel, 100_000, reservation=name)
    assert held(kernel, WORKSPACE) == 400_000
    assert held(kernel, WORKSPACE, BudgetKind.STEPS) == 2


def test_a_reservation_that_does_not_fit_into_the_day_is_refused_in_plain_words(kernel: Kernel):
    reserved(kernel, 1_000_000)
    kernel.job = kernel.open_job()
    refused = refusal(lambda: reserved(kernel, 600_000))
    assert refused.code is Code.BUDGET_SPENT
    assert refused.sentence == (
        "The workspace's cost budget does not allow this today: $1.00 of $1.50 is used or set aside, "
        "$0.50 is left. It renews at 2026-01-02T00:00:00.000Z."
    )
    assert held(kernel, WORKSPACE) == 1_000_000


def test_many_jobs_that_meet_the_same_limit_ask_one_question(kernel: Kernel):
    reserved(kernel, 1_500_000)
    for _ in range(5):
        kernel.job = kernel.open_job()
        refusal(lambda: reserved(kernel, 600_000))
        refusal(lambda: refund(kernel, 0))
    asked = question(kernel)
    assert asked.title == "Raise the workspace's cost budget to $3.00 for today"
    assert asked.why == (
        "$1.50 of $1.50 used or set aside, $0.00 left; it renews at 00:00 UTC, rejecting keeps it until then"
    )
    assert (asked.tier, asked.deadline) == (Tier.TWO, "2026-01-02T00:00:00.000Z")


def test_what_is_reported_over_the_limit_counts_whole_and_nothing_more_begins(kernel: Kernel):
    spend(kernel, 1_700_000)
    assert held(kernel, WORKSPACE) == 1_700_000
    kernel.job = kernel.open_job()
    assert refusal(lambda: refund(kernel, 0)).code is Code.BUDGET_SPENT
    assert refusal(lambda: reserved(kernel, 0)).code is Code.BUDGET_SPENT


def test_steps_of_a_day_are_limited_as_well(kernel: Kernel):
    spend(kernel, 0, steps=40)
    assert refusal(lambda: refund(kernel, 0)).sentence.startswith("The workspace's step budget")
    assert question(kernel).title == "Raise the workspace's step budget to 80 steps for today"


def test_what_was_cleared_before_the_day_was_spent_waits(kernel: Kernel):
    action = refund(kernel, 0)
    spend(kernel, 1_500_000)
    kernel.run()
    assert kernel.action(action.id).held == "budget_spent"
    kernel.decide(kernel.reviewer(), question(kernel))
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_the_next_day_is_a_new_budget(kernel: Kernel):
    action = refund(kernel, 0)
    spend(kernel, 1_500_000)
    kernel.run()
    kernel.later(hours=23, minutes=59, seconds=59)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.CLEARED
    kernel.later(seconds=1)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    kernel.job = kernel.open_job()
    assert reserved(kernel, 1_500_000)


def test_what_was_set_aside_before_midnight_is_settled_on_its_own_day(kernel: Kernel):
    kernel.later(hours=23, minutes=59)
    name = reserved(kernel, 800_000)
    kernel.later(minutes=2)
    spend(kernel, 500_000, reservation=name)
    assert (day(kernel, WORKSPACE).cost_micros, day(kernel, WORKSPACE).reserved) == (500_000, {})
    assert kernel.store.read(lambda s: s.load(DayBudget, f"{TOMORROW}:workspace")) is None


@pytest.mark.parametrize("how", ["ended", "stopped"])
def test_what_a_job_had_set_aside_is_free_when_it_is_over(kernel: Kernel, how: str):
    reserved(kernel, 900_000)
    if how == "ended":
        end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    else:
        stop_job(kernel.services, kernel.reviewer().principal, kernel.job, "Enough")
    assert held(kernel, WORKSPACE) == 0


def test_without_a_limit_nothing_is_counted(kernel: Kernel):
    activate_policy(kernel.services, DOCUMENT, by="admin")
    spend(kernel, 1_900_000)
    refund(kernel, 0)
    kernel.run()
    assert kernel.store.read(lambda snapshot: snapshot.every(DayBudget)) == ()


# -- the question ----------------------------------------------------------------------------------


def test_raising_it_holds_for_the_day_and_asks_again_when_that_is_spent_too(kernel: Kernel):
    spend(kernel, 1_500_000)
    kernel.decide(kernel.reviewer(), question(kernel))
    kernel.run()
    assert day(kernel, WORKSPACE).raised == {"cost": 1_500_000}
    assert not questions(kernel)
    kernel.job = kernel.open_job()
    spend(kernel, 1_500_000)
    assert question(kernel).title == "Raise the workspace's cost budget to $6.00 for today"


def test_keeping_it_asks_nobody_again_that_day_and_ends_nothing(kernel: Kernel):
    action = refund(kernel, 0)
    spend(kernel, 1_500_000)
    kernel.decide(kernel.reviewer(), question(kernel), Verdict.REJECT, "Enough for today")
    kernel.run()
    refusal(lambda: refund(kernel, 1))
    assert not questions(kernel)
    assert kernel.action(action.id).status is ActionStatus.CLEARED
    assert day(kernel, WORKSPACE).kept == ("cost",)


def test_the_question_goes_when_its_day_does(kernel: Kernel):
    spend(kernel, 1_500_000)
    asked = question(kernel)
    kernel.later(days=1)
    kernel.run()
    assert kernel.action(asked.id).status is ActionStatus.EXPIRED


def test_the_question_is_neither_the_agents_nor_its_jobs_to_end(kernel: Kernel):
    spend(kernel, 1_500_000)
    asked = question(kernel)
    assert refusal(lambda: withdraw(kernel.services, kernel.agent, asked.id)).code is Code.ACTION_UNKNOWN
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    assert question(kernel).id == asked.id


def test_the_owner_of_the_agent_that_met_the_limit_does_not_raise_it(kernel: Kernel):
    spend(kernel, 1_500_000)
    owner = kernel.reviewer("owner", Tier.THREE)
    assert refusal(lambda: kernel.decide(owner, question(kernel))).code is Code.OWNER_CANNOT_DECIDE


def test_a_raise_that_a_new_document_overtook_does_nothing(kernel: Kernel):
    spend(kernel, 1_500_000)
    asked, ops = question(kernel), kernel.reviewer()
    kernel.decide(ops, asked)
    activate_policy(kernel.services, POLICY.replace("1.50", "9.00"), by="admin")
    kernel.run()
    assert kernel.action(asked.id).status is ActionStatus.STOPPED
    assert day(kernel, WORKSPACE).raised == {}


# -- an agent's day with a capability ---------------------------------------------------------------


def test_money_that_an_agent_moves_is_limited_by_the_day(kernel: Kernel):
    actions = [refund(kernel, n) for n in range(3)]
    kernel.run()
    found = [kernel.action(one.id) for one in actions]
    assert [one.status for one in found[:2]] == [ActionStatus.SUCCEEDED] * 2
    assert (found[2].status, found[2].held) == (ActionStatus.CLEARED, "budget_spent")
    assert held(kernel, REFUNDS) == 80_000_000
    assert question(kernel).title == "Raise support-agent's budget for issue_refund to $200.00 for today"


def test_the_number_of_actions_is_limited_by_the_day(kernel: Kernel):
    actions = [refund(kernel, n, "1.00") for n in range(5)]
    kernel.run()
    assert [kernel.action(one.id).status for one in actions].count(ActionStatus.SUCCEEDED) == 4
    asked = question(kernel)
    assert asked.title == "Raise support-agent's number of actions for issue_refund to 8 actions for today"


def test_another_agent_and_another_capability_have_their_own_day(kernel: Kernel):
    for n in range(4):
        refund(kernel, n, "25.00")
    kernel.run()
    other = kernel.propose("crm.update_customer", "manage_customers", id="rec-10")
    kernel.agent = kernel.token("billing-agent", Role.AGENT, owner="owner")
    kernel.job = kernel.open_job()
    same = refund(kernel, 11, "25.00")
    kernel.run()
    assert kernel.action(other.id).status is ActionStatus.SUCCEEDED
    assert kernel.action(same.id).status is ActionStatus.SUCCEEDED


def test_what_failed_takes_nothing_from_the_day(kernel: Kernel):
    action = refund(kernel, 0)
    kernel.tools.down = True
    for _ in range(10):
        kernel.run()
        kernel.later(minutes=1)
    assert kernel.action(action.id).status is ActionStatus.FAILED
    assert held(kernel, REFUNDS) == 0


def test_an_attempt_that_is_repeated_is_set_aside_once(kernel: Kernel):
    kernel.tools.silent = True
    action = refund(kernel, 0)
    kernel.run()
    kernel.later(minutes=1)
    kernel.run()
    found = kernel.action(action.id)
    assert found.run is not None
    assert (found.status, found.run.attempt) == (ActionStatus.SUCCEEDED, 2)
    assert (day(kernel, REFUNDS).cost_micros, day(kernel, REFUNDS).steps) == (40_000_000, 1)


def test_what_moved_since_it_was_seen_is_set_aside_anew(kernel: Kernel):
    action = refund(kernel, 0)
    kernel.tools.records["rec-0"]["status"] = "disputed"
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert held(kernel, REFUNDS) == 40_000_000


@pytest.mark.parametrize("found", ["happened", "did not happen"])
def test_an_unknown_outcome_stays_set_aside_until_somebody_knows(kernel: Kernel, found: str):
    limited = "  send_mail:\n    budget:\n      per_agent_per_day_actions: 1\n"
    activate_policy(kernel.services, DOCUMENT.replace("  send_mail:\n", limited), by="admin")
    kernel.tools.silent = True
    ops = kernel.reviewer()
    action = kernel.propose("mail.send", "send_mail", id="rec-0")
    if action.status is ActionStatus.PENDING:
        kernel.decide(ops, action)
    kernel.run()
    budget = f"{DAY}:send_mail:support-agent"
    assert kernel.action(action.id).status is ActionStatus.UNKNOWN
    assert held(kernel, budget, BudgetKind.STEPS) == 1
    happened = found == "happened"
    reconcile(kernel.services, ops.principal, action.id, kernel.key(), happened=happened, reason="Asked")
    assert held(kernel, budget, BudgetKind.STEPS) == happened
    assert day(kernel, budget).reserved == {}


def test_an_undo_takes_nothing_and_waits_for_no_budget(kernel: Kernel):
    actions = [refund(kernel, n, "25.00") for n in range(4)]
    kernel.run()
    ops = kernel.reviewer().principal
    seen = preview_undo(kernel.services, ops, actions[0].id)
    undo(kernel.services, ops, actions[0].id, UndoRequest(seen.version, "Mistake"), kernel.key())
    kernel.run()
    assert kernel.action(actions[0].id).status is ActionStatus.UNDONE
    assert held(kernel, REFUNDS) == 100_000_000


def test_what_waits_for_the_next_day_still_expires_in_time(kernel: Kernel):
    for n in range(2):
        refund(kernel, n, "50.00")
    late = refund(kernel, 2, "50.00", deadline="2026-01-01T06:00:00Z")
    kernel.run()
    assert kernel.action(late.id).held == "budget_spent"
    kernel.later(hours=6)
    kernel.run()
    assert kernel.action(late.id).status is ActionStatus.EXPIRED


def test_a_document_that_allows_more_lets_what_waits_go_on(kernel: Kernel):
    actions = [refund(kernel, n) for n in range(3)]
    kernel.run()
    activate_policy(kernel.services, POLICY.replace("usd: 100\n", "usd: 900\n"), by="admin")
    kernel.later(minutes=5)
    kernel.run()
    assert kernel.action(actions[2].id).status is ActionStatus.SUCCEEDED


def test_a_day_is_the_one_of_the_entry(kernel: Kernel):
    refund(kernel, 0)
    kernel.run()
    spend(kernel, 10)
    kernel.later(hours=30)
    kernel.job = kernel.open_job()
    refund(kernel, 1)
    kernel.run()
    ledger = kernel.store.read(whole)
    begun = [one for one in ledger if one.type == "day.reserved"]
    assert [one.id.partition(":")[0] for one in begun] == [one.at[:10] for one in begun] == [DAY, TOMORROW]


def test_money_is_counted_in_whole_millionths_and_never_too_little():
    assert micros_of(Decimal("0.0000001")) == 1
    assert micros_of(Decimal("180.00")) == 180_000_000


def test_a_long_name_of_a_capability_still_finds_its_limits():
    name = "issue_" + "very_" * 16 + "refund"
    document = load(POLICY.replace("issue_refund", name))
    budget = of_agent(DAY, name, "a" * 63)
    assert len(budget) <= 128
    assert limits_of(document, budget) == document.capabilities[name].budget
