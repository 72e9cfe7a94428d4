"""Connecting an agent: from a kernel to the buttons, and its first call as it arrives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from lineclear.application.governing.people import authenticate
from lineclear.application.jobs import open_job
from lineclear.application.propose import Proposal, propose
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.desks.connect_desk import ConnectDesk
from lineclear.desktop.gallery.connect import SHEETS
from lineclear.desktop.presenters.connect.connect_lines import Way
from lineclear.desktop.presenters.connect.connecting import Connecting
from lineclear.desktop.presenters.sheets import Mark, NoticeKind, text_of
from lineclear.desktop.programs import read_programs
from lineclear.domain.arrivals import Refused
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.console import Console
from support.kernel import Kernel


class Seat:
    """An administrator before the page."""

    def __init__(self, kernel=None, background=None, role=Role.ADMIN) -> None:
        self.kernel = kernel or Kernel()
        self.console = Console(self.kernel, name="root", role=role, tier=Tier.THREE)
        with_ = self.console.read_by(background) if background else self.console.with_
        self.with_ = replace(with_, url="http://127.0.0.1:8000")
        self.page = Connecting(self.with_, self.console.me, read_programs)
        self.page.changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.page.open()

    def make(self, name="refund-bot", way=Way.SDK) -> None:
        self.page.choose_way(way)
        if not any(one.is_on for one in self.sheet.form.capabilities):
            self.page.toggle_capability("issue_refund")
        self.page.make(name, "support-lead")
        self.read()

    def read(self) -> None:
        feed = self.console.gateway.feed(self.console.replica.size())
        self.page.on_changed(self.console.replica.apply(feed.items))
        self.page.on_tick()

    @property
    def secret(self) -> str:
        """The token as it stands in the lines."""
        block = next(one for one in self.sheet.watch.blocks if "LINECLEAR_TOKEN" in one.text)
        return block.text.partition("LINECLEAR_TOKEN=")[2].strip()

    def border(self, **seen) -> None:
        """What the border would keep of the agent's token."""
        self.kernel.services.arrivals.change(self.sheet.watch.token, lambda one: one.used(**seen))

    def steps(self) -> list[tuple[Mark, str]]:
        return [(one.mark, text_of(one.text)) for one in self.sheet.watch.steps]


@pytest.fixture
def seat():
    return Seat()


def test_a_token_is_made_bounded_and_ending_and_shown_once(seat):
    seat.make()
    assert seat.sheet.notice is None
    principal = authenticate(seat.kernel.services, seat.secret)
    assert (principal.subject, principal.capabilities) == ("refund-bot", ("issue_refund",))
    (row,) = [one for one in seat.sheet.rows if one.id == seat.sheet.watch.token]
    assert "never seen, until 08 Jan" in text_of(row.text)
    assert text_of(row.text).endswith("reaches issue_refund")
    seat.page.leave()
    seat.page.open()
    assert "shown once" in seat.secret


def test_what_the_chosen_capabilities_let_it_do_is_said_in_policys_words(seat):
    seat.page.toggle_capability("issue_refund")
    said = [text_of(one.text) for one in seat.sheet.form.words]
    assert said[0] == "payments.create_refund: Lineclear makes the call for it, once it is cleared"
    assert "Over 50.00 USD a person must approve; exactly 50.00 is not over." in said


def test_a_way_that_the_chosen_tools_do_not_go_by_is_said_before_a_token_is_made(seat):
    assert seat.sheet.form.why_not == "Choose at least one capability."
    seat.page.toggle_capability("issue_refund")
    assert seat.sheet.form.why_not == ""
    seat.page.choose_way(Way.AAP)
    assert "only tools come in that the agent carries out itself" in seat.sheet.form.why_not


