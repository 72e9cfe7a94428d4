"""A policy comes into force by people of tier 3, who saw what it changes; versions never change."""

from __future__ import annotations

import pytest

from lineclear.application.governing.policies import (
    bring_into_force,
    compare_policy,
    read_policies,
    read_policy,
)
from lineclear.application.recording import read_stored
from lineclear.domain.policy.differences import Direction
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import fold_all
from lineclear.domain.vocabulary import Role, Tier
from support.kernel import DOCUMENT, Kernel

STRICTER = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 100")


@pytest.fixture
def kernel():
    return Kernel()


def code(call) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("role", [Role.OPS, Role.ADMIN])
def test_a_person_of_tier_three_brings_the_next_version_into_force(kernel, role: Role):
    lead = kernel.token("lead", role, tier=Tier.THREE)
    change = compare_policy(kernel.services, lead, STRICTER)
    assert change.expected == 1
    assert [(one.path, one.direction) for one in change.changes] == [
        ("issue_refund.payments.create_refund.max_amount_usd", Direction.STRICTER)
    ]
    active = bring_into_force(kernel.services, lead, STRICTER, expected=1, reason="Fraud in November")
    assert (active.version, active.by) == (2, "lead")
    policies = read_policies(kernel.services, lead)
    assert policies.document == STRICTER
    assert [(one.version, one.by, one.reason) for one in policies.versions] == [
        (2, "lead", "Fraud in November"),
        (1, "admin", ""),
    ]
    first = read_policy(kernel.services, lead, 1)
    assert first.document == DOCUMENT
    assert read_policy(kernel.services, lead, 2).changes == change.changes


def test_a_version_that_nobody_looked_at_is_not_replaced(kernel):
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    bring_into_force(kernel.services, lead, STRICTER, expected=1, reason="First")
    late = DOCUMENT.replace("over_usd: 50", "over_usd: 60")
    found = code(lambda: bring_into_force(kernel.services, lead, late, expected=1, reason="Second"))
    assert found is Code.STATE_CHANGED


def test_an_old_text_comes_back_as_a_new_version(kernel):
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    bring_into_force(kernel.services, lead, STRICTER, expected=1, reason="Try")
    back = bring_into_force(kernel.services, lead, DOCUMENT, expected=2, reason="Back")
    assert back.version == 3
    assert [one.version for one in read_policies(kernel.services, lead).versions] == [3, 2, 1]


def test_i10_neither_agents_nor_lower_tiers_nor_reviewers_change_policy(kernel):
    def by(principal):
        return code(
            lambda: bring_into_force(kernel.services, principal, STRICTER, expected=1, reason="Because")
        )

    assert by(kernel.agent) is Code.AGENT_CANNOT_DECIDE
    assert by(kernel.token("approver", Role.APPROVER, tier=Tier.THREE)) is Code.ROLE_INSUFFICIENT
    assert by(kernel.token("auditor", Role.AUDITOR, tier=Tier.THREE)) is Code.ROLE_INSUFFICIENT
    assert by(kernel.token("ops", Role.OPS, tier=Tier.TWO)) is Code.TIER_INSUFFICIENT
    assert by(kernel.token("root", Role.ADMIN, tier=Tier.ONE)) is Code.TIER_INSUFFICIENT


def test_a_change_needs_a_reason_and_a_document_that_loads(kernel):
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    missing = code(lambda: bring_into_force(kernel.services, lead, STRICTER, expected=1, reason=" "))
    assert missing is Code.REASON_MISSING
    broken = code(lambda: bring_into_force(kernel.services, lead, "nope", expected=1, reason="Because"))
    assert broken is Code.DOCUMENT_INVALID
    assert code(lambda: read_policy(kernel.services, lead, 9)) is Code.NOT_FOUND


def test_i35_a_policy_with_a_reason_folds_like_any_other(kernel):
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    active = bring_into_force(kernel.services, lead, STRICTER, expected=1, reason="Because")
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    assert fold_all(map(read_stored, stored))["policy/active"] == active
