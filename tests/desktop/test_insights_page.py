"""Insights: from how people decided to figures, sentences, and the actions behind them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.reading.answers import Oversight
from lineclear.application.reading.queue_query import parse_queue
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.models.arranging import Arranged
from lineclear.desktop.presenters.insights.insight_findings import FEWEST
from lineclear.desktop.presenters.insights.insight_sheets import Place
from lineclear.desktop.presenters.insights.insights import EVERY, Insights
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.console import Console
from support.kernel import Kernel
from support.seat import Seat

SINCE, UNTIL = "2026-11-15T14:02:31.000Z", "2026-11-22T14:02:31.000Z"


class Answering(MemoryGateway):
    """The backend in this process, which may refuse to tell."""

    refuses: Code | None = None

    def oversight(self, days: int = 7) -> Oversight:
        if self.refuses is not None:
            raise Refusal(self.refuses, **PARAMS[self.refuses])
        return super().oversight(days)


class Lead:
    """Somebody before the page, over a whole kernel."""

    def __init__(self, role: Role = Role.OPS, background=None) -> None:
        self.kernel = Kernel()
        self.console = Console(self.kernel, name="lead", role=role, tier=Tier.THREE)
        with_ = self.console.read_by(background) if background else self.console.with_
        self.gateway = Answering(self.kernel.services, self.kernel.token("lead", role, tier=Tier.THREE))
        self.page = Insights(replace(with_, gateway=self.gateway), self.console.me)
        self.shown: list[object] = []
        self.page.changed.connect(self.shown.append)

    @property
    def sheet(self):
        return self.shown[-1]

    def decide(self, verdict: Verdict = Verdict.APPROVE, amount: str = "180.00") -> None:
        action = self.kernel.refund(amount)
        self.kernel.later(seconds=5)
        self.kernel.decide(
            self.kernel.reviewer(), action, verdict, "" if verdict is Verdict.APPROVE else "No"
        )


PARAMS = {
    Code.UNREACHABLE: {"url": "http://127.0.0.1:8000", "problem": "connection refused"},
    Code.ROLE_INSUFFICIENT: {"role": "approver", "deed": "see how reviewers decide", "needed": "ops"},
    Code.RATE_LIMITED: {"limit": "10", "what": "reading"},
}


# -- reading -------------------------------------------------------------------------------------


def test_a_lead_sees_who_decided_what_and_how_much_jobs_cost():
    lead = Lead()
    lead.decide()
    lead.decide(Verdict.REJECT)
    lead.console.sync()
    lead.page.open()
    assert lead.sheet.notice is None
    assert [one.id for one in lead.sheet.people] == ["ops-west"]
    assert [one.id for one in lead.sheet.capabilities] == ["issue_refund"]
    assert [one.id for one in lead.sheet.agents] == ["support-agent"]
    assert lead.sheet.jobs_said == "1 job opened in this time"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_others_are_told_for_whom_it_is_and_where_to_go(role):
    lead = Lead(role)
    lead.gateway.refuses = Code.UNREACHABLE  # nothing is asked
    lead.page.open()
    assert lead.sheet.notice.kind is NoticeKind.FORBIDDEN
    assert lead.sheet.notice.step.command == "go.ledger"
    assert not lead.sheet.is_known


def test_without_decisions_a_longer_stretch_is_offered():
    lead = Lead()
    lead.page.open()
    assert lead.sheet.notice.kind is NoticeKind.EMPTY
    assert lead.sheet.notice.step.command == "insights.month"
    lead.page.choose(30)
    assert lead.sheet.notice.title == "Nobody decided anything in the last 30 days"
    assert lead.sheet.notice.step.command == "go.review"


def test_a_late_answer_about_another_stretch_is_dropped():
    held = HeldBackground()
    lead = Lead(background=held)
    lead.decide()
    lead.page.open()
    lead.page.choose(1)
    week, day = held.held
    day()
    assert (lead.sheet.days, lead.sheet.is_known) == (1, True)
    count = len(lead.shown)
    week()
    assert len(lead.shown) == count


def test_figures_of_one_stretch_are_never_shown_as_those_of_another():
    lead = Lead()
    lead.decide()
    lead.page.open()
    lead.gateway.refuses = Code.UNREACHABLE
    lead.page.choose(1)
    assert not lead.sheet.is_known
    assert lead.sheet.notice.title == "The figures are not known now"
    lead.page.choose(7)
    assert lead.sheet.is_known


def test_offline_figures_stay_with_the_time_at_which_they_were_made():
    lead = Lead()
    lead.decide()
    lead.page.open()
    lead.page.on_state(Notice(NoticeKind.OFFLINE, "Offline"))
    assert lead.sheet.is_known
    assert lead.sheet.notice.kind is NoticeKind.OFFLINE
    assert lead.sheet.notice.title.startswith("Offline, figures of ")
    lead.page.on_state(None)
    assert lead.sheet.notice is None


def test_who_may_see_it_no_more_keeps_nothing_in_sight():
    lead = Lead()
    lead.decide()
    lead.page.open()
    lead.gateway.refuses = Code.ROLE_INSUFFICIENT
    lead.page.open()
    assert lead.sheet.notice.kind is NoticeKind.FORBIDDEN
    assert not lead.sheet.is_known
    assert lead.sheet.people == ()


def test_any_other_refusal_says_why_and_is_over_with_the_next_answer():
    lead = Lead()
    lead.decide()
    lead.gateway.refuses = Code.RATE_LIMITED
    lead.page.open()
    assert (lead.sheet.notice.kind, lead.sheet.notice.title) == (
        NoticeKind.FAILED,
        "The figures were refused",
    )
    lead.gateway.refuses = None
    lead.page.open()
    assert lead.sheet.notice is None


def test_it_is_read_again_while_the_ledger_grows_but_not_with_each_entry():
    lead = Lead()
    lead.decide()
    lead.page.open()
    lead.decide()
    for _second in range(EVERY - 1):
        lead.page.on_changed(frozenset({"action/act_1"}))
        lead.page.on_tick()
    assert lead.sheet.people[0].cells[0].rank == 1
    lead.page.on_tick()
    assert lead.sheet.people[0].cells[0].rank == 2
    lead.page.leave()
    lead.decide()
    lead.page.on_changed(frozenset({"action/act_1"}))
    for _second in range(EVERY):
        lead.page.on_tick()
    assert lead.sheet.people[0].cells[0].rank == 2


# -- the window ----------------------------------------------------------------------------------


def test_the_days_are_keys_and_pills(shows, heard):
    window = shows("insights-week")
    chosen = heard(window.insights.days_chosen)
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.mouseClick(window.insights.pills[7], Qt.MouseButton.LeftButton)
    assert chosen.said == [(1,), (30,), (7,)]
    window.run_command("go.review")
    QTest.keyClick(window, Qt.Key.Key_1)
    assert len(chosen.said) == 3


def test_a_table_is_sorted_by_its_titles_and_by_key(shows):
    page = shows("insights-week").insights
    table = page.capabilities.table
    table.horizontalHeader().sectionClicked.emit(3)
    assert table.rows.row(0).id == "manage_customers"
    table.setFocus()
    page.run_command("insights.turn")
    assert table.rows.row(0).id == "grant_access"
    page.run_command("insights.sort")
    assert table.arranged == Arranged(4)
    assert page.people.table.arranged == Arranged()


def test_a_row_opens_what_it_was_made_of(shows, heard):
    page = shows("insights-week").insights
    opened = heard(page.opened)
    table = page.people.table
    table.selectRow(0)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    ((way,),) = opened.said
    assert way.place is Place.LEDGER
    assert "by:ops-west" in way.filter


def test_what_stands_out_leads_to_the_queue_narrowed_to_it(shows):
    kernel = Kernel()
    west = kernel.reviewer("ops-west")
    for cents in range(FEWEST):
        action = kernel.refund(f"180.{cents:02d}")
        kernel.decide(west, action, looked=kernel.looked(action, dwell_ms=200, changes=1))
    window = shows()
    seat = Seat(window, kernel, name="lead")
    window.run_command("go.insights")
    assert window.insights.findings.buttons.keys() == {"habit:ops-west"}
    table = window.insights.capabilities.table
    table.activated.emit(table.model().index(0, 0))
    assert window.page == "review"
    assert seat.session.queue.lens.typed == window.top.search.text()
    assert parse_queue(window.top.search.text()).capability == "issue_refund"
    window.run_command("go.insights")
    window.insights.findings.buttons["habit:ops-west"].click()
    assert window.page == "ledger"
    assert window.ledger.search.text().startswith("type:decision by:ops-west after:")