def test_the_first_call_is_watched_step_by_step(seat):
    kernel = seat.kernel
    seat.make()
    assert [mark for mark, _ in seat.steps()] == [Mark.MISSING] * 5
    agent = authenticate(kernel.services, seat.secret)
    seat.border(at="2026-01-01T00:00:00.000Z")
    seat.page.on_tick()
    seat.page.on_tick()
    assert seat.steps()[0] == (Mark.MET, "Its token was used for the first time, 00:00:00")
    job = open_job(kernel.services, agent, JobBrief("First call"), Budget(), kernel.key())[0]
    seat.read()
    assert seat.steps()[1] == (Mark.MET, "A job was opened, 00:00:00")
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="60.00", currency="USD")
    action = propose(kernel.services, agent, Proposal(job.id, payload), kernel.key())[0]
    seat.read()
    assert seat.steps()[3] == (Mark.ATTENTION, "A decision is needed: it waits in the queue")
    kernel.later(seconds=9)
    kernel.decide(kernel.reviewer(), action)
    kernel.run()
    seat.read()
    assert seat.steps()[3:] == [
        (Mark.MET, "It was cleared, 00:00:09"),
        (Mark.MET, "It was carried out, and the agent went on, 00:00:09"),
    ]
    assert seat.sheet.watch.said


def test_a_rejection_and_a_denial_are_steps_as_well(seat):
    kernel = seat.kernel
    seat.make()
    agent = authenticate(kernel.services, seat.secret)
    seat.border(at="2026-01-01T00:00:00.000Z")
    job = open_job(kernel.services, agent, JobBrief("First call"), Budget(), kernel.key())[0]
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="60.00", currency="USD")
    action = propose(kernel.services, agent, Proposal(job.id, payload), kernel.key())[0]
    kernel.decide(kernel.reviewer(), action, Verdict.REJECT, "No")
    seat.read()
    assert seat.steps()[3][0] is Mark.REFUSED
    assert seat.steps()[4] == (Mark.MET, "The agent was told why, 00:00:00")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("not_found", "Wrong address."),
        ("token_expired", "This token's time is over"),
        ("token_invalid", "This token is revoked"),
        ("capability_not_in_token", "a capability that its token does not reach"),
        ("body_invalid", "members are checked strictly"),
        ("tool_unknown", "a tool that the workspace does not declare"),
        ("rate_limited", "It was refused with rate_limited; its answer says why."),
    ],
)
def test_what_was_refused_is_explained_with_its_time_and_place(seat, code, said):
    seat.make()
    call = Refused("2026-01-01T00:00:07.000Z", code, "POST", "/v1/…", 3)
    seat.kernel.services.arrivals.change(seat.sheet.watch.token, lambda one: one.turned_away(call))
    seat.page.on_tick()
    seat.page.on_tick()
    (line,) = seat.sheet.watch.refused
    assert said in text_of(line.text)
    assert text_of(line.source) == f"00:00:07, POST /v1/…: {code}, 3 times"
    assert seat.sheet.watch.state.text == "Refused"


def test_strangers_are_told_apart(seat):
    call = Refused("2026-01-01T00:00:07.000Z", "token_invalid", "GET", "/v1/me")
    for name in ("none", "unknown"):
        seat.kernel.services.arrivals.change(name, lambda one: one.turned_away(call))
    seat.page.open()
    said = {text_of(one.text) for one in seat.sheet.strangers}
    assert len(said) == 2
    assert "No token came with it: is LINECLEAR_TOKEN set where the agent runs?" in said


def test_a_token_is_revoked_from_the_same_place_and_its_lines_go(seat):
    seat.make()
    secret, token = seat.secret, seat.sheet.watch.token
    seat.page.revoke(token)
    seat.read()
    with pytest.raises(Refusal) as refused:
        authenticate(seat.kernel.services, secret)
    assert refused.value.code is Code.TOKEN_INVALID
    assert seat.sheet.watch.blocks == ()
    assert next(one for one in seat.sheet.rows if one.id == token).why_not == "It is revoked."


def test_another_connection_takes_the_secret_off_the_screen(seat):
    seat.make()
    first = seat.sheet.watch.token
    seat.make("other-bot")
    other = seat.sheet.watch.token
    seat.page.watch(first)
    assert "shown once" in seat.secret
    seat.page.watch(other)
    assert "shown once" in seat.secret


def test_who_is_no_administrator_is_told_so_and_asks_the_backend_nothing():
    kernel = Kernel()
    seat = Seat(kernel, role=Role.OPS)
    assert seat.sheet.notice.kind is NoticeKind.FORBIDDEN
    assert not seat.sheet.is_open
    seat.console.gateway.down = True
    seat.page.on_tick()
    seat.page.on_tick()
    assert seat.sheet.notice.kind is NoticeKind.FORBIDDEN


