"""Checks the ledger's log on a thread of its own, after what the sync brings. Holds no rules."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.replica import Replica
from lineclear.application.record.witnessing import ShownTree, Witness
from lineclear.domain.refusals import Refusal

_PAUSE = 1.0
"""Seconds between two checks: a busy ledger is witnessed once for many entries."""


class Witnessing(QObject):
    """`witnessed` carries what each check found. After `stop` and `wait` the thread has ended."""

    witnessed = Signal(object)
    unchecked = Signal(object)
    """Refusal: the backend could not be asked, or nothing can be kept here."""

    def __init__(self, witness: Witness, replica: Replica, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._witness = witness
        self._shown = ShownTree(replica.store)
        self._stop = threading.Event()
        self._grown = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="witness", daemon=True)

    def start(self) -> None:
        """Begin to check; once by itself."""
        self._grown.set()
        self._thread.start()

    def wake(self) -> None:
        """The ledger grew."""
        self._grown.set()

    def stop(self) -> None:
        """Check and tell nothing more from now on; what is under way ends within its own time-out."""
        self.blockSignals(True)  # noqa: FBT003  # Qt's
        self._stop.set()
        self._grown.set()

    def wait(self) -> None:
        """Return when the thread has ended; on any thread."""
        if self._thread.is_alive():
            self._thread.join()

    def check(self) -> None:
        """Verify, cosign and compare once, on the thread of the caller."""
        try:
            self._witness.check()
            self._witness.compare(self._shown.root_at)
        except Refusal as refusal:
            self.unchecked.emit(refusal)
            self._grown.set()
        else:
            self.witnessed.emit(self._witness.state)

    def _follow(self) -> None:
        while self._grown.wait() and not self._stop.is_set():
            self._grown.clear()
            self.check()
            self._stop.wait(_PAUSE)
