"""One call under way: begun only with a lease that lasts, kept while it goes on, broken off by a stop.

The worker's thread calls; another one beats. A beat renews the lease under the same fencing token and with
it the call's permit, and finds out whether a person has stopped the work. Where the database cannot be asked,
the permit runs out by itself. Free of frameworks, databases and threads of its own.

Clocks of workers may differ by `SKEW`: a lease is free for others only that much later than for its holder,
so that whoever takes over does so after the holder's permit is over by every clock within the bound.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lineclear.application.executing.calling import Failed, Outcome, Start, call
from lineclear.application.executing.permits import STOPPED, CallPermit
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.events import ExecutionCancelled
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import ActionStatus, JobStatus

LEASE = timedelta(seconds=30)
"""For how long a worker counts a lease as its own."""

SKEW = timedelta(seconds=30)
"""By how much the clocks of two workers may differ."""

HELD = LEASE + SKEW
"""For how long nobody else may take what a worker has leased: the bound of every recovery."""

MARGIN = timedelta(seconds=5)
"""What was sent last arrives before the lease ends."""

NEEDED = timedelta(seconds=10)
"""No call begins with less than this; a lease that is shorter is renewed first."""

RENEWED = timedelta(seconds=15)
"""With less than this left, a beat renews the lease."""

LONGEST = timedelta(seconds=120)
"""No call lasts longer, however often its system answers."""


class Attended:
    """A committed start on its way through the call. `call` is for one thread, `beat` for another."""

    def __init__(self, services: Services, start: Start, worker: str) -> None:
        self._services = services
        self._start = start
        self._worker = worker
        self._end = services.clock.now() + LONGEST
        until = start.task.until
        self._until = services.clock.now() if until is None else until - SKEW - MARGIN
        self._permit = CallPermit(services.clock, self._until)

    def call(self) -> Outcome | None:
        """Call; None, and nothing was sent, where somebody else has taken over (I25)."""
        is_ours, stopped = self._services.store.read(lambda now: (self._is_ours(now), self._stopped(now)))
        if not is_ours:
            return None
        if stopped:
            return Failed(STOPPED, f"{stopped}; nothing was sent.")
        if self._left() < NEEDED and not self._renew():
            return None
        outcome = call(self._services, self._start, self._permit)
        if self._permit.revoked:
            self._services.store.transact(self._record)  # before the outcome, whoever is faster
        return outcome

    def beat(self) -> None:
        """Break the call off where a person stopped its work, else see that its lease lasts."""
        stopped = self._services.store.read(self._stopped)
        if stopped and not self._permit.revoked:
            self._permit.revoke(stopped)
            self._services.store.transact(self._record)
        elif self._left() < RENEWED and self._until < self._end:
            self._renew()
        elif self._permit.left() <= 0:
            self._permit.expire()

    def _left(self) -> timedelta:
        return self._until - self._services.clock.now()

    def _renew(self) -> bool:
        now = self._services.clock.now()
        if not self._services.store.transact(lambda tx: self._renewed(tx, now)):
            self._permit.revoke("another worker has taken over")
            return False
        self._until = min(now + LEASE - MARGIN, self._end)
        self._permit.extend(self._until)
        return True

    def _renewed(self, tx: Transaction, now: datetime) -> bool:
        return self._is_ours(tx) and tx.renew(self._start.task, until=now + HELD)

    def _is_ours(self, snapshot: Snapshot) -> bool:
        action = snapshot.load(Action, self._start.action.id)
        if action is None or action.run is None or action.status is not ActionStatus.STARTED:
            return False
        return action.run.token == self._start.task.token

    def _stopped(self, snapshot: Snapshot) -> str:
        """Who stopped the job, in words; "" where it goes on, as an undo does, and a question."""
        job = snapshot.load(Job, self._start.action.job)
        if (
            self._start.asks
            or self._start.action.undoes
            or job is None
            or job.status is not JobStatus.STOPPED
        ):
            return ""
        return f"Its job was stopped by {job.stopped_by}"

    def _record(self, tx: Transaction) -> None:
        """That the call was broken off, once, and unless its outcome was there first."""
        action = tx.load(Action, self._start.action.id)
        is_told = action is None or action.run is None or action.run.cancelled_by
        job = tx.load(Job, self._start.action.job)
        if job is None or is_told or not (self._stopped(tx) and self._is_ours(tx)):
            return
        if tx.holds(self._start.task):
            recorder = Recorder(self._services, tx, f"worker/{self._worker}")
            event = ExecutionCancelled(self._start.task.token, job.stopped_by)
            recorder.record(Action, self._start.action.id, event)
