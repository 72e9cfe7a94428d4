"""What a reviewer reads while something is unknown, held, paused or tried again: over a whole kernel."""

from __future__ import annotations

import msgspec
import pytest

from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.jobs import record_spans, stop_agent
from lineclear.application.reading.questions import undo_text
from lineclear.application.services import stamp
from lineclear.desktop.presenters.queue.queue_presenter import PAGE
from lineclear.desktop.presenters.queue.queue_sheet import badge_of
from lineclear.desktop.presenters.review.action_sheet import show
from lineclear.desktop.presenters.review.around import Around, Viewer
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeKind
from lineclear.desktop.presenters.sheets import Mark, NoticeKind, Tone, text_of
from lineclear.domain.control import SafeMode
from lineclear.domain.events import Span
from lineclear.domain.identities import Agent
from lineclear.domain.vocabulary import ActionStatus, Role, SpanKind, Tier
from support.console import Console, answers, banner, button, checks


@pytest.fixture
def console():
    return Console()


def row_of(console, action):
    return next(row for row in console.queue_sheet.rows if row.id == action.id)


# -- an outcome that nobody knows -----------------------------------------------------------------


def unknown(console):
    """An action of a blind tool whose answer was lost."""
    console.kernel.tools.silent = True
    action = console.kernel.propose("mail.send", "send_mail")
    if action.status is ActionStatus.PENDING:
        console.kernel.decide(console.kernel.reviewer("sender"), action)
    console.kernel.run()
    console.queue.filter("all")
    console.sync()
    console.look_at(action.id)
    return console.kernel.action(action.id)


def test_an_unknown_outcome_stands_first_in_a_group_of_its_own(console):
    console.kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    action = unknown(console)
    first = console.queue_sheet.rows[0]
    assert (first.id, first.group) == (action.id, "Needs an answer")
    assert (first.badge.text, first.badge.tone) == ("Outcome unknown", Tone.STOP)


def test_an_unknown_outcome_stands_first_even_where_it_would_come_last(console):
    for number in range(PAGE + 1):
        amount = f"{100 + number // 100}.{number % 100:02d}"
        console.kernel.refund(amount, deadline="2026-01-01T01:00:00Z")
    action = unknown(console)
    assert console.queue_sheet.count == PAGE + 2
    assert console.queue_sheet.rows[0].id == action.id


def test_its_card_says_what_was_sent_under_which_key_when_and_what_is_not_known(console):
    action = unknown(console)
    outcome = console.action_sheet.outcome
    assert outcome.kind is OutcomeKind.UNKNOWN
    said = [(line.mark, text_of(line.text), text_of(line.source or "")) for line in outcome.lines]
    assert said == [
        (
            Mark.MET,
            "Sent at 00:00:00: mail.send for record pay_1",
            f"payload {action.content.payload[:4]} {action.content.payload[4:8]}",
        ),
        (Mark.MET, f"Under idempotency key {action.run.key}, attempt {action.run.attempt}, by w1", ""),
        (
            Mark.UNKNOWN,
            "Not known: whether memory carried it out",
            "the connection broke before the answer came",
        ),
    ]


def test_its_five_answers_promise_nothing(console):
    unknown(console)
    assert answers(console) == {
        "What is it doing?": "Sent, outcome unknown",
        "Why?": "Resolve ticket 20418",
        "What will it change?": "1 field changed, if it happened",
        "Can I stop it?": "No, it was sent; its job can be stopped",
        "Can I undo it?": "No, it is final",
    }


@pytest.mark.parametrize(
    ("happened", "status", "title"),
    [
        (True, ActionStatus.SUCCEEDED, "It happened"),
        (False, ActionStatus.FAILED, "Nothing was changed"),
    ],
)
def test_a_reviewer_says_whether_it_happened_and_how_that_is_known(console, happened, status, title):
    action = unknown(console)
    other = console.kernel.refund("180.00")
    console.sync()
    console.deciding.reconcile(action.id, happened, "Looked it up there")
    assert console.kernel.action(action.id).status is status
    assert console.queue.selected == other.id
    console.queue.filter("done")
    console.sync()
    console.look_at(action.id)
    outcome = console.action_sheet.outcome
    assert outcome.title == title
    assert "Looked it up there" in text_of(outcome.text)


