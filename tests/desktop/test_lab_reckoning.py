"""What a review costs is typed over and remembered; what waits is narrowed to one's own tier."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from lineclear.desktop.gallery import lab as samples
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.lab.effort import Effort, Viewing, effort_of
from lineclear.desktop.presenters.lab.lab_page import history_rows, queue_findings
from lineclear.desktop.presenters.lab.trying import Trying
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.vocabulary import Tier
from support.console import Console
from support.kernel import DOCUMENT, Kernel


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("2", "60"), Effort()),
        ((" 1.5 ", "80"), Effort(1.5, 80)),
        (("1,5", "0"), Effort(1.5, 0)),
        (("0", "60"), None),
        (("two", "60"), None),
        (("2", ""), None),
        (("-1", "60"), None),
        (("99999", "60"), None),
    ],
)
def test_what_is_no_number_is_not_reckoned_with(typed, expected):
    assert effort_of(*typed) == expected


def test_hours_and_cost_follow_what_a_review_takes():
    rows = {row.label: row.before for row in history_rows(samples._BEFORE, samples._AFTER, Effort(10, 120))}
    assert (rows["hours"], rows["cost"]) == ("307.0", "$36,840.00")


def test_it_is_remembered(tmp_path):
    file = tmp_path / "console.ini"
    Preferences(file).keep(Choices(effort=Effort(1.5, 80)))
    assert Preferences(file).read().effort == Effort(1.5, 80)
    file.write_text("[General]\nminutes_per_review=much\n", encoding="utf-8")
    assert Preferences(file).read().effort == Effort()


def test_it_is_typed_over_in_the_lab(shows, heard):
    lab = shows("lab").control.lab
    viewed = heard(lab.viewed)
    field = lab.history.effort.minutes
    field.clear()
    QTest.keyClicks(field, "much")
    field.entered.emit(field.text())
    assert lab.history.effort._problem.isVisible()
    assert viewed.said == []
    field.clear()
    QTest.keyClicks(field, "5")
    field.entered.emit(field.text())
    assert viewed.said == [(Viewing(Effort(5, 60)),)]
    assert not lab.history.effort._problem.isVisible()


def test_what_waits_can_be_narrowed_to_ones_own_tier(shows, heard):
    lab = shows("lab").control.lab
    viewed = heard(lab.viewed)
    lab.mine.click()
    assert viewed.said == [(Viewing(only_mine=True),)]
    assert queue_findings(samples._QUEUE, 1).remark == "Nothing waits at your tier now"
    assert "1 allowed" in queue_findings(samples._QUEUE, 2).remark


def test_the_draft_is_looked_at_otherwise_without_being_asked_about_again():
    kernel = Kernel()
    kernel.refund("80.00")
    console = Console(kernel, tier=Tier.THREE)
    trying = Trying(console.with_, console.me)
    sheets = []
    trying.changed.connect(sheets.append)
    trying.open()
    trying.typed(DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150"))
    trying.evaluate()
    trying.replay()
    trying.view_as(Viewing(Effort(30, 100)))
    assert text_of(sheets[-1].history.lines[0].text).endswith("at 30 minutes a review and $100 an hour")
    assert sheets[-1].viewing.effort == Effort(30, 100)
