"""From a proposal to an effect and back, through the use cases alone."""

from __future__ import annotations

import pytest

from lineclear.application.deciding.decide import Decision, decide
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.idempotency import Request
from lineclear.application.jobs import end_job, stop_job, withdraw
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import fold_all, stream_of
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import DOCUMENT, Kernel


@pytest.fixture
def kernel():
    return Kernel()


def refusal(call) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def test_a_small_refund_runs_without_a_person_and_is_recorded_as_cleared_by_policy(kernel):
    action = kernel.refund("20.00")
    assert action.status is ActionStatus.CLEARED
    kernel.run()
    done = kernel.action(action.id)
    assert (done.status, done.cleared_by, done.votes) == (ActionStatus.SUCCEEDED, "policy", ())
    assert kernel.tools.records["pay_1"]["status"] == "refunded"


def test_a_refund_over_the_line_waits_for_tier_two_and_happens_once_approved(kernel):
    action = kernel.refund("180.00")
    assert (action.status, action.tier) == (ActionStatus.PENDING, Tier.TWO)
    kernel.run()
    assert kernel.tools.calls == []
    cleared = kernel.decide(kernel.reviewer(), action)
    assert cleared.status is ActionStatus.CLEARED
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert len(kernel.tools.calls) == 1


def test_a_refund_over_the_ceiling_is_denied_with_the_line_that_says_so(kernel):
    action = kernel.refund("250.00")
    assert action.status is ActionStatus.DENIED
    deciding = [reason for reason in action.judged.reasons if reason.effect == "deny"]
    assert [reason.line for reason in deciding] == [
        DOCUMENT.splitlines().index("        max_amount_usd: 200") + 1
    ]
    kernel.run()
    assert kernel.tools.calls == []


def test_an_unknown_capability_is_refused_and_nothing_is_recorded(kernel):
    size = kernel.store.read(lambda snapshot: snapshot.size())
    code = refusal(
        lambda: kernel.propose("payments.create_refund", "print_money", amount="1.00", currency="USD")
    )
    assert code is Code.CAPABILITY_UNKNOWN
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size


def test_a_tier_one_reviewer_cannot_clear_tier_two(kernel):
    action = kernel.refund("180.00")
    novice = kernel.reviewer("novice", Tier.ONE, Role.APPROVER)
    assert refusal(lambda: kernel.decide(novice, action)) is Code.TIER_INSUFFICIENT


def test_i8_the_agents_owner_never_counts(kernel):
    action = kernel.refund("180.00")
    owner = kernel.reviewer("owner", Tier.THREE)
    assert refusal(lambda: kernel.decide(owner, action)) is Code.OWNER_CANNOT_DECIDE


def test_i10_an_agents_token_cannot_decide_stop_undo_or_switch(kernel):
    action = kernel.refund("180.00")
    calls = (
        lambda: decide(kernel.services, kernel.agent, action.id, Decision(b"", ""), kernel.key()),
        lambda: stop_job(kernel.services, kernel.agent, kernel.job, "no"),
        lambda: preview_undo(kernel.services, kernel.agent, action.id),
        lambda: switch_safe_mode(kernel.services, kernel.agent, on=True, reason="no"),
        lambda: switch_safe_mode(kernel.services, kernel.agent, on=False, reason="no"),
    )
    assert {refusal(call) for call in calls} == {Code.AGENT_CANNOT_DECIDE}


def test_i2_a_decision_on_another_revision_or_action_is_refused(kernel):
    reviewer = kernel.reviewer()
    first, second = kernel.refund("180.00"), kernel.refund("181.00")
    signed = kernel.signed(reviewer, first, Verdict.APPROVE)
    other = lambda: decide(kernel.services, reviewer.principal, second.id, signed, kernel.key())
    assert refusal(other) is Code.SIGNATURE_INVALID
    assert kernel.action(second.id).status is ActionStatus.PENDING


def test_i16_a_decision_cannot_be_replayed_by_its_device(kernel):
    reviewer = kernel.reviewer()
    first, second = kernel.refund("180.00"), kernel.refund("181.00")
    old = kernel.signed(reviewer, second, Verdict.APPROVE)
    kernel.decide(reviewer, first)
    again = lambda: decide(kernel.services, reviewer.principal, second.id, old, kernel.key())
    assert refusal(again) is Code.SIGNATURE_INVALID


