"""One reviewer before the real window over a whole kernel, on one thread: time goes by when it is told to."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.replica import Replica
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.session import Session
from lineclear.desktop.sync import Contact
from lineclear.desktop.views.window import Window
from lineclear.domain.vocabulary import Role, Tier
from support.console import MemoryKey
from support.kernel import Kernel


class Seat:
    """The session's own threads and timers are not started: `read` and `wait` take their part."""

    def __init__(
        self,
        window: Window,
        kernel: Kernel,
        name: str = "ops-west",
        tier: Tier = Tier.TWO,
        opens: type[MemoryGateway] = MemoryGateway,
    ) -> None:
        self.window, self.kernel = window, kernel
        self.steady = 100.0
        self.keys = 0
        self.gateway = opens(kernel.services, kernel.token(name, Role.OPS, tier=tier))
        me = self.gateway.me()
        self.key = MemoryKey()
        self.reviewer = Reviewer(self.gateway, self.key, me.origin, kernel.clock, SeededIds(5))
        replica = Replica(MemoryStore())
        ticks = Ticks(kernel.clock.now, lambda: self.steady)
        reads, sends = InlineBackground(), InlineBackground()
        with_ = Collaborators(
            self.gateway, self.reviewer, replica, reads, sends, ticks, me.person, reopen=lambda: self.key
        )
        self.session = Session(window, with_, me)
        window.commanded.connect(self.session.run_command)
        self.session.console.start()
        self.read()

    def read(self) -> None:
        """Follow the ledger to its end, as the sync thread would."""
        replica, sync = self.session.replica, self.session.sync
        feed = self.gateway.feed(replica.size(), limit=10_000)
        streams = replica.apply(feed.items)
        sync.contacted.emit(Contact())
        sync.changed.emit(streams)

    def wait(self, seconds: float) -> None:
        """Let time go by in the window and in the backend."""
        self.steady += seconds
        self.kernel.clock.advance(timedelta(seconds=seconds))
        self.session.deciding.on_tick()
        self.session.action.on_tick()

    def press(self, key: Qt.Key) -> None:
        """A key, wherever the focus is."""
        self.keys += 1
        QTest.keyClick(self.focus(), key)

    def focus(self) -> QWidget:
        """Where a key goes."""
        return QApplication.focusWidget() or self.window

    @property
    def on_screen(self) -> str:
        """The id of the action that is shown; empty where there is none."""
        shown = self.session.action.shown
        return shown.detail.action.id if shown is not None else ""

    def close(self) -> None:
        """Give the window back."""
        self.session.close()
