"""A hundred thousand actions that wait: loaded, sorted, scrolled, and how long the window is held for it."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.reading.queue_query import Sort
from lineclear.desktop.assets import find_assets
from lineclear.desktop.background import ThreadBackground, take_short_turns
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.queue.queue import QueueView
from support.console import Console
from support.ledgers import ask, open_job
from support_benchmarks import AtMost, Ratio
from support_frames import Idle, frames, onwards

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[..., None]

PENDING, BATCH = 100_000, 5_000
TICK = 2
SORTS = (Sort.AGE, Sort.RISK, Sort.AMOUNT, Sort.AGENT, Sort.NEWEST)


class Stalls(QObject):
    """The longest gap between two ticks of a fast timer of the GUI thread, beyond the tick itself."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._tick)
        timer.start(TICK)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1e3 - TICK)
        self._last = now


@contextmanager
def short_turns() -> Iterator[None]:
    usual = sys.getswitchinterval()
    take_short_turns()
    yield
    sys.setswitchinterval(usual)


@contextmanager
def settled() -> Iterator[None]:
    """As a console leaves its replica once it has caught up: out of every later garbage collection."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def fill(store: MemoryStore) -> None:
    for start in range(0, PENDING, BATCH):

        def some(tx, start: int = start) -> None:
            if not start:
                open_job(tx, "job-1")
            for number in range(start, start + BATCH):
                ask(tx, f"action-{number * 7_919 % PENDING}")

        store.transact(some)


@pytest.fixture
def background(qapp: QApplication) -> Iterator[ThreadBackground]:
    qapp.setStyle("Fusion")
    made = ThreadBackground()
    yield made
    made.close()


def test_a_hundred_thousand_that_wait_are_loaded_sorted_and_scrolled_without_holding_the_window(
    background: ThreadBackground, qtbot: QtBot, report_ratio: Report
):
    console = Console(background=background)
    with qtbot.waitSignal(console.queue.changed):
        pass
    fill(console.replica.store)
    pane = QueueView(Look(find_assets(), ThemeName.LIGHT))
    pane.resize(340, 760)
    pane.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    pane.show()
    console.queue.changed.connect(pane.display)

    def milliseconds(asked: Callable[[], None]) -> float:
        begun = time.perf_counter()
        with qtbot.waitSignal(console.queue.changed, timeout=30_000):
            asked()
        settle()
        return (time.perf_counter() - begun) * 1e3

    def sorted_by(sort: Sort) -> float:
        return milliseconds(
            lambda: console.queue.look_through(console.queue.lens.narrowed("sort", sort.value))
        )

    with short_turns(), settled():
        resting = Stalls()
        qtbot.wait(500)
        resting.deleteLater()
        meter = Stalls()
        load = milliseconds(console.queue.refresh)
        first = max(sorted_by(sort) for sort in SORTS)
        again = max(sorted_by(sort) for sort in SORTS)
        stall = meter.longest
        meter.deleteLater()
    moved = frames(pane.list, onwards(60), Idle(pane.list))
    pane.close()
    what = "a hundred thousand that wait"
    at_rest = f"the same timer with nothing to do, {resting.longest:.1f} ms"
    report_ratio(
        Ratio(f"{what}: load", "absolute", load, AtMost(500), "ms"),
        Ratio(f"{what}: longest first sort", "absolute", first, AtMost(1_000), "ms"),
        Ratio(f"{what}: longest sort after it", "absolute", again, AtMost(200), "ms"),
        Ratio(f"{what}: a frame while scrolling, p95", "absolute", moved.most, AtMost(16.7), "ms"),
        Ratio(f"{what}: longest stall of the window", at_rest, stall, AtMost(16.7), "ms"),
    )
