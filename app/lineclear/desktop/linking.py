"""The one connection that counts: opened in the background, ended before the next. Knows no adapter."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import delete

from lineclear.desktop.background import Background, Gate

if TYPE_CHECKING:
    from lineclear.application.record.reading import OpenLedger
    from lineclear.desktop.address import Address
    from lineclear.desktop.opening import Opened
    from lineclear.desktop.session import Session
    from lineclear.desktop.sync import Contact
    from lineclear.desktop.views.shell.window import Window

type OpenBackend = Callable[[Address, Background, Background], Opened]
"""Connects; blocking; raises Refusal."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Threads of one connection: `sends` does one thing at a time. `close` returns when they have ended.

    `dispose` ends their objects, on the GUI thread and after `close`.
    """

    reads: Background
    sends: Background
    close: Callable[[], None]
    dispose: Callable[[], None]


class Link:
    """One connection from the moment that it was asked for. On the GUI thread, but for `take`."""

    def __init__(self, address: Address, pools: Pools) -> None:
        self.address = address
        self.reads, self.sends = Gate(pools.reads), Gate(pools.sends)
        self.session: Session | None = None
        self.opened: Opened | None = None
        self._pools = pools
        self._followers: tuple[QObject, ...] = ()
        self._turn = threading.Lock()
        self._is_over = False

    def take(self, opened: Opened) -> None:
        """On a worker thread: keep what was opened, or close it where nobody waits any more."""
        with self._turn:
            is_late = self._is_over
            if not is_late:
                self.opened = opened
        if is_late:
            opened.close()

    def end(self) -> Callable[[], None]:
        """Nothing of it is delivered any more; what it gives closes it, on any thread."""
        with self._turn:
            self._is_over = True
        self.reads.end()
        self.sends.end()
        if self.session is not None:
            self._followers = self.session.followers
        followers = [] if self.session is None else [self.session.leave()]
        opened = [] if self.opened is None else [self.opened.close]
        return partial(_run_all, (*followers, self._pools.close, *opened))

    def dispose(self) -> None:
        """Once what `end` gave has run: no object of Qt ends on another thread than its own."""
        for one in self._followers:
            delete(one)
        self._pools.dispose()


class Links(QObject):
    """Opens one connection at a time. What comes of one that was left is closed and shown to nobody."""

    opened = Signal(object)
    """Session, before it starts."""
    refused = Signal(object)
    """Refusal: no connection came about."""

    def __init__(
        self,
        window: Window,
        open_backend: OpenBackend,
        make_pools: Callable[[], Pools],
        works: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._open_backend = open_backend
        self._make_pools = make_pools
        self._works = works
        self._link: Link | None = None
        self._is_settled = False

    @property
    def session(self) -> Session | None:
        """The session of the connection that is open."""
        return self._link.session if self._link is not None else None

    @property
    def address(self) -> Address | None:
        """Where the connection goes that is open or being opened."""
        return self._link.address if self._link is not None else None

    @property
    def live(self) -> OpenLedger | None:
        """The ledger of the connection that is open."""
        return self._link.opened.live if self._link is not None and self._link.opened is not None else None

    def open(self, address: Address) -> None:
        """Leave the present connection, then connect there."""
        self.leave()
        link = self._link = Link(address, self._make_pools())

        open_backend = self._open_backend

        def work() -> None:
            link.take(open_backend(address, link.reads, link.sends))

        def done(_none: None) -> None:
            if link is self._link and link.opened is not None:
                self._show(link, link.opened)

        def failed(error: Exception) -> None:
            if link is self._link:
                self.leave()
                self.refused.emit(error)

        self._works.run(work, done=done, failed=failed)

    def leave(self) -> None:
        """End the present connection: at once for whoever looks, in the background for its threads."""
        if self._link is not None:
            link, self._link = self._link, None
            self._is_settled = False
            gc.unfreeze()
            self._works.run(link.end(), done=lambda _none: link.dispose(), failed=_raise)

    def close(self) -> None:
        """End the present connection; returns when its threads have ended."""
        if self._link is not None:
            link, self._link = self._link, None
            link.end()()
            link.dispose()

    def _show(self, link: Link, opened: Opened) -> None:
        from lineclear.desktop.session import Session  # noqa: PLC0415  # imported by a thread already

        link.session = Session(self._window, opened.with_, opened.me)
        link.session.sync.contacted.connect(self._settle)
        self.opened.emit(link.session)
        link.session.start()

    def _settle(self, contact: Contact) -> None:
        """Once the replica has caught up, leave it and the program out of every later garbage collection.

        Both stay while the connection does, and a collection that walks them holds the GUI thread up for
        50 to 110 ms.
        """
        if not self._is_settled and contact.refusal is None and not contact.behind:
            self._is_settled = True
            gc.freeze()


def _run_all(steps: Sequence[Callable[[], None]]) -> None:
    for step in steps:
        step()


def _raise(error: Exception) -> None:
    raise error
