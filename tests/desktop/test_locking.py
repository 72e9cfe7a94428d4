"""I21: a locked session reads and signs nothing, and loses nothing that was not sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView

from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.console import MemoryKey
from support.kernel import Kernel
from support.seat import Seat


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def seat(shows, kernel) -> Iterator[Seat]:
    kernel.refund("180.00")
    seat = Seat(shows(), kernel)
    seat.wait(2)
    yield seat
    seat.close()


def readable(seat: Seat) -> list[str]:
    """Every word that is on screen, for eyes and for a screen reader."""
    labels = [one.text() for one in seat.window.findChildren(QLabel) if one.isVisible() and one.text()]
    lists = [type(one).__name__ for one in seat.window.findChildren(QListView) if one.isVisible()]
    return labels + lists


def test_i21_nothing_can_be_read_while_it_is_locked(seat):
    assert "QueueList" in readable(seat)
    QTest.keyClick(seat.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert readable(seat) == ["Locked", "Nothing can be read or signed here until it is unlocked."]
    assert seat.window.grab().toImage().pixelColor(5, 5) == seat.window.grab().toImage().pixelColor(700, 60)


def test_i21_nothing_is_signed_while_it_is_locked(seat, kernel):
    action = kernel.pending()[0]
    seat.session.lock()
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_Z):
        QTest.keyClick(seat.window, key)
    for call in (
        lambda: seat.reviewer.decide(action, Verdict.APPROVE),
        lambda: seat.reviewer.stop(action.job, "No"),
        lambda: seat.reviewer.claim(action.id),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code is Code.SESSION_LOCKED
    assert kernel.action(action.id) == action


def test_a_decision_that_waits_when_it_is_locked_is_kept_and_sent_after_it_is_unlocked(seat, kernel):
    action = kernel.pending()[0]
    seat.press(Qt.Key.Key_A)
    seat.session.lock()
    assert "1 decision that is not sent yet is kept and waits." in readable(seat)[1]
    seat.steady += 60
    assert kernel.action(action.id).status is ActionStatus.PENDING
    seat.window.locking.asked.emit()
    assert [row.left for row in seat.session.deciding.outgoing.rows] == ["5 s"]
    seat.wait(5)
    assert kernel.action(action.id).status is ActionStatus.CLEARED


def test_it_opens_only_with_the_key_that_there_was_before(seat):
    seat.session.lock()
    seat.key = MemoryKey()
    seat.window.locking.asked.emit()
    assert seat.window.locking.is_locked
    assert "Unlock it, then try again." in readable(seat)[-1]


def test_after_unlocking_what_is_on_screen_arms_anew(seat):
    seat.session.lock()
    seat.window.locking.asked.emit()
    assert not seat.window.locking.is_locked
    assert "QueueList" in readable(seat)
    assert not seat.session.action.is_armed


def test_it_locks_itself_after_ten_minutes_without_anybody(seat):
    for _ in range(599):
        seat.session._on_idle()
    assert not seat.window.locking.is_locked
    seat.session._on_idle()
    assert seat.window.locking.is_locked
