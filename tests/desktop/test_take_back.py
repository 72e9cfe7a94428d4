"""Five seconds in which a decision can be taken back: over a whole kernel, and in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.background import HeldBackground
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingRow, OutgoingSheet
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.console import Console


@pytest.fixture
def console():
    return Console()


def two(console):
    first = console.kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    second = console.kernel.refund("181.00", deadline="2026-01-01T00:06:00Z")
    console.sync()
    console.look_at(first.id)
    return first, second


def status(console, action):
    return console.kernel.action(action.id).status


def on_the_way(console):
    return [(row.id, row.verb, row.left) for row in console.deciding.outgoing.rows]


def test_a_decision_is_sent_after_five_seconds_and_not_before(console):
    first, _ = two(console)
    console.deciding.decide(first.id, "approve", "")
    for left in ("5 s", "4 s", "3 s", "2 s", "1 s"):
        assert on_the_way(console) == [(first.id, "Approve", left)]
        assert status(console, first) is ActionStatus.PENDING
        console.wait(1)
        console.deciding.on_tick()
    assert status(console, first) is ActionStatus.CLEARED
    assert on_the_way(console) == []


def test_the_next_action_that_needs_me_comes_at_once_and_does_not_wait(console):
    first, second = two(console)
    console.deciding.decide(first.id, "approve", "")
    assert console.queue.selected == second.id
    console.wait(2)
    console.deciding.decide(second.id, "reject", "Wrong amount")
    assert on_the_way(console) == [(second.id, "Reject", "5 s"), (first.id, "Approve", "3 s")]
    console.wait(3)
    console.deciding.on_tick()
    assert status(console, first) is ActionStatus.CLEARED
    assert status(console, second) is ActionStatus.PENDING


def test_what_is_taken_back_was_never_signed_and_can_be_decided_again(console):
    first, _ = two(console)
    came_back = []
    console.deciding.taken_back.connect(came_back.append)
    size = console.gateway.feed(0).size
    console.deciding.decide(first.id, "approve", "")
    console.deciding.take_back()
    console.wait(10)
    console.deciding.on_tick()
    assert console.gateway.feed(0).size == size
    assert came_back == [first.id]
    console.look_at(first.id)
    console.decide(first.id, "reject", "Wrong amount")
    assert status(console, first) is ActionStatus.REJECTED


def test_the_newest_decision_is_taken_back_first(console):
    first, second = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.wait(2)
    console.deciding.decide(second.id, "approve", "")
    console.deciding.take_back()
    assert [row.id for row in console.deciding.outgoing.rows] == [first.id]


def test_while_it_waits_it_says_so_and_takes_no_second_decision(console):
    first, second = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.look_at(first.id)
    approve = console.action_sheet.decision.buttons[0]
    assert approve.why_not == "You approved this; it is sent in a moment, Z takes it back."
    console.deciding.decide(first.id, "reject", "Wrong amount")
    assert len(console.deciding.outgoing.rows) == 1
    row = next(row for row in console.queue_sheet.rows if row.id == first.id)
    assert row.group == "Decided just now"
    assert second.id in [row.id for row in console.queue_sheet.rows if row.group != "Decided just now"]


def test_what_was_sent_stays_out_of_the_way_until_the_ledger_has_it(console):
    first, _ = two(console)
    console.decide(first.id, "approve", "")
    row = next(row for row in console.queue_sheet.rows if row.id == first.id)
    assert row.group == "Decided just now"
    console.sync()
    row = next(row for row in console.queue_sheet.rows if row.id == first.id)
    assert row.group == "In hand"


def test_a_decision_that_was_refused_stays_in_sight_and_says_why(console):
    first, second = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.kernel.decide(console.kernel.reviewer("ops-east"), first, Verdict.REJECT, "Not this one")
    console.let_go()
    row = console.deciding.outgoing.rows[0]
    assert text_of(row.problem) == f"Action {first.id} is already rejected."
    assert (row.left, row.again) == ("Not sent", False)
    assert console.queue.selected == second.id
    console.deciding.look_at(first.id)
    assert console.deciding.outgoing.rows == ()


def test_a_decision_that_did_not_get_through_is_not_lost_and_can_be_sent_again(console):
    first, _ = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.gateway.down = True
    console.let_go()
    assert console.deciding.outgoing.rows[0].again
    assert console.deciding.outgoing.unsent == 1
    console.gateway.down = False
    console.deciding.send_again(first.id)
    assert status(console, first) is ActionStatus.CLEARED


def test_what_is_signed_is_what_was_on_screen_at_the_press(console):
    """I18: the target moves while the decision waits; nothing newer is signed in its place."""
    first, _ = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.kernel.decide(console.kernel.reviewer("ops-east"), first)
    console.kernel.tools.records["pay_1"]["refunded"] = "1.00"
    console.kernel.run()
    console.sync()
    console.let_go()
    assert status(console, first) is ActionStatus.PENDING
    assert "revision 1" in text_of(console.deciding.outgoing.rows[0].problem)


def test_what_is_being_sent_cannot_be_taken_back():
    console = Console()
    sending = HeldBackground()
    console.send_by(sending)
    first, _ = two(console)
    console.deciding.decide(first.id, "approve", "")
    console.let_go()
    sheet = console.deciding.outgoing
    assert (sheet.rows[0].left, bool(sheet.why_not)) == ("Sending", True)
    console.deciding.take_back()
    assert console.deciding.outgoing.unsent == 1
    sending.held.pop()()
    assert console.deciding.outgoing.unsent == 0


# -- in the window --------------------------------------------------------------------------------

SHEET = OutgoingSheet(
    (
        OutgoingRow("a1", "Approve", Tone.OK, "Refund $180.00 to customer 4411", "4 s"),
        OutgoingRow("a2", "Reject", Tone.STOP, "Grant storage.admin", "Not sent", "It is gone.", again=True),
    ),
    is_counting=True,
)


def test_the_strip_moves_nothing_that_can_be_pressed(shows):
    window = shows()
    buttons = window.review.bar.findChildren(type(window.review.bar.button("review.approve")))
    places = [button.mapToGlobal(button.rect().topLeft()) for button in buttons]
    first_row = window.review.queue.list.visualRect(window.review.queue.model.index(1))
    window.review.queue.outgoing.display(SHEET)
    window.review.queue.layout().activate()
    assert window.review.queue.outgoing.isVisible()
    assert [button.mapToGlobal(button.rect().topLeft()) for button in buttons] == places
    assert window.review.queue.list.visualRect(window.review.queue.model.index(1)) == first_row


def test_z_takes_back_from_every_page_but_not_while_typing(shows, heard):
    window = shows()
    window.open_page("jobs")
    commanded = heard(window.commanded)
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert commanded.said == [("decision.take_back",)]
    window.open_page("review")
    QTest.keyClick(window, Qt.Key.Key_R)
    QTest.keyClicks(window.review.bar.panel.field, "zz")
    assert len(commanded.said) == 1


def test_closing_with_unsent_decisions_asks_with_the_focus_on_staying(shows, heard):
    window = shows()
    answered = heard(window.leave_answered)
    window.overlays.ask_leave(2)
    question = window.overlays._leave
    assert question.stay.hasFocus()
    assert question._heading.text() == "2 decisions are not sent yet"
    QTest.keyClick(question.stay, Qt.Key.Key_Return)
    assert question.isHidden()
    assert answered.said == []
    window.overlays.ask_leave(1)
    question.send.click()
    window.overlays.ask_leave(1)
    question.drop.click()
    assert answered.said == [(True,), (False,)]
