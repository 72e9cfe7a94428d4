"""The decision bar in little and much room: one line of buttons, and what a decision binds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.views.review.panels import AskPanel


def shown(window):
    bar = window.review.bar
    return {command for command, button in bar._buttons.items() if button.isVisible()}


def tops(window):
    bar = window.review.bar
    return {bar._buttons[command].mapTo(window, QPoint()).y() for command in shown(window)}


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900), (2560, 1440)])
def test_the_decisions_stand_in_one_line(shows, size):
    window = shows("claimable", size=size)
    assert len(tops(window)) == 1
    assert {"review.approve", "review.edit", "review.reject"} <= shown(window)


def test_what_a_decision_binds_stands_beside_the_buttons_where_that_costs_no_decision(shows):
    window = shows("claimable", size=(1440, 900))
    digest = window.review.bar._digest
    button = window.review.bar.button("review.approve")
    middle = button.mapTo(window, QPoint()).y() + button.height() // 2
    top = digest.mapTo(window, QPoint()).y()
    assert top < middle < top + digest.height()
    assert not digest.is_cut


def test_what_went_behind_more_comes_back_by_more_and_its_key_works_before(shows):
    window = shows("claimable", size=(1024, 700))
    bar = window.review.bar
    assert "review.ask" not in shown(window)
    QTest.keyClick(window, "q")
    assert isinstance(bar.panel, AskPanel)
    bar.close_panel()
    assert "review.ask" not in shown(window)
    bar._more.click()
    settle()
    assert "review.ask" in shown(window)
    assert not bar._more.isVisible()


def test_more_room_brings_the_buttons_back(shows):
    window = shows("claimable", size=(1024, 700))
    before = shown(window)
    window.resize(2560, 1440)
    settle()
    assert before < shown(window)
    assert {"review.claim", "review.ask"} <= shown(window)
