"""Follows the backend's ledger on one thread of its own, and says how fresh the console is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.hearing import Hearing
from lineclear.application.reading.gateway import Gateway
from lineclear.application.reading.replica import Replica
from lineclear.domain.refusals import Refusal

_WAIT = 2.0
_PAUSE = 1.0
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Contact:
    """How the last exchange with the backend went; `behind` is how many entries are still to come."""

    refusal: Refusal | None = None
    behind: int = 0


class Sync(QObject):
    """`changed` carries the streams that have new entries, `contacted` the outcome of each exchange.

    Both arrive on the thread that owns the receiver. After `stop` and `wait` the thread has ended.
    """

    changed = Signal(object)
    contacted = Signal(object)
    broken = Signal(object)
    outdated = Signal()
    """The backend says otherwise than what was kept of who this is; nothing more is followed."""

    def __init__(
        self,
        gateway: Gateway,
        replica: Replica,
        parent: QObject | None = None,
        hearing: Hearing | None = None,
        is_same: Callable[[], bool] | None = None,
    ) -> None:
        """`is_same` is asked until it answered once, before anything of the feed is taken."""
        super().__init__(parent)
        self._is_same = is_same
        self._hearing = hearing
        self._gateway = gateway
        self._replica = replica
        self._stop = threading.Event()
        self._goes = threading.Event()
        self._goes.set()
        self._thread = threading.Thread(target=self._follow, name="sync", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def pause(self) -> None:
        """Read nothing more until `resume`; what the exchange under way brings is still delivered."""
        self._goes.clear()

    def resume(self) -> None:
        """Go on where it was left."""
        self._goes.set()

    def stop(self) -> None:
        """Follow and tell nothing more from now on; the exchange under way ends within its own time-out."""
        self.blockSignals(True)  # noqa: FBT003  # Qt's
        self._stop.set()
        self._goes.set()

    def wait(self) -> None:
        """Return when the thread has ended; on any thread."""
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._goes.wait()
            try:
                if not self._confirmed():
                    self.outdated.emit()
                    return
                self._exchange()
            except Refusal as refusal:
                if self._hearing is not None:
                    self._hearing.lost()
                self.contacted.emit(Contact(refusal))
                self._stop.wait(_PAUSE)
            except ValueError as error:
                self.broken.emit(error)
                return

    def _confirmed(self) -> bool:
        if self._is_same is not None:
            if not self._is_same():
                return False
            self._is_same = None
        return True

    def _exchange(self) -> None:
        start = self._replica.size()
        feed = self._gateway.feed(start, limit=_BATCH, wait=_WAIT)
        if feed.items:
            self._replica.apply(feed.items, self.changed.emit)
        behind = max(0, feed.size - start - len(feed.items))
        if self._hearing is not None:
            self._hearing.heard(feed.at, behind)
        if not behind:
            self._replica.heard()
        self.contacted.emit(Contact(behind=behind))
