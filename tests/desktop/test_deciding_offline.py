"""Deciding while the backend is away, in the real window: what waits is said, taken back, sent, answered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from lineclear.adapters.memory.outbox import MemoryOutbox
from lineclear.application.governing.offline import set_offline_rule
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.outbox.waiting_sheets import Offer
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.views.kit import Text
from lineclear.domain.offline import OfflineRule
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import Kernel
from support.seat import Seat
from support_layout import shown


@pytest.fixture
def kernel():
    kernel = Kernel()
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    set_offline_rule(kernel.services, lead, OfflineRule(tier=2), "Bad reception")
    return kernel


@pytest.fixture
def seat(shows, kernel):
    for number in range(3):
        kernel.refund(f"{180 + number}.00", deadline=f"2026-01-01T00:0{number + 5}:00Z")
    sat = Seat(shows("queue-empty"), kernel, outbox=MemoryOutbox())
    sat.session.queue.choose(kernel.pending()[0].id)
    sat.wait(2)
    yield sat
    sat.session.close()


def decide(seat, verdict="reject"):
    """Decide on what is on screen and let its five seconds go by."""
    action = seat.on_screen
    seat.wait(2)
    seat.session.deciding.decide(action, verdict, "Not this one")
    seat.wait(6)
    return action


def freshness(seat):
    return seat.window.top._freshness.text.text()


def buttons(seat):
    return {command: button.why_not for command, button in seat.window.review.bar._buttons.items()}


def status(kernel, action):
    return kernel.action(action).status


def test_rejecting_and_stopping_stay_offered_and_approving_as_far_as_the_workspace_says(seat, kernel):
    seat.lose()
    offered = buttons(seat)
    assert [offered[f"review.{name}"] for name in ("approve", "reject", "stop_job")] == ["", "", ""]
    assert "needs the backend" in offered["review.edit"]
    seat.regain()
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    set_offline_rule(kernel.services, lead, OfflineRule(), "Good reception again")
    seat.read()
    seat.lose()
    assert buttons(seat)["review.approve"] == "While the backend is away, approve only up to tier 1."
    assert buttons(seat)["review.reject"] == ""


def test_what_was_looked_at_before_can_be_opened_and_what_is_stale_cannot_be_approved(seat, kernel):
    second = kernel.pending()[1].id
    seat.lose()
    seat.session.queue.choose(second)
    assert seat.on_screen == second
    seat.steady += 16 * 60
    seat.session.action.refresh()
    assert "more than 15 minutes ago" in buttons(seat)["review.approve"]
    assert buttons(seat)["review.reject"] == ""


def test_what_is_decided_waits_with_its_count_in_the_top_bar_and_its_words_in_the_queue(seat, kernel):
    seat.lose()
    first, second = decide(seat), decide(seat, "approve")
    assert freshness(seat).startswith("Offline since ")
    assert freshness(seat).endswith(", 2 decisions waiting to be sent")
    rows = {row.id: row for row in seat.window.review.queue.model.rows()}
    assert rows[first].group == rows[second].group == "Waiting to be sent"
    assert "Rejected here, waiting to be sent" in text_of(rows[first].subtitle)
    assert "Approved here, waiting to be sent" in text_of(rows[second].subtitle)
    assert status(kernel, first) is status(kernel, second) is ActionStatus.PENDING
    strip = seat.window.review.queue.outgoing
    assert strip.isVisible()
    assert strip.kept.text() == "2 wait to be sent"
    seat.session.queue.choose(first)
    assert buttons(seat)["review.reject"] == "Rejected here, waiting to be sent"


def test_it_is_sent_when_the_backend_answers_and_stays_said_until_it_is_read(seat, kernel):
    seat.lose()
    first, second, third = decide(seat), decide(seat, "approve"), decide(seat)
    kernel.decide(kernel.reviewer("ops-east"), kernel.action(third), Verdict.REJECT, "Mine")
    seat.regain()
    assert status(kernel, first) is ActionStatus.REJECTED
    assert status(kernel, second) is ActionStatus.CLEARED
    assert "waiting" not in freshness(seat)
    strip = seat.window.review.queue.outgoing
    assert strip.kept.text() == "2 sent, 1 refused"
    seat.window.run_command("outbox.open")
    settle()
    view = seat.window.overlays.waiting
    assert view.isVisible()
    said = [one.text() for one in shown(view, Text)]
    assert f"Action {third} is already rejected." in said
    view.done.click()
    settle()
    assert not strip.isVisible()
    assert seat.outbox.read().items == ()


def test_z_takes_back_the_newest_even_when_it_is_signed_already(seat, kernel):
    seat.lose()
    first, second = decide(seat), decide(seat)
    seat.press(Qt.Key.Key_Z)
    assert [one.action for one in seat.outbox.read().waiting] == [first]
    assert seat.on_screen == second
    seat.regain()
    assert status(kernel, second) is ActionStatus.PENDING
    assert status(kernel, first) is ActionStatus.REJECTED


def test_any_of_them_is_taken_back_from_the_sheet_and_what_was_sent_is_not(seat, kernel):
    seat.lose()
    first, second = decide(seat), decide(seat)
    seat.window.run_command("outbox.open")
    settle()
    view = seat.window.overlays.waiting
    numbers = {one.action: str(one.number) for one in seat.session.desk.waiting.sheet.waiting}
    view.waiting.line(numbers[first]).button.click()
    assert [one.action for one in seat.outbox.read().waiting] == [second]
    seat.regain()
    assert status(kernel, first) is ActionStatus.PENDING


def test_a_rejection_that_came_too_late_offers_to_stop_the_job_or_to_undo(seat, kernel):
    seat.lose()
    first = decide(seat)
    kernel.decide(kernel.reviewer("ops-east"), kernel.action(first))
    kernel.run()
    seat.regain()
    answer = seat.session.desk.waiting.sheet.answers[0]
    assert answer.offers == (Offer.UNDO, Offer.OPEN)
    assert "came after the start" in text_of(answer.said)
    seat.window.run_command("outbox.open")
    settle()
    seat.window.overlays.waiting.answers.line(str(answer.number)).buttons[Offer.UNDO].click()
    assert seat.on_screen == first
    assert not seat.window.overlays.is_open
    assert buttons(seat)["review.undo"] == ""


def test_a_stop_waits_like_a_decision(seat, kernel):
    seat.lose()
    action = seat.on_screen
    seat.session.deciding.stop_job(action, "Odd refunds")
    assert "Stopped here, waiting to be sent" in seat.session.deciding._out.words().values()
    seat.regain()
    assert status(kernel, action) is ActionStatus.STOPPED


def test_closing_asks_nothing_about_what_is_kept_on_this_device(seat):
    seat.lose()
    decide(seat)
    assert not seat.session.desk.asks_to_leave()


def test_i21_a_locked_window_signs_nothing_and_what_waits_stays(seat, kernel):
    seat.lose()
    first = decide(seat)
    seat.session.lock()
    seat.outbox.is_locked = True
    seat.gateway.down = False
    seat.session.desk.waiting.send()
    assert status(kernel, first) is ActionStatus.PENDING
    seat.outbox.unlock()
    seat.session.unlock()
    assert status(kernel, first) is ActionStatus.REJECTED
