"""Tier 3 asks for more than a key: what is approved, typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.views.review.panels import ConfirmPanel
from lineclear.domain.vocabulary import ActionStatus, Tier
from support.console import Console


def test_what_takes_tier_3_is_confirmed_by_its_target_and_what_takes_less_is_not():
    console = Console(tier=Tier.THREE)
    access = console.kernel.propose("access.grant", "manage_access")
    refund = console.kernel.refund("180.00")
    console.sync()
    console.look_at(access.id)
    assert text_of(console.action_sheet.decision.confirm) == "pay_1"
    console.look_at(refund.id)
    assert text_of(console.action_sheet.decision.confirm) == ""


@pytest.mark.parametrize("typed", ["", "180", "180.000", " 180.00"])
def test_anything_but_the_amount_approves_nothing(shows, heard, typed):
    window = shows("confirm")
    decided, approved = heard(window.review.bar.decided), heard(window.review.bar.approved_as)
    panel = window.review.bar.panel
    assert isinstance(panel, ConfirmPanel)
    QTest.keyClicks(panel.field, typed)
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    panel.yes.click()
    assert decided.said == approved.said == []


def test_the_amount_approves(shows, heard):
    window = shows("confirm")
    approved = heard(window.review.bar.approved_as)
    QTest.keyClicks(window.review.bar.panel.field, "180.00")
    QTest.keyClick(window.review.bar.panel.field, Qt.Key.Key_Return)
    assert approved.said == [("a1", "180.00")]
    assert window.review.bar.panel is None


def test_what_was_typed_in_the_console_is_signed_and_suffices():
    console = Console(tier=Tier.THREE)
    access = console.kernel.propose("access.grant", "manage_access")
    console.sync()
    console.look_at(access.id)
    console.wait(10)
    console.deciding.approve(access.id, "pay_1")
    console.let_go()
    assert console.kernel.action(access.id).status is ActionStatus.CLEARED


def test_whoever_approves_after_a_short_look_is_asked_once_and_then_believed():
    console = Console()
    action = console.kernel.refund("180.00", fields={f"field_{n}": n for n in range(210)})
    console.sync()
    console.look_at(action.id)
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).votes == ()
    assert console.action_sheet.banner.title.startswith("You looked for 2 s at ")
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).votes == (), (
        "the second press of a double press counts for nothing"
    )
    console.wait(1)
    console.decide(action.id, "approve", "")
    vote = console.kernel.action(action.id).votes[0]
    assert (vote.dwell_ms, vote.changes_seen > 200) == (3_000, True)


def test_time_before_another_window_is_no_time_of_looking():
    console = Console()
    action = console.kernel.refund("180.00", fields={f"field_{n}": n for n in range(210)})
    console.sync()
    console.look_at(action.id)
    console.action.on_presence(is_active=False)
    console.wait(600)
    console.action.on_front()
    console.wait(1)
    console.decide(action.id, "approve", "")
    assert console.action_sheet.banner.title.startswith("You looked for 3 s at ")


def test_a_rejection_is_never_asked_about():
    console = Console()
    action = console.kernel.refund("180.00", fields={f"field_{n}": n for n in range(210)})
    console.sync()
    console.look_at(action.id)
    console.decide(action.id, "reject", "Too much at once")
    assert console.kernel.action(action.id).status is ActionStatus.REJECTED
