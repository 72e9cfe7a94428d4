"""What came of a call, recorded by whoever still holds the lease. Free of frameworks and databases."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lineclear.application.budgeting.days import settle_start
from lineclear.application.executing.breakers import count_failure, count_success, note_limits
from lineclear.application.executing.calling import Absent, Done, Failed, Lost, Moved, Outcome, Start
from lineclear.application.executing.permits import STOPPED
from lineclear.application.governing.in_flight import is_in_flight
from lineclear.application.judging.returning import return_to_review
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, stamp
from lineclear.domain.actions import ABSENT, UNREACHABLE, Action
from lineclear.domain.control import SafeMode
from lineclear.domain.effects import Effect
from lineclear.domain.events import (
    ActionUndone,
    DetailBrief,
    ExecutionDelayed,
    ExecutionFailed,
    ExecutionSucceeded,
    ExecutionUnknown,
    SafeModeConfirmed,
)
from lineclear.domain.vocabulary import EffectClass

RETRY = timedelta(seconds=2)
LONGEST_WAIT = timedelta(days=1)
LAST_ATTEMPT = 5
LAST_QUESTION = 12


class Settlement:
    """Records one outcome in one transaction, in a worker's name."""

    def __init__(self, services: Services, tx: Transaction, actor: str) -> None:
        self._services = services
        self._tx = tx
        self._recorder = Recorder(services, tx, actor)

    def settle(self, start: Start, outcome: Outcome) -> None:
        """Record what came of the call, unless a newer holder of the lease owns that."""
        action = self._tx.load(Action, start.action.id)
        lost = action is None or action.run is None or action.run.token != start.task.token
        if action is None or lost or not self._tx.holds(start.task):
            return
        match outcome:
            case Done(effect=effect):
                self._succeeded(start, effect)
            case Moved(returned=returned):
                self._tx.finish(start.task)
                settle_start(self._tx, self._recorder, action, happened=False)
                return_to_review(self._services, self._tx, action, returned)
            case Failed():
                self._failed(start, outcome)
            case Absent():
                self._delay(start, ABSENT, "the other side knows nothing of the attempt yet")
            case Lost():
                self._unknown(start, outcome)
        self.confirm_safe_mode()

    def _succeeded(self, start: Start, effect: Effect) -> None:
        commits = {"effect": self._recorder.blob(msgspec.json.encode(effect))}
        event = ExecutionSucceeded(start.task.token, effect.reference)
        action = self._recorder.record(Action, start.action.id, event, commits=commits)
        settle_start(self._tx, self._recorder, action, happened=True)
        count_success(self._tx, self._recorder, action.connector)
        if action.undoes:
            self._recorder.record(Action, action.undoes, ActionUndone(action.id))
        self._tx.finish(start.task)

    def _failed(self, start: Start, failed: Failed) -> None:
        code, detail = failed.code, failed.detail
        self._note_limits(start, code, failed.retry_after)
        if code == UNREACHABLE:
            self._count_failure(start, "could not reach it")
            if start.run.attempt < LAST_ATTEMPT:
                self._delay(start, code, detail, failed.retry_after)
                return
            if start.run.doubt:
                self._record_unknown(start, f"{detail}; an earlier attempt may have taken effect")
                return
        if code == STOPPED and start.run.doubt:
            self._delay(start, code, detail)  # this attempt did nothing; what an earlier one did is asked
            return
        event = ExecutionFailed(start.task.token, code)
        action = self._recorder.record(Action, start.action.id, event, brief=DetailBrief(detail))
        settle_start(self._tx, self._recorder, action, happened=False)
        self._tx.finish(start.task)

    def _unknown(self, start: Start, lost: Lost) -> None:
        self._count_failure(start, "got no answer")
        self._note_limits(start, "unknown", lost.retry_after)
        is_open = start.run.attempt < LAST_ATTEMPT and start.run.asked < LAST_QUESTION
        if start.effect is not EffectClass.BLIND and is_open:
            self._delay(start, "unknown", lost.detail, lost.retry_after)
            return
        self._record_unknown(start, lost.detail)

    def _record_unknown(self, start: Start, detail: str) -> None:
        event = ExecutionUnknown(start.task.token)
        self._recorder.record(Action, start.action.id, event, brief=DetailBrief(detail))
        self._tx.finish(start.task)

    def _delay(self, start: Start, code: str, detail: str, retry_after: int | None = None) -> None:
        """The same key goes out again later, as late as the other side wants; both are recorded."""
        tries = min(start.run.attempt + start.run.asked, LAST_ATTEMPT)
        asked = min(timedelta(seconds=retry_after or 0), LONGEST_WAIT)
        due = self._services.clock.now() + max(RETRY * (1 + tries), asked)
        event = ExecutionDelayed(start.task.token, code, "", start.run.attempt, stamp(due))
        self._recorder.record(Action, start.action.id, event, brief=DetailBrief(detail))
        self._tx.postpone(start.task, due=due)

    def _count_failure(self, start: Start, what: str) -> None:
        """What was said stays with the action, where it can be erased; the breaker names the action."""
        detail = f"{start.action.id} {what}"
        count_failure(self._services, self._tx, self._recorder, start.action.connector, detail)

    def _note_limits(self, start: Start, code: str, retry_after: int | None) -> None:
        note_limits(
            self._services,
            self._tx,
            self._recorder,
            start.action.connector,
            code=code,
            detail=f"{start.action.id} was turned away",
            retry_after=min(retry_after or 0, int(LONGEST_WAIT.total_seconds())),
        )

    def confirm_safe_mode(self) -> None:
        """Safe mode is confirmed when nothing that was in flight at the request is left."""
        for safe_mode in self._tx.every(SafeMode):
            is_open = safe_mode.on and not safe_mode.confirmed_at
            if is_open and not is_in_flight(self._tx, safe_mode):
                self._recorder.record(SafeMode, safe_mode.id, SafeModeConfirmed())
