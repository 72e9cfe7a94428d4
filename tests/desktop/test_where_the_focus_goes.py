"""Tab goes as one reads and never behind an overlay; what closes gives the focus back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import override

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.views.shell.window import Window
from lineclear.desktop.views.tabbing import in_reading_order
from support.kernel import CONTRACTS, Kernel
from support.seat import Seat

KEY = Qt.Key
MERGES = 3


@pytest.fixture
def seat(shows) -> Iterator[Seat]:
    records = {f"rec_{number}": {"status": "captured", "city": "Bern"} for number in range(9)}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    window = shows()
    for number in range(MERGES):
        moved = {"status": "merged", "city": "Basel"}
        kernel.propose("crm.merge_customers", "manage_customers", id=f"rec_{number}", fields=moved)
    kernel.refund("60.00", id="rec_8")
    seat = Seat(window, kernel)
    seat.window.review.queue.list.setFocus()
    settle()
    yield seat
    seat.close()


class StrayWindows(QObject):
    """Keeps every widget that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        is_shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if is_shown and not isinstance(watched, Window | QMenu):
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def stray_windows(fusion) -> Iterator[StrayWindows]:
    kept = StrayWindows()
    fusion.installEventFilter(kept)
    yield kept
    fusion.removeEventFilter(kept)


def tabbed(seat: Seat, times: int, key: Qt.Key = KEY.Key_Tab) -> list[QWidget]:
    found = []
    for _ in range(times):
        seat.press(key)
        found.append(seat.focus())
    return found


def round_of(seat: Seat) -> list[QWidget]:
    """All that Tab comes by until it is back where it was."""
    start = seat.focus()
    found = [start]
    while (after := tabbed(seat, 1)[0]) is not start:
        found.append(after)
    return found


def open_bulk(seat: Seat):
    seat.session.queue.choose(next(one.id for one in seat.session.queue.listed if not one.amount))
    QTest.keyClick(seat.focus(), KEY.Key_A, Qt.KeyboardModifier.ShiftModifier)
    settle()
    return seat.window.overlays.bulk


def test_tab_goes_through_the_queues_head_before_its_list_and_on_to_the_action(seat):
    review = seat.window.review
    order = round_of(seat)
    places = [order.index(one) for one in (review.queue.list, review.action.cards.changes.list)]
    assert places == sorted(places)
    pills = [one for one in order if review.queue.narrowing.isAncestorOf(one)]
    seat.press(KEY.Key_Backtab)
    assert seat.focus() is pills[-1], "the head of the queue lies before it"
    assert order.index(review.bar.button("review.approve")) > places[1]


def test_tab_comes_to_all_that_is_made_later_where_one_reads_it(seat):
    sheet = open_bulk(seat)
    order = [sheet.area, *tabbed(seat, MERGES + 3)]
    assert order == [sheet.area, *(one.more for one in sheet.lines), sheet.yes, order[-2], sheet.area]


def test_tab_never_leaves_what_lies_over_the_window(seat):
    seat.window.run_command("settings.open")
    seat.window.overlays.show_help()
    cover = seat.window.overlays.front
    assert cover is not None
    assert all(cover.isAncestorOf(one) for one in tabbed(seat, 5))
    assert all(cover.isAncestorOf(one) for one in tabbed(seat, 5, KEY.Key_Backtab))
    seat.press(KEY.Key_Escape)
    assert seat.window.overlays.front is None


def in_sight(one: QWidget) -> bool:
    """Whether any of it lies inside everything that it is a part of."""
    around = one.parentWidget()
    while around is not None:
        if not around.rect().intersects(QRect(one.mapTo(around, QPoint()), one.size())):
            return False
        around = around.parentWidget()
    return True


def test_tab_brings_what_has_the_focus_into_sight(shows):
    window = shows("control-rule", size=(1024, 700))
    window.control.setFocus()
    every = list(in_reading_order(window))
    assert not all(map(in_sight, every)), "the page is longer than the window"
    for _ in every:
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        settle()
        assert in_sight(QApplication.focusWidget()), QApplication.focusWidget().accessibleName()


@pytest.mark.parametrize("page", ["review", "jobs", "ledger", "control"])
@pytest.mark.parametrize("over", ["help.keys", "palette.open", "safe_mode.toggle"])
def test_what_closes_gives_the_focus_back(seat, page, over):
    seat.window.open_page(page)
    settle()
    seat.press(KEY.Key_Tab)
    was = seat.focus()
    seat.window.run_command(over)
    assert seat.focus() is not was
    seat.press(KEY.Key_Escape)
    assert seat.focus() is was


def test_a_sheet_of_several_actions_opens_no_window_of_its_own(seat, stray_windows):
    sheet = open_bulk(seat)
    assert sheet.lines
    assert stray_windows.seen == []
    assert sheet.area.hasFocus()


def test_a_key_whose_reason_is_behind_more_shows_the_reason(seat):
    bar = seat.window.review.bar
    assert not bar.button("review.hand_over").isVisible()
    seat.press(KEY.Key_H)
    assert bar.button("review.hand_over").isVisible()
    assert "Hand over" in bar._why.text()


def test_a_key_of_the_bar_leads_back_to_a_question_that_is_open(seat):
    seat.press(KEY.Key_R)
    field = seat.focus()
    seat.window.review.queue.list.setFocus()
    seat.press(KEY.Key_S)
    assert seat.focus() is field
    assert QApplication.focusWidget() is field
