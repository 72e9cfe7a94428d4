"""Tier 3 asks for more than a key: what is approved, typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.views.panels import ConfirmPanel
from lineclear.domain.vocabulary import Tier
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
    decided = heard(window.review.bar.decided)
    panel = window.review.bar.panel
    assert isinstance(panel, ConfirmPanel)
    QTest.keyClicks(panel.field, typed)
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    panel.yes.click()
    assert decided.said == []


def test_the_amount_approves(shows, heard):
    window = shows("confirm")
    decided = heard(window.review.bar.decided)
    QTest.keyClicks(window.review.bar.panel.field, "180.00")
    QTest.keyClick(window.review.bar.panel.field, Qt.Key.Key_Return)
    assert decided.said == [("a1", "approve", "")]
    assert window.review.bar.panel is None
