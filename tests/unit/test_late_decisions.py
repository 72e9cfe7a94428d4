"""Decisions that arrive late: deny beats allow, the backend's clock judges, and approvals ask for more."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.deciding.claiming import claim
from lineclear.application.deciding.decide import Decision, decide, origin_of
from lineclear.application.deciding.reviewing import statement_of
from lineclear.application.governing.offline import set_offline_rule
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.services import stamp
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.offline import OfflineRule
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import DOCUMENT, Kernel

TIER_TWO = OfflineRule(tier=2)
APPROVE, REJECT = Verdict.APPROVE, Verdict.REJECT


@pytest.fixture
def kernel():
    return Kernel()


def allow(kernel: Kernel, rule: OfflineRule = TIER_TWO) -> None:
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    set_offline_rule(kernel.services, lead, rule, "The site has bad reception")


def signed_offline(kernel, reviewer, action, verdict, *, seen: datetime | None = None, **more):
    """What a console without its backend signs: valid for as long as the workspace lets it."""
    device = kernel.store.read(lambda snapshot: snapshot.load(Device, reviewer.device))
    now = seen or kernel.clock.now()
    looked = kernel.looked(action)
    statement = statement_of(
        action, device, verdict, origin=kernel.store.read(origin_of), now=now, looked=looked
    )
    end = stamp(now + kernel.store.read(offline_rule).within)
    values = {"offline": True, "seen_at": stamp(now), "not_after": end, **more}
    statement = msgspec.structs.replace(statement, **values)
    return Decision(sign_decision(statement, reviewer.signer), reviewer.device, "Not this one")


def arrive(kernel, reviewer, action, decision):
    return decide(kernel.services, reviewer.principal, action.id, decision, kernel.key())[0]


def refused(kernel, reviewer, action, decision) -> Refusal:
    with pytest.raises(Refusal) as caught:
        arrive(kernel, reviewer, action, decision)
    return caught.value


def test_i45_a_rejection_wins_over_an_approval_that_came_before_it_as_long_as_nothing_started(kernel):
    action = kernel.refund("180.00")
    west, east = kernel.reviewer(), kernel.reviewer("ops-east")
    decision = signed_offline(kernel, east, action, REJECT)
    assert kernel.decide(west, action).status is ActionStatus.CLEARED
    assert arrive(kernel, east, action, decision).status is ActionStatus.REJECTED
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.REJECTED
    assert kernel.tools.records["pay_1"]["status"] == "captured"


def test_a_rejection_that_comes_after_the_start_says_so_and_names_the_job(kernel):
    action = kernel.refund("180.00")
    west, east = kernel.reviewer(), kernel.reviewer("ops-east")
    decision = signed_offline(kernel, east, action, REJECT)
    kernel.decide(west, action)
    kernel.run()
    refusal = refused(kernel, east, action, decision)
    assert (refusal.code, refusal.params["status"]) == (Code.REJECTION_LATE, "succeeded")
    assert refusal.params["job"] == action.job


def test_i44_a_rejection_is_never_too_late_by_the_time_that_its_device_named(kernel):
    action = kernel.refund("180.00")
    east = kernel.reviewer("ops-east")
    long_ago = kernel.clock.now() - timedelta(days=400)
    decision = signed_offline(kernel, east, action, REJECT, seen=long_ago)
    assert arrive(kernel, east, action, decision).status is ActionStatus.REJECTED


def test_i44_an_approval_counts_by_when_the_backend_last_confirmed_it_whatever_the_device_claims(kernel):
    allow(kernel)
    action, east = kernel.refund("180.00"), kernel.reviewer("ops-east")
    seen = kernel.clock.now()
    claimed = stamp(seen + timedelta(days=900))
    in_time = signed_offline(kernel, east, action, APPROVE, seen=seen, claimed_time=claimed)
    kernel.later(minutes=239)
    assert arrive(kernel, east, action, in_time).status is ActionStatus.CLEARED
    other = kernel.refund("181.00")
    seen = kernel.clock.now()
    # However long its own statement says that it is valid, the workspace's time is what counts.
    too_late = signed_offline(kernel, east, other, APPROVE, seen=seen, not_after=claimed)
    kernel.later(minutes=241)
    assert refused(kernel, east, other, too_late).code is Code.DECISION_EXPIRED
    assert kernel.action(other.id).status is ActionStatus.PENDING


@pytest.mark.parametrize("seen_at", [None, "2199-01-01T00:00:00.000Z"])
def test_an_offline_approval_that_names_no_time_or_one_to_come_counts_for_nothing(kernel, seen_at):
    allow(kernel)
    action, east = kernel.refund("180.00"), kernel.reviewer("ops-east")
    decision = signed_offline(kernel, east, action, APPROVE, seen_at=seen_at)
    assert refused(kernel, east, action, decision).code is Code.OFFLINE_APPROVAL


def test_offline_approvals_go_up_to_the_tier_that_the_workspace_names_and_no_client_changes_that(kernel):
    action, east = kernel.refund("180.00"), kernel.reviewer("ops-east")
    assert action.tier is Tier.TWO
    decision = signed_offline(kernel, east, action, APPROVE)
    refusal = refused(kernel, east, action, decision)
    assert (refusal.code, refusal.params["problem"]) == (Code.OFFLINE_APPROVAL, "only up to tier 1")
    allow(kernel, OfflineRule(tier=0))
    assert refused(kernel, east, action, decision).params["problem"] == "nothing is approved offline here"
    allow(kernel)
    assert arrive(kernel, east, action, decision).status is ActionStatus.CLEARED


def test_a_policy_that_became_stricter_meanwhile_has_to_be_looked_at_first(kernel):
    allow(kernel)
    action, east = kernel.refund("180.00"), kernel.reviewer("ops-east")
    decision = signed_offline(kernel, east, action, APPROVE)
    stricter = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 100", 1)
    activate_policy(kernel.services, stricter, by="admin")
    assert refused(kernel, east, action, decision).code is Code.POLICY_STRICTER
    looser = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 300", 1)
    activate_policy(kernel.services, looser, by="admin")
    assert arrive(kernel, east, action, decision).status is ActionStatus.CLEARED


def test_a_claim_of_somebody_else_keeps_no_rejection_out_that_was_made_without_the_backend(kernel):
    action = kernel.refund("180.00")
    west, east = kernel.reviewer(), kernel.reviewer("ops-east")
    claim(kernel.services, west.principal, action.id)
    decision = signed_offline(kernel, east, action, REJECT)
    assert arrive(kernel, east, action, decision).status is ActionStatus.REJECTED


def test_the_rule_is_set_by_a_person_of_tier_three_with_a_reason_and_is_on_the_ledger(kernel):
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    low = kernel.token("ops-west", Role.OPS, tier=Tier.TWO)
    agent = kernel.agent
    rule = OfflineRule(2, 30, 60)

    def code(principal, wanted, reason="Because"):
        with pytest.raises(Refusal) as caught:
            set_offline_rule(kernel.services, principal, wanted, reason)
        return caught.value.code

    assert code(agent, rule) is Code.AGENT_CANNOT_DECIDE
    assert code(low, rule) is Code.TIER_INSUFFICIENT
    assert code(lead, rule, " ") is Code.REASON_MISSING
    for odd in (OfflineRule(3), OfflineRule(1, 0), OfflineRule(1, 15, 4), OfflineRule(1, 120, 60)):
        assert code(lead, odd) is Code.OFFLINE_RULE_INVALID
    assert kernel.store.read(offline_rule) == OfflineRule()
    size = kernel.store.read(lambda snapshot: snapshot.size())
    assert set_offline_rule(kernel.services, lead, rule, "Bad reception") == rule
    set_offline_rule(kernel.services, lead, rule, "Bad reception")
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size + 1
    assert kernel.store.read(offline_rule) == rule