def test_a_backend_that_is_away_keeps_what_was_known_and_says_so(seat):
    seat.make()
    seat.console.gateway.down = True
    seat.page.open()
    assert (seat.sheet.notice.kind, seat.sheet.is_open) == (NoticeKind.OFFLINE, True)
    seat.console.gateway.down = False
    seat.page.open()
    assert seat.sheet.notice is None


def test_a_name_that_is_none_is_refused_and_said(seat):
    seat.make("Not A Name")
    assert "is not a name" in seat.sheet.notice.title
    assert seat.sheet.watch is None


def test_i21_a_locked_session_makes_and_revokes_no_token(seat):
    seat.console.reviewer.lock()
    seat.make()
    assert seat.sheet.notice.title == "This session is locked; it signs and sends nothing."
    assert seat.sheet.watch is None


def test_while_the_ledger_is_in_doubt_no_token_is_made_and_any_is_revoked(seat):
    seat.make()
    token = seat.sheet.watch.token

    def doubt() -> None:
        raise Refusal(Code.SESSION_LOCKED)

    seat.console.reviewer._require_calm = doubt
    seat.make("other-bot")
    assert seat.sheet.notice is not None
    seat.page.revoke(token)
    assert seat.sheet.watch.state.text == "Revoked"


def test_an_earlier_reading_that_comes_late_is_dropped():
    held = HeldBackground()
    seat = Seat(background=held)
    early = held.held.pop(0)
    seat.page.open()
    held.held.pop(0)()
    seat.kernel.services.arrivals.change("none", lambda one: one)
    shown = seat.sheet
    early()
    assert seat.sheet is shown


# -- the page ---------------------------------------------------------------------------------------


def test_nothing_is_made_without_name_owner_and_capability(shows, heard):
    page = shows("connect-empty").connecting
    asked = heard(page.form.asked)
    assert page.form.yes.why_not == "It needs a name."
    QTest.keyClicks(page.form.name, "refund-bot")
    assert page.form.yes.why_not == "It needs an owner."
    QTest.keyClicks(page.form.owner, "lead")
    assert page.form.yes.why_not == "Choose at least one capability."
    page.display(SHEETS["choosing"])
    QTest.keyClick(page.form.owner, Qt.Key.Key_Return)
    assert asked.said == [("refund-bot", "lead")]


def test_what_is_typed_stays_while_the_page_is_read_anew(shows):
    page = shows("connect-choosing").connecting
    QTest.keyClicks(page.form.name, "refund-b")
    page.display(SHEETS["refused"])
    assert page.form.name.text() == "refund-b"


def test_a_block_is_copied_whole_however_little_of_it_is_in_sight(shows, heard):
    page = shows("connect-lines").connecting
    copied = heard(page.lines.copied)
    page.lines.blocks[2].copy.click()
    ((text,),) = copied.said
    assert text == SHEETS["lines"].watch.blocks[2].text
    assert text.count("\n") > 40


def test_revoking_asks_once_more(shows, heard):
    page = shows("connect-waiting").connecting
    revoked = heard(page.connections.revoked)
    line = page.connections.rows.line("a" * 16)
    line.revoke.click()
    assert (revoked.said, line.revoke.title) == ([], "Revoke it for good")
    line.revoke.click()
    assert revoked.said == [("a" * 16,)]


def test_the_page_is_reached_by_keys_by_the_palette_and_from_control(shows):
    window = shows("control")
    window.control.connect_agent.click()
    assert window.page == "connect"
    window.run_command("go.review")
    QTest.keyClicks(window, "ga")
    assert window.page == "connect"


def test_a_secret_leaves_the_window_when_the_session_is_locked(shows):
    seat = Seat()
    window = shows("review")
    desk = ConnectDesk(window, seat.with_, seat.console.me)
    window.open_page("connect")
    desk.opened("connect")
    desk.connecting.toggle_capability("issue_refund")
    desk.connecting.make("refund-bot", "lead")
    shown = "".join(one.text.toPlainText() for one in window.connecting.lines.blocks)
    assert "lc_agent_" in shown
    window.connecting.lines.blocks[1].copy.click()
    assert "lc_agent_" in QGuiApplication.clipboard().text()
    desk.close()
    assert window.connecting.lines.blocks == []
    desk.opened("connect")
    shown = "".join(one.text.toPlainText() for one in window.connecting.lines.blocks)
    assert "lc_agent_" not in shown
