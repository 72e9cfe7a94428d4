"""By keyboard alone, all day: the focus is never lost, and what is worked on stays in sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.desktop.gallery.pictures import settle
from support.kernel import CONTRACTS, Kernel
from support.seat import Seat

KEY = Qt.Key
MANY = 40


@pytest.fixture
def seat(shows) -> Iterator[Seat]:
    records = {f"rec_{number}": {"status": "captured"} for number in range(MANY)}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    window = shows()
    for number in range(MANY):
        kernel.refund(f"{60 + number}.00", id=f"rec_{number}")
    seat = Seat(window, kernel)
    seat.window.review.queue.list.setFocus()
    yield seat
    seat.close()


def shown(seat: Seat):
    """Where the chosen row stands in the list, and how high the list is."""
    view = seat.window.review.queue.list
    return view.visualRect(view.currentIndex()), view.viewport().height()


def test_whoever_asked_the_agent_is_at_the_next_action_with_the_focus_in_the_queue(seat):
    queue = seat.session.queue
    first, second = queue.row_ids[:2]
    queue.choose(first)
    seat.wait(2)
    seat.press(KEY.Key_Q)
    QTest.keyClicks(seat.focus(), "Which ticket is it?")
    seat.press(KEY.Key_Return)
    assert seat.window.review.queue.list.hasFocus()
    assert seat.on_screen == second
    seat.read()
    assert seat.on_screen == second
    assert queue.row_ids[-1] == first, "it waits on others, at the end"


def test_whoever_stops_a_job_keeps_the_focus_in_the_queue(seat):
    seat.wait(2)
    seat.press(KEY.Key_S)
    QTest.keyClicks(seat.focus(), "It runs in circles")
    seat.press(KEY.Key_Return)
    assert seat.window.review.bar.panel is None
    assert seat.window.review.queue.list.hasFocus()


def test_a_panel_that_goes_with_its_action_leaves_the_focus_in_the_queue(seat):
    seat.press(KEY.Key_R)
    assert not seat.window.review.queue.list.hasFocus()
    seat.session.queue.choose(seat.session.queue.row_ids[3])
    assert seat.window.review.queue.list.hasFocus()


def test_what_was_decided_and_not_sent_needs_nobody_any_more(seat):
    needed = seat.session.queue.listed
    seat.wait(2)
    seat.press(KEY.Key_A)
    heading = seat.window.review.queue
    assert heading._count.text() == str(len(needed) - 1)
    seat.press(KEY.Key_Z)
    assert heading._count.text() == str(len(needed))


def test_what_comes_in_below_the_queue_does_not_cover_the_chosen_row(seat):
    view = seat.window.review.queue.list
    while shown(seat)[0].bottom() + shown(seat)[0].height() < shown(seat)[1]:
        seat.press(KEY.Key_J)
        settle()
    row, before = shown(seat)
    assert row.bottom() < before
    seat.window.review.queue.outgoing.setFixedHeight(120)
    seat.window.review.queue.outgoing.show()
    settle()
    row, after = shown(seat)
    assert after < before
    assert row.bottom() < after
    view.verticalScrollBar().setValue(0)
    assert shown(seat)[0].bottom() > after, "there was something to scroll"


def test_return_leads_from_the_search_to_what_it_found(seat):
    wanted = seat.session.queue.row_ids[20]
    seat.press(KEY.Key_Slash)
    QTest.keyClicks(seat.focus(), wanted)
    assert seat.session.queue.row_ids == (wanted,)
    seat.press(KEY.Key_Return)
    assert seat.window.review.queue.list.hasFocus()
    assert seat.on_screen == wanted


def test_a_search_from_another_page_leads_to_the_queue_and_its_words(seat):
    window, wanted = seat.window, seat.session.queue.row_ids[20]
    window.open_page("control")
    seat.press(KEY.Key_Slash)
    assert window.top.search.hasFocus()
    QTest.keyClicks(seat.focus(), wanted)
    seat.press(KEY.Key_Return)
    assert window.page == "review"
    assert seat.on_screen == wanted
    assert window.top.search.text() == wanted


@pytest.mark.parametrize("page", ["jobs", "ledger"])
def test_a_page_with_a_search_of_its_own_has_no_other_one_beside_it(seat, page):
    window = seat.window
    place = window.top.safe_mode.geometry()
    window.open_page(page)
    assert not window.top.search.isVisible()
    settle()
    assert window.top.safe_mode.geometry() == place, "and nothing else moves"
    window.open_page("review")
    assert window.top.search.isVisible()


def test_whoever_left_a_panel_and_moves_on_keeps_the_focus(seat):
    seat.kernel.propose("mail.send", "send_mail", id="rec_0", why="weekly note", confidence="0.30")
    seat.read()
    queue = seat.session.queue
    other = next(one.id for one in queue.listed if one.capability == "send_mail")
    seat.press(KEY.Key_S)
    seat.press(KEY.Key_Escape)
    assert seat.focus() is seat.window.review.bar.button("review.stop_job")
    queue.choose(other)
    queue.choose(queue.row_ids[0])
    assert QApplication.focusWidget() is not None
    assert seat.window.review.isAncestorOf(seat.focus())


def test_after_a_lock_the_focus_is_where_it_was(seat):
    seat.press(KEY.Key_Return)
    was = seat.focus()
    assert was is not seat.window.review.queue.list
    seat.session.lock()
    assert not was.isVisible()
    seat.press(KEY.Key_Return)
    assert not seat.window.locking.is_locked
    assert seat.focus() is was


def test_a_page_opens_with_the_focus_in_its_list(seat):
    seat.window.run_command("go.jobs")
    assert seat.focus() is seat.window.jobs.table
    seat.window.run_command("go.review")
    assert seat.focus() is seat.window.review.queue.list


def test_a_ledger_has_the_focus_in_its_entries_as_soon_as_there_are_any(shows):
    window = shows("ledger")
    assert window.focusWidget() is window.ledger.entries
