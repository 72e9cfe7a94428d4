"""What annoys whoever clears a queue all day: dead ends, lost words, a choice that jumps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.deciding.claiming import answer
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.vocabulary import Verdict
from support.kernel import CONTRACTS, Kernel
from support.seat import Seat

KEY = Qt.Key
MANY = 6


@pytest.fixture
def seat(shows) -> Iterator[Seat]:
    records = {f"rec_{number}": {"status": "captured"} for number in range(MANY)}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    window = shows()
    for number in range(MANY):
        kernel.job = kernel.open_job()
        kernel.refund(f"{60 + number}.00", id=f"rec_{number}")
    seat = Seat(window, kernel)
    seat.window.review.queue.list.setFocus()
    settle()
    yield seat
    seat.close()


def stop(seat: Seat, reason: str = "It runs in circles") -> None:
    seat.press(KEY.Key_S)
    QTest.keyClicks(seat.focus(), reason)
    seat.press(KEY.Key_Return)


def edit(seat: Seat, amount: str) -> None:
    seat.press(KEY.Key_E)
    seat.window.review.action.edit.lines["/amount"].take_focus()
    seat.focus().selectAll()
    QTest.keyClicks(seat.focus(), amount)


def reject_elsewhere(seat: Seat, action_id: str, person: str) -> None:
    action = next(one for one in seat.session.queue.listed if one.id == action_id)
    seat.kernel.decide(seat.kernel.reviewer(person), action, Verdict.REJECT, "Seen elsewhere")
    seat.read()


def banner(seat: Seat) -> str:
    return (
        seat.window.review.action._banner.accessibleName() or seat.window.review.action._banner._title.text()
    )


def test_whoever_stops_a_job_is_at_the_next_action(seat):
    queue = seat.session.queue
    _first, second, third = queue.row_ids[:3]
    queue.choose(second)
    stop(seat)
    assert seat.on_screen == third


def test_the_reason_for_a_stop_stands_with_what_it_stopped(seat):
    stopped = seat.on_screen
    stop(seat, "The goal is another one")
    seat.session.queue.choose(stopped)
    outcome = seat.session.action.shown.sheet.outcome
    assert "The goal is another one" in [text_of(line.text) for line in outcome.lines]


def test_where_the_chosen_row_left_the_queue_the_next_key_goes_to_what_came_into_its_place(seat):
    queue = seat.session.queue
    ids = queue.row_ids
    queue.choose(ids[2])
    reject_elsewhere(seat, ids[2], "ops-east")
    assert ids[2] not in queue.row_ids
    seat.press(KEY.Key_J)
    assert seat.on_screen == ids[3]
    queue.choose(ids[4])
    reject_elsewhere(seat, ids[4], "ops-north")
    seat.press(KEY.Key_K)
    assert seat.on_screen == ids[3]


def test_another_view_shows_its_first_row_where_it_lacks_the_chosen_one(seat):
    queue, first = seat.session.queue, seat.on_screen
    queue.filter("all")
    assert seat.on_screen == first, "this view has it"
    stopped = seat.on_screen
    stop(seat)
    seat.read()
    queue.filter("done")
    assert seat.on_screen == stopped


def test_the_count_of_what_needs_this_person_leaves_out_what_waits_on_others(seat):
    count = seat.window.review.queue._count
    assert count.text() == str(MANY)
    seat.wait(2)
    seat.press(KEY.Key_Q)
    QTest.keyClicks(seat.focus(), "Which ticket is it?")
    seat.press(KEY.Key_Return)
    seat.read()
    assert count.text() == str(MANY - 1)


def test_the_queue_says_that_the_agent_was_asked_and_that_it_answered(seat):
    asked = seat.on_screen
    seat.wait(2)
    seat.press(KEY.Key_Q)
    QTest.keyClicks(seat.focus(), "Which ticket is it?")
    seat.press(KEY.Key_Return)
    seat.read()
    rows = {row.id: text_of(row.subtitle) for row in seat.window.review.queue.model.rows()}
    assert "the agent was asked" in rows[asked]
    answer(seat.kernel.services, seat.kernel.agent, asked, "Ticket 20418", seat.kernel.key())
    seat.read()
    rows = {row.id: text_of(row.subtitle) for row in seat.window.review.queue.model.rows()}
    assert "the agent answered" in rows[asked]


def test_an_edit_that_was_left_is_told_of_until_it_is_saved(seat):
    edit(seat, "10.00")
    assert not seat.window.review.action._banner.isVisible()
    seat.press(KEY.Key_Escape)
    assert banner(seat) == "Your edit is not saved"
    first = seat.on_screen
    seat.press(KEY.Key_J)
    assert banner(seat) != "Your edit is not saved" or not seat.window.review.action._banner.isVisible()
    seat.press(KEY.Key_K)
    assert (seat.on_screen, banner(seat)) == (first, "Your edit is not saved")
    assert seat.window.review.action._banner.isVisible()


def test_an_edit_that_was_left_before_policy_was_asked_is_asked_about_when_it_goes_on(seat):
    edit(seat, "10.00")
    seat.press(KEY.Key_Escape)
    asked: list[None] = []
    seat.session.editing.paused.connect(lambda: asked.append(None))
    seat.press(KEY.Key_E)
    assert asked == [None]


def test_the_focus_is_in_the_queue_when_an_edit_is_saved(seat):
    edit(seat, "75.00")
    seat.session.editing.evaluate()
    view = seat.window.review.action.edit
    view.reason.setFocus()
    seat.press(KEY.Key_Return)
    assert not seat.window.review.action.is_editing
    assert seat.window.review.queue.list.hasFocus()


def test_how_an_amount_reads_has_no_escapes(seat):
    seat.press(KEY.Key_E)
    said = [line.hint.text() for line in seat.window.review.action.edit.lines.values()]
    assert not [one for one in said if "<U+" in one]


@pytest.mark.parametrize("key", [KEY.Key_R, KEY.Key_S])
def test_what_was_typed_is_still_there_when_a_question_that_was_left_is_asked_again(seat, key):
    seat.press(key)
    QTest.keyClicks(seat.focus(), "The second capture was void")
    seat.press(KEY.Key_Escape)
    seat.press(key)
    assert seat.focus().text() == "The second capture was void"


def test_a_rejection_that_was_taken_back_leaves_its_reason_for_the_next_one(seat):
    rejected = seat.on_screen
    seat.wait(2)
    seat.press(KEY.Key_R)
    QTest.keyClicks(seat.focus(), "The second capture was voided")
    seat.press(KEY.Key_Return)
    assert seat.on_screen != rejected
    seat.press(KEY.Key_Z)
    assert seat.on_screen == rejected

    seat.wait(2)
    seat.press(KEY.Key_R)
    assert seat.window.review.bar.panel.typed() == "The second capture was voided"
    seat.press(KEY.Key_Escape)
    seat.press(KEY.Key_J)
    seat.wait(2)
    seat.press(KEY.Key_R)
    assert seat.window.review.bar.panel.typed() == "", "another action has reasons of its own"


def test_return_on_a_question_without_an_answer_says_what_is_missing(seat):
    bar = seat.window.review.bar
    seat.press(KEY.Key_R)
    seat.press(KEY.Key_Return)
    assert bar._hint.text() == "It needs a reason."
    QTest.keyClicks(seat.focus(), "W")
    assert bar._hint.text() == ""


def test_a_lock_says_how_many_decisions_wait(seat):
    seat.window.locking.lock(1)
    assert "1 decision that is not sent yet is kept and waits." in seat.window.locking._screen._text.text()
    seat.window.locking.lock(2)
    assert "2 decisions that are not sent yet are kept and wait." in seat.window.locking._screen._text.text()
    seat.window.locking.unlock()
