"""Claims with presence, and questions to the agent, as two reviewers see them over one kernel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.application.deciding.claiming import answer
from lineclear.application.governing.workspaces import activate_policy
from lineclear.desktop.presenters.sheets import NoticeKind, text_of
from lineclear.desktop.views.review.panels import AskPanel
from lineclear.desktop.views.review.passing import EscalatePanel, HandOverPanel
from lineclear.domain.vocabulary import Tier
from support.console import Console
from support.kernel import DOCUMENT, Kernel


@pytest.fixture
def west():
    return Console()


def button(console, command):
    return next(one for one in console.action_sheet.decision.buttons if one.command == command)


def row(console, action):
    return next(one for one in console.queue_sheet.rows if one.id == action.id)


def shared(west):
    action = west.kernel.refund("180.00")
    east = Console(west.kernel, name="ops-east")
    for console in (west, east):
        console.sync()
        console.look_at(action.id)
    return action, east


def test_a_claim_is_seen_by_others_who_then_can_neither_decide_nor_edit(west):
    action, east = shared(west)
    west.attending.toggle(action.id)
    assert button(west, "review.claim").title == "Release"
    west.sync()
    east.sync()
    assert text_of(row(west, action).subtitle) == "support-agent · claimed by you, 5:00 left"
    assert text_of(row(east, action).subtitle) == "support-agent · being reviewed by ops-west, 5:00 left"
    assert row(east, action).group == "Waiting on others"
    for command in ("review.approve", "review.edit", "review.reject", "review.claim"):
        why_not = button(east, command).why_not
        assert why_not == "ops-west is reviewing it until 00:05:00; afterwards you can take it over."
    assert button(east, "review.stop_job").is_enabled


def test_a_decision_taken_before_the_claim_was_seen_is_refused_and_says_by_whom(west):
    action, east = shared(west)
    west.attending.toggle(action.id)
    east.decide(action.id, "approve", "")
    assert "ops-west has claimed this action until" in text_of(east.deciding.outgoing.rows[0].problem)


def test_a_claim_that_ran_out_can_be_taken_over(west):
    action, east = shared(west)
    west.attending.toggle(action.id)
    west.kernel.clock.advance(timedelta(minutes=5))
    west.kernel.run()
    east.sync()
    east.action.refresh()
    assert button(east, "review.approve").is_enabled
    east.attending.toggle(action.id)
    assert button(east, "review.claim").title == "Release"


def test_a_claim_is_given_up_by_the_same_key(west):
    action, east = shared(west)
    west.attending.toggle(action.id)
    west.attending.toggle(action.id)
    east.sync()
    assert row(east, action).group != "Waiting on others"


def test_a_claim_is_renewed_while_somebody_is_there_and_not_otherwise(west):
    action, _ = shared(west)
    west.attending.toggle(action.id)
    west.kernel.clock.advance(timedelta(seconds=150))
    west.attending.on_tick(is_active=False)
    first = west.kernel.action(action.id).attention.until
    west.attending.on_tick(is_active=True)
    assert west.kernel.action(action.id).attention.until > first
    renewed = west.kernel.action(action.id).attention.until
    west.attending.on_tick(is_active=True)
    assert west.kernel.action(action.id).attention.until == renewed


def test_an_answer_comes_back_into_the_note_and_asks_to_look_again(west):
    action, _ = shared(west)
    west.attending.ask(action.id, "Which capture?")
    west.sync()
    assert text_of(row(west, action).subtitle) == "support-agent · the agent was asked"
    assert row(west, action).group == "Waiting on others"
    assert "has not answered" in button(west, "review.ask").why_not
    west.wait(5)
    assert west.action.is_armed
    answer(west.kernel.services, west.kernel.agent, action.id, "The second one.", west.kernel.key())
    west.sync()
    assert not west.action.is_armed
    answered = west.action_sheet.answers[0]
    assert (text_of(answered.text), text_of(answered.source)) == (
        "ops-west asked: Which capture?",
        "The second one.",
    )
    assert row(west, action).group != "Waiting on others"


def test_a_question_to_an_agent_that_is_decided_on_meanwhile_is_refused(west):
    action, east = shared(west)
    east.decide(action.id, "approve", "")
    west.attending.ask(action.id, "Which capture?")
    assert west.action_sheet.banner.kind is NoticeKind.FORBIDDEN


def test_what_is_handed_over_is_in_the_receivers_queue_with_the_name_and_the_note(west):
    action, east = shared(west)
    assert west.action_sheet.decision.receivers == ("ops-east",)
    west.attending.hand_over(action.id, "ops-east", "You know this customer")
    west.sync()
    east.sync()
    east.action.refresh()
    said = "support-agent · handed to you by ops-west: You know this customer"
    assert text_of(row(east, action).subtitle) == said
    banner = east.action_sheet.banner
    assert (banner.title, text_of(banner.text)) == ("Handed to you by ops-west", "You know this customer")
    assert button(east, "review.approve").is_enabled
    assert text_of(row(west, action).subtitle) == "support-agent · handed to ops-east by ops-west"
    assert row(west, action).group == "Waiting on others"


def test_where_nobody_else_may_decide_there_is_nobody_to_hand_it_to(west):
    action = west.kernel.refund("180.00")
    west.sync()
    west.look_at(action.id)
    assert button(west, "review.hand_over").why_not == "Nobody else may decide on it now."


def test_the_key_of_a_hand_over_asks_for_whom_before_it_says_yes(shows, heard):
    window = shows("claimable")
    given = heard(window.review.bar.handed_over)
    QTest.keyClick(window, Qt.Key.Key_H)
    panel = window.review.bar.panel
    assert isinstance(panel, HandOverPanel)
    QTest.keyClicks(panel.field, "Yours")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert given.said == []
    assert "Say first who shall have it." in panel.yes.toolTip()
    QTest.keyClick(panel.field, Qt.Key.Key_Down)
    QTest.keyClick(panel.field, Qt.Key.Key_Down)
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert given.said == [("a1", "finance-lead", "Yours")]


def test_an_escalation_is_marked_in_the_queue_with_who_is_asked_now_and_why(west):
    action, _ = shared(west)
    lead = Console(west.kernel, name="lead", tier=Tier.THREE)
    west.sync()
    west.action.refresh()
    (choice,) = west.action_sheet.decision.places
    assert (choice.title, choice.tier, choice.group) == ("Tier 3", 3, "")
    west.attending.escalate(action.id, choice.tier, choice.group, "It is beyond me")
    west.sync()
    assert text_of(row(west, action).subtitle) == "support-agent · escalated to tier 3"
    said = [(text_of(one.text), text_of(one.source or "")) for one in west.action_sheet.authority]
    assert ("Escalated to tier 3", "by ops-west: It is beyond me") in said
    assert ("One approver at tier 3 or above", "") in said
    assert button(west, "review.escalate").why_not == "Nobody else could be asked."
    lead.sync()
    assert lead.queue_sheet.count == 1


def test_the_key_of_an_escalation_asks_whom_and_why(shows, heard):
    window = shows("claimable")
    given = heard(window.review.bar.escalated)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    panel = window.review.bar.panel
    assert isinstance(panel, EscalatePanel)
    QTest.keyClicks(panel.field, "Too large for me")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert given.said == []
    first = next(iter(panel.choices.values()))
    first.click()
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert given.said == [("a1", 3, "", "Too large for me")]


def test_a_second_look_says_so_and_not_who_decided_before():
    kernel = Kernel()
    text = DOCUMENT.replace("  issue_refund:\n", "  issue_refund:\n    second_review: 1\n")
    activate_policy(kernel.services, text, by="admin")
    west = Console(kernel)
    action, east = shared(west)
    west.decide(action.id, "approve", "")
    east.sync()
    east.action.refresh()
    assert text_of(row(east, action).badge.text) == "Tier 2 · second look"
    said = " ".join(text_of(one.text) for one in east.action_sheet.authority)
    assert "Drawn for a second look" in said
    assert "ops-west" not in said
    assert button(east, "review.approve").is_enabled
    west.sync()
    west.action.refresh()
    assert any("Approved by ops-west" in text_of(one.text) for one in west.action_sheet.authority)


def test_the_keys_claim_and_ask(shows, heard):
    window = shows("claimable")
    claimed, asked = heard(window.review.bar.claim_toggled), heard(window.review.bar.asked)
    QTest.keyClick(window, Qt.Key.Key_C)
    assert claimed.said == [("a1",)]
    QTest.keyClick(window, Qt.Key.Key_Q)
    panel = window.review.bar.panel
    assert isinstance(panel, AskPanel)
    QTest.keyClicks(panel.field, "Which capture?")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert asked.said == [("a1", "Which capture?")]
