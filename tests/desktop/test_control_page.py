"""The control page: safe mode by scope, breakers, agents; from a whole kernel to the buttons."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.gallery import control as samples
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.control.control_sheets import ScopeKind
from lineclear.desktop.presenters.sheets import Mark, SafeModeState, Tone, text_of
from lineclear.desktop.sync import Contact
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.console import Console
from support.kernel import Kernel


class Desk:
    """One person before Control, and what it last showed."""

    def __init__(self, kernel=None, **who) -> None:
        self.console = Console(kernel or Kernel(), **who)
        self.presenter = ConsolePresenter(self.console.with_, self.console.me)
        self.presenter.control_changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.presenter.top_changed.connect(lambda sheet: setattr(self, "top", sheet))
        self.refused = []
        self.presenter.refused.connect(self.refused.append)
        self.presenter.start()
        self.presenter.on_contact(Contact())
        self.presenter.open_page("control")

    def read(self) -> None:
        feed = self.console.gateway.feed(self.console.replica.size())
        self.presenter.on_changed(self.console.replica.apply(feed.items))

    def switch(self, *, on: bool, reason: str = "Odd refunds", scope: str = "workspace") -> None:
        self.presenter.switch_safe_mode(on, reason, scope)
        self.read()

    def scope(self, name: str):
        return next((row for row in self.sheet.scopes.rows if row.id == name), None)

    def connector(self):
        return self.sheet.connectors[0]


@pytest.fixture
def desk():
    return Desk()


def lines(row):
    return [(line.mark, text_of(line.text)) for line in row.lines]


# -- safe mode by scope -----------------------------------------------------------------------------


def test_the_form_knows_the_names_that_there_are(desk):
    names = dict(desk.sheet.scopes.names)
    assert names[ScopeKind.ENVIRONMENT] == ("production",)
    assert names[ScopeKind.CAPABILITY] == ("issue_refund", "manage_access", "manage_customers", "send_mail")


def test_a_scope_that_is_on_says_who_why_requested_and_confirmed(desk):
    desk.switch(on=True, scope="capability:issue_refund")
    row = desk.scope("capability:issue_refund")
    assert text_of(row.name) == "Capability issue_refund"
    assert text_of(row.text) == "by ops-west: Odd refunds"
    assert (row.state.text, row.leave, row.why_not) == ("On", "Leave", "")
    assert lines(row) == [
        (Mark.MET, "Requested at 00:00:00, with nothing running"),
        (Mark.MET, "Confirmed at 00:00:00: nothing that it holds runs"),
    ]


def test_what_is_still_running_is_counted_until_safe_mode_is_confirmed(desk):
    kernel = desk.console.kernel
    kernel.tools.silent = True
    action = kernel.refund("20.00")
    kernel.run(steps=1)
    assert kernel.action(action.id).status is ActionStatus.STARTED
    desk.switch(on=True)
    row = desk.scope("workspace")
    assert row.state.text == "On, not confirmed"
    assert lines(row) == [
        (Mark.MET, "Requested at 00:00:00, with 1 execution running"),
        (Mark.MISSING, "Not confirmed yet: 1 of 1 still running"),
    ]
    assert desk.top.safe_mode.text == "Safe mode on, 1 execution ending"


def test_the_top_bar_tells_the_whole_workspace_from_a_part(desk):
    assert desk.top.safe_mode.state is SafeModeState.OFF
    desk.switch(on=True, scope="connector:memory")
    part = desk.top.safe_mode
    assert (part.state, part.text, text_of(part.since)) == (
        SafeModeState.PARTIAL,
        "Safe mode in part",
        "connector memory",
    )
    desk.switch(on=True)
    assert desk.top.safe_mode.text == "Safe mode on"
    desk.switch(on=False)
    assert desk.top.safe_mode.state is SafeModeState.PARTIAL
    desk.switch(on=False, scope="connector:memory")
    assert desk.top.safe_mode.state is SafeModeState.OFF
    assert desk.sheet.scopes.rows == ()


def test_what_tier_three_switched_on_waits_for_a_second_person():
    first = Desk(name="sec-one", tier=Tier.THREE)
    first.switch(on=True)
    assert (Mark.ATTENTION, "Switched on at tier 3: it takes two people to leave") in lines(
        first.scope("workspace")
    )
    first.switch(on=False, reason="It is over")
    row = first.scope("workspace")
    assert (row.state.text, row.why_not) == (
        "Leaving: 1 of 2",
        "You asked to leave it; another person must confirm.",
    )
    assert first.top.safe_mode.text == "Safe mode on, leaving: 1 of 2"
    assert first.top.safe_mode.why_not == row.why_not
    second = Desk(first.console.kernel, name="ops-two")
    assert (second.scope("workspace").leave, second.scope("workspace").why_not) == ("Confirm leaving", "")
    assert (Mark.MISSING, "sec-one asked to leave; a second person must confirm") in lines(
        second.scope("workspace")
    )
    second.switch(on=False, reason="Checked")
    assert second.scope("workspace") is None
    assert second.refused == []


def test_who_may_not_leave_it_is_told_so():
    kernel = Kernel()
    Desk(kernel, name="ops-one").switch(on=True)
    desk = Desk(kernel, name="desk", tier=Tier.ONE, role=Role.APPROVER)
    assert desk.scope("workspace").why_not == "Your role (approver) may not leave safe mode."
    assert desk.sheet.scopes.why_not == ""


# -- breakers and agents ----------------------------------------------------------------------------


def test_an_open_breaker_says_until_when_and_after_what_and_then_is_on_probation(desk):
    kernel = desk.console.kernel
    for number in range(6):
        kernel.refund(f"20.0{number}")
    kernel.tools.down = True
    kernel.run()
    desk.read()
    row = desk.connector()
    assert (text_of(row.name), row.state.text, row.state.tone) == ("memory", "Breaker open", Tone.STOP)
    assert re.fullmatch(
        r"Nothing is sent before 00:00:30, after 5 failures: act-\w+ could not reach it", text_of(row.text)
    )
    kernel.later(seconds=31)
    desk.presenter.on_tick()
    assert desk.connector().state.text == "On probation"


def agent_row(desk):
    return next(row for row in desk.sheet.agents if row.id == "support-agent")


def test_an_agent_is_stopped_and_let_go_on_with_a_reason(desk):
    kernel = desk.console.kernel
    waiting = kernel.refund("180.00")
    assert agent_row(desk).state.text == "Enrolled"
    desk.presenter.switch_agent("support-agent", True, "Wrong customers")  # noqa: FBT003  # as its signal
    desk.read()
    row = agent_row(desk)
    assert (text_of(row.state.text), row.state.tone, row.is_stopped) == (
        "Stopped by ops-west",
        Tone.STOP,
        True,
    )
    assert kernel.action(waiting.id).status is ActionStatus.STOPPED
    desk.presenter.switch_agent("support-agent", False, "Fixed")  # noqa: FBT003  # as its signal
    desk.read()
    assert agent_row(desk).state.text == "Enrolled"


def test_an_approver_may_stop_an_agent_but_not_let_it_go_on():
    kernel = Kernel()
    desk = Desk(kernel, name="desk", tier=Tier.ONE, role=Role.APPROVER)
    assert agent_row(desk).why_not == ""
    desk.presenter.switch_agent("support-agent", True, "Wrong customers")  # noqa: FBT003  # as its signal
    desk.read()
    assert "may not leave safe mode" in agent_row(desk).why_not


def test_every_scope_that_the_form_offers_is_one(desk):
    for kind, names in desk.sheet.scopes.names:
        for name in names:
            desk.switch(on=True, scope=f"{kind}:{name}")
    assert desk.refused == []
    assert len(desk.sheet.scopes.rows) == sum(len(names) for _, names in desk.sheet.scopes.names)


# -- the page ---------------------------------------------------------------------------------------


def press(widget, key):
    QTest.keyClick(widget, key)


def test_a_scope_is_switched_on_only_with_a_place_and_a_reason(shows, heard):
    window = shows("control")
    asked = heard(window.scope_asked)
    form = window.control.scopes.form
    form.yes.click()
    assert form.yes.why_not == "Choose first where."
    form.kinds[ScopeKind.CONNECTOR].click()
    assert list(form.names) == ["crm", "git", "payments"]
    assert form.yes.why_not == "Choose first where."
    form.names["payments"].click()
    press(form.field, Qt.Key.Key_Return)
    assert form.yes.why_not == "Safe mode needs a reason."
    assert asked.said == []
    QTest.keyClicks(form.field, "wrong currency")
    press(form.field, Qt.Key.Key_Return)
    assert asked.said == [(True, "wrong currency", "connector:payments")]
    assert (form.scope, form.field.text()) == ("", "")


def test_a_scope_that_is_on_is_not_switched_on_again(shows, heard):
    window = shows("control-scopes")
    asked = heard(window.scope_asked)
    form = window.control.scopes.form
    form.kinds[ScopeKind.WORKSPACE].click()
    QTest.keyClicks(form.field, "again")
    form.yes.click()
    assert asked.said == []
    assert form.yes.why_not == "It is on there already."


def test_leaving_needs_a_reason_and_names_its_scope(shows, heard):
    window = shows("control-leave")
    asked = heard(window.scope_asked)
    line = window.control.scopes.lines.line("workspace")
    line.reason.yes.click()
    assert asked.said == []
    QTest.keyClicks(line.reason.field, "checked")
    line.reason.yes.click()
    assert asked.said == [(False, "checked", "workspace")]
    assert not line.reason.is_asking


def test_what_is_typed_stays_while_the_page_is_read_anew(shows):
    window = shows("control-leave")
    line, form = window.control.scopes.lines.line("workspace"), window.control.scopes.form
    QTest.keyClicks(line.reason.field, "chec")
    form.choose(ScopeKind.CAPABILITY, "issue_refund")
    QTest.keyClicks(form.field, "odd")
    changed = replace(samples.CONTROL_SCOPES, document_title="policy v15")
    window.control.display(changed)
    settle()
    assert line.reason.is_asking
    assert (line.reason.field.text(), form.field.text()) == ("chec", "odd")
    assert form.scope == "capability:issue_refund"


def test_who_asked_to_leave_cannot_confirm_it_themselves(shows):
    line = shows("control-scopes").control.scopes.lines.line("connector:payments")
    line.button.click()
    assert not line.reason.is_asking
    assert "another person" in line.button.toolTip()


def test_an_agent_is_stopped_by_its_id_after_a_reason(shows, heard):
    window = shows("control-form")
    asked = heard(window.agent_asked)
    line = window.control.agents.lines.line("crm-agent")
    press(line.reason.field, Qt.Key.Key_Return)
    assert asked.said == []
    QTest.keyClicks(line.reason.field, "merges the wrong ones")
    press(line.reason.field, Qt.Key.Key_Return)
    assert asked.said == [("crm-agent", True, "merges the wrong ones")]


def test_a_stopped_agent_is_let_go_on(shows, heard):
    window = shows("control-scopes")
    asked = heard(window.agent_asked)
    line = window.control.agents.lines.line("support-agent")
    assert line.button.title == "Let it go on"
    line.button.click()
    QTest.keyClicks(line.reason.field, "fixed")
    line.reason.yes.click()
    assert asked.said == [("support-agent", False, "fixed")]


def test_escape_closes_the_question_and_the_focus_goes_back(shows):
    line = shows("control-form").control.agents.lines.line("crm-agent")
    press(line.reason.field, Qt.Key.Key_Escape)
    assert not line.reason.is_asking
    assert line.button.hasFocus()


def test_many_names_are_narrowed_by_typing(shows):
    window = shows("control")
    names = tuple(f"capability_{number:02d}" for number in range(40))
    sheet = replace(
        samples.CONTROL, scopes=replace(samples.CONTROL.scopes, names=((ScopeKind.CAPABILITY, names),))
    )
    window.control.display(sheet)
    form = window.control.scopes.form
    form.kinds[ScopeKind.CAPABILITY].click()
    assert len(form.names) == 12
    assert form._more.text() == "28 more."
    QTest.keyClicks(form.narrow, "_3")
    assert list(form.names) == [name for name in names if "_3" in name]


@pytest.mark.parametrize(
    ("top", "title"),
    [("TOP_PARTIAL", "Turn safe mode on everywhere"), ("TOP_LEAVING", "Confirm leaving safe mode")],
)
def test_the_switch_asks_for_what_it_would_do(shows, heard, top, title):
    from lineclear.desktop.gallery import states as gallery_states  # noqa: PLC0415  # only here

    window = shows("review")
    asked = heard(window.safe_mode_asked)
    window.display_top(getattr(gallery_states, top))
    window.run_command("safe_mode.toggle")
    popover = window.overlays._reason
    assert popover._heading.text() == title
    QTest.keyClicks(popover.field, "because")
    popover.yes.click()
    assert asked.said == [(top == "TOP_PARTIAL", "because")]
