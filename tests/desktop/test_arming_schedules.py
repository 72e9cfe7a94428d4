"""I17, I18: ten thousand random schedules of keys, clicks, updates and focus around the arming time."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lineclear.application.judging.returning import Returned, return_to_review
from lineclear.desktop.presenters.arming import ARM_SECONDS
from lineclear.desktop.views.kit import column
from lineclear.desktop.views.review.decision_bar import DecisionBar
from support.console import Console

SCHEDULES = 10_000
STEPS = 2
LEFT = Qt.MouseButton.LeftButton
DEEDS = ("key", "click", "press", "release", "choose", "update", "focus", "tick")
WEIGHTS = (4, 4, 3, 3, 2, 1, 3, 1)


class Desk:
    """The real decision bar over the real presenters; the model knows since when what is shown stands."""

    def __init__(self, look, qtbot: QtBot) -> None:
        self.console = Console()
        kernel = self.console.kernel
        self.ids = [kernel.refund(f"{100 + number}.00").id for number in range(3)]
        self.console.sync()
        self.host = QWidget()
        self.bar = DecisionBar(look)
        column(self.host).addWidget(self.bar)
        self.host.resize(900, 120)
        qtbot.addWidget(self.host)
        self.host.show()
        self.bar.decided.connect(self._pressed)
        self.console.action.changed.connect(self.bar.display)
        self.console.queue.chosen.connect(self._chosen)
        self.console.deciding.decided.disconnect()  # the next action is chosen by the schedule
        self.console.deciding.taken_changed.disconnect()
        self.shown = ""
        self.since = float("inf")
        self.held = ""
        self.wrong: list[str] = []
        self.taken = self.refused = 0
        self.choose(self.ids[1])

    def choose(self, identifier: str) -> None:
        self.console.queue.choose(identifier)

    def update(self, rng: random.Random) -> None:
        """What is on screen, or something else, becomes another revision."""
        identifier = rng.choice(self.ids)
        services = self.console.kernel.services
        action = self.console.kernel.action(identifier)
        services.store.transact(lambda tx: return_to_review(services, tx, action, Returned("it moved")))
        self.console.sync()
        if identifier == self.shown:
            self.since = self.console.steady

    def focus(self) -> None:
        self.console.action.on_front()
        self.since = self.console.steady

    def approve(self):
        return self.bar.button("review.approve")

    def press(self) -> None:
        QTest.mousePress(self.approve(), LEFT)
        self.held = self.shown

    def release(self) -> None:
        QTest.mouseRelease(self.approve(), LEFT)
        self.held = ""

    def click(self) -> None:
        self.held = self.shown
        QTest.mouseClick(self.approve(), LEFT)
        self.held = ""

    def key(self) -> None:
        held, self.held = self.held, ""  # what the mouse holds has no part in it
        self.bar.press("review.approve")
        self.held = held

    def run(self, rng: random.Random) -> None:
        for _ in range(STEPS):
            self.console.wait(rng.choice([0.0, 0.2, 0.5, 0.9, 0.999, 1.0, 1.3]))
            match rng.choices(DEEDS, WEIGHTS)[0]:
                case "choose":
                    self.choose(rng.choice(self.ids))
                case "update":
                    self.update(rng)
                case "tick":
                    self.console.action.on_tick()
                case deed:
                    getattr(self, deed)()
        if self.held:
            self.release()

    def _chosen(self, identifier: str) -> None:
        self.shown, self.since = identifier, self.console.steady

    def _pressed(self, identifier: str, verdict: str, reason: str) -> None:
        """Judge by the model, then let the decision go again."""
        deciding, shown, stood = self.console.deciding, self.shown, self.console.steady - self.since
        if self.held and identifier != self.held:
            self.wrong.append(f"pressed on {self.held}, {identifier} was asked for")
        deciding.decide(identifier, verdict, reason)
        rows = deciding.outgoing.rows
        if not rows:
            self.refused += 1
            return
        self.taken += 1
        if stood < ARM_SECONDS:
            self.wrong.append(f"{identifier} was decided {stood:.3f} s after a change")
        if [row.id for row in rows] != [shown] or identifier != shown:
            self.wrong.append(f"{[row.id for row in rows]} was decided while {shown} was shown")
        deciding.take_back()


@pytest.fixture
def desk(look, qtbot) -> Desk:
    return Desk(look, qtbot)


def test_no_schedule_decides_too_early_or_about_another_action(desk):
    rng = random.Random(17)
    for _ in range(SCHEDULES):
        desk.run(rng)
    assert desk.wrong == []
    assert desk.taken > 1_000
    assert desk.refused > 1_000