def test_a_signature_by_another_key_is_refused(kernel):
    reviewer, other = kernel.reviewer(), kernel.reviewer("ops-east")
    action = kernel.refund("180.00")
    forged = kernel.signed(other, action, Verdict.APPROVE)
    claimed = Decision(forged.envelope, reviewer.device)
    call = lambda: decide(kernel.services, reviewer.principal, action.id, claimed, kernel.key())
    assert refusal(call) is Code.SIGNATURE_INVALID


def test_rejecting_needs_a_reason_and_ends_the_action(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    assert refusal(lambda: kernel.decide(reviewer, action, Verdict.REJECT)) is Code.REASON_MISSING
    rejected = kernel.decide(reviewer, action, Verdict.REJECT, "Not a duplicate")
    assert (rejected.status, rejected.votes[0].reason) == (ActionStatus.REJECTED, "Not a duplicate")
    assert refusal(lambda: kernel.decide(reviewer, action)) is Code.ACTION_DECIDED
    kernel.run()
    assert kernel.tools.calls == []


def test_i26_the_same_key_gives_the_same_action_and_another_body_is_refused(kernel):
    request = Request("one", "a" * 64)
    first = kernel.refund("20.00", request=request)
    assert kernel.refund("20.00", request=request).id == first.id
    assert refusal(lambda: kernel.refund("20.00", request=Request("one", "b" * 64))) is Code.KEY_REUSED


def test_i7_a_target_that_moved_goes_back_to_review_and_is_never_overwritten(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    kernel.decide(reviewer, action)
    kernel.tools.records["pay_1"]["refunded"] = "180.00"
    kernel.run()
    back = kernel.action(action.id)
    assert (back.status, back.revision, back.votes) == (ActionStatus.PENDING, 2, ())
    assert kernel.tools.calls == []
    assert refusal(lambda: kernel.decide(reviewer, action)) is Code.REVISION_STALE
    kernel.decide(reviewer, back)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_i11_a_policy_made_stricter_after_approval_stops_the_start(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    kernel.decide(reviewer, action)
    activate_policy(
        kernel.services, DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 100"), by="admin"
    )
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.DENIED
    assert kernel.tools.calls == []


def test_a_looser_policy_does_not_widen_a_decision(kernel):
    action = kernel.refund("180.00")
    activate_policy(kernel.services, DOCUMENT.replace("over_usd: 50", "over_usd: 199"), by="admin")
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.PENDING


def test_i28_safe_mode_holds_what_was_cleared_and_leaving_lets_it_run(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("20.00")
    switch_safe_mode(kernel.services, reviewer.principal, on=True, reason="Odd refunds")
    kernel.run()
    held = kernel.action(action.id)
    assert (held.status, held.held) == (ActionStatus.CLEARED, "safe_mode_on")
    assert kernel.tools.calls == []
    switch_safe_mode(kernel.services, reviewer.principal, on=False, reason="Checked")
    kernel.later(seconds=5)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_safe_mode_needs_a_reason_and_an_approver_cannot_leave_it(kernel):
    approver = kernel.reviewer("novice", Tier.ONE, Role.APPROVER).principal
    services = kernel.services
    assert refusal(lambda: switch_safe_mode(services, approver, on=True, reason=" ")) is Code.REASON_MISSING
    assert switch_safe_mode(services, approver, on=True, reason="Odd").on
    assert (
        refusal(lambda: switch_safe_mode(services, approver, on=False, reason="Fine"))
        is Code.ROLE_INSUFFICIENT
    )


def test_i29_a_stopped_job_starts_nothing_more(kernel):
    reviewer, waiting = kernel.reviewer(), kernel.refund("180.00")
    cleared = kernel.refund("20.00")
    stop_job(kernel.services, reviewer.principal, kernel.job, "Wrong customer")
    kernel.run()
    assert {kernel.action(one.id).status for one in (waiting, cleared)} == {ActionStatus.STOPPED}
    assert kernel.tools.calls == []
    assert refusal(lambda: kernel.refund("20.00")) is Code.JOB_CLOSED


def test_an_agent_withdraws_and_an_ended_job_leaves_nothing_waiting(kernel):
    first, second = kernel.refund("180.00"), kernel.refund("181.00")
    assert withdraw(kernel.services, kernel.agent, first.id).status is ActionStatus.WITHDRAWN
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    assert kernel.action(second.id).status is ActionStatus.WITHDRAWN


def test_i30_a_deadline_that_passed_expires_the_action(kernel):
    action = kernel.refund("180.00", deadline="2026-01-01T00:10:00Z")
    kernel.later(minutes=11)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.EXPIRED
    assert refusal(lambda: kernel.refund("180.00", deadline="2026-01-01T00:10:00Z")) is Code.DEADLINE_PASSED


def test_i32_an_undo_is_an_action_of_its_own_and_restores_the_target(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    before = dict(kernel.tools.records["pay_1"])
    kernel.decide(reviewer, action)
    kernel.run()
    assert kernel.tools.records["pay_1"] != before
    preview = preview_undo(kernel.services, reviewer.principal, action.id)
    wanted = UndoRequest(preview.version, "Refunded by mistake")
    taken, _ = undo(kernel.services, reviewer.principal, action.id, wanted, kernel.key())
    assert (taken.undoes, taken.status) == (action.id, ActionStatus.CLEARED)
    kernel.run()
    original = kernel.action(action.id)
    assert (original.status, original.undone_by) == (ActionStatus.UNDONE, taken.id)
    assert kernel.tools.records["pay_1"] == before


def test_an_undo_of_a_target_that_moved_is_refused_and_overwrites_nothing(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("20.00")
    kernel.run()
    preview = preview_undo(kernel.services, reviewer.principal, action.id)
    kernel.tools.records["pay_1"]["status"] = "disputed"
    wanted = UndoRequest(preview.version, "Mistake")
    call = lambda: undo(kernel.services, reviewer.principal, action.id, wanted, kernel.key())
    assert refusal(call) is Code.TARGET_MOVED
    assert preview_undo(kernel.services, reviewer.principal, action.id).moved == ("status",)


def test_access_is_taken_back_only_with_a_second_person(kernel):
    first, second = kernel.reviewer("ops-west", Tier.THREE), kernel.reviewer("ops-east", Tier.THREE)
    action = kernel.propose("access.grant", "manage_access")
    kernel.decide(first, action)
    kernel.run()
    preview = preview_undo(kernel.services, first.principal, action.id)
    taken, _ = undo(
        kernel.services, first.principal, action.id, UndoRequest(preview.version, "Too wide"), kernel.key()
    )
    assert taken.status is ActionStatus.PENDING
    assert refusal(lambda: kernel.decide(first, taken)) is Code.AUTHORITY_MISSING
    kernel.decide(second, taken)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNDONE


def test_what_cannot_be_undone_says_so(kernel):
    reviewer = kernel.reviewer()
    action = kernel.propose("mail.send", "send_mail")
    kernel.run()
    if kernel.action(action.id).status is ActionStatus.PENDING:
        kernel.decide(reviewer, action)
        kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert (
        refusal(lambda: preview_undo(kernel.services, reviewer.principal, action.id)) is Code.NOT_REVERSIBLE
    )


@pytest.mark.parametrize("tool", ["crm.update_customer", "crm.merge_customers"])
def test_i23_an_answer_that_was_lost_is_asked_for_again_and_the_effect_happens_once(kernel, tool):
    kernel.tools.silent = True
    action = kernel.propose(tool, "manage_customers")
    if action.status is ActionStatus.PENDING:
        kernel.decide(kernel.reviewer(), action)
    kernel.run()
    kernel.later(seconds=10)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert len(kernel.tools.calls) == 1


def test_i23_what_cannot_be_asked_is_never_sent_twice(kernel):
    kernel.tools.silent = True
    action = kernel.propose("mail.send", "send_mail")
    if action.status is ActionStatus.PENDING:
        kernel.decide(kernel.reviewer(), action)
    kernel.run()
    kernel.later(minutes=5)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNKNOWN
    assert len(kernel.tools.calls) == 1


def test_a_connector_that_is_down_refuses_a_proposal_and_delays_an_execution(kernel):
    action = kernel.refund("20.00")
    kernel.tools.down = True
    assert refusal(lambda: kernel.refund("20.00")) is Code.CONNECTOR_DOWN
    kernel.run()
    assert kernel.tools.calls == []
    kernel.tools.down = False
    kernel.later(seconds=10)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert len(kernel.tools.calls) == 1


def test_i35_the_tables_equal_the_fold_of_the_ledger(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    kernel.decide(reviewer, action)
    kernel.run()
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    folded = fold_all(read_stored(one) for one in stored)
    assert folded[stream_of(Action, action.id)] == kernel.action(action.id)