def test_what_was_found_to_have_happened_has_no_record_to_undo_it_by(console):
    done = console.kernel.refund("20.00")
    console.kernel.run()
    done = console.kernel.action(done.id)
    found = msgspec.structs.replace(done, run=msgspec.structs.replace(done.run, effect=""))
    assert undo_text(done, console.kernel.clock.now()) == "Yes, at any time"
    assert undo_text(found, console.kernel.clock.now()) == "No, what it did was not recorded"
    detail = msgspec.structs.replace(console.gateway.detail(done.id), action=found, effect=None)
    shown = show(detail, Viewer(None, console.kernel.clock.now()))
    undo = next(one for one in shown.sheet.decision.buttons if one.command == "review.undo")
    assert "was not recorded" in undo.why_not
    assert text_of(shown.sheet.changes.heading) == "Asked for in record pay_1"


def test_an_answer_within_a_second_of_a_change_is_not_taken(console):
    action = unknown(console)
    console.action.on_front()
    console.deciding.reconcile(action.id, happened=True, reason="Looked it up there")
    assert console.kernel.action(action.id).status is ActionStatus.UNKNOWN
    assert console.action_sheet.decision.hint


def test_an_answer_for_an_action_that_is_not_on_screen_is_not_taken(console):
    action = unknown(console)
    other = console.kernel.refund("180.00")
    console.sync()
    console.look_at(other.id)
    console.deciding.reconcile(action.id, happened=True, reason="Looked it up there")
    assert console.kernel.action(action.id).status is ActionStatus.UNKNOWN


def test_the_agents_owner_may_not_answer_and_is_told_so():
    console = Console(name="owner", tier=Tier.THREE)
    action = unknown(console)
    assert row_of(console, action).group == "Waiting on others"
    assert "You own agent support-agent" in button(console, "review.reconcile").why_not


def test_who_lacks_the_tier_may_not_answer_and_is_told_so():
    console = Console(tier=Tier.ONE, role=Role.APPROVER)
    unknown(console)
    why_not = button(console, "review.reconcile").why_not
    needed = int(console.action.shown.detail.action.tier)
    assert why_not == ("" if needed == 1 else f"This takes tier {needed}; you are at tier 1.")


# -- a budget that is spent -----------------------------------------------------------------------


SPENT = "Its cost budget is spent: $2.50 of $2.00."


def spend(console, micros, steps=1):
    kernel = console.kernel
    now = stamp(kernel.clock.now())
    cost = micros // steps
    spans = tuple(Span(f"s{n}", "plan", SpanKind.MODEL, now, now, cost_micros=cost) for n in range(steps))
    record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key())
    console.sync()
    return next((one for one in kernel.pending() if one.tool == "budget.raise"), None)


# -- what holds a cleared action ------------------------------------------------------------------


def held(console, action):
    console.kernel.run()
    console.queue.filter("all")
    console.sync()
    console.look_at(action.id)
    return row_of(console, action).badge


def test_safe_mode_holds_with_its_scope_its_reason_and_what_happens_next(console):
    action = console.kernel.refund("20.00")
    ops = console.kernel.reviewer("ops-east").principal
    switch_safe_mode(console.kernel.services, ops, on=True, reason="Odd refunds", scope="connector:memory")
    badge = held(console, action)
    assert (badge.text, badge.tone) == ("Held · safe mode", Tone.CAUTION)
    assert banner(console) == (
        NoticeKind.SAFE_MODE,
        "Held: safe mode is on for connector memory",
        "Cleared and waiting. It runs when safe mode is left. ops-east at 00:00:00: Odd refunds",
    )
    assert console.action_sheet.banner.step.command == "go.control"
    assert answers(console)["What is it doing?"] == "Cleared, held by safe mode"
    assert (Mark.REFUSED, "Safe mode is on for connector memory") in checks(console)


def test_when_safe_mode_is_left_the_banner_follows_before_the_action_runs(console):
    action = console.kernel.refund("20.00")
    ops = console.kernel.reviewer("ops-east").principal
    switch_safe_mode(console.kernel.services, ops, on=True, reason="Odd refunds")
    held(console, action)
    switch_safe_mode(console.kernel.services, ops, on=False, reason="Fine")
    console.sync()
    assert banner(console)[1:] == ("Held by safe mode", "It was left since: the start is on its way.")


