"""Safe mode by scope, breakers, unknown outcomes, budgets, stopped agents: through the use cases alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.budgeting.budgets import reserve
from lineclear.application.executing.reconcile import reconcile
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import safe_mode_of, switch_safe_mode
from lineclear.application.jobs import end_job, open_job, record_spans, resume_agent, stop_agent
from lineclear.application.services import stamp
from lineclear.domain.control import Breaker
from lineclear.domain.events import Budget, JobBrief, Span
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, SpanKind, Tier, Verdict
from support.kernel import Kernel


@pytest.fixture
def kernel():
    return Kernel()


def refusal(call) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def job_of(kernel, identifier=None) -> Job:
    found = kernel.store.read(lambda snapshot: snapshot.load(Job, identifier or kernel.job))
    assert found is not None
    return found


def spend(kernel, micros, *, steps=1, reservation=""):
    now = stamp(kernel.clock.now())
    spans = tuple(
        Span(
            id=f"s{number}", name="plan", kind=SpanKind.MODEL, start=now, end=now, cost_micros=micros // steps
        )
        for number in range(steps)
    )
    return record_spans(
        kernel.services, kernel.agent, kernel.job, spans, kernel.key(), reservation=reservation
    )[0]


def pending_raise(kernel):
    return next(one for one in kernel.pending() if one.tool == "budget.raise")


# -- safe mode --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ("workspace", True),
        ("connector:memory", True),
        ("capability:issue_refund", True),
        ("connector:other", False),
        ("capability:manage_customers", False),
        ("environment:staging", False),
    ],
)
def test_safe_mode_holds_what_is_in_its_scope_and_nothing_else(kernel, scope, holds):
    ops = kernel.reviewer().principal
    action = kernel.refund("20.00")
    switch_safe_mode(kernel.services, ops, on=True, reason="Odd refunds", scope=scope)
    kernel.run()
    expected = ActionStatus.CLEARED if holds else ActionStatus.SUCCEEDED
    assert kernel.action(action.id).status is expected


def test_a_scope_that_is_none_is_refused(kernel):
    ops = kernel.reviewer().principal
    switch = lambda: switch_safe_mode(kernel.services, ops, on=True, reason="x", scope="moon")
    assert refusal(switch) is Code.BODY_INVALID


def test_safe_mode_of_tier_three_is_left_by_two_people(kernel):
    first, second = kernel.reviewer("sec-one", Tier.THREE), kernel.reviewer("ops-two", Tier.TWO)
    switch_safe_mode(kernel.services, first.principal, on=True, reason="Breach")
    asked = switch_safe_mode(kernel.services, first.principal, on=False, reason="Over")
    assert asked.on
    assert asked.leaving_by == "sec-one"
    again = lambda: switch_safe_mode(kernel.services, first.principal, on=False, reason="Really")
    assert refusal(again) is Code.CONFIRMATION_MISSING
    assert not switch_safe_mode(kernel.services, second.principal, on=False, reason="Checked").on


def test_deadlines_stand_still_in_safe_mode_and_go_on_by_as_much(kernel):
    ops = kernel.reviewer().principal
    action = kernel.refund("180.00", deadline="2026-01-01T00:10:00Z")
    kernel.later(minutes=5)
    switch_safe_mode(kernel.services, ops, on=True, reason="Pause")
    kernel.later(minutes=30)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.PENDING
    switch_safe_mode(kernel.services, ops, on=False, reason="Go on")
    assert kernel.action(action.id).deadline == "2026-01-01T00:40:00.000Z"
    kernel.later(minutes=6)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.EXPIRED


def test_safe_mode_is_confirmed_when_what_was_in_flight_has_ended(kernel):
    ops = kernel.reviewer().principal
    kernel.tools.silent = True
    action = kernel.refund("20.00")
    kernel.run(steps=1)
    assert kernel.action(action.id).status is ActionStatus.STARTED
    requested = switch_safe_mode(kernel.services, ops, on=True, reason="Odd", scope="capability:issue_refund")
    assert (requested.in_flight, requested.confirmed_at) == ((action.id,), "")
    switch_safe_mode(kernel.services, ops, on=False, reason="Go on", scope="capability:issue_refund")
    kernel.later(seconds=30)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert not kernel.store.read(safe_mode_of).on


# -- breakers and unknown outcomes --------------------------------------------------------------


def test_a_breaker_opens_after_failures_in_a_row_and_closes_by_itself(kernel):
    actions = [kernel.refund(f"20.0{number}") for number in range(6)]
    kernel.tools.down = True
    kernel.run()
    breaker = kernel.store.read(lambda snapshot: snapshot.load(Breaker, "memory"))
    assert breaker is not None
    assert breaker.until
    held = [kernel.action(one.id).held for one in actions]
    assert "breaker_open" in held
    kernel.tools.down = False
    kernel.later(minutes=2)
    kernel.run()
    kernel.later(minutes=2)
    kernel.run()
    assert {kernel.action(one.id).status for one in actions} == {ActionStatus.SUCCEEDED}
    assert kernel.store.read(lambda snapshot: snapshot.load(Breaker, "memory")).failures == 0


def unknown_action(kernel):
    kernel.tools.silent = True
    action = kernel.propose("mail.send", "send_mail")
    if action.status is ActionStatus.PENDING:
        kernel.decide(kernel.reviewer("sender"), action)
    kernel.run()
    found = kernel.action(action.id)
    assert found.status is ActionStatus.UNKNOWN
    return found


@pytest.mark.parametrize(
    ("happened", "status"), [(True, ActionStatus.SUCCEEDED), (False, ActionStatus.FAILED)]
)
def test_an_unknown_outcome_is_reconciled_by_a_person_with_a_reason(kernel, happened, status):
    action, ops = unknown_action(kernel), kernel.reviewer().principal
    call = lambda reason: reconcile(
        kernel.services, ops, action.id, kernel.key(), happened=happened, reason=reason
    )
    assert refusal(lambda: call(" ")) is Code.REASON_MISSING
    assert call("Asked the provider")[0].status is status
    assert "Asked the provider" in kernel.action(action.id).run.detail
    assert refusal(lambda: call("Again")) is Code.NOT_UNKNOWN


# -- budgets ----------------------------------------------------------------------------------


def test_a_job_over_its_cost_pauses_and_asks_to_raise_or_end(kernel):
    job = spend(kernel, 2_500_000)
    assert (job.status, job.paused_by) == (JobStatus.PAUSED, "cost")
    assert refusal(lambda: kernel.refund("20.00")) is Code.JOB_PAUSED
    raising = pending_raise(kernel)
    assert raising.title == "Raise the cost budget to $4.50"
    assert (raising.tier, raising.why) == (Tier.TWO, "paused at $2.00; rejecting ends the job")


def test_raising_the_budget_lets_the_job_go_on(kernel):
    spend(kernel, 2_500_000)
    raising = pending_raise(kernel)
    kernel.decide(kernel.reviewer(), raising)
    kernel.run()
    assert kernel.action(raising.id).status is ActionStatus.SUCCEEDED
    job = job_of(kernel)
    assert (job.status, job.budget.cost_micros) == (JobStatus.RUNNING, 4_500_000)
    assert kernel.refund("20.00").status is ActionStatus.CLEARED


def test_a_job_that_passed_another_limit_meanwhile_pauses_for_that_one(kernel):
    waiting = kernel.refund("20.00")
    spend(kernel, 2_500_000)
    spend(kernel, 0, steps=60)
    kernel.decide(kernel.reviewer(), pending_raise(kernel))
    kernel.run()
    assert (job_of(kernel).status, job_of(kernel).paused_by) == (JobStatus.PAUSED, "steps")
    assert kernel.action(waiting.id).status is ActionStatus.CLEARED
    kernel.decide(kernel.reviewer(), pending_raise(kernel))
    kernel.run()
    assert kernel.action(waiting.id).status is ActionStatus.SUCCEEDED


def test_what_had_reached_nobody_is_not_sent_after_a_person_ended_the_job(kernel):
    action = kernel.refund("20.00")
    kernel.tools.down = True
    kernel.run(steps=1)
    spend(kernel, 2_500_000)
    kernel.decide(kernel.reviewer(), pending_raise(kernel), Verdict.REJECT, "Enough")
    kernel.tools.down = False
    kernel.later(minutes=10)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.FAILED
    assert kernel.tools.calls == []


def test_an_agent_does_not_get_around_its_budget_by_ending_the_job(kernel):
    waiting = kernel.refund("20.00")
    spend(kernel, 2_500_000)
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    kernel.run()
    assert kernel.action(waiting.id).status is ActionStatus.WITHDRAWN


def test_not_raising_it_ends_the_job_and_all_that_waits_of_it(kernel):
    waiting = kernel.refund("180.00")
    spend(kernel, 2_500_000)
    kernel.decide(kernel.reviewer(), pending_raise(kernel), Verdict.REJECT, "Enough")
    assert job_of(kernel).status is JobStatus.ENDED
    assert kernel.action(waiting.id).status is ActionStatus.STOPPED


def test_what_was_cleared_before_the_pause_waits_for_it(kernel):
    action = kernel.refund("20.00")
    spend(kernel, 2_500_000)
    kernel.run()
    assert kernel.action(action.id).held == "job_paused"
    kernel.decide(kernel.reviewer(), pending_raise(kernel))
    kernel.later(seconds=5)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_the_same_proposal_over_and_over_pauses_the_job(kernel):
    for _ in range(Budget().repeats):
        kernel.refund("180.00")
    assert refusal(lambda: kernel.refund("180.00")) is Code.JOB_PAUSED
    assert job_of(kernel).paused_by == "repeats"


def test_a_job_that_takes_too_long_pauses_at_its_next_proposal(kernel):
    kernel.later(days=2)
    assert refusal(lambda: kernel.refund("20.00")) is Code.JOB_PAUSED
    assert job_of(kernel).paused_by == "wall"


def try_to_reserve(kernel, micros) -> str | None:
    request = kernel.key()
    try:
        return reserve(
            kernel.services, kernel.agent, kernel.job, cost_micros=micros, steps=1, request=request
        )[1]
    except Refusal:
        return None


@given(st.lists(st.tuples(st.sampled_from("rs"), st.integers(0, 900_000)), max_size=12))
def test_i31_what_is_reserved_and_settled_never_passes_the_limit(moves):
    kernel = Kernel()
    held = []
    for what, micros in moves:
        if what == "r":
            name = try_to_reserve(kernel, micros)
            held += [(name, micros)] if name else []
        elif held:
            name, most = held.pop()
            spend(kernel, min(micros, most), reservation=name)
        job = job_of(kernel)
        assert 0 <= job.cost_micros <= job.cost_held <= job.budget.cost_micros


def test_a_reservation_that_does_not_fit_pauses_the_job(kernel):
    assert try_to_reserve(kernel, 1_500_000)
    assert try_to_reserve(kernel, 600_000) is None
    assert job_of(kernel).status is JobStatus.PAUSED


# -- agents -----------------------------------------------------------------------------------


def test_a_stopped_agent_proposes_nothing_until_it_is_resumed(kernel):
    ops = kernel.reviewer().principal
    waiting = kernel.refund("180.00")
    stop_agent(kernel.services, ops, "support-agent", "Wrong customers")
    assert kernel.action(waiting.id).status is ActionStatus.STOPPED
    assert refusal(kernel.open_job) is Code.AGENT_STOPPED
    resume_agent(kernel.services, ops, "support-agent", "Fixed")
    kernel.job = kernel.open_job()
    assert kernel.refund("20.00").status is ActionStatus.CLEARED
    agent = kernel.store.read(lambda snapshot: snapshot.load(Agent, "support-agent"))
    assert agent is not None
    assert agent.stopped_by == ""


def test_an_undo_runs_even_when_the_job_is_paused(kernel):

    action, ops = kernel.refund("20.00"), kernel.reviewer().principal
    kernel.run()
    spend(kernel, 2_500_000)
    preview = preview_undo(kernel.services, ops, action.id)
    undo(kernel.services, ops, action.id, UndoRequest(preview.version, "Mistake"), kernel.key())
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNDONE


@pytest.mark.parametrize("budget", [Budget(cost_micros=-1), Budget(steps=2**53 - 1)])
def test_a_budget_that_is_no_budget_is_refused(kernel, budget):
    brief = JobBrief("Resolve ticket 20418")
    call = lambda: open_job(kernel.services, kernel.agent, brief, budget, kernel.key())
    assert refusal(call) is Code.BODY_INVALID


@pytest.mark.parametrize(
    ("end", "cost"),
    [("9999-12-31T00:00:00Z", 0), ("2026-01-01T00:00:01Z", 2**53 - 1), ("2025-01-01T00:00:00Z", 0)],
)
def test_a_span_that_nobody_can_have_measured_is_refused(kernel, end, cost):
    span = Span(
        id="s", name="plan", kind=SpanKind.MODEL, start="2026-01-01T00:00:00Z", end=end, cost_micros=cost
    )
    call = lambda: record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())
    assert refusal(call) is Code.BODY_INVALID


def test_what_was_reconciled_by_hand_is_not_undone_blindly(kernel):
    kernel.tools.silent = True
    action = unknown_action(kernel)
    ops = kernel.reviewer().principal
    reconcile(kernel.services, ops, action.id, kernel.key(), happened=True, reason="Asked")
    assert refusal(lambda: preview_undo(kernel.services, ops, action.id)) is Code.NOT_REVERSIBLE
