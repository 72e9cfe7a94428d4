"""When a connection that did not come about is tried again by itself. Knows no adapter and no widget."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from lineclear.domain.refusals import Code, Refusal

PASSING: Final = frozenset(
    {Code.UNREACHABLE, Code.ADDRESS_SILENT, Code.ADDRESS_UNKNOWN, Code.DATABASE_BUSY, Code.RATE_LIMITED}
)
"""Refusals of a connection whose reason may pass without anybody doing anything here."""

_FIRST: Final = 2
_MOST: Final = 30


class Again(QObject):
    """Waits 2 s, then twice as long each time, 30 s at most. On the GUI thread."""

    due = Signal()
    """It is time for the next attempt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seconds = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.due)

    def after(self, refusal: Refusal) -> int:
        """An attempt ended so; in how many seconds the next is due, or 0 where there is to be none."""
        if refusal.code not in PASSING:
            self.over()
            return 0
        self._seconds = min(_MOST, self._seconds * 2 or _FIRST)
        self._timer.start(self._seconds * 1_000)
        return self._seconds

    def over(self) -> None:
        """Nobody waits for it any more: it came about, or somebody went elsewhere."""
        self._seconds = 0
        self._timer.stop()

    @property
    def is_waiting(self) -> bool:
        """Whether another attempt is to come."""
        return self._timer.isActive()
