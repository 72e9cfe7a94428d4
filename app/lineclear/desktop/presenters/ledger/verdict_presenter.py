"""Verifying what is open, with its progress, its end by hand, and its verdict. Knows no widget."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.record.findings import Conclusion
from lineclear.application.record.reading import Cancelled, OpenLedger
from lineclear.desktop.background import Background
from lineclear.desktop.presenters.ledger.ledger_sheets import VerdictKind, VerdictSheet
from lineclear.desktop.presenters.ledger.ledger_words import ended_sheet, running_sheet, verdict_sheet
from lineclear.domain.refusals import Refusal
from lineclear.domain.wording import say

_PERCENT = 100


class VerdictPresenter(QObject):
    """All methods on the GUI thread. The work hears that it is to end when it next tells how far it is."""

    changed = Signal(object)
    """VerdictSheet, or None before anything was asked."""
    _told = Signal(int, int, int)

    def __init__(self, works: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._works = works
        self._ledger: OpenLedger | None = None
        self._asked = 0
        self.sheet: VerdictSheet | None = None
        self._told.connect(self._hear)

    @property
    def is_running(self) -> bool:
        """Whether a verification is under way."""
        return self.sheet is not None and self.sheet.kind is VerdictKind.RUNNING

    def show(self, ledger: OpenLedger | None) -> None:
        """Another ledger: no verdict yet."""
        self._ledger = ledger
        self._asked += 1
        self._show(None)

    def start(self) -> None:
        """Judge the whole ledger; nothing new where that is under way."""
        ledger = self._ledger
        if ledger is None or self.is_running:
            return
        self._asked += 1
        asked = self._asked
        self._show(running_sheet(0, 1))
        told = -1

        def progress(done: int, total: int) -> None:
            nonlocal told
            if asked != self._asked:
                raise Cancelled
            if (percent := done * _PERCENT // max(total, 1)) != told:
                told = percent
                self._told.emit(asked, done, total)

        self._works.run(
            lambda: ledger.verify(progress),
            done=partial(self._judged, asked),
            failed=partial(self._failed, asked),
        )

    def stop(self) -> None:
        """Give up what is under way."""
        if self.is_running:
            self._asked += 1
            self._show(
                ended_sheet(say("Stopped before a verdict"), say("Nothing is said of what was not judged."))
            )

    def _hear(self, asked: int, done: int, total: int) -> None:
        if asked == self._asked and self.is_running:
            self._show(running_sheet(done, total))

    def _judged(self, asked: int, conclusion: Conclusion) -> None:
        if asked == self._asked:
            self._show(verdict_sheet(conclusion))

    def _failed(self, asked: int, error: Exception) -> None:
        if isinstance(error, Cancelled) or asked != self._asked:
            return
        if not isinstance(error, (Refusal, OSError)):
            raise error
        remedy = f" {error.remedy}" if isinstance(error, Refusal) else ""
        self._show(ended_sheet(say("It could not be verified"), f"{error}{remedy}"))

    def _show(self, sheet: VerdictSheet | None) -> None:
        self.sheet = sheet
        self.changed.emit(sheet)
