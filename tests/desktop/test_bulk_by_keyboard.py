"""Several like actions are approved at one look by keyboard alone, each with a signature of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.recording import read_stored
from lineclear.desktop.views.queue.bulk import BulkView
from lineclear.domain.events import DecisionRecorded
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import CONTRACTS, Kernel
from support.seat import Seat

KEY = Qt.Key


@pytest.fixture
def kernel() -> Kernel:
    records = {f"rec_{number}": {"status": "captured", "city": "Bern"} for number in range(9)}
    return Kernel(tools=MemoryTools(CONTRACTS, records))


@pytest.fixture
def seat(shows, kernel: Kernel) -> Iterator[Seat]:
    window = shows()
    for number in range(4):
        merge(kernel, number)
    kernel.refund("60.00", id="rec_8")
    seat = Seat(window, kernel)
    yield seat
    seat.close()


def merge(kernel: Kernel, number: int, **more: str) -> str:
    where = {"id": f"rec_{number}"}
    return kernel.propose("crm.merge_customers", "manage_customers", **where, **more).id


def merges(kernel: Kernel) -> list[str]:
    return [one.id for one in kernel.pending() if one.capability == "manage_customers"]


def open_bulk(seat: Seat) -> BulkView:
    QTest.keyClick(seat.focus(), KEY.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert seat.window.overlays.bulk is not None
    return seat.window.overlays.bulk


def choose_merge(seat: Seat) -> None:
    seat.session.queue.choose(merges(seat.kernel)[0])


def bulks(kernel: Kernel) -> list[int]:
    entries = kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))
    events = [read_stored(one).event for one in entries]
    return [event.bulk for event in events if isinstance(event, DecisionRecorded)]


def test_what_is_like_the_chosen_one_is_approved_after_a_second_and_can_be_taken_back(seat: Seat):
    choose_merge(seat)
    sheet = open_bulk(seat)
    assert sheet.heading.text() == "Approve 4 actions together"
    assert len(sheet.lines) == 4
    seat.press(KEY.Key_A)
    assert seat.session.deciding.outgoing.rows == ()
    assert "Look first" in sheet.hint.text()
    seat.wait(1.0)
    seat.press(KEY.Key_A)
    assert not seat.window.overlays.is_open
    assert len(seat.session.deciding.outgoing.rows) == 4
    seat.press(KEY.Key_Z)
    assert seat.session.deciding.outgoing.rows == ()
    seat.wait(10)
    assert bulks(seat.kernel) == []


def test_marked_ones_alone_are_signed_one_by_one(seat: Seat):
    wanted = merges(seat.kernel)[1:3]
    for one in wanted:
        seat.session.queue.choose(one)
        seat.press(KEY.Key_M)
    assert [row.id for row in seat.window.review.queue.model.rows() if row.is_marked] == wanted
    sheet = open_bulk(seat)
    assert len(sheet.lines) == 2
    seat.wait(1.0)
    seat.press(KEY.Key_A)
    seat.wait(5)
    assert bulks(seat.kernel) == [2, 2]
    assert [seat.kernel.action(one).status for one in wanted] == [ActionStatus.CLEARED] * 2
    assert len(merges(seat.kernel)) == 2


def test_return_approves_nothing_and_escape_leaves(seat: Seat):
    choose_merge(seat)
    sheet = open_bulk(seat)
    seat.wait(2)
    QTest.keyClick(sheet.area, KEY.Key_Return)
    seat.press(KEY.Key_Escape)
    assert not seat.window.overlays.is_open
    assert seat.session.deciding.outgoing.rows == ()


def test_what_is_left_out_says_why(seat: Seat):
    for one in seat.kernel.pending():
        seat.session.queue.choose(one.id)
        seat.press(KEY.Key_M)
    sheet = open_bulk(seat)
    assert sheet.lines == ()
    assert sheet.yes.why_not == "None of them can be approved together."
    assert sheet.heading.text() == "Nothing to approve together"
    seat.wait(2)
    seat.press(KEY.Key_A)
    assert seat.session.deciding.outgoing.rows == ()


def test_what_changes_while_the_sheet_is_open_arms_anew(seat: Seat):
    choose_merge(seat)
    sheet = open_bulk(seat)
    seat.wait(1.0)
    other = merges(seat.kernel)[0]
    rival = seat.kernel.reviewer("ops-east")
    seat.kernel.decide(rival, seat.kernel.action(other))
    seat.read()
    assert sheet.heading.text() == "Approve 3 actions together"
    seat.press(KEY.Key_A)
    assert seat.session.deciding.outgoing.rows == ()
    seat.wait(1.0)
    seat.press(KEY.Key_A)
    assert len(seat.session.deciding.outgoing.rows) == 3


def test_one_that_is_refused_takes_no_other_along(seat: Seat):
    choose_merge(seat)
    open_bulk(seat)
    seat.wait(1.0)
    seat.press(KEY.Key_A)
    gone = merges(seat.kernel)[1]
    seat.kernel.decide(seat.kernel.reviewer("ops-east"), seat.kernel.action(gone))
    seat.wait(5)
    assert len([one for one in bulks(seat.kernel) if one == 4]) == 3
    [row] = [row for row in seat.session.deciding.outgoing.rows if row.problem]
    assert row.id == gone


def test_a_backend_that_is_away_approves_nothing(seat: Seat):
    choose_merge(seat)
    seat.gateway.down = True
    sheet = open_bulk(seat)
    assert sheet.yes.why_not == "It could not be read"
    seat.wait(2)
    seat.press(KEY.Key_A)
    assert seat.session.deciding.outgoing.rows == ()
