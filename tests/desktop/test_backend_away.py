"""While the backend does not answer: every page as it was, says so, and offers nothing that needs it."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.reading.answers import Control
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.sheets import NoticeKind
from lineclear.desktop.sync import Contact
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Text
from lineclear.domain.control import SafeMode
from lineclear.domain.refusals import Code, Refusal
from support.kernel import Kernel
from support.seat import Seat
from support_layout import shown

AWAY = Contact(Refusal(Code.UNREACHABLE, url="http://127.0.0.1:1", problem="refused"))
ASKED = (True, "Odd refunds", "workspace")
NEEDS = "This needs the backend, which does not answer now."


class Refusing(MemoryGateway):
    """Answers until it has something to refuse with."""

    refusal: Refusal | None = None

    def control(self) -> Control:
        if self.refusal is not None:
            raise self.refusal
        return super().control()

    def switch_safe_mode(self, *, on: bool, reason: str, key: str, scope: str = "workspace") -> SafeMode:
        if self.refusal is not None:
            raise self.refusal
        return super().switch_safe_mode(on=on, reason=reason, key=key, scope=scope)


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def seat(shows, kernel):
    kernel.refund("180.00", deadline="2026-01-01T00:05:00Z")
    sat = Seat(shows("queue-empty"), kernel, opens=Refusing)
    sat.session.queue.choose(kernel.pending()[0].id)
    sat.wait(2)
    yield sat
    sat.session.close()


def buttons(window):
    return {command: button.why_not for command, button in window.review.bar._buttons.items()}


def test_approving_is_held_back_with_its_reason_before_anybody_presses(seat):
    bar = seat.window.review.bar
    assert buttons(seat.window)["review.approve"] == ""
    seat.session.sync.contacted.emit(AWAY)
    held = buttons(seat.window)
    assert all(held.values())
    assert held["review.approve"] == NEEDS
    assert NEEDS in bar._why.text()
    assert bar._why.isVisible()
    QTest.keyClick(seat.window, "a")
    assert seat.session.deciding.outgoing.unsent == 0


def test_it_is_offered_again_once_the_backend_answers(seat):
    seat.session.sync.contacted.emit(AWAY)
    seat.session.sync.contacted.emit(Contact())
    assert buttons(seat.window)["review.approve"] == ""


def test_jobs_stay_as_they_were_and_none_can_be_stopped(seat):
    window = seat.window
    window.run_command("go.jobs")
    assert window.jobs.stop.isEnabled()
    seat.session.sync.contacted.emit(AWAY)
    assert window.jobs.table.model().rowCount() == 1
    assert window.jobs.stop.why_not == NEEDS
    assert any(one.text().startswith("Offline since") for one in shown(window.jobs, Text))


def test_control_stays_as_it_was_and_nothing_of_it_can_be_pressed(seat, kernel):
    window = seat.window
    window.run_command("go.control")
    settle()
    assert window.control.agents.lines.line("support-agent").button.isEnabled()
    seat.gateway.refusal = AWAY.refusal
    seat.session.sync.contacted.emit(AWAY)
    settle()
    words = [one.text() for one in shown(window.control, Text)]
    assert any(one.startswith("Offline since") for one in words)
    pressable = [one.title for one in shown(window.control.agents, Button) if one.isEnabled()]
    assert pressable == []


def test_control_that_was_never_read_says_so_and_offers_to_try_again(seat, heard):
    seat.gateway.refusal = AWAY.refusal
    seat.session.sync.contacted.emit(AWAY)
    sheets = heard(seat.session.console.control_changed)
    seat.window.run_command("go.control")
    assert sheets.said[0][0].notice.kind is NoticeKind.LOADING
    assert sheets.said[-1][0].notice.kind is NoticeKind.OFFLINE
    assert sheets.said[-1][0].notice.step.command == "view.refresh"
    settle()
    assert not window_is_blank(seat.window.control)


def test_control_that_is_not_for_this_person_says_so(seat, heard):
    refusal = Refusal(Code.ROLE_INSUFFICIENT, role="approver", deed="read this", needed="ops")
    seat.gateway.refusal = refusal
    sheets = heard(seat.session.console.control_changed)
    seat.window.run_command("go.control")
    notice = sheets.said[-1][0].notice
    assert (notice.kind, notice.title) == (NoticeKind.FORBIDDEN, refusal.sentence)


def test_what_is_refused_on_a_page_is_said_on_that_page(seat, heard):
    window = seat.window
    window.run_command("go.control")
    said_elsewhere = heard(seat.session.action.changed)
    seat.gateway.refusal = Refusal(Code.RATE_LIMITED, limit="2 in a minute", what="ops-west")
    window.scope_asked.emit(*ASKED)
    settle()
    assert any("Too many requests" in one.text() for one in shown(window.control, Text))
    assert all(sheet.banner is None for (sheet,) in said_elsewhere.said)
    seat.gateway.refusal = None
    window.scope_asked.emit(*ASKED)
    window.run_command("go.review")
    window.run_command("go.control")
    settle()
    assert not any("Too many requests" in one.text() for one in shown(window.control, Text))


def window_is_blank(page):
    return not [one for one in shown(page, Text) if one.text() not in ("", "Control")]


def test_the_top_says_since_when_and_how_many_decisions_are_not_sent(seat, kernel):
    seat.window.review.bar.decided.emit(kernel.pending()[0].id, "approve", "")
    seat.session.sync.contacted.emit(AWAY)
    words = seat.window.top._freshness.text.text()
    assert words.startswith("Offline since")
    assert words.endswith("1 decision not sent")
    seat.session.deciding.take_back()
    assert "decision" not in seat.window.top._freshness.text.text()
