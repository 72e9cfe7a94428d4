"""A reviewer at work, without a window: presenters over a whole kernel."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import AlteredError, open_contents
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.presenters.sheets import Mark, NoticeKind, text_of
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.console import Console, button


@pytest.fixture
def console():
    return Console()


def titles(console):
    return [text_of(row.title) for row in console.queue_sheet.rows]


def banner(console):
    return console.action_sheet.banner.title


def test_a_new_proposal_appears_and_answers_the_five_questions(console):
    console.kernel.refund("180.00", why="Charged twice", deadline="2026-01-01T00:05:00Z")
    console.sync()
    row = console.queue_sheet.rows[0]
    assert (row.group, row.due, row.badge.text) == ("Due within 10 minutes", "5:00", "Tier 2")
    asks = [(one.ask, text_of(one.answer)) for one in console.action_sheet.questions]
    assert asks == [
        ("What is it doing?", "Waiting for you"),
        ("Why?", "Charged twice"),
        ("What will it change?", "1 field changed"),
        ("Can I stop it?", "Yes, before the next step starts"),
        ("Can I undo it?", "Yes, at any time"),
    ]


def test_the_rule_that_asked_stands_first_with_its_line(console):
    console.kernel.refund("180.00")
    console.sync()
    first = console.action_sheet.reasons[0]
    assert first.mark is Mark.ATTENTION
    assert text_of(first.text) == "180.00 USD is over the 50.00 approval line and under the 200.00 ceiling."
    assert text_of(first.source) == "issue_refund, line 6, policy v1"


def test_approving_clears_the_action_and_moves_on_to_the_next_that_needs_me(console):
    first = console.kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    second = console.kernel.refund("181.00", deadline="2026-01-01T00:06:00Z")
    console.sync()
    console.look_at(first.id)
    console.decide(first.id, "approve", "")
    assert console.kernel.action(first.id).status is ActionStatus.CLEARED
    assert console.queue.selected == second.id


def test_i17_nothing_is_decided_within_a_second_of_a_change(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.wait(0.9)
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).status is ActionStatus.PENDING
    assert console.action_sheet.decision.hint == "Look first: this changed just now."
    assert console.action_sheet.banner is None
    console.wait(0.2)
    console.action.on_tick()
    assert console.action_sheet.decision.hint == ""
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).status is ActionStatus.CLEARED


def test_i17_a_new_revision_and_a_window_that_comes_back_arm_anew(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    assert console.action.is_armed
    console.action.on_front()
    assert not console.action.is_armed


@given(st.lists(st.tuples(st.sampled_from("dfw"), st.floats(0, 1.5)), min_size=1, max_size=12))
def test_i17_no_schedule_of_presses_and_window_changes_decides_too_early(steps):
    console = Console()
    action = console.kernel.refund("180.00")
    console.sync()
    since = console.steady
    for what, seconds in steps:
        console.wait(seconds)
        if what == "f":
            console.action.on_front()
            since = console.steady
        elif what == "d":
            console.decide(action.id, "approve", "")
            decided = console.kernel.action(action.id).status is ActionStatus.CLEARED
            assert decided == (console.steady - since >= 1.0)
            if decided:
                return


def test_i18_a_press_for_an_action_that_is_no_longer_on_screen_decides_nothing(console):
    first, second = console.kernel.refund("180.00"), console.kernel.refund("181.00")
    console.sync()
    console.look_at(second.id)
    console.decide(first.id, "approve", "")
    assert {console.kernel.action(one.id).status for one in (first, second)} == {ActionStatus.PENDING}


def test_what_moved_after_a_look_is_refused_and_shown_anew(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    other = console.kernel.reviewer("ops-east")
    console.kernel.decide(other, action)
    console.kernel.tools.records["pay_1"]["refunded"] = "1.00"
    console.kernel.run()
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).status is ActionStatus.PENDING
    assert banner(console) == "You decided on revision 1; the action is now at revision 2."


def test_what_changed_since_a_look_is_shown_also_to_whoever_comes_back(console):
    """The target drifts while the action is open: the new revision stands beside what was seen."""
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    assert console.action_sheet.since is None
    console.kernel.decide(console.kernel.reviewer("ops-east"), action)
    console.kernel.tools.records["pay_1"]["refunded"] = "1.00"
    console.kernel.run()
    console.sync()
    since = console.action_sheet.since
    assert text_of(since.heading) == "What it would write changed since you looked: revision 1 to 2"
    assert [text_of(row.field) for row in since.rows] == ["refunded"]
    console.action.refresh()
    assert console.action_sheet.since is since
    console.action.open(action.id)
    assert console.action_sheet.since is since


def test_a_rejection_carries_its_reason(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    console.decide(action.id, "reject", "Wrong amount")
    rejected = console.kernel.action(action.id)
    assert (rejected.status, rejected.votes[0].reason) == (ActionStatus.REJECTED, "Wrong amount")


def test_stopping_the_job_stops_what_waits(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    console.deciding.stop_job(action.id, "It goes in circles")
    assert console.kernel.action(action.id).status is ActionStatus.STOPPED


def test_an_undo_is_shown_first_and_then_restores_the_target(console):
    before = dict(console.kernel.tools.records["pay_1"])
    action = console.kernel.refund("20.00")
    console.kernel.run()
    console.queue.filter("done")
    console.sync()
    console.look_at(action.id)
    assert text_of(console.action_sheet.questions[2].ask) == "What did it change?"
    console.deciding.open_undo(action.id)
    assert len(console.action_sheet.undo.changes.rows) == 1
    console.deciding.confirm_undo(action.id, "Wrong amount")
    console.kernel.run()
    assert console.kernel.tools.records["pay_1"] == before
    console.sync()
    assert text_of(console.action_sheet.questions[4].answer) == "It was undone"


def test_an_undo_of_a_target_that_moved_says_what_moved(console):
    action = console.kernel.refund("20.00")
    console.kernel.run()
    console.queue.filter("done")
    console.sync()
    console.look_at(action.id)
    console.kernel.tools.records["pay_1"]["status"] = "disputed"
    console.deciding.open_undo(action.id)
    assert "status" in console.action_sheet.undo.why_not


def test_a_reviewer_below_the_tier_sees_why_not():
    console = Console(tier=Tier.ONE, role=Role.APPROVER)
    console.kernel.refund("180.00")
    console.queue.filter("all")
    console.sync()
    assert button(console, "review.approve").why_not == "This takes tier 2; you are at tier 1."
    assert console.queue_sheet.rows[0].group == "Waiting on others"


def test_the_agents_owner_sees_why_not():
    console = Console(name="owner", tier=Tier.THREE)
    console.kernel.refund("180.00")
    console.sync()
    assert "You own agent support-agent" in button(console, "review.approve").why_not


def test_a_backend_that_is_away_never_looks_like_an_empty_queue(console):
    action = console.kernel.refund("180.00")
    console.sync()
    console.look_at(action.id)
    console.gateway.down = True
    console.decide(action.id, "approve", "")
    assert console.action_sheet.banner.kind is NoticeKind.OFFLINE
    assert titles(console) == ["Update record pay_1"]


def test_a_stored_part_that_was_altered_is_not_shown(console):
    action = console.kernel.refund("180.00")
    detail = console.gateway.detail(action.id)
    altered = msgspec.structs.replace(detail, after=detail.after.replace("refunded", "captured"))
    with pytest.raises(AlteredError, match="stored after is not what the ledger says"):
        open_contents(altered)
    assert isinstance(detail, Detail)


def test_a_late_answer_to_an_earlier_question_is_dropped():
    held = HeldBackground()
    console = Console(background=held)
    console.kernel.refund("180.00")
    held.held.clear()
    console.queue.search("nothing has this in it")
    console.queue.search("")
    console.replica.apply(console.gateway.feed(console.replica.size()).items)
    console.queue.refresh()
    stale, _, fresh = held.held
    fresh()
    shown = titles(console)
    stale()
    assert titles(console) == shown == ["Update record pay_1"]


def test_an_empty_queue_says_so_and_a_search_without_hits_says_that(console):
    assert console.queue_sheet.notice.title == "Nothing waits for you"
    console.queue.search("xyz")
    assert console.queue_sheet.notice.title == "Nothing matches"
