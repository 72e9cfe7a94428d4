"""What one transaction decides of an execution that is due: start, hold, ask, give up. Free of frameworks."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lineclear.application.budgeting.budgets import pause_again
from lineclear.application.budgeting.days import settle_start
from lineclear.application.executing.calling import Start
from lineclear.application.executing.effects import load_effect
from lineclear.application.executing.inside import carry_out, has_moved, is_inside
from lineclear.application.executing.settling import LAST_ATTEMPT, LAST_QUESTION, Settlement
from lineclear.application.executing.starting import Refused, check_start, set_aside
from lineclear.application.judging.clearing import KERNEL
from lineclear.application.judging.consulting import Consultation, record_consultation
from lineclear.application.judging.returning import Returned, return_to_review
from lineclear.application.ports import Task, Transaction
from lineclear.application.recording import Recorder, content_of
from lineclear.application.services import Services, moment
from lineclear.domain.actions import UNREACHABLE, Action, Run
from lineclear.domain.contracts import ToolContract
from lineclear.domain.events import (
    ActionExpired,
    ActionStopped,
    DetailBrief,
    ExecutionAsked,
    ExecutionFailed,
    ExecutionHeld,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionUnknown,
)
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import ActionStatus, EffectClass

HELD_POLL = timedelta(minutes=5)
"""What is held goes on when that ends; this long after, it is looked at again in any case."""

HOLDING = frozenset(
    {
        Code.SAFE_MODE_ON,
        Code.BREAKER_OPEN,
        Code.JOB_PAUSED,
        Code.AGENT_STOPPED,
        Code.BUDGET_SPENT,
        Code.JUDGE_UNREACHABLE,
    }
)
BELIEVED = 3
"""So many answers in a row that know nothing of an attempt are believed."""


class Attempts:
    """The decisions about attempts of one worker; each method within the transaction that it is given."""

    def __init__(self, services: Services, name: str) -> None:
        self._services = services
        self._name = name

    def _recorder(self, tx: Transaction) -> Recorder:
        return Recorder(self._services, tx, f"worker/{self._name}")

    def _start(self, tx: Transaction, task: Task, said: Consultation | None = None) -> Start | None:
        action = tx.load(Action, task.ref)
        if action is None or not tx.holds(task):
            return None
        if action.status in {ActionStatus.STARTED, ActionStatus.CLEARED}:
            action = record_consultation(Recorder(self._services, tx, KERNEL), action, said)
        if action.status is ActionStatus.STARTED and action.run is not None:
            return self._resume(tx, task, action, action.run)
        if action.status is ActionStatus.CLEARED:
            return self._begin(tx, task, action)
        tx.finish(task)
        return None

    def _begin(self, tx: Transaction, task: Task, action: Action) -> Start | None:
        """The first attempt: every check, then the start, in this transaction."""
        if action.undoes and not _is_undoable(tx, action):
            self._recorder(tx).record(Action, action.id, ActionStopped(KERNEL))
            tx.finish(task)
            return None
        refused = check_start(self._services, tx, action)
        if refused is not None:
            self._refused(tx, task, action, refused)
        elif is_inside(action):
            self._inside(tx, task, action)
        else:
            return self._set_aside(tx, task, action)
        return None

    def _set_aside(self, tx: Transaction, task: Task, action: Action) -> Start | None:
        """What the day's budget has no room for waits; else it starts, and is counted in the same commit."""
        budget = set_aside(self._services, tx, self._recorder(tx), action)
        if isinstance(budget, Refused):
            self._hold(tx, task, action, budget)
            return None
        return self._started(tx, task, action, key=self._services.ids.new("key"), budget=budget)

    def _refused(self, tx: Transaction, task: Task, action: Action, refused: Refused) -> None:
        """What may not start waits, expires, or is looked at again."""
        match refused:
            case Refused(code=code) if code in HOLDING:
                self._hold(tx, task, action, refused)
            case Refused(code=Code.DEADLINE_PASSED):
                self._recorder(tx).record(Action, action.id, ActionExpired(action.deadline))
                tx.finish(task)
            case Refused(code=Code.JOB_CLOSED | Code.CANARY_NEVER_RUNS):
                self._recorder(tx).record(Action, action.id, ActionStopped(KERNEL))
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
        try:
            effect = carry_out(tx, recorder, action, payload)
        except Refusal as refusal:
            failed, brief = ExecutionFailed(task.token, refusal.code), DetailBrief(refusal.sentence)
            recorder.record(Action, action.id, failed, brief=brief)
            return
        commits = {"effect": recorder.blob(msgspec.json.encode(effect))}
        recorder.record(Action, action.id, ExecutionSucceeded(task.token, effect.reference), commits=commits)
        pause_again(self._services, tx, action.job)

    def _hold(self, tx: Transaction, task: Task, action: Action, refused: Refused) -> None:
        """Work that cannot run says why and waits for what ends that; it does not vanish."""
        if action.held != refused.code:
            brief = DetailBrief(refused.detail)
            self._recorder(tx).record(Action, action.id, ExecutionHeld(refused.code), brief=brief)
        due = self._services.clock.now() + HELD_POLL
        tx.postpone(task, due=min(due, refused.until or due), waits_for=refused.waits_for)

    def _resume(self, tx: Transaction, task: Task, action: Action, run: Run) -> Start | None:
        """An earlier attempt left no outcome: what is known of it, and its class, decide.

        Everything that a start checks is checked again before anything is sent again. Where it may not be,
        an attempt that reached nobody is over, and any other is only asked about.
        """
        contract = self._services.tools.contract(action.tool)
        refused = check_start(self._services, tx, action)
        if run.code == UNREACHABLE and not run.doubt:
            if refused is None:
                return self._started(tx, task, action, key=run.key)
            self._give_up(tx, task, action, refused)
        elif contract is None or _is_over(contract, run, self._services.clock.now()):
            self._unknown(tx, task, action, run)
        elif run.misses >= BELIEVED and refused is not None:
            self._give_up(tx, task, action, refused)
        elif refused is not None or _asks_first(contract, run, self._services.clock.now()):
            return self._ask(tx, task, action)
        else:
            return self._started(tx, task, action, key=run.key)
        return None

    def _give_up(self, tx: Transaction, task: Task, action: Action, refused: Refused) -> None:
        """It changed nothing and may not be sent again: it waits where that can end, else it is over."""
        assert action.run is not None
        if refused.code in HOLDING:
            self._hold(tx, task, action, refused)
            return
        failed, brief = ExecutionFailed(action.run.token, refused.code), DetailBrief(refused.detail)
        recorder = self._recorder(tx)
        settle_start(tx, recorder, recorder.record(Action, action.id, failed, brief=brief), happened=False)
        tx.finish(task)
        self._settlement(tx).confirm_safe_mode()

    def _unknown(self, tx: Transaction, task: Task, action: Action, run: Run) -> None:
        detail = "the earlier attempt left no outcome, and sending it again could repeat it"
        self._recorder(tx).record(Action, action.id, ExecutionUnknown(run.token), brief=DetailBrief(detail))
        tx.finish(task)
        self._settlement(tx).confirm_safe_mode()

    def _ask(self, tx: Transaction, task: Task, action: Action) -> Start:
        action = self._recorder(tx).record(Action, action.id, ExecutionAsked(task.token, self._name))
        return self._prepared(tx, task, action, asks=True)

    def _started(self, tx: Transaction, task: Task, action: Action, *, key: str, budget: str = "") -> Start:
        event = ExecutionStarted(action.revision, action.clearance, key, task.token, self._name, budget)
        action = self._recorder(tx).record(Action, action.id, event)
        return self._prepared(tx, task, action, asks=False)

    def _prepared(self, tx: Transaction, task: Task, action: Action, *, asks: bool) -> Start:
        contract = self._services.tools.contract(action.tool)
        assert contract is not None
        assert action.run is not None
        payload = read_payload(content_of(tx.blob(action.content.payload), action.content.payload))
        receipt: Json = None
        if isinstance(payload, Undoing):
            receipt = load_effect(tx, payload.effect).receipt
        return Start(task, action, action.run, payload, receipt, contract.effect, asks)

    def _settlement(self, tx: Transaction) -> Settlement:
        return Settlement(self._services, tx, f"worker/{self._name}")


def _is_undoable(tx: Transaction, action: Action) -> bool:
    """An effect is taken back once."""
    original = tx.load(Action, action.undoes)
    return original is not None and original.status is ActionStatus.SUCCEEDED


def _asks_first(contract: ToolContract, run: Run, now: datetime) -> bool:
    """Whether sending again could repeat it, as far as is known: then it is asked about."""
    return is_late(contract, run, now) or (contract.effect is EffectClass.QUERYABLE and run.misses < BELIEVED)


def is_late(contract: ToolContract, run: Run, now: datetime) -> bool:
    """Whether more than a quarter of the key's window has passed since it was first sent (I33)."""
    if contract.effect is not EffectClass.KEYED or contract.key_window is None:
        return False
    return now - moment(run.first_at or run.started_at) > timedelta(seconds=contract.key_window) / 4


def _is_over(contract: ToolContract, run: Run, now: datetime) -> bool:
    """Whether neither sending nor asking may help any more: a person finds out."""
    is_worn_out = run.attempt > LAST_ATTEMPT or run.asked > LAST_QUESTION
    is_unheard = run.misses >= BELIEVED and is_late(contract, run, now)
    return contract.effect is EffectClass.BLIND or is_worn_out or is_unheard
