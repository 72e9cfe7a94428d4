"""Tells receivers that an action was decided, until they say that they heard it or seven days are over.

A notice carries no decision: who hears it asks for one with a credential of its own. Free of frameworks; the
poster does the I/O, between two transactions.
"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

from lineclear.application.agents.outside import Outside
from lineclear.application.ports import Posted, Task, TaskKind, ToolFailed, Transaction
from lineclear.application.recording import Recorder, kept
from lineclear.application.services import moment
from lineclear.domain.actions import Action
from lineclear.domain.events import Delivery, NoticeEnded
from lineclear.domain.instances import Instance
from lineclear.domain.refusals import Refusal
from lineclear.domain.uuids import Named, uuid_of

WINDOW = timedelta(hours=168)
LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=2)
NOTICES = 120
"""Attempts that one host is sent in a minute, over all instances."""

_OK = range(200, 300)
_ASKS_TO_WAIT = frozenset({429, 503})
_DOUBLINGS = 11


class Courier:
    """Takes one due notice a call; safe to run in several threads and processes."""

    def __init__(self, outside: Outside, name: str) -> None:
        self._outside = outside
        self._services = outside.services
        self._name = name
        self._served = ""

    def run_one(self) -> bool:
        """Attempt one due notice; False where nothing was due."""
        task = self._services.store.transact(self._lease)
        if task is None:
            return False
        self._served = task.proposer
        prepared = self._services.store.transact(lambda tx: self._prepare(tx, task))
        if prepared is not None:
            action, instance, delivery, secret = prepared
            heard, pause = self._attempt(action, instance, delivery, secret, task)
            self._services.store.transact(lambda tx: self._settle(tx, task, action, heard=heard, pause=pause))
        return True

    def _lease(self, tx: Transaction) -> Task | None:
        now = self._services.clock.now()
        return tx.lease(frozenset({TaskKind.NOTIFY}), now=now, until=now + LEASE, after=self._served)

    def _prepare(self, tx: Transaction, task: Task) -> tuple[Action, Instance, Delivery, str] | None:
        """What to send where, as it is configured now; None where nobody is to be told any more."""
        action = tx.load(Action, task.ref)
        instance = tx.load(Instance, action.instance) if action else None
        if action is None or instance is None or instance.delivery is None:
            tx.finish(task)
            return None
        if self._services.clock.now() >= moment(decided_at(action)) + WINDOW:
            self._end(tx, task, action, heard=False)
            return None
        sealed = kept(tx.blob(instance.delivery.secret), instance.delivery.secret)
        return action, instance, instance.delivery, self._outside.vault.open(sealed).decode()

    def _attempt(
        self, action: Action, instance: Instance, delivery: Delivery, secret: str, task: Task
    ) -> tuple[bool, timedelta]:
        """Whether it was heard, and else for how long to wait."""
        body = notice_of(action, instance)
        try:
            host = urlsplit(delivery.url).hostname or ""
            self._outside.limits.take("notices to a host", host, NOTICES)
            message = uuid_of(Named.NOTICE, action.id)
            posted = self._outside.post(delivery.url, secret, message, body)
        except (ToolFailed, Refusal):
            return False, self._pause(task, None)
        return posted.status in _OK, self._pause(task, posted)

    def _pause(self, task: Task, posted: Posted | None) -> timedelta:
        """Doubling, of which a quarter is left to chance; longer where the receiver asks for it."""
        doubled = FIRST_PAUSE * (1 << min(task.attempts, _DOUBLINGS))
        chance = self._services.ids.secret()[0] / 255
        pause: timedelta = min(doubled, LONGEST_PAUSE) * (0.75 + 0.25 * chance)
        if posted is not None and posted.status in _ASKS_TO_WAIT and posted.retry_after is not None:
            return max(pause, min(timedelta(seconds=posted.retry_after), WINDOW))
        return pause

    def _settle(self, tx: Transaction, task: Task, action: Action, *, heard: bool, pause: timedelta) -> None:
        if heard:
            self._end(tx, task, action, heard=True)
            return
        last = moment(decided_at(action)) + WINDOW
        tx.postpone(task, due=min(self._services.clock.now() + pause, last))

    def _end(self, tx: Transaction, task: Task, action: Action, *, heard: bool) -> None:
        if tx.finish(task):
            recorder = Recorder(self._services, tx, f"worker/{self._name}")
            recorder.record(Instance, action.instance, NoticeEnded(action.id, heard, task.attempts))


def decided_at(action: Action) -> str:
    """When it was decided: the clearance, or else the end."""
    return action.cleared_at or action.updated_at


def notice_of(action: Action, instance: Instance) -> bytes:
    """The same bytes at each attempt and in each process."""
    event = {
        "id": uuid_of(Named.NOTICE, action.id),
        "type": "request.resolved",
        "instance_id": uuid_of(Named.INSTANCE, instance.id),
        "request_id": uuid_of(Named.REQUEST, action.id),
        "created_at": decided_at(action),
    }
    return json.dumps(event, separators=(",", ":")).encode()
