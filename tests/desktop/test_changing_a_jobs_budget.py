"""A job's budget is changed on its page: what that does is said first, and a raise waits for others."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.application.budgeting.setting import Limit
from lineclear.desktop.gallery import jobs as samples
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.jobs.job_budget import LimitChoice, judged
from lineclear.desktop.presenters.jobs.jobs_presenter import JobsPresenter
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import Role
from support.console import Console

COST = LimitChoice(BudgetKind.COST, "Cost", 2_000_000, used=1_000_000)
WALL = LimitChoice(BudgetKind.WALL, "Time", 3_600)


@pytest.mark.parametrize(
    ("choice", "text", "limit", "told"),
    [
        (COST, "1.50", 1_500_000, "Cuts it from $2.00 to $1.50 at once."),
        (COST, "0,50", 500_000, "it pauses before its next step"),
        (COST, "5", 5_000_000, "a reviewer of tier 2 decides"),
        (WALL, "30", 1_800, "at once"),
    ],
)
def test_what_is_typed_says_what_it_would_do(choice, text, limit, told):
    found = judged(choice, text)
    assert (found.limit, found.why_not) == (limit, "")
    assert told in found.told


@pytest.mark.parametrize("text", ["", "0", "-1", "NaN", "1e400", "twelve", "2.00", "9" * 30])
def test_what_is_no_other_limit_says_why_not(text):
    found = judged(COST, text)
    assert (found.limit, bool(found.why_not)) == (0, True)


def test_half_a_step_is_no_limit():
    assert judged(LimitChoice(BudgetKind.STEPS, "Steps", 50), "1.5").why_not


def test_by_keyboard_a_limit_is_typed_and_given_a_reason(shows, heard):
    window = shows("job-running")
    asked = heard(window.jobs.budget_asked)
    window.run_command("jobs.budget")
    panel = window.jobs.foot.panel
    assert not panel.yes.isEnabled()
    QTest.keyClicks(panel.amount, "0.5")
    QTest.keyClick(panel.amount, Qt.Key.Key_Return)
    QTest.keyClicks(panel.field, "Enough")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    ((job, wanted),) = asked.said
    assert job == samples.RUNNING.id
    assert (wanted.kind, wanted.limit, wanted.reason) == (BudgetKind.COST, 500_000, "Enough")
    assert window.jobs.foot.panel is None


def test_escape_leaves_the_budget_as_it_is(shows, heard):
    window = shows("job-budget")
    asked = heard(window.jobs.budget_asked)
    QTest.keyClick(window.jobs.foot.panel.amount, Qt.Key.Key_Escape)
    assert window.jobs.foot.panel is None
    assert asked.said == []


def opened(console: Console) -> object:
    sheets: list[object] = []
    jobs = JobsPresenter(console.with_, console.me)
    jobs.opened.connect(sheets.append)
    console.sync()
    jobs.show(is_shown=True)
    jobs.open(console.kernel.job)
    return sheets[-1]


def test_a_raise_that_was_asked_for_stands_on_the_page_until_somebody_else_decides():
    console = Console()
    presenter = ConsolePresenter(console.with_, console.me)
    job, asked_for = console.kernel.job, Limit(BudgetKind.COST, 5_000_000, "Month end")
    presenter.send(lambda reviewer: reviewer.set_budget(job, asked_for))
    sheet = opened(console)
    (asked,) = console.kernel.pending()
    assert sheet.request == asked.id
    assert text_of(sheet.notice.title) == "Raise the cost budget to $5.00"
    assert "Month end" in text_of(sheet.notice.text)
    cut = Limit(BudgetKind.COST, 1_000_000, "Enough")
    presenter.send(lambda reviewer: reviewer.set_budget(job, cut))
    found = console.kernel.store.read(lambda snapshot: snapshot.load(Job, console.kernel.job))
    assert (found.budget.cost_micros, console.kernel.pending()) == (1_000_000, ())


def test_who_may_not_change_it_is_told_who_may():
    sheet = opened(Console(role=Role.APPROVER))
    assert sheet.budget_why_not == "Changing a budget takes an ops lead or an administrator."
