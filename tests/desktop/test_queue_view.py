"""The queue pane: what is read stays in sight, whatever comes and goes around it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint

from lineclear.desktop.gallery.pictures import picture, settle
from lineclear.desktop.presenters.queue.queue_presenter import PAGE
from lineclear.desktop.presenters.sheets import Chip, QueueRow, QueueSheet
from lineclear.desktop.views.queue.queue import QueueView
from support.console import Console


def queue_rows(start: int, end: int) -> tuple[QueueRow, ...]:
    return tuple(
        QueueRow(f"a{n}", f"Title {n}", "about", f"{n} min", Chip("Tier 1"), "Today")
        for n in range(start, end)
    )


@pytest.fixture
def pane(look, qtbot):
    made = QueueView(look)
    qtbot.addWidget(made)
    made.resize(330, 700)
    made.show()

    def show(rows, selected=None):
        made.display(QueueSheet("Needs you", len(rows), (), rows, selected))
        settle()
        return made.list

    yield show
    made.close()


def at_top(view) -> str:
    """The first row that is whole in sight."""
    return view.indexAt(QPoint(5, 40)).data()


def test_new_rows_at_the_head_come_into_sight_when_the_chosen_one_leaves_at_the_end(pane):
    view = pane(queue_rows(0, 200), "a199")
    view.verticalScrollBar().setValue(0)
    pane(queue_rows(-3, 197), "a199")
    assert view.verticalScrollBar().value() == 0
    assert at_top(view).startswith("Title -3,")


def test_further_down_the_row_that_is_read_stays_when_rows_come_in_above(pane):
    view = pane(queue_rows(0, 200))
    view.verticalScrollBar().setValue(4_000)
    read, top = at_top(view), view.visualRect(view.indexAt(QPoint(5, 40))).top()
    pane(queue_rows(-5, 200))
    assert at_top(view) == read
    assert view.visualRect(view.indexAt(QPoint(5, 40))).top() == top


def test_another_choice_scrolls_to_it(pane):
    view = pane(queue_rows(0, 200), "a0")
    pane(queue_rows(0, 200), "a150")
    assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))


def test_a_row_is_painted_anew_when_it_says_something_else(pane):
    view = pane(queue_rows(0, 3), "a0")
    before = picture(view, 1)
    assert picture(view, 1) == before, "painted from what was kept"
    changed = (*queue_rows(0, 1), QueueRow("a1", "Other", "about", "", Chip("Tier 1"), "Today"))
    pane((*changed, *queue_rows(2, 3)), "a0")
    assert picture(view, 1) != before


def test_the_end_of_the_rows_asks_for_more(pane, heard, look, qtbot):
    view = pane(queue_rows(0, 200))
    view.doItemsLayout()
    ended = heard(view.window().ended)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert ended.said == [()]


def test_more_rows_are_read_from_the_end_on():
    console = Console()
    for number in range(PAGE + 5):
        amount = f"{100 + number // 100}.{number % 100:02d}"
        console.kernel.refund(amount, deadline="2026-01-01T01:00:00Z")
    console.sync()
    assert len(console.queue_sheet.rows) == PAGE
    assert "5 more further down" in console.queue_sheet.aside
    console.queue.more()
    assert len(console.queue_sheet.rows) == PAGE + 5
    assert console.queue_sheet.aside == ""


def test_what_expired_undecided_today_is_counted_in_sight():
    console = Console()
    console.kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    console.kernel.clock.advance(timedelta(minutes=10))
    console.kernel.run()
    console.sync()
    assert console.queue_sheet.rows == ()
    assert console.queue_sheet.aside == "1 expired undecided today"
