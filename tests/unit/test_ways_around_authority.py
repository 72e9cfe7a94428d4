"""Ways around authority that are closed: by undoing twice, by what was signed, by deadlines and safe mode."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.budgeting.budgets import RESERVED_LIMIT, reserve
from lineclear.application.budgeting.setting import Limit, set_budget
from lineclear.application.deciding.decide import Decision, decide, origin_of
from lineclear.application.deciding.reviewing import statement_of
from lineclear.application.executing.reconcile import reconcile
from lineclear.application.executing.settling import Settlement
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.people import Grant, issue_for, take_off
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.jobs import LARGEST, record_spans, stop_job
from lineclear.application.ports import ActionQuery, Transaction
from lineclear.application.recording import BRIEF, Recorder, read_stored
from lineclear.application.services import stamp
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.events import (
    ActionProposed,
    BudgetKind,
    DetailBrief,
    ExecutionFailed,
    ExecutionStarted,
    Span,
)
from lineclear.domain.identities import Device
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.money import parse_money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, EffectClass, JobStatus, Role, SpanKind, Tier, Verdict
from support.kernel import CONTRACTS, Kernel, Reviewer


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def taken_back(kernel: Kernel, who: Reviewer, action: Action) -> Action:
    version = preview_undo(kernel.services, who.principal, action.id).version
    asked = UndoRequest(version, "it was wrong")
    found, _ = undo(kernel.services, who.principal, action.id, asked, kernel.key())
    kernel.run()
    return kernel.action(found.id)


def refunded(kernel: Kernel, who: Reviewer, amount: str = "60.00") -> Action:
    action = kernel.refund(amount)
    kernel.decide(who, action)
    kernel.run()
    return kernel.action(action.id)


def safe_mode(kernel: Kernel, who: Reviewer, *, on: bool, scope: str = "workspace") -> SafeMode:
    return switch_safe_mode(kernel.services, who.principal, on=on, reason="looking", scope=scope)


def test_i32_an_undo_of_an_undo_takes_the_tier_of_what_it_brings_back(kernel: Kernel):
    lead, low = kernel.reviewer("lead"), kernel.reviewer("low", Tier.ONE)
    first = taken_back(kernel, lead, refunded(kernel, lead))
    assert first.status is ActionStatus.SUCCEEDED
    again = taken_back(kernel, low, first)
    assert (again.status, again.tier) == (ActionStatus.PENDING, Tier.TWO)
    assert taken_back(kernel, lead, refunded(kernel, lead, "61.00")).status is ActionStatus.SUCCEEDED


def test_i32_nobody_takes_back_alone_what_is_over_their_limit(kernel: Kernel):
    lead = kernel.reviewer("lead")
    small = kernel.reviewer("small", Tier.TWO, ceiling=parse_money("50", "USD"))
    asked = taken_back(kernel, small, refunded(kernel, lead))
    assert asked.status is ActionStatus.PENDING
    kernel.decide(lead, asked)
    kernel.run()
    assert kernel.action(asked.id).status is ActionStatus.SUCCEEDED


def test_i11_an_undo_asked_for_by_somebody_who_has_left_needs_another(kernel: Kernel):
    root, lead = kernel.reviewer("root", Tier.THREE, Role.ADMIN), kernel.reviewer("lead")
    paid = refunded(kernel, lead)
    safe_mode(kernel, root, on=True, scope="connector:memory")
    waits = taken_back(kernel, lead, paid)
    assert waits.status is ActionStatus.CLEARED
    take_off(kernel.services, root.principal, "lead", "left in anger")
    safe_mode(kernel, root, on=False, scope="connector:memory")
    other = kernel.reviewer("other", Tier.THREE)
    safe_mode(kernel, other, on=False, scope="connector:memory")
    kernel.run()
    assert kernel.action(waits.id).status is ActionStatus.PENDING


def test_i23_an_undo_that_a_person_found_to_have_happened_is_not_done_again():
    blind = tuple(msgspec.structs.replace(one, effect=EffectClass.BLIND) for one in CONTRACTS)
    kernel = Kernel(tools=MemoryTools(blind, {"pay_1": {"status": "captured"}}))
    lead, other = kernel.reviewer("lead"), kernel.reviewer("other")
    low = kernel.reviewer("low", Tier.ONE)
    paid = refunded(kernel, lead)
    kernel.tools.silent = True
    lost = taken_back(kernel, lead, paid)
    assert lost.status is ActionStatus.UNKNOWN

    def found_by(who: Reviewer) -> Action:
        services, key = kernel.services, kernel.key()
        return reconcile(services, who.principal, lost.id, key, happened=True, reason="asked them")[0]

    assert code_of(lambda: found_by(lead)) is Code.AUTHORITY_MISSING
    assert code_of(lambda: found_by(low)) is Code.TIER_INSUFFICIENT
    assert found_by(other).status is ActionStatus.SUCCEEDED
    assert kernel.action(paid.id).status is ActionStatus.UNDONE
    assert code_of(lambda: taken_back(kernel, lead, paid)) is Code.NOT_UNDOABLE_NOW


@pytest.mark.parametrize("said", [{"tier": Tier.ONE}, {"capability": "send_mail"}])
def test_i15_a_signature_that_names_another_tier_or_capability_is_refused(
    kernel: Kernel, said: dict[str, object]
):
    lead, action = kernel.reviewer("lead"), kernel.refund("60.00")
    device = kernel.store.read(lambda snapshot: snapshot.load(Device, lead.device))
    assert device is not None
    origin, now = kernel.store.read(origin_of), kernel.clock.now()
    statement = statement_of(action, device, Verdict.APPROVE, origin=origin, now=now)
    signed = Decision(sign_decision(msgspec.structs.replace(statement, **said), lead.signer), lead.device)
    services, key = kernel.services, kernel.key()
    refused = code_of(lambda: decide(services, lead.principal, action.id, signed, key))
    assert refused is Code.SIGNATURE_INVALID


@pytest.mark.parametrize("deadline", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
def test_a_deadline_at_the_end_of_all_calendars_is_refused(kernel: Kernel, deadline: str):
    assert code_of(lambda: kernel.refund("60.00", deadline=deadline)) is Code.BODY_INVALID


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]
)
def test_a_step_at_the_end_of_all_calendars_is_refused(kernel: Kernel, start: str):
    span = Span("s1", "look up", SpanKind.TOOL, start, start)
    services, agent, key = kernel.services, kernel.agent, kernel.key()
    assert code_of(lambda: record_spans(services, agent, kernel.job, (span,), key)) is Code.BODY_INVALID


def test_deadlines_stand_still_for_as_long_as_any_safe_mode_holds_them(kernel: Kernel):
    lead, begun = kernel.reviewer("lead"), kernel.clock.now()
    action = kernel.refund("60.00", deadline=stamp(begun + timedelta(minutes=3)))
    safe_mode(kernel, lead, on=True)
    kernel.later(minutes=5)
    safe_mode(kernel, lead, on=True, scope="connector:memory")
    kernel.later(minutes=1)
    safe_mode(kernel, lead, on=True, scope="capability:issue_refund")
    kernel.later(minutes=4)
    safe_mode(kernel, lead, on=False)
    kernel.later(minutes=5)
    safe_mode(kernel, lead, on=False, scope="capability:issue_refund")
    safe_mode(kernel, lead, on=False, scope="connector:memory")
    kernel.run()
    held = kernel.action(action.id)
    assert (held.status, held.deadline) == (ActionStatus.PENDING, stamp(begun + timedelta(minutes=18)))


def under_way(kernel: Kernel, count: int) -> None:
    """So many executions that began and have not ended, as an agent that never reports leaves them."""
    first = kernel.refund("20.00")
    stored = kernel.store.read(lambda snapshot: snapshot.stream(Action, first.id))[0]
    proposed = read_stored(stored)
    assert isinstance(proposed.event, ActionProposed)
    event, commits = proposed.event, {k: v for k, v in proposed.commits.items() if k != BRIEF}

    def work(tx: Transaction) -> None:
        recorder = Recorder(kernel.services, tx, kernel.agent.actor)
        for number in range(count):
            name = kernel.services.ids.new("act")
            recorder.record(Action, name, event, brief=proposed.brief, commits=commits)
            recorder.record(Action, name, ExecutionStarted(1, "", f"key-{number}", 1, kernel.agent.actor))

    kernel.store.transact(work)


def test_i28_i29_neither_stop_nor_safe_mode_fail_for_how_much_is_under_way(kernel: Kernel):
    lead = kernel.reviewer("lead")
    under_way(kernel, 3_000)
    entered = safe_mode(kernel, lead, on=True)
    assert (entered.on, len(entered.in_flight)) == (True, 1_000)
    assert stop_job(kernel.services, lead.principal, kernel.job, "it does not end").stopped_by == "lead"


def test_i29_safe_mode_is_not_confirmed_while_something_runs_that_its_entry_had_no_room_to_name(
    kernel: Kernel,
):
    lead = kernel.reviewer("lead")
    under_way(kernel, 1_001)
    entered = safe_mode(kernel, lead, on=True)
    running = frozenset({ActionStatus.STARTED})
    every = kernel.store.read(
        lambda snapshot: snapshot.actions(ActionQuery(statuses=running), limit=2_000).items
    )
    (unnamed,) = {one.id for one in every} - set(entered.in_flight)

    def end(*names: str) -> SafeMode | None:
        def work(tx: Transaction) -> None:
            recorder = Recorder(kernel.services, tx, kernel.agent.actor)
            for name in names:
                recorder.record(Action, name, ExecutionFailed(1, "gone"), brief=DetailBrief("it went away"))
            Settlement(kernel.services, tx, "worker/one").confirm_safe_mode()

        kernel.store.transact(work)
        return kernel.store.read(lambda snapshot: snapshot.load(SafeMode, "workspace"))

    part, whole = end(*entered.in_flight), end(unnamed)
    assert part is not None
    assert whole is not None
    assert (part.confirmed_at, bool(whole.confirmed_at)) == ("", True)


def test_what_would_make_an_entry_too_long_is_refused(kernel: Kernel):
    lead = kernel.reviewer("lead")
    safe = code_of(
        lambda: switch_safe_mode(
            kernel.services, lead.principal, on=True, reason="x" * 70_000, scope="workspace"
        )
    )
    assert safe is Code.BODY_INVALID
    for confidence in (f"0.{'9' * 70_000}", "1e-400", "\u0660.\u0665", " 0.5", "1.01", "0.9_9"):
        assert code_of(lambda said=confidence: kernel.refund("60.00", confidence=said)) is Code.BODY_INVALID
    assert kernel.refund("60.00", confidence="0.25").status is ActionStatus.PENDING


def test_what_safe_mode_holds_can_be_rejected_however_late_it_is(kernel: Kernel):
    lead = kernel.reviewer("lead")
    action = kernel.refund("60.00", deadline=stamp(kernel.clock.now() + timedelta(minutes=3)))
    safe_mode(kernel, lead, on=True)
    kernel.later(minutes=5)
    assert kernel.decide(lead, action, Verdict.REJECT, "it is wrong").status is ActionStatus.REJECTED


def test_leaving_safe_mode_moves_every_deadline_however_many_wait(kernel: Kernel):
    lead, begun = kernel.reviewer("lead"), kernel.clock.now()
    deadline = stamp(begun + timedelta(hours=1))
    actions = [kernel.refund(f"60.{number:04}", deadline=deadline) for number in range(600)]
    kernel.agent = kernel.token("other-agent", Role.AGENT, owner="owner")
    kernel.job = kernel.open_job()
    actions += [kernel.refund(f"61.{number:04}", deadline=deadline) for number in range(600)]
    safe_mode(kernel, lead, on=True)
    kernel.later(minutes=10)
    safe_mode(kernel, lead, on=False)
    moved = {kernel.action(one.id).deadline for one in actions}
    assert moved == {stamp(begun + timedelta(minutes=70))}


def test_who_asked_to_leave_safe_mode_and_left_the_company_is_not_one_of_two(kernel: Kernel):
    root = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    first, second = kernel.reviewer("first", Tier.THREE), kernel.reviewer("second", Tier.THREE)
    safe_mode(kernel, root, on=True)
    assert safe_mode(kernel, first, on=False).leaving_by == "first"
    take_off(kernel.services, root.principal, "first", "left the company")
    asked = safe_mode(kernel, second, on=False)
    assert (asked.on, asked.leaving_by) == (True, "second")
    assert not safe_mode(kernel, root, on=False).on


def test_i31_a_job_costs_no_more_than_a_budget_can_be(kernel: Kernel):
    root, at = kernel.reviewer("root", Tier.THREE, Role.ADMIN), stamp(kernel.clock.now())

    def report(cost: int) -> Job:
        span = Span(f"s{cost}", "look up", SpanKind.TOOL, at, at, cost_micros=cost)
        return record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())[0]

    assert report(LARGEST - 1).status is JobStatus.PAUSED
    assert code_of(lambda: report(2)) is Code.BODY_INVALID
    cut = Limit(BudgetKind.COST, 5, "far too much")
    job, _, _ = set_budget(kernel.services, root.principal, kernel.job, cut, kernel.key())
    assert job.budget.cost_micros == 5


def test_a_job_holds_so_many_reservations_and_no_more(kernel: Kernel):
    services, agent = kernel.services, kernel.agent
    for _ in range(RESERVED_LIMIT):
        reserve(services, agent, kernel.job, cost_micros=0, steps=0, request=kernel.key())
    key = kernel.key()
    refused = code_of(lambda: reserve(services, agent, kernel.job, cost_micros=0, steps=0, request=key))
    assert refused is Code.BODY_INVALID


def test_i8_an_administrator_does_not_hand_over_their_own_agent_and_then_approve_it(kernel: Kernel):
    owner = kernel.reviewer("owner", Tier.THREE, Role.ADMIN)
    kernel.reviewer("stooge", Tier.ONE)
    grant = Grant("support-agent", Role.AGENT, owner="stooge", lasts=timedelta(hours=1))
    assert code_of(lambda: issue_for(kernel.services, owner.principal, grant)) is Code.OWN_AUTHORITY
