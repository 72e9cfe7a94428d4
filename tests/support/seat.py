"""One reviewer before the real window over a whole kernel, on one thread: time goes by when it is told to."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.outbox import MemoryOutbox
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.deciding.dispatching import Offline
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.replica import Replica
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.session import Session
from lineclear.desktop.sync import Contact
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.refusals import Code, Refusal
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
        outbox: MemoryOutbox | None = None,
    ) -> None:
        self.window, self.kernel = window, kernel
        self.steady = 100.0
        self.keys = 0
        self.gateway = opens(kernel.services, kernel.token(name, Role.OPS, tier=tier))
        me = self.gateway.me()
        self.key = MemoryKey()
        replica = Replica(MemoryStore())
        self.outbox, self.hearing = outbox, Hearing(kernel.clock, lambda: self.steady)
        read = replica.store.read
        offline = Offline(outbox, self.hearing, lambda: read(offline_rule)) if outbox is not None else None
        clock, ids = kernel.clock, SeededIds(5)
        self.reviewer = Reviewer(self.gateway, self.key, me.origin, clock, ids, offline=offline)
        ticks = Ticks(kernel.clock.now, lambda: self.steady)
        reads, sends = InlineBackground(), InlineBackground()
        with_ = Collaborators(
            self.gateway, self.reviewer, replica, reads, sends, ticks, me.person, reopen=lambda: self.key
        )
        self.session = Session(window, with_, me)
        window.commanded.connect(self.session.run_command)
        self.session.console.start()
        self.session.desk.waiting.refresh()
        self.read()

    def read(self) -> None:
        """Follow the ledger to its end, as the sync thread would."""
        replica, sync = self.session.replica, self.session.sync
        feed = self.gateway.feed(replica.size(), limit=10_000)
        streams = replica.apply(feed.items)
        self.hearing.heard(feed.at)
        sync.contacted.emit(Contact())
        sync.changed.emit(streams)

    def lose(self) -> None:
        """The backend answers no more."""
        self.gateway.down = True
        self.hearing.lost()
        gone = Refusal(Code.UNREACHABLE, url="http://127.0.0.1:1", problem="refused")
        self.session.sync.contacted.emit(Contact(gone))

    def regain(self) -> None:
        """It answers again."""
        self.gateway.down = False
        self.read()

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