def test_what_waits_for_a_decision_in_safe_mode_can_be_decided_and_its_time_stands_still(console):
    action = console.kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    ops = console.kernel.reviewer("ops-east").principal
    switch_safe_mode(console.kernel.services, ops, on=True, reason="Odd refunds")
    console.sync()
    assert row_of(console, action).due == "stands still"
    assert banner(console)[1] == "Safe mode is on for the whole workspace"
    assert button(console, "review.approve").is_enabled


def test_a_breaker_holds_until_a_time_and_says_after_what(console):
    actions = [console.kernel.refund(f"20.0{number}") for number in range(6)]
    console.kernel.tools.down = True
    console.kernel.run()
    waiting = next(one for one in actions if console.kernel.action(one.id).held)
    badge = held(console, waiting)
    assert badge.text == "Held · connector"
    kind, title, text = banner(console)
    assert (kind, title) == (NoticeKind.HELD, "Held: connector memory failed 5 times in a row")
    assert "Nothing is sent to it before 00:00:30; then it is tried again by itself." in text
    assert (Mark.REFUSED, "Breaker open: nothing is sent before 00:00:30") in checks(console)


def test_an_action_of_a_paused_job_is_held_by_it(console):
    action = console.kernel.refund("20.00")
    spend(console, 2_500_000)
    assert held(console, action).text == "Held · job paused"
    assert banner(console)[1:] == (
        "Held: its job is paused",
        f"{SPENT} It runs when the budget is raised; the request is in the queue.",
    )
    assert answers(console)["What is it doing?"] == "Cleared, waits until its budget is raised"


def test_an_action_whose_agent_is_stopped_says_by_whom(console):
    action = console.kernel.refund("20.00")
    agent = console.kernel.store.read(lambda snapshot: snapshot.load(Agent, "support-agent"))
    stopped = msgspec.structs.replace(agent, stopped_by="ops-east")
    waiting = msgspec.structs.replace(console.kernel.action(action.id), held="agent_stopped")
    viewer = Viewer(None, console.kernel.clock.now(), Around(agents={agent.id: stopped}))
    detail = msgspec.structs.replace(console.gateway.detail(action.id), action=waiting)
    notice = show(detail, viewer).sheet.banner
    assert notice.title == "Held: support-agent was stopped by ops-east"
    assert badge_of(waiting, viewer).text == "Held · agent stopped"


def test_stopping_an_agent_stops_what_waits_and_says_so(console):
    action = console.kernel.refund("180.00")
    ops = console.kernel.reviewer("ops-east").principal
    stop_agent(console.kernel.services, ops, "support-agent", "Wrong customers")
    console.queue.filter("done")
    console.sync()
    console.look_at(action.id)
    assert console.action_sheet.outcome.title == "Stopped by ops-east"


def test_the_widest_safe_mode_over_an_action_is_the_one_that_is_told(console):
    action = console.kernel.refund("20.00")
    modes = {
        scope: SafeMode(scope, 0, on=True, by="ops", reason="", requested_at="")
        for scope in ("capability:issue_refund", "workspace", "connector:other")
    }
    assert Around(safe_modes=modes).safe_mode_over(action).id == "workspace"
    del modes["workspace"]
    assert Around(safe_modes=modes).safe_mode_over(action).id == "capability:issue_refund"
    del modes["capability:issue_refund"]
    assert Around(safe_modes=modes).safe_mode_over(action) is None


def test_an_attempt_that_did_not_get_through_says_that_it_is_tried_again(console):
    action = console.kernel.refund("20.00")
    console.kernel.tools.down = True
    console.kernel.run(steps=1)
    console.queue.filter("all")
    console.sync()
    console.look_at(action.id)
    assert answers(console)["What is it doing?"] == "Running, tries again in 4.0 s"
    assert text_of(console.action_sheet.outcome.text) == "Trying again: the system does not answer"


def test_what_is_compared_once_is_not_compared_again(console):
    console.kernel.refund("180.00")
    console.sync()
    first = console.action.shown
    console.action.refresh()
    assert console.action.shown is not first
    assert console.action.shown.compared is first.compared
