"""Claims, releases and hand-overs at a terminal, over a whole kernel."""

from __future__ import annotations

import pytest

from lineclear.cli import passing
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from support.kernel import Kernel
from support.terminal import Terminal


@pytest.fixture
def kernel():
    return Kernel()


def test_a_terminal_claims_releases_and_hands_over_and_says_who_has_it(kernel):
    west, east = Terminal(kernel), Terminal(kernel, name="ops-east")
    action = kernel.refund("180.00")
    passing.claim(west.desk, action.id)
    assert f"{action.id} is claimed by ops-west until" in west.said
    passing.release(west.desk, action.id)
    assert f"{action.id} is claimed by nobody" in west.said
    passing.hand_over(west.desk, action.id, "ops-east", "You know this customer")
    assert "handed to ops-east by ops-west: You know this customer" in west.said
    east.desk.show(action.id, unchanged=False)
    assert "handed to ops-east by ops-west: You know this customer" in east.said


def test_a_terminal_hands_nothing_to_who_could_not_decide(kernel):
    west = Terminal(kernel)
    kernel.token("junior", Role.APPROVER, tier=Tier.ONE)
    with pytest.raises(Refusal) as refused:
        passing.hand_over(west.desk, kernel.refund("180.00").id, "junior", "")
    assert refused.value.code is Code.HAND_OVER_REFUSED


def test_a_terminal_escalates_with_a_reason_and_says_to_whom(kernel):
    west = Terminal(kernel)
    kernel.token("lead", Role.OPS, tier=Tier.THREE)
    action = kernel.refund("180.00")
    passing.escalate(west.desk, action.id, None, "", "It is beyond me")
    assert "escalated to tier 3, by ops-west: It is beyond me" in west.said
    with pytest.raises(Refusal) as refused:
        passing.escalate(west.desk, action.id, 3, "", " ")
    assert refused.value.code is Code.REASON_MISSING
