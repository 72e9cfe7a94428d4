"""Claims and questions in the kernel: who holds what until when, and what an agent is asked."""

from __future__ import annotations

import pytest

from lineclear.application.deciding.claiming import answer, ask, claim, release
from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.deciding.handing import hand_over
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import Kernel


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def west(kernel):
    return kernel.reviewer("ops-west")


@pytest.fixture
def east(kernel):
    return kernel.reviewer("ops-east")


def claimed(kernel, reviewer, action):
    return claim(kernel.services, reviewer.principal, action.id)


def handed(kernel, reviewer, action, to, note=""):
    return hand_over(kernel.services, reviewer.principal, action.id, to, note=note)


def size(kernel):
    return kernel.store.read(lambda snapshot: snapshot.size())


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_what_somebody_claimed_nobody_else_decides_edits_or_claims(kernel, west, east):
    action = kernel.refund("180.00")
    attention = claimed(kernel, west, action).attention
    assert (attention.claimed_by, attention.until) == ("ops-west", "2026-01-01T00:05:00.000Z")
    wanted = Edit(b'{"id": "pay_1", "fields": {}}', 1)
    for call in (
        lambda: kernel.decide(east, action),
        lambda: kernel.decide(east, action, Verdict.REJECT, "No"),
        lambda: claimed(kernel, east, action),
        lambda: edit_action(kernel.services, east.principal, action.id, wanted, kernel.key()),
    ):
        refused = refusal(call)
        assert refused.code is Code.CLAIM_HELD
        assert refused.sentence.startswith("ops-west has claimed this action until")
    assert kernel.decide(west, action).status is ActionStatus.CLEARED


def test_a_claim_runs_out_by_itself_and_then_anybody_may_take_over(kernel, west, east):
    action = kernel.refund("180.00")
    claimed(kernel, west, action)
    kernel.later(seconds=299)
    kernel.run()
    assert refusal(lambda: kernel.decide(east, action)).code is Code.CLAIM_HELD
    kernel.later(seconds=1)
    assert claimed(kernel, east, action).attention.claimed_by == "ops-east"


def test_a_claim_that_ran_out_is_ended_on_the_ledger_by_due_work(kernel, west):
    action = kernel.refund("180.00")
    claimed(kernel, west, action)
    kernel.later(seconds=300)
    kernel.run()
    assert kernel.action(action.id).attention.claimed_by == ""
    assert kernel.action(action.id).status is ActionStatus.PENDING


def test_the_end_of_a_claim_ends_no_deadline_before_its_time(kernel, west):
    action = kernel.refund("180.00", deadline="2026-01-01T01:00:00Z")
    claimed(kernel, west, action)
    kernel.later(minutes=6)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.PENDING
    kernel.later(hours=1)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.EXPIRED


def test_a_claim_is_renewed_by_its_holder_and_a_renewed_one_outlives_the_first(kernel, west):
    action = kernel.refund("180.00")
    claimed(kernel, west, action)
    before = size(kernel)
    kernel.later(seconds=60)
    claimed(kernel, west, action)
    assert size(kernel) == before
    kernel.later(seconds=120)
    claimed(kernel, west, action)
    assert size(kernel) == before + 1
    kernel.later(seconds=150)
    kernel.run()
    assert kernel.action(action.id).attention.claimed_by == "ops-west"


def test_a_claim_is_given_up_or_handed_over(kernel, west, east):
    action = kernel.refund("180.00")
    claimed(kernel, west, action)
    release(kernel.services, east.principal, action.id)
    assert kernel.action(action.id).attention.claimed_by == "ops-west"
    assert handed(kernel, west, action, "ops-east").attention.claimed_by == "ops-east"
    assert refusal(lambda: kernel.decide(west, action)).code is Code.CLAIM_HELD
    release(kernel.services, east.principal, action.id)
    assert kernel.decide(west, action).status is ActionStatus.CLEARED


