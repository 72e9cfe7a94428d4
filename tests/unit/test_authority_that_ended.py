"""Authority that ended before it counted: tokens, votes and loans of people who are not what they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lineclear.application.governing.break_glass import break_glass, review_glass
from lineclear.application.governing.delegation import Loan, delegate
from lineclear.application.governing.people import (
    Grant,
    authenticate,
    enrol,
    issue_token,
    revoke_device,
    take_off,
)
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.domain.identities import Person
from lineclear.domain.money import parse_money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.kernel import Kernel, Reviewer

HOUR = timedelta(hours=1)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def root(kernel: Kernel) -> Reviewer:
    return kernel.reviewer("root", Tier.THREE, Role.ADMIN)


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def hold(kernel: Kernel, who: Reviewer, *, on: bool) -> None:
    switch_safe_mode(
        kernel.services, who.principal, on=on, reason="looking into it", scope="connector:memory"
    )


def test_i10_a_new_role_narrows_the_tokens_given_before(kernel: Kernel, root: Reviewer):
    secret = issue_token(kernel.services, Grant("deputy", Role.ADMIN, Tier.TWO)).secret
    assert authenticate(kernel.services, secret).role is Role.ADMIN
    enrol(kernel.services, root.principal, Grant("deputy", Role.AUDITOR, Tier.ONE))
    demoted = authenticate(kernel.services, secret)
    assert demoted.role is Role.AUDITOR
    taking = Grant("root", Role.AUDITOR)
    assert code_of(lambda: enrol(kernel.services, demoted, taking)) is Code.ROLE_INSUFFICIENT


def test_i10_a_new_role_does_not_widen_the_tokens_given_before(kernel: Kernel, root: Reviewer):
    secret = issue_token(kernel.services, Grant("deputy", Role.APPROVER, Tier.TWO)).secret
    enrol(kernel.services, root.principal, Grant("deputy", Role.ADMIN, Tier.TWO))
    assert authenticate(kernel.services, secret).role is Role.APPROVER


@pytest.mark.parametrize("role", [Role.AGENT, Role.PROVISIONER])
def test_nobody_is_enrolled_as_a_program(kernel: Kernel, root: Reviewer, role: Role):
    assert code_of(lambda: enrol(kernel.services, root.principal, Grant("robot", role))) is Code.BODY_INVALID


def test_i12_what_was_lent_ends_however_its_giver_was_changed(kernel: Kernel):
    lead = kernel.reviewer("lead", Tier.THREE)
    kernel.reviewer("deputy", Tier.ONE)
    delegate(kernel.services, lead.principal, Loan("deputy", Tier.THREE, ("issue_refund",), HOUR, "away"))
    issue_token(kernel.services, Grant("lead", Role.OPS, Tier.THREE))
    deputy = kernel.store.read(lambda snapshot: snapshot.load(Person, "deputy"))
    assert deputy is not None
    assert [one.giver for one in deputy.received] == ["lead"]
    issue_token(kernel.services, Grant("lead", Role.OPS, Tier.ONE))
    deputy = kernel.store.read(lambda snapshot: snapshot.load(Person, "deputy"))
    assert deputy is not None
    assert deputy.received == ()


def left(kernel: Kernel, root: Reviewer, voter: Reviewer) -> None:
    take_off(kernel.services, root.principal, voter.principal.subject, "left in anger")


def lost_device(kernel: Kernel, root: Reviewer, voter: Reviewer) -> None:
    revoke_device(kernel.services, root.principal, voter.device)


def demoted(kernel: Kernel, root: Reviewer, _: Reviewer) -> None:
    enrol(kernel.services, root.principal, Grant("voter", Role.AUDITOR, Tier.TWO))


def lower_tier(kernel: Kernel, root: Reviewer, _: Reviewer) -> None:
    enrol(kernel.services, root.principal, Grant("voter", Role.OPS, Tier.ONE))


def lower_limit(kernel: Kernel, root: Reviewer, _: Reviewer) -> None:
    enrol(kernel.services, root.principal, Grant("voter", Role.OPS, Tier.TWO, parse_money("10", "USD")))


@pytest.mark.parametrize("ends", [left, lost_device, demoted, lower_tier, lower_limit])
def test_i9_i11_an_approval_counts_at_the_start_only_as_far_as_its_person_may_decide_then(
    kernel: Kernel, root: Reviewer, ends: Callable[[Kernel, Reviewer, Reviewer], None]
):
    voter, action = kernel.reviewer("voter"), kernel.refund("60.00")
    lead = kernel.reviewer("lead")
    hold(kernel, lead, on=True)
    assert kernel.decide(voter, action).status is ActionStatus.CLEARED
    ends(kernel, root, voter)
    hold(kernel, lead, on=False)
    kernel.run()
    looked_at_again = kernel.action(action.id)
    assert (looked_at_again.status, looked_at_again.revision) == (ActionStatus.PENDING, 2)
    assert "voter" in looked_at_again.revised_because
    kernel.decide(lead, looked_at_again)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_an_approval_of_which_others_made_up_the_number_is_not_missed(kernel: Kernel, root: Reviewer):
    voter, action = kernel.reviewer("voter", Tier.THREE), kernel.refund("60.00")
    lead = kernel.reviewer("lead")
    hold(kernel, lead, on=True)
    kernel.decide(voter, action)
    enrol(kernel.services, root.principal, Grant("voter", Role.APPROVER, Tier.TWO))
    hold(kernel, lead, on=False)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


@pytest.mark.parametrize("minutes", [30, 90])
def test_i11_i12_what_was_lent_must_not_have_ended_at_the_start(kernel: Kernel, minutes: int):
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    delegate(kernel.services, lead.principal, Loan("deputy", Tier.TWO, ("issue_refund",), HOUR, "away"))
    action = kernel.refund("60.00")
    hold(kernel, lead, on=True)
    kernel.decide(deputy, action)
    kernel.later(minutes=minutes)
    hold(kernel, lead, on=False)
    kernel.run()
    held = ActionStatus.SUCCEEDED if minutes < 60 else ActionStatus.PENDING
    assert kernel.action(action.id).status is held


@pytest.mark.parametrize("is_justified", [True, False])
def test_i11_i13_what_was_approved_by_break_glass_starts_unless_somebody_found_it_wrong(
    kernel: Kernel, root: Reviewer, is_justified: bool
):
    lead, ops = kernel.reviewer("lead"), kernel.reviewer("ops", Tier.ONE)
    break_glass(kernel.services, ops.principal, timedelta(minutes=30), "payments are down")
    action = kernel.refund("60.00")
    hold(kernel, lead, on=True)
    kernel.decide(ops, action)
    review_glass(kernel.services, root.principal, "ops", justified=is_justified, reason="looked at it")
    hold(kernel, lead, on=False)
    kernel.run()
    started = ActionStatus.SUCCEEDED if is_justified else ActionStatus.PENDING
    assert kernel.action(action.id).status is started
