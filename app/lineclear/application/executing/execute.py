"""A clearance becomes an effect, once. Free of frameworks; the connector does the I/O.

Start and outcome are two transactions with the call between them. Lease and checks stand in the first:
safe mode, deadline, signatures, digests, the stricter of two policies. Its commit comes before the
call, so that a crash is found as a start without an outcome and resolved by the tool's effect class.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.deciding.claiming import lapse
from lineclear.application.deciding.escalating import raise_due
from lineclear.application.executing.attempting import HELD_POLL, Attempts
from lineclear.application.executing.attending import HELD, Attended
from lineclear.application.executing.calling import Outcome, Start
from lineclear.application.executing.outcome import run_out
from lineclear.application.governing.scopes import safe_mode_over
from lineclear.application.judging.consulting import Consultation, consult_start, names_judge
from lineclear.application.ports import Task, TaskKind, Transaction
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.events import ActionExpired
from lineclear.domain.state import stream_of
from lineclear.domain.vocabulary import ActionStatus, Executor

KINDS = frozenset({TaskKind.EXECUTE, TaskKind.EXPIRE})


@dataclass(frozen=True, slots=True)
class _Taken:
    """A leased task, with the start that its commit made, if any."""

    task: Task
    start: Start | None = None
    is_only_leased: bool = False


class Worker(Attempts):
    """Carries due work out, one task a call; safe to run in several threads and processes."""

    def __init__(self, services: Services, name: str) -> None:
        super().__init__(services, name)
        self._served = ""
        self._goes_on = True
        self._attended: Attended | None = None

    def run_one(self) -> bool:
        """Take one due task and bring it as far as it goes now; False where nothing was due."""
        goes_on, self._goes_on = self._goes_on, False  # a task that breaks its transaction is leased alone
        taken = self._services.store.transact(lambda tx: self._take(tx, goes_on=goes_on))
        if taken is None:
            self._goes_on = True
            return False
        start = self._advanced_alone(taken.task) if taken.is_only_leased else taken.start
        self._goes_on = True
        if start is not None:
            self._finish(start, self._call(start))
        return True

    def attend(self) -> None:
        """See to the call that is under way, if there is one: its lease, and whether it was stopped.

        Called from another thread than `run_one`, every half second.
        """
        attended = self._attended
        if attended is not None:
            attended.beat()

    def _take(self, tx: Transaction, *, goes_on: bool) -> _Taken | None:
        """Lease a task and bring it as far as its call in one commit, unless a judge is asked before."""
        task = self._lease(tx)
        if task is None:
            return None
        self._served = task.proposer
        if not goes_on or (task.kind is TaskKind.EXECUTE and names_judge(tx)):
            return _Taken(task, is_only_leased=True)
        return _Taken(task, self._advanced(tx, task))

    def _lease(self, tx: Transaction) -> Task | None:
        now = self._services.clock.now()
        return tx.lease(KINDS, now=now, until=now + HELD, after=self._served)

    def _advanced_alone(self, task: Task) -> Start | None:
        said = consult_start(self._services, task.ref) if task.kind is TaskKind.EXECUTE else None
        return self._services.store.transact(lambda tx: self._advanced(tx, task, said))

    def _advanced(self, tx: Transaction, task: Task, said: Consultation | None = None) -> Start | None:
        if task.kind is TaskKind.EXECUTE:
            return self._start(tx, task, said)
        self._expire(tx, task)
        return None

    def _expire(self, tx: Transaction, task: Task) -> None:
        action = tx.load(Action, task.ref)
        if action is not None and tx.holds(task):
            now = self._services.clock.now()
            action = lapse(self._recorder(tx), action, now)
            action = raise_due(self._recorder(tx), action, now)
        if action is not None and action.executor is Executor.AGENT:
            if tx.finish(task):
                run_out(self._services, tx, self._recorder(tx), action)
        elif action is None or action.status is not ActionStatus.PENDING or not action.deadline:
            tx.finish(task)
        elif (safe_mode := safe_mode_over(tx, action)) is not None:
            due = self._services.clock.now() + HELD_POLL  # deadlines stand still
            tx.postpone(task, due=due, waits_for=stream_of(SafeMode, safe_mode.id))
        elif tx.finish(task) and moment(action.deadline) <= self._services.clock.now():
            self._recorder(tx).record(Action, action.id, ActionExpired(action.deadline))

    def _call(self, start: Start) -> Outcome | None:
        """Call, unless a worker that woke late finds that somebody else has taken over (I25)."""
        self._attended = Attended(self._services, start, self._name)
        try:
            return self._attended.call()
        finally:
            self._attended = None

    def _finish(self, start: Start, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._services.store.transact(lambda tx: self._settlement(tx).settle(start, outcome))
