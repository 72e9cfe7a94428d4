"""Budgets of the day on screen: what is left, what waits for it, and the question; from a whole kernel."""

from __future__ import annotations

import pytest

from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import record_spans
from lineclear.application.services import stamp
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.sheets import NoticeKind, Tone, text_of
from lineclear.domain.events import Span
from lineclear.domain.vocabulary import ActionStatus, SpanKind
from support.console import Console, answers
from support.kernel import DOCUMENT

POLICY = "budgets:\n  per_day_cost_usd: 1\n" + DOCUMENT.replace(
    "        idempotency_key: required\n",
    "        idempotency_key: required\n    budget:\n      per_agent_per_day_usd: 100\n",
)


@pytest.fixture
def console() -> Console:
    made = Console()
    activate_policy(made.kernel.services, POLICY, by="admin")
    made.sync()
    return made


def spend(console: Console, micros: int) -> None:
    kernel = console.kernel
    now = stamp(kernel.clock.now())
    span = Span("s1", "plan", SpanKind.MODEL, now, now, cost_micros=micros)
    record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())
    console.sync()


def question(console: Console):
    return next(one for one in console.kernel.pending() if one.tool == "budget.raise_day")


def budgets(console: Console) -> list[tuple[str, str, str, Tone]]:
    found = []
    presenter = ConsolePresenter(console.with_, console.me)
    presenter.control_changed.connect(lambda sheet: found.append(sheet.budgets))
    presenter.start()
    presenter.open_page("control")
    return [
        (text_of(row.name), text_of(row.text), text_of(row.state.text), row.state.tone) for row in found[-1]
    ]


def test_control_shows_what_is_left_of_today(console):
    spend(console, 250_000)
    assert budgets(console) == [
        (
            "The workspace's cost budget",
            "$0.25 of $1.00 used or set aside, $0.75 left; renews at 00:00 UTC",
            "Room left",
            Tone.OK,
        )
    ]


def test_control_says_that_a_budget_is_spent_and_who_was_asked(console):
    spend(console, 1_000_000)
    ((name, text, state, tone),) = budgets(console)
    assert (name, state, tone) == ("The workspace's cost budget", "Spent", Tone.STOP)
    assert text.endswith("$0.00 left; renews at 00:00 UTC; a request to raise it is in the queue")


def test_the_job_of_an_action_shows_the_limits_of_today_beside_its_own(console):
    action = console.kernel.refund("60.00")
    spend(console, 950_000)
    console.look_at(action.id)
    assert [(one.label, one.text, one.tone) for one in console.action_sheet.job.meters][2:] == [
        ("Cost today, workspace", "$0.95 / $1.00", Tone.CAUTION),
        ("Money today, issue_refund", "$0.00 / $100.00", Tone.ACCENT),
    ]


def test_the_question_says_what_either_answer_does(console):
    spend(console, 1_000_000)
    console.look_at(question(console).id)
    sheet = console.action_sheet
    assert text_of(sheet.title) == "Raise the workspace's cost budget to $2.00 for today"
    assert answers(console) == {
        "What is it doing?": "What would pass it waits for you",
        "Why?": "$1.00 of $1.00 used or set aside, $0.00 left; it renews at 00:00 UTC, rejecting keeps it"
        " until then",
        "What will it change?": "Today's limit rises to $2.00",
        "Can I stop it?": "Yes, rejecting keeps the limit",
        "Can I undo it?": "No, what was raised may be spent at once",
    }
    assert [one.title for one in sheet.decision.buttons][:2] == ["Approve", "Reject and keep the limit"]
    assert sheet.decision.reject_text.startswith("Rejecting keeps the limit for today")


def test_what_was_rejected_says_that_the_limit_stays(console):
    spend(console, 1_000_000)
    asked = question(console)
    console.look_at(asked.id)
    console.decide(asked.id, "reject", "Enough was spent")
    console.queue.filter("done")
    console.sync()
    console.look_at(asked.id)
    assert console.action_sheet.outcome.title == "Rejected by ops-west; the limit stays for today"


def test_what_waits_for_the_day_says_what_is_left_and_when_it_runs(console):
    action = console.kernel.refund("20.00")
    spend(console, 1_000_000)
    console.kernel.run()
    console.sync()
    console.queue.filter("all")
    console.look_at(action.id)
    sheet = console.action_sheet
    assert console.kernel.action(action.id).status is ActionStatus.CLEARED
    assert answers(console)["What is it doing?"] == "Cleared, waits for tomorrow or a higher budget"
    assert sheet.banner.kind is NoticeKind.HELD
    assert text_of(sheet.banner.text) == (
        "The workspace's cost budget: $1.00 of $1.00 used or set aside, $0.00 left; renews at 00:00 UTC; a"
        " request to raise it is in the queue. It runs when the budget renews, or is raised for today."
    )


def test_what_can_be_decided_says_beforehand_that_it_would_wait(console):
    action = console.kernel.refund("60.00")
    spend(console, 1_000_000)
    console.look_at(action.id)
    assert text_of(console.action_sheet.banner.title) == "A budget of the day is spent"
