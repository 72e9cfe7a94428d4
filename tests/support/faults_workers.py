"""Workers by name: the product's, and ones that are broken on purpose and must be caught. Free of I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from lineclear.application.execute import Start, Worker
from lineclear.application.ports import Task, Transaction
from lineclear.application.recording import content_of
from lineclear.domain.actions import Action, Run
from lineclear.domain.payloads import Change, read_payload
from lineclear.domain.vocabulary import ActionStatus


class Careless(Worker):
    """Starts whatever was cleared, without asking anything again."""

    def _start(self, tx: Transaction, task: Task) -> Start | None:
        action = tx.load(Action, task.ref)
        if action is None or not tx.holds(task) or action.status is not ActionStatus.CLEARED:
            return super()._start(tx, task)
        return self._started(tx, task, action, key=self._services.ids.new("key"), repeated=False)


class Forgetful(Worker):
    """Makes a new key for each attempt instead of committing to one."""

    def _resume(self, tx: Transaction, task: Task, action: Action, run: Run) -> Start | None:
        again = msgspec.structs.replace(run, key=self._services.ids.new("key"))
        return super()._resume(tx, task, action, again)


class Sleepless(Worker):
    """Records its outcome whoever holds the lease by then."""

    def _finish(self, start: Start, record: Callable[[Transaction], None]) -> None:
        self._services.store.transact(record)


class Hasty(Worker):
    """Calls first and commits its start afterwards."""

    def _start(self, tx: Transaction, task: Task) -> Start | None:
        action = tx.load(Action, task.ref)
        if action is not None and tx.holds(task) and action.status is ActionStatus.CLEARED:
            payload = read_payload(content_of(tx.blob(action.content.payload), action.content.payload))
            assert isinstance(payload, Change)
            connector = self._services.tools.connector(action.tool)
            key = self._services.ids.new("key")
            connector.apply(action.tool, payload.arguments, expected=action.version, key=key)
            return self._started(tx, task, action, key=key, repeated=False)
        return super()._start(tx, task)

    def _call(self, start: Start) -> Callable[[Transaction], None]:
        if start.repeated or start.action.run is None:
            return super()._call(start)
        connector = self._services.tools.connector(start.action.tool)
        assert isinstance(start.payload, Change)
        effect = connector.find(start.action.tool, start.payload.arguments, key=start.action.run.key)
        assert effect is not None
        return lambda tx: self._succeeded(tx, start, effect)


WORKERS: Mapping[str, type[Worker]] = {
    "sound": Worker,
    "careless": Careless,
    "forgetful": Forgetful,
    "sleepless": Sleepless,
    "hasty": Hasty,
}
