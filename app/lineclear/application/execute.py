"""A clearance becomes an effect, once. Free of frameworks; the connector does the I/O.

Start and outcome are two transactions with the call between them. All checks stand in the first:
safe mode, deadline, signatures, digests, the stricter of two policies. Its commit comes before the
call, so that a crash is found as a start without an outcome and resolved by the tool's effect class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from lineclear.application.breakers import count_failure, count_success, open_breaker
from lineclear.application.clearing import KERNEL
from lineclear.application.effects import load_effect
from lineclear.application.inside import carry_out, has_moved, is_inside
from lineclear.application.ports import Task, TaskKind, ToolFailed, ToolOutcomeUnknown, Transaction
from lineclear.application.recording import Recorder, content_of
from lineclear.application.returning import LAST_REVISION, Returned, return_to_review
from lineclear.application.scopes import safe_mode_over
from lineclear.application.services import Services, moment
from lineclear.application.starting import Refused, check_start
from lineclear.domain.actions import Action, Run
from lineclear.domain.control import SafeMode
from lineclear.domain.effects import Effect, Preview
from lineclear.domain.events import (
    ActionExpired,
    ActionStopped,
    ActionUndone,
    ExecutionDelayed,
    ExecutionFailed,
    ExecutionHeld,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionUnknown,
    SafeModeConfirmed,
)
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.refusals import Code
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import ActionStatus, EffectClass

LEASE = timedelta(seconds=30)
RETRY = timedelta(seconds=2)
HELD_RETRY = timedelta(seconds=1)
FROZEN_RETRY = timedelta(seconds=15)
HOLDING = frozenset({Code.SAFE_MODE_ON, Code.BREAKER_OPEN, Code.JOB_PAUSED, Code.AGENT_STOPPED})
LAST_ATTEMPT = 5
KINDS = frozenset({TaskKind.EXECUTE, TaskKind.EXPIRE})


@dataclass(frozen=True, slots=True)
class Start:
    """A committed start: all that the call needs, and whether an earlier attempt may have sent it."""

    task: Task
    action: Action
    payload: Change | Undoing
    receipt: Json
    effect: EffectClass
    repeated: bool


class Worker:
    """Carries due work out, one task a call; safe to run in several threads and processes."""

    def __init__(self, services: Services, name: str) -> None:
        self._services = services
        self._name = name

    def run_one(self) -> bool:
        """Take one due task and bring it as far as it goes now; False where nothing was due."""
        task = self._services.store.transact(self._lease)
        if task is None:
            return False
        if task.kind is TaskKind.EXPIRE:
            self._services.store.transact(lambda tx: self._expire(tx, task))
            return True
        start = self._services.store.transact(lambda tx: self._start(tx, task))
        if start is not None:
            self._finish(start, self._call(start))
        return True

    def _lease(self, tx: Transaction) -> Task | None:
        now = self._services.clock.now()
        return tx.lease(KINDS, now=now, until=now + LEASE)

    def _recorder(self, tx: Transaction) -> Recorder:
        return Recorder(self._services, tx, f"worker/{self._name}")

    def _expire(self, tx: Transaction, task: Task) -> None:
        action = tx.load(Action, task.ref)
        if action is None or action.status is not ActionStatus.PENDING:
            tx.finish(task)
        elif safe_mode_over(tx, action) is not None:
            tx.postpone(task, due=self._services.clock.now() + FROZEN_RETRY)  # deadlines stand still
        elif tx.finish(task) and moment(action.deadline) <= self._services.clock.now():
            self._recorder(tx).record(Action, action.id, ActionExpired(action.deadline))

    def _start(self, tx: Transaction, task: Task) -> Start | None:
        action = tx.load(Action, task.ref)
        if action is None or not tx.holds(task):
            return None
        if action.status is ActionStatus.STARTED and action.run is not None:
            return self._resume(tx, task, action, action.run)
        if action.status is not ActionStatus.CLEARED:
            tx.finish(task)
            return None
        refused = check_start(self._services, tx, action)
        if refused is None and is_inside(action):
            self._inside(tx, task, action)
            return None
        if refused is None:
            return self._started(tx, task, action, key=self._services.ids.new("key"), repeated=False)
        self._refused(tx, task, action, refused)
        return None

    def _refused(self, tx: Transaction, task: Task, action: Action, refused: Refused) -> None:
        """What may not start waits, expires, or is looked at again."""
        match refused:
            case Refused(code=code, detail=detail) if code in HOLDING:
                self._hold(tx, task, action, code, detail)
            case Refused(code=Code.DEADLINE_PASSED):
                self._recorder(tx).record(Action, action.id, ActionExpired(action.deadline))
                tx.finish(task)
            case Refused(detail=detail):
                tx.finish(task)
                return_to_review(self._services, tx, action, Returned(detail))

    def _inside(self, tx: Transaction, task: Task, action: Action) -> None:
        """Start, effect and outcome in this one transaction: nothing can come between."""
        recorder = self._recorder(tx)
        payload = read_payload(content_of(tx.blob(action.content.payload), action.content.payload))
        assert isinstance(payload, Change)
        tx.finish(task)
        if has_moved(tx, action, payload):
            recorder.record(Action, action.id, ActionStopped(KERNEL))
            return
        key = self._services.ids.new("key")
        started = ExecutionStarted(action.revision, action.clearance, key, task.token, self._name)
        action = recorder.record(Action, action.id, started)
        effect = carry_out(tx, recorder, action, payload)
        commits = {"effect": recorder.blob(msgspec.json.encode(effect))}
        recorder.record(Action, action.id, ExecutionSucceeded(task.token, effect.reference), commits=commits)

    def _hold(self, tx: Transaction, task: Task, action: Action, code: str, detail: str) -> None:
        """Work that cannot run says why and waits; it does not vanish."""
        if action.held != code:
            self._recorder(tx).record(Action, action.id, ExecutionHeld(code, detail))
        tx.postpone(task, due=self._services.clock.now() + HELD_RETRY)

    def _resume(self, tx: Transaction, task: Task, action: Action, run: Run) -> Start | None:
        """An earlier attempt started and left no outcome: what its class promises decides."""
        contract = self._services.tools.contract(action.tool)
        if contract is None or contract.effect is EffectClass.BLIND or task.attempts > LAST_ATTEMPT:
            detail = "the earlier attempt left no outcome, and sending it again could repeat it"
            self._recorder(tx).record(Action, action.id, ExecutionUnknown(run.token, detail))
            tx.finish(task)
            return None
        waits = open_breaker(self._services, tx, action.connector) or safe_mode_over(tx, action)
        if waits is not None:
            tx.postpone(task, due=self._services.clock.now() + HELD_RETRY)
            return None
        return self._started(tx, task, action, key=run.key, repeated=True)

    def _started(self, tx: Transaction, task: Task, action: Action, *, key: str, repeated: bool) -> Start:
        contract = self._services.tools.contract(action.tool)
        assert contract is not None
        event = ExecutionStarted(action.revision, action.clearance, key, task.token, self._name)
        action = self._recorder(tx).record(Action, action.id, event)
        payload = read_payload(content_of(tx.blob(action.content.payload), action.content.payload))
        receipt: Json = None
        if isinstance(payload, Undoing):
            receipt = load_effect(tx, payload.effect).receipt
        return Start(task, action, payload, receipt, contract.effect, repeated)

    def _call(self, start: Start) -> Callable[[Transaction], None]:
        """Call the other side; what to record afterwards."""
        try:
            effect = self._effect(start)
        except ToolFailed as error:
            failure = error
            if failure.code == "target_moved" and start.action.revision < LAST_REVISION:
                returned = Returned(str(failure), self._seen_again(start))
                return lambda tx: self._returned(tx, start, returned)
            return lambda tx: self._failed(tx, start, failure)
        except ToolOutcomeUnknown as error:
            detail = str(error)
            return lambda tx: self._unknown(tx, start, detail)
        return lambda tx: self._succeeded(tx, start, effect)

    def _seen_again(self, start: Start) -> Preview | None:
        """The target as it is now; None where even that cannot be read, and the old view stands."""
        connector = self._services.tools.connector(start.action.tool)
        try:
            match start.payload:
                case Undoing():
                    return connector.preview_undo(start.action.tool, start.receipt)
                case Change(arguments=arguments):
                    return connector.preview(start.action.tool, arguments)
        except ToolFailed:
            return None

    def _effect(self, start: Start) -> Effect:
        assert start.action.run is not None
        connector = self._services.tools.connector(start.action.tool)
        key, tool, expected = start.action.run.key, start.action.tool, start.action.version
        match start.payload:
            case Undoing():
                return connector.undo(tool, start.receipt, expected=expected, key=key)
            case Change(arguments=arguments):
                if start.repeated and start.effect is EffectClass.QUERYABLE:
                    found = connector.find(tool, arguments, key=key)
                    if found is not None:
                        return found
                return connector.apply(tool, arguments, expected=expected, key=key)

    def _finish(self, start: Start, record: Callable[[Transaction], None]) -> None:
        def work(tx: Transaction) -> None:
            action = tx.load(Action, start.action.id)
            lost = action is None or action.run is None or action.run.token != start.task.token
            if lost or not tx.holds(start.task):
                return  # a newer holder of the lease owns the outcome
            record(tx)
            self._confirm_safe_mode(tx)

        self._services.store.transact(work)

    def _succeeded(self, tx: Transaction, start: Start, effect: Effect) -> None:
        recorder = self._recorder(tx)
        commits = {"effect": recorder.blob(msgspec.json.encode(effect))}
        event = ExecutionSucceeded(start.task.token, effect.reference)
        action = recorder.record(Action, start.action.id, event, commits=commits)
        count_success(tx, recorder, action.connector)
        if action.undoes:
            recorder.record(Action, action.undoes, ActionUndone(action.id))
        tx.finish(start.task)

    def _returned(self, tx: Transaction, start: Start, returned: Returned) -> None:
        """Nothing was changed and the target moved: people see it anew, or policy judges it anew."""
        action = tx.load(Action, start.action.id)
        assert action is not None
        tx.finish(start.task)
        return_to_review(self._services, tx, action, returned)

    def _failed(self, tx: Transaction, start: Start, error: ToolFailed) -> None:
        if error.code == "unreachable":
            count_failure(self._services, tx, self._recorder(tx), start.action.connector, str(error))
            if start.task.attempts < LAST_ATTEMPT:
                self._delay(tx, start, error.code, str(error))
                return
        event = ExecutionFailed(start.task.token, error.code, str(error))
        self._recorder(tx).record(Action, start.action.id, event)
        tx.finish(start.task)

    def _unknown(self, tx: Transaction, start: Start, detail: str) -> None:
        count_failure(self._services, tx, self._recorder(tx), start.action.connector, detail)
        if start.effect is not EffectClass.BLIND and start.task.attempts < LAST_ATTEMPT:
            self._delay(tx, start, "unknown", detail)
            return
        self._recorder(tx).record(Action, start.action.id, ExecutionUnknown(start.task.token, detail))
        tx.finish(start.task)

    def _delay(self, tx: Transaction, start: Start, code: str, detail: str) -> None:
        """The same key goes out again later; the record says why not now."""
        event = ExecutionDelayed(start.task.token, code, detail, start.task.attempts)
        self._recorder(tx).record(Action, start.action.id, event)
        tx.postpone(start.task, due=self._services.clock.now() + RETRY * (1 + start.task.attempts))

    def _confirm_safe_mode(self, tx: Transaction) -> None:
        """Safe mode is confirmed when nothing that was in flight at the request is left."""
        for safe_mode in tx.every(SafeMode):
            if safe_mode.on and not safe_mode.confirmed_at:
                running = [tx.load(Action, one) for one in safe_mode.in_flight]
                if not any(one is not None and one.status is ActionStatus.STARTED for one in running):
                    self._recorder(tx).record(SafeMode, safe_mode.id, SafeModeConfirmed())