@pytest.mark.parametrize(
    ("name", "tier", "why"),
    [
        ("owner", Tier.THREE, "they own agent support-agent"),
        ("junior", Tier.ONE, "they do not meet this: One approver at tier 2 or above"),
        ("ops-west", Tier.TWO, "it is in your own hands"),
    ],
)
def test_nobody_is_handed_what_they_could_not_decide_i8(kernel, west, name, tier, why):
    action = kernel.refund("180.00")
    if name != "ops-west":
        kernel.reviewer(name, tier)
    refused = refusal(lambda: handed(kernel, west, action, name))
    assert (refused.code, refused.params["problem"]) == (Code.HAND_OVER_REFUSED, why)
    assert kernel.action(action.id).attention.handed is None


def test_nobody_unknown_is_handed_anything_and_nobody_gives_away_what_another_holds(kernel, west, east):
    action = kernel.refund("180.00")
    assert refusal(lambda: handed(kernel, west, action, "nobody")).code is Code.PERSON_UNKNOWN
    claimed(kernel, east, action)
    assert refusal(lambda: handed(kernel, west, action, "ops-east")).code is Code.CLAIM_HELD


def test_who_handed_it_over_and_why_outlives_the_claim_and_ends_with_the_receivers_word(kernel, west, east):
    action = kernel.refund("180.00")
    handed(kernel, west, action, "ops-east", "  You know this customer ")
    kernel.later(minutes=5)
    kernel.run()
    attention = kernel.action(action.id).attention
    assert (attention.claimed_by, attention.handed.by) == ("", "ops-west")
    assert attention.handed.note == "You know this customer"
    assert claimed(kernel, east, action).attention.handed == attention.handed
    release(kernel.services, east.principal, action.id)
    assert kernel.action(action.id).attention.handed is None
    handed(kernel, west, action, "ops-east")
    assert kernel.decide(east, action).attention.handed is None


def test_what_somebody_else_takes_after_a_hand_over_is_handed_over_no_more(kernel, west, east):
    action = kernel.refund("180.00")
    handed(kernel, west, action, "ops-east")
    kernel.later(minutes=5)
    assert claimed(kernel, west, action).attention.handed is None


def test_a_decision_ends_the_claim_so_that_the_second_person_can_decide(kernel, west, east):
    action = kernel.propose("access.grant", "manage_access")
    three = kernel.reviewer("three", Tier.THREE)
    claimed(kernel, three, action)
    assert kernel.decide(three, action).attention.claimed_by == ""
    assert west is not east


def test_a_question_and_its_answer_stand_on_the_action(kernel, west):
    action = kernel.refund("180.00")
    asked, _ = ask(kernel.services, west.principal, action.id, "Which capture?", kernel.key())
    assert asked.attention.open_question.text == "Which capture?"
    again = refusal(lambda: ask(kernel.services, west.principal, action.id, "And?", kernel.key()))
    assert again.code is Code.STATE_CHANGED
    told, _ = answer(kernel.services, kernel.agent, action.id, "The second.", kernel.key())
    question = told.attention.questions[0]
    assert (question.by, question.answer, told.attention.open_question) == ("ops-west", "The second.", None)
    assert told.status is ActionStatus.PENDING
    assert told.votes == ()


def test_only_its_own_agent_answers_and_only_what_was_asked(kernel, west):
    action = kernel.refund("180.00")
    unasked = refusal(lambda: answer(kernel.services, kernel.agent, action.id, "Because", kernel.key()))
    assert unasked.code is Code.STATE_CHANGED
    ask(kernel.services, west.principal, action.id, "Why?", kernel.key())
    other = kernel.token("other-agent", Role.AGENT, owner="owner")
    refused = refusal(lambda: answer(kernel.services, other, action.id, "Because", kernel.key()))
    assert refused.code is Code.ACTION_UNKNOWN
    agent = refusal(lambda: ask(kernel.services, kernel.agent, action.id, "Why?", kernel.key()))
    assert agent.code is Code.AGENT_CANNOT_DECIDE


def test_a_question_is_asked_once_whatever_is_repeated(kernel, west):
    action, request = kernel.refund("180.00"), kernel.key()
    first = ask(kernel.services, west.principal, action.id, "Why?", request)
    again = ask(kernel.services, west.principal, action.id, "Why?", request)
    assert (first[1], again[1], len(again[0].attention.questions)) == (False, True, 1)
    assert refusal(lambda: ask(kernel.services, west.principal, action.id, " ", kernel.key())).code is (
        Code.REASON_MISSING
    )
