"""The queue is narrowed, sorted and named in plain sight, and nothing is left out that no text says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from lineclear.application.reading.queue_query import Sort
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.queue.queue_narrowing import QueueNarrowing
from lineclear.desktop.presenters.queue.queue_sheet import LARGEST_NUMBER, title_of_order
from lineclear.desktop.presenters.queue.queue_views import VIEWS, Lens, own_views
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, text_of
from support.console import Console
from support.kernel import Kernel
from support.seat import Seat

KEY = Qt.Key


@pytest.fixture
def console() -> Console:
    made = Console()
    for amount in ("60.00", "70.00", "80.00"):
        made.kernel.refund(amount)
    made.kernel.propose("access.grant", "manage_access")
    made.sync()
    return made


@pytest.fixture
def narrowing(console: Console) -> QueueNarrowing:
    return QueueNarrowing(console.with_, console.queue)


@pytest.fixture
def seat(shows) -> Iterator[Seat]:
    kernel = Kernel()
    for amount in ("60.00", "70.00"):
        kernel.refund(amount)
    seat = Seat(shows(), kernel)
    yield seat
    seat.close()


def told(console: Console) -> str:
    assert console.queue_sheet.narrowing is not None
    return console.queue_sheet.narrowing.text


def test_a_filter_says_how_many_it_leaves_out(console: Console, narrowing: QueueNarrowing):
    assert told(console) == "3 of 4 shown"
    narrowing.narrow("capability", "issue_refund")
    narrowing.narrow("capability", "nothing")
    assert told(console) == "0 of 4 shown"
    notice = console.queue_sheet.notice
    assert notice is not None
    assert notice.step is not None
    assert (notice.title, notice.step.command) == ("Nothing matches", "queue.clear")
    narrowing.clear()
    assert told(console) == "Nothing left out"
    assert console.queue_sheet.count == 4


def test_a_filter_that_cannot_be_read_leaves_what_was_shown_and_says_so(console: Console):
    shown = console.queue_sheet.rows
    console.queue.search("due:soon")
    assert console.queue_sheet.rows == shown
    assert console.queue_sheet.notice is not None
    assert console.queue_sheet.notice.kind is NoticeKind.FAILED
    console.queue.search("due:1d")
    assert console.queue_sheet.notice is None or console.queue_sheet.notice.kind is NoticeKind.EMPTY


def test_another_order_is_one_list_that_says_by_what_it_goes(console: Console, narrowing: QueueNarrowing):
    console.queue.filter("all")
    narrowing.narrow("sort", "amount")
    rows = [row for row in console.queue_sheet.rows if row.group == "The largest amount first"]
    assert len(rows) == 3
    actions = {action.id: action.amount for action in console.queue.listed}
    assert [actions[row.id] for row in rows] == ["80.00", "70.00", "60.00"]
    assert console.queue_sheet.rows[-1].group == "Waiting on others"


def test_a_crowded_group_stands_together_by_what_it_is_about(console: Console):
    for number in range(8):
        tool = ("crm.merge_customers", "manage_customers") if number % 2 else ("mail.send", "send_mail")
        console.kernel.propose(*tool, confidence="0.20")
    console.sync()
    abouts = [row.about for row in console.queue_sheet.rows if row.group == "Later"]
    assert len(abouts) >= 8
    assert len([one for one, before in zip(abouts, ["", *abouts], strict=False) if one != before]) == len(
        set(abouts)
    )


def test_choices_count_what_there_is(console: Console, narrowing: QueueNarrowing):
    offered = []
    narrowing.offered.connect(offered.append)
    narrowing.offer()
    counts = {(one.name, one.value): one.count for one in offered[0].choices}
    assert counts["capability", "issue_refund"] == 3
    assert counts["capability", "manage_access"] == 1
    assert counts["flagged", "yes"] is None
    assert offered[0].note == ""


def test_choices_say_when_they_count_the_first_actions_only(console: Console):
    narrowing, offered = QueueNarrowing(console.with_, console.queue, looked_at=2), []
    narrowing.offered.connect(offered.append)
    narrowing.offer()
    assert offered[0].note == "Counted in the first 2 only"
    assert sum(one.count for one in offered[0].choices if one.name == "capability") == 2


def test_amounts_of_several_currencies_are_said_to_be_sorted_by_their_numbers(console: Console):
    own = console.queue.listed
    foreign = msgspec.structs.replace(own[0], amount="9.00", currency="EUR")
    assert title_of_order(Sort.AMOUNT, own) == "The largest amount first"
    assert title_of_order(Sort.AMOUNT, (*own, foreign)) == LARGEST_NUMBER
    assert title_of_order(Sort.RISK, (*own, foreign)) == "The riskiest first"


def test_a_view_is_saved_under_a_name_found_again_and_forgotten(
    console: Console, narrowing: QueueNarrowing, tmp_path
):
    kept = []
    narrowing.saved.connect(kept.append)
    console.queue.search("capability:issue_refund sort:amount")
    narrowing.save("  Large   refunds ")
    assert kept == [(("Large refunds", "for:me capability:issue_refund sort:amount"),)]
    preferences = Preferences(tmp_path / "console.ini")
    preferences.keep(Choices(views=kept[0]))
    again = own_views(Preferences(tmp_path / "console.ini").read().views)
    console.queue.filter("all")
    narrowing.take_views(again)
    console.queue.filter("own:Large refunds")
    assert [one.title for one in console.queue_sheet.filters if one.is_on] == ["Large refunds"]
    assert told(console) == "3 of 4 shown"
    narrowing.forget()
    assert kept[-1] == ()
    assert console.queue.lens == Lens()


@pytest.mark.parametrize("text", ["", "gone", '["a"]', '[["a", 1]]', '{"a": "b"}'])
def test_views_that_cannot_be_read_are_none(tmp_path, text: str):
    file = tmp_path / "console.ini"
    preferences = Preferences(file)
    preferences._stored.setValue("views", text)
    preferences._stored.sync()
    assert Preferences(file).read().views == ()


def test_a_saved_filter_that_no_program_reads_any_more_is_left_out():
    assert own_views((("Old", "due:soon"), ("Good", "due:1h"))) == own_views((("Good", "due:1h"),))


def test_every_view_of_ours_can_be_read():
    assert all(Lens(one.id).query is not None for one in VIEWS)


@pytest.mark.qt_log_ignore("does not support")
def test_views_orders_and_filters_are_reached_by_keys(seat: Seat):
    bar = seat.window.review.queue.narrowing
    seat.press(KEY.Key_W)
    [menu] = bar.findChildren(QMenu)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles[:3] == ["Needs me", "Flagged", "All"]
    QTest.keyClick(menu, KEY.Key_Down)
    QTest.keyClick(menu, KEY.Key_Return)
    assert seat.session.queue.lens.view == "flagged"
    seat.window.run_command("queue.clear")
    assert seat.session.queue.lens.view == "all"


def test_what_a_menu_narrows_stands_in_the_search_field(seat: Seat):
    bar = seat.window.review.queue.narrowing
    bar.narrowed.emit("sort", "risk")
    bar.narrowed.emit("agent", "support-agent")
    assert seat.window.top.search.text() == "sort:risk agent:support-agent"
    bar.narrowed.emit("agent", "")
    assert seat.window.top.search.text() == "sort:risk"
    seat.window.top.search.setText("")
    assert seat.session.queue.lens.typed == ""


def test_a_name_for_a_view_is_asked_for_and_kept(seat: Seat):
    seat.window.top.search.setText("kind:money")
    seat.window.run_command("queue.save_view")
    assert seat.window.overlays.naming is not None
    QTest.keyClicks(seat.window.overlays.naming.field, "Money today")
    QTest.keyClick(seat.window.overlays.naming.field, KEY.Key_Return)
    assert seat.session.queue.lens.view == "own:Money today"
    assert not seat.window.overlays.is_open


def subtitles(console: Console) -> list[str]:
    return [text_of(row.subtitle) for row in console.queue_sheet.rows]


def test_a_row_says_who_reviews_it_and_for_how_much_longer(console: Console):
    action = console.queue.listed[0]
    console.reviewer.claim(action.id)
    console.sync()
    assert "claimed by you, 5:00 left" in subtitles(console)[0]
    console.kernel.later(seconds=30)
    console.queue.on_tick()
    assert "4:30 left" in subtitles(console)[0]


def test_rows_that_cannot_be_decided_offline_say_so(console: Console):
    console.queue.on_state(Notice(NoticeKind.OFFLINE, "Offline"))
    assert subtitles(console)
    assert all("cannot be decided while offline" in text for text in subtitles(console))
    console.queue.on_state(None)
    assert "offline" not in "".join(subtitles(console))
