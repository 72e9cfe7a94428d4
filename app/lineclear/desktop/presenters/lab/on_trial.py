"""The live trial of a draft: begun, followed and ended from the lab. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.answers import Me, TrialState
from lineclear.application.reading.offices import key_of
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.trial_page import trial_sheet
from lineclear.desktop.presenters.lab.lab_sheets import TrialSheet
from lineclear.desktop.presenters.refused import sentence_of
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.trials import Guardrail

_EVERY = 15
"""Seconds between two readings while jobs of a trial go on: each reads the ledger from where it began."""


class OnTrial(QObject):
    """All methods on the GUI thread. Nothing is read while the lab is closed."""

    changed = Signal()

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with, self._me = with_, me
        self._state: TrialState | None = None
        self._refused = ""
        self._is_open = self._is_due = False
        self._waited = self._asked = 0

    def sheet(self, why_not: str) -> TrialSheet:
        """The trial as it is known; `why_not` says why the draft cannot be brought into force."""
        now = self._with.ticks.now()
        return trial_sheet(self._state, self._me, now, why_not, self._refused)

    def open(self) -> None:
        """The lab came to the front."""
        self._is_open, self._refused = True, ""
        self._read()

    def leave(self) -> None:
        """The lab is closed."""
        self._is_open = False
        self._asked += 1

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: a trial began or ended, or its jobs went on."""
        if self._is_open and any(stream.startswith(("trial/", "policy/")) for stream in streams):
            self._read()
        else:
            self._is_due |= any(stream.startswith(("job/", "action/")) for stream in streams)

    def on_tick(self) -> None:
        """A second has gone by."""
        self._waited += 1
        is_on = self._state is not None and self._state.trial is not None and self._state.trial.on
        if self._is_open and self._is_due and is_on and self._waited >= _EVERY:
            self._read()

    def start(self, text: str, expected: int, guard: Guardrail, reason: str) -> None:
        """Judge half of all new jobs by this text."""
        reviewer, policies = self._with.reviewer, self._with.gateway.policies
        if reviewer is None or not reason.strip():
            return
        key = key_of("trial", text, expected, guard, reason, self._newest())

        def work() -> TrialState:
            reviewer.check(grants=True)
            return policies.start_trial(text, expected=expected, reason=reason, guard=guard, key=key)

        self._send(work)

    def stop(self, reason: str) -> None:
        """All jobs go on under what is in force; stricter or not, it is what people knew before."""
        policies = self._with.gateway.policies
        if reason.strip():
            key = key_of("trial-stop", reason, self._newest())
            self._send(lambda: policies.stop_trial(reason, key=key))

    def _newest(self) -> int:
        trial = self._state.trial if self._state is not None else None
        return trial.seq if trial is not None else -1

    def _send(self, work: Callable[[], TrialState]) -> None:
        self._asked += 1
        self._with.sending.run(work, done=self._take, failed=self._fail)

    def _read(self) -> None:
        self._asked += 1
        self._waited, self._is_due = 0, False
        asked = self._asked

        def done(state: TrialState) -> None:
            if asked == self._asked:
                self._take(state)

        def failed(error: Exception) -> None:
            if asked == self._asked or not isinstance(error, Refusal):
                self._fail(error)

        self._with.background.run(self._with.gateway.policies.trial, done=done, failed=failed)

    def _take(self, state: TrialState) -> None:
        self._state, self._refused = state, ""
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        self._refused = paintable(sentence_of(error)).text
        self.changed.emit()
