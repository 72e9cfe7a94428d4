"""What a policy would have done with what happened: counted from the ledger, and nothing invented."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.lab.history import Lack
from lineclear.application.lab.replaying import (
    Stretch,
    Supposed,
    replay,
    replay_page,
    what_if,
    with_threshold,
)
from lineclear.domain.payloads import Change
from lineclear.domain.policy.document import load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode, Outcome, Role, Tier, Verdict
from support.kernel import DOCUMENT, Kernel

LOOSER = DOCUMENT.replace("over_usd: 50", "over_usd: 199")
STRICTER = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 15").replace(
    "over_usd: 50", "over_usd: 10"
)


@pytest.fixture
def kernel():
    """Nine: two run by policy (one is taken back), two approved, two rejected, two wait, one denied."""
    kernel = Kernel()
    kernel.reviewing = kernel.reviewer(tier=Tier.THREE)
    small, taken_back = kernel.refund("20.00"), kernel.refund("12.00")
    kernel.run()
    for amount in ("60.00", "70.00"):
        approved = kernel.refund(amount)
        kernel.later(minutes=3)
        kernel.decide(kernel.reviewing, approved)
    for amount in ("80.00", "90.00"):
        kernel.decide(kernel.reviewing, kernel.refund(amount), Verdict.REJECT, "Not theirs")
    kernel.refund("55.00")
    kernel.refund("56.00", confidence="0.82")
    kernel.refund("500.00")
    kernel.run()
    shown = preview_undo(kernel.services, kernel.reviewing.principal, taken_back.id)
    undo(
        kernel.services,
        kernel.reviewing.principal,
        taken_back.id,
        UndoRequest(shown.version, "Wrong"),
        kernel.key(),
    )
    kernel.run()
    assert small.judged is not None
    return kernel


def under(kernel: Kernel, *texts: str):
    return replay(kernel.services, [load(text) for text in texts]).results


def test_the_policy_in_force_replays_to_what_it_said(kernel):
    (result,) = under(kernel, DOCUMENT)
    assert result.actions == 9
    assert result.outcomes == {"allow": 2, "ask": 6, "deny": 1}
    assert result.turned == {"allow:allow": 2, "ask:ask": 6, "deny:deny": 1}
    assert result.tiers == {"2": 6}
    assert (result.reviews, result.people) == (4, 6)
    assert result.lacks == {Lack.UNDO: 1}


def test_a_looser_document_saves_reviews_and_lets_errors_pass(kernel):
    (result,) = under(kernel, LOOSER)
    assert result.outcomes == {"allow": 8, "deny": 1}
    assert result.turned["ask:allow"] == 6
    assert (result.wrong, result.passed, result.passed_usd) == (3, 3, "182.00")
    assert len(result.passed_actions) == 3
    assert result.people == 0
    assert result.waited_seconds == 360


def test_a_stricter_document_catches_what_ran_and_hinders_what_was_fine(kernel):
    (result,) = under(kernel, STRICTER)
    assert (result.caught, result.caught_usd) == (1, "12.00")
    assert result.passed == 0
    assert result.hindered == 3


def test_two_documents_in_one_pass_are_those_of_two_passes_and_always_the_same(kernel):
    both = under(kernel, DOCUMENT, LOOSER)
    assert both == (*under(kernel, DOCUMENT), *under(kernel, LOOSER))
    assert both == under(kernel, DOCUMENT, LOOSER)


def test_a_replay_changes_nothing(kernel):
    before = kernel.store.read(lambda snapshot: snapshot.size())
    under(kernel, LOOSER, STRICTER)
    assert kernel.store.read(lambda snapshot: snapshot.size()) == before


def test_pages_add_up_to_the_whole(kernel):
    document, start, actions, outcomes = load(LOOSER), 0, 0, 0
    while True:
        page = replay(kernel.services, [document], stretch=Stretch(start, 7))
        actions += page.results[0].actions
        outcomes += page.results[0].outcomes.get("allow", 0)
        if page.next == page.size:
            break
        assert page.next == start + 7
        start = page.next
    assert (actions, outcomes) == (9, 8)


def test_whoever_stops_a_replay_gets_what_was_read(kernel):
    page = replay(kernel.services, [load(DOCUMENT)], heard=lambda _done, _size: False)
    assert page.next <= page.size


def test_what_history_lacks_is_counted_and_named(kernel):
    erased = kernel.refund("30.00").content.payload
    del kernel.store._rows.blobs[erased]
    assert under(kernel, DOCUMENT)[0].lacks == {Lack.PAYLOAD: 1, Lack.UNDO: 1}
    asked = DOCUMENT.replace("  manage_customers:", "    rate: {most: 2, per: 1h}\n  manage_customers:")
    page = replay(kernel.services, [load(asked)], stretch=Stretch(5))
    assert page.results[0].lacks[Lack.EARLIER] > 0
    conditioned = DOCUMENT.replace(
        "  manage_customers:",
        "    conditions: [{when: 'job.workflow == \"refunds\"', then: ask}]\n  manage_customers:",
    )
    (result,) = under(kernel, conditioned)
    assert result.lacks[Lack.CONDITION] == result.actions
    assert result.outcomes.get("allow", 0) == 0


def test_a_rate_is_replayed_over_the_whole_history(kernel):
    limited = DOCUMENT.replace("  manage_customers:", "    rate: {most: 1, per: 30d}\n  manage_customers:")
    (result,) = under(kernel, limited)
    assert result.turned == {"allow:allow": 1, "allow:ask": 1, "ask:ask": 6, "deny:deny": 1}
    assert Lack.EARLIER not in result.lacks


def test_a_threshold_sweep_only_ever_asks_more(kernel):
    documents = [with_threshold(load(LOOSER), Decimal(n) / 100) for n in range(80, 100)]
    asked = [result.outcomes.get("ask", 0) for result in replay(kernel.services, documents).results]
    assert asked == sorted(asked)
    assert (asked[0], asked[3], asked[-1]) == (0, 1, 8)


def test_a_threshold_of_one_tool_leaves_the_others_alone():
    swept = with_threshold(load(DOCUMENT), Decimal("0.99"), capability="issue_refund")
    assert swept.capabilities["issue_refund"].tools["payments.create_refund"].min_confidence
    assert swept.capabilities["send_mail"].tools["mail.send"].min_confidence is None


def test_an_action_that_nobody_proposed_is_judged_and_explained(kernel):
    change = Change("issue_refund", "payments.create_refund", {"amount": "180.00", "currency": "USD"})
    found = what_if(kernel.services, load(DOCUMENT), Supposed(change, confidence="0.9"))
    assert (found.evaluation.outcome, found.evaluation.tier) == (Outcome.ASK, Tier.TWO)
    assert {turn.says: turn.result for turn in found.turns}["an amount of 50.00 USD"] == "allowed"
    drafted = what_if(kernel.services, load(DOCUMENT), Supposed(change, mode=Mode.DRAFT))
    assert not drafted.evaluation.executes
    with pytest.raises(Refusal) as caught:
        what_if(kernel.services, load(DOCUMENT), Supposed(Change("a", "no.such_tool", {})))
    assert caught.value.code is Code.TOOL_UNKNOWN


def test_a_page_for_the_console_judges_the_text_in_force_first(kernel):
    reader = kernel.token("auditor", Role.AUDITOR)
    page = replay_page(kernel.services, reader, [LOOSER], Stretch())
    assert [one.digest for one in page.results] == [load(DOCUMENT).digest, load(LOOSER).digest]
    with pytest.raises(Refusal) as caught:
        replay_page(kernel.services, reader, ["capabilities: {}"], Stretch())
    assert caught.value.code is Code.DOCUMENT_INVALID
    with pytest.raises(Refusal):
        replay_page(kernel.services, kernel.agent, [], Stretch())


def test_history_is_judged_by_the_mode_that_the_agent_had(kernel):
    activate_policy(kernel.services, LOOSER, by="admin")
    assert under(kernel, LOOSER)[0].outcomes["allow"] == 8
