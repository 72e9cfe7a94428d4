"""A process of its own that follows a backend in a window and says when each action's row was painted.

`console` is the real console; `bare` a Qt list that a thread fills from the feed's server-sent events and
nothing else. It prints an action's id with a moment in nanoseconds since the epoch. The first line of its
input is the token; each character after it is answered with `stall` and the longest time in milliseconds for
which the GUI thread has not answered since the last. It ends with its input.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import override
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QListView, QListWidget

from lineclear.desktop.address import Address
from lineclear.desktop.app import run_console
from lineclear.desktop.console import Console
from lineclear.desktop.presenters.sheets import QueueRow

_TICK = 5
_INPUT = 0


class PaintedRows(QObject):
    """Prints each row's id once, at the end of the frame in which it was first painted."""

    _AFTER_THE_FRAME = QEvent.Type(QEvent.registerEventType())

    def __init__(self, view: QListView, name: Callable[[int], str]) -> None:
        super().__init__(view)
        self._view = view
        self._name = name
        self._seen: set[str] = set()
        self._painted: list[str] = []
        view.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._painted += [row for row in self._visible() if row not in self._seen]
            self._seen.update(self._painted)
            # All of a frame is painted and flushed within one event; this one comes right after it.
            after = QEvent(self._AFTER_THE_FRAME)
            QCoreApplication.postEvent(self, after, Qt.EventPriority.HighEventPriority.value)
        return False

    def _visible(self) -> Iterator[str]:
        view = self._view
        place, bottom = view.indexAt(QPoint(1, 1)), view.viewport().height()
        while place.isValid() and view.visualRect(place).top() < bottom:
            yield self._name(place.row())
            place = place.siblingAtRow(place.row() + 1)

    @override
    def event(self, event: QEvent, /) -> bool:
        if event.type() != self._AFTER_THE_FRAME:
            return super().event(event)
        now = time.time_ns()
        for row in filter(None, self._painted):
            print(row, now, flush=True)  # noqa: T201  # the answer
        self._painted.clear()
        return True


class StallMeter(QObject):
    """Keeps the longest gap between two ticks of a fast timer beyond the tick itself."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = time.perf_counter()
        self._longest = 0.0
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._tick)
        timer.start(_TICK)

    def take(self) -> float:
        """The longest gap since the last question."""
        self._tick()
        longest, self._longest = self._longest, 0.0
        return longest

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, (now - self._last) * 1_000 - _TICK)
        self._last = now


def answer_input(application: QObject) -> None:
    """Answer what comes on standard input from the event loop, until it ends."""
    meter = StallMeter(application)
    notifier = QSocketNotifier(_INPUT, QSocketNotifier.Type.Read, application)

    def answer() -> None:
        if os.read(_INPUT, 1):
            print("stall", meter.take(), flush=True)  # noqa: T201  # the answer
        else:
            notifier.setEnabled(False)
            QApplication.closeAllWindows()

    notifier.activated.connect(answer)


class Stream(QObject):
    """Reads the feed's server-sent events on a thread and tells each proposed action's id, no more."""

    proposed = Signal(str)

    def __init__(self, url: str, token: str, parent: QObject) -> None:
        super().__init__(parent)
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {token}"}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        self._connection.request("GET", "/v1/feed/stream", headers=self._headers)
        for line in self._connection.getresponse():
            if line.startswith(b"data: "):
                entry = json.loads(json.loads(line.removeprefix(b"data: "))["entry"])
                if entry["type"] == "action.proposed":
                    self.proposed.emit(entry["stream"].partition("/")[2])


def follow_bare(url: str, token: str) -> int:
    application = QApplication(sys.argv[:1])
    rows = QListWidget()
    rows.resize(400, 900)
    PaintedRows(rows, lambda row: rows.item(row).text())
    stream = Stream(url, token, application)
    stream.proposed.connect(lambda name: rows.insertItem(0, name))
    answer_input(application)
    rows.show()
    return application.exec()


def follow_in_console(url: str, token: str) -> int:
    def prepare(console: Console) -> None:
        queue = console.window.review.queue

        def name(row: int) -> str:
            entry = queue.model.item(row)
            return entry.id if isinstance(entry, QueueRow) else ""

        PaintedRows(queue.list, name)
        answer_input(console)

    return run_console(Address(url, token, ephemeral=True), prepare=prepare)


def read_line() -> str:
    """The first line of the input, byte by byte, so that the rest stays where Qt sees it."""
    return b"".join(iter(lambda: os.read(_INPUT, 1), b"\n")).decode()


if __name__ == "__main__":
    follow = {"bare": follow_bare, "console": follow_in_console}[sys.argv[1]]
    sys.exit(follow(sys.argv[2], read_line()))
