"""Escalation over a whole kernel: other people are asked besides, when it is due or when somebody says so."""

from __future__ import annotations

from collections import Counter

import pytest

from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.deciding.escalating import escalate
from lineclear.application.governing.workspaces import activate_policy
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.stages import Place
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Tier
from support.kernel import DOCUMENT, Kernel
from support.replaying import replayed

ESCALATES = DOCUMENT.replace(
    "  issue_refund:\n", "  issue_refund:\n    escalate: {after: 30m, to: {tier: 3, group: finance}}\n"
)
STAGED = DOCUMENT.replace(
    "  issue_refund:\n",
    """  issue_refund:
    stages:
      - name: support
        tier: 2
        group: support
        escalate: {after: 30m, to: {tier: 3}}
      - name: risk
        group: risk
        escalate: {after: 1h, to: {group: legal}}
""",
)
NEXT = Place(1)


@pytest.fixture
def kernel():
    kernel = Kernel()
    activate_policy(kernel.services, ESCALATES, by="admin")
    return kernel


@pytest.fixture
def west(kernel):
    return kernel.reviewer("ops-west")


@pytest.fixture
def lead(kernel):
    return kernel.reviewer("lead", Tier.THREE, groups=("finance",))


def by_hand(kernel, reviewer, action, to=NEXT, reason="It is beyond me"):
    return escalate(kernel.services, reviewer.principal, action.id, to, reason, kernel.key())[0]


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_due_work_asks_others_once_and_what_it_took_before_still_takes(kernel, west, lead):
    action = kernel.refund("180.00", deadline="2026-01-01T02:00:00Z")
    kernel.later(minutes=29)
    kernel.run()
    assert kernel.action(action.id).escalated == ()
    for _ in range(2):
        kernel.later(minutes=1)
        kernel.run()
    (one,) = kernel.action(action.id).escalated
    assert (one.to, one.by, one.after) == (Place(1, Tier.THREE, "finance"), "", 1_800)
    assert kernel.action(action.id).deadline == action.deadline
    assert kernel.decide(west, kernel.action(action.id)).status is ActionStatus.PENDING
    assert kernel.decide(lead, kernel.action(action.id)).status is ActionStatus.CLEARED
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert replayed(kernel.store)[1] == Counter()


def test_the_one_who_is_asked_besides_is_enough_where_one_is_enough(kernel, lead):
    action = kernel.refund("180.00")
    kernel.later(minutes=30)
    kernel.run()
    assert kernel.decide(lead, kernel.action(action.id)).status is ActionStatus.CLEARED


def test_what_was_decided_in_time_is_not_escalated(kernel, west):
    action = kernel.refund("180.00")
    kernel.decide(west, action)
    kernel.later(minutes=31)
    kernel.run()
    assert kernel.action(action.id).escalated == ()


def test_what_expires_is_not_escalated_first(kernel):
    action = kernel.refund("180.00", deadline="2026-01-01T00:20:00Z")
    kernel.later(hours=1)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.EXPIRED
    assert kernel.action(action.id).escalated == ()


def test_a_stage_that_is_met_in_time_is_not_escalated_and_another_is(kernel):
    activate_policy(kernel.services, STAGED, by="admin")
    supporter = kernel.reviewer("supporter", Tier.TWO, groups=("support",))
    kernel.reviewer("analyst", Tier.TWO, groups=("risk",))
    lawyer = kernel.reviewer("lawyer", Tier.TWO, groups=("legal",))
    action = kernel.refund("180.00")
    assert refusal(lambda: kernel.decide(lawyer, action)).code is Code.AUTHORITY_MISSING
    kernel.decide(supporter, action)
    kernel.later(hours=1)
    kernel.run()
    (one,) = kernel.action(action.id).escalated
    assert (one.stage, one.to) == ("risk", Place(1, Tier.TWO, "legal"))
    heard = kernel.decide(lawyer, kernel.action(action.id))
    assert heard.status is ActionStatus.PENDING, "whoever is asked besides fills nobody else's place"
    assert replayed(kernel.store)[1] == Counter()


def test_a_reviewer_escalates_with_a_reason_to_the_next_tier(kernel, west, lead):
    action = by_hand(kernel, west, kernel.refund("180.00"))
    assert (action.escalated[0].to, action.escalated[0].by) == (Place(1, Tier.THREE), "ops-west")
    assert action.escalated[0].reason == "It is beyond me"
    assert kernel.decide(west, action).status is ActionStatus.PENDING
    assert kernel.decide(lead, kernel.action(action.id)).status is ActionStatus.CLEARED
    assert replayed(kernel.store)[1] == Counter()


def test_nobody_is_asked_who_is_below_the_actions_tier(kernel, west):
    kernel.reviewer("clerk", Tier.TWO, groups=("clerks",))
    action = by_hand(kernel, west, kernel.refund("180.00"), Place(1, Tier.ONE, "clerks"))
    assert action.escalated[0].to == Place(1, Tier.TWO, "clerks")


def test_what_nobody_could_answer_is_not_asked(kernel, west):
    action = kernel.refund("180.00")
    assert refusal(lambda: by_hand(kernel, west, action)).code is Code.ESCALATION_REFUSED
    kernel.reviewer("owner", Tier.THREE)
    assert refusal(lambda: by_hand(kernel, west, action)).params["problem"].startswith("nobody at tier 3")
    kernel.reviewer("lead", Tier.THREE)
    by_hand(kernel, west, action)
    again = refusal(lambda: by_hand(kernel, west, action, Place(1, Tier.THREE)))
    assert again.params["problem"] == "somebody at tier 3 is asked already"
    assert refusal(lambda: by_hand(kernel, west, action, reason=" ")).code is Code.REASON_MISSING


def test_a_new_revision_is_escalated_anew_from_its_own_time(kernel, west, lead):
    action = kernel.refund("180.00")
    kernel.later(minutes=30)
    kernel.run()
    edited = Edit(
        b'{"id": "pay_1", "fields": {"status": "refunded"}, "amount": "90.00", "currency": "USD"}', 1
    )
    edit_action(kernel.services, west.principal, action.id, edited, kernel.key())
    assert kernel.action(action.id).escalated == ()
    kernel.later(minutes=29)
    kernel.run()
    assert kernel.action(action.id).escalated == ()
    kernel.later(minutes=1)
    kernel.run()
    assert len(kernel.action(action.id).escalated) == 1
    assert lead


@pytest.mark.parametrize(
    ("written", "says", "place"),
    [
        ("{after: 0m, to: {tier: 3}}", "after cannot be", (3, 23)),
        ("{after: 30m, to: {tier: 4}}", "tier cannot be 4.", (3, 39)),
        ("{after: 30m, to: {}}", "This says of nobody that they are asked.", (3, 28)),
        ("{after: 30m}", "Key to is missing here.", (3, 5)),
        ("{after: 30m, to: {tier: 3}, too: 1}", "Unknown key", (3, 43)),
    ],
)
def test_an_escalation_that_says_nothing_is_refused_with_its_place(written, says, place):
    text = DOCUMENT.replace("  issue_refund:\n", f"  issue_refund:\n    escalate: {written}\n")
    with pytest.raises(DocumentError) as refused:
        load(text)
    (problem,) = refused.value.problems
    assert problem.says.startswith(says)
    assert (problem.line, problem.column) == place
    assert problem.remedy
