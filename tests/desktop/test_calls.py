"""Calling somebody who is not looking: at once, in a summary, not at night; and never a way to decide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lineclear.desktop.presenters.calling import Call, Caller, Quiet, Waiting, Wishes
from lineclear.desktop.presenters.queue.queue_sheet import NEEDS_ANSWER, WAITING_ON_OTHERS
from lineclear.desktop.presenters.sheets import Chip, Filter, QueueRow, QueueSheet
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.tray import Calls, Tray, counted_icon

DAY, NIGHT = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 23, tzinfo=UTC)


def waiting(*tiers):
    return [Waiting(f"a{place}", tier) for place, tier in enumerate(tiers)]


@pytest.fixture
def caller():
    made = Caller(Wishes(at_once=frozenset({2, 3}), sounds=frozenset({3}), digest=30))
    assert made.hear([], 0, DAY, 0) is None
    return made


def test_what_was_there_at_the_start_calls_nobody():
    assert Caller().hear(waiting(3, 3), 2, DAY, 0) is None


def test_the_riskiest_is_named_by_its_tier_alone_and_opened(caller):
    assert caller.hear(waiting(2, 3, 1), 5, DAY, 0) == Call("2 new, up to tier 3. 5 need you.", "a1", 3)
    assert caller.hear(waiting(2, 3, 1), 5, DAY, 1) is None


def test_each_tier_sounds_as_often_as_it_is_high_and_only_where_it_is_wanted(caller):
    assert caller.hear(waiting(2), 1, DAY, 0).beeps == 0
    caller.wishes = Wishes(sounds=frozenset({2}))
    assert caller.hear(waiting(2, 2), 2, DAY, 0).beeps == 2


def test_the_rest_comes_in_one_summary(caller):
    assert caller.hear(waiting(1), 1, DAY, 0) is None
    assert caller.hear(waiting(1, 1), 2, DAY, 60) is None
    assert caller.tick(2, DAY, 1_799) is None
    assert caller.tick(2, DAY, 1_800) == Call("2 came meanwhile. 2 need you.")
    assert caller.tick(2, DAY, 9_000) is None


def test_a_summary_leaves_out_what_somebody_has_decided_since(caller):
    caller.hear(waiting(1, 1), 2, DAY, 0)
    caller.hear(waiting(1), 1, DAY, 10)
    assert caller.tick(1, DAY, 1_800) == Call("1 came meanwhile. 1 needs you.", "a0")


def test_without_summaries_the_rest_only_counts(caller):
    caller.wishes = Wishes(digest=0)
    caller.hear(waiting(1), 1, DAY, 0)
    assert caller.tick(1, DAY, 10**6) is None


def test_nobody_is_called_in_quiet_hours_and_all_of_it_is_summed_up_after_them(caller):
    caller.wishes = Wishes(quiet=Quiet(22, 7))
    assert caller.hear(waiting(3), 1, NIGHT, 0) is None
    assert caller.tick(1, NIGHT, 10_000) is None
    assert caller.tick(1, DAY, 40_000) == Call("1 came meanwhile. 1 needs you.", "a0")


@pytest.mark.parametrize(
    ("hour", "is_quiet"), [(21, False), (22, True), (0, True), (6, True), (7, False), (12, False)]
)
def test_quiet_hours_go_over_midnight(hour, is_quiet):
    assert Quiet(22, 7).covers(datetime(2026, 1, 1, hour, 59, tzinfo=UTC)) is is_quiet
    assert Quiet(9, 12).covers(datetime(2026, 1, 1, hour, tzinfo=UTC)) is False


# -- the queue and the tray ---------------------------------------------------------------------------


def row(row_id, group=NEEDS_ANSWER, tier=3):
    return QueueRow(row_id, "Refund $180.00", "support-agent", "4:12", Chip("Tier 3"), group, tier=tier)


def sheet(*rows, chosen="mine"):
    return QueueSheet("Needs you", len(rows), (Filter(chosen, chosen, is_on=True),), rows)


@pytest.fixture
def calls():
    made = Calls()
    made.begin(Ticks(lambda: DAY, lambda: 0.0))
    made.hear(sheet())
    return made


def test_a_call_says_nothing_that_came_from_outside(calls, heard):
    called, counted = heard(calls.called), heard(calls.counted)
    calls.hear(sheet(row("a1")))
    assert called.said == [(Call("1 new at tier 3. 1 needs you.", "a1", 3),)]
    assert counted.said == [(1,)]


def test_what_is_looked_at_beside_the_own_queue_calls_nobody(calls, heard):
    called = heard(calls.called)
    calls.hear(sheet(row("a1"), chosen="all"))
    calls.hear(sheet(row("a1", WAITING_ON_OTHERS)))
    assert called.said == []


def test_another_backend_calls_nobody_with_what_waits_there(calls, heard):
    called = heard(calls.called)
    calls.begin(Ticks(lambda: DAY, lambda: 0.0))
    calls.hear(sheet(row("b1"), row("b2")))
    assert called.said == []


def test_a_notice_that_is_followed_leads_to_its_action(look, heard):
    tray = Tray(look)
    opened = heard(tray.opened)
    tray.call(Call("1 new at tier 3.", "a7"))
    tray._icon.messageClicked.emit()
    tray._icon.activated.emit(tray._icon.ActivationReason.Trigger)
    assert opened.said == [("a7",), ("",)]


def test_the_number_is_painted_onto_the_icon(look):
    plain, few, many = (counted_icon(look, count).pixmap(32, 32).toImage() for count in (0, 3, 300))
    assert plain != few != many
