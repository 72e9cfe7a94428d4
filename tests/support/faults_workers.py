"""Workers by name: the product's, and ones that are broken on purpose and must be caught. Free of I/O."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lineclear.application.executing.calling import Done, Outcome, Start, call
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.inside import is_inside
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Task, Transaction
from lineclear.application.recording import content_of
from lineclear.domain.actions import Action, Run
from lineclear.domain.payloads import Change, read_payload


class Careless(Worker):
    """Starts whatever was cleared, without asking anything again."""

    def _begin(self, tx: Transaction, task: Task, action: Action) -> Start | None:
        if is_inside(action):
            return super()._begin(tx, task, action)
        return self._started(tx, task, action, key=self._services.ids.new("key"))


class Forgetful(Worker):
    """Makes a new key for each attempt instead of committing to one."""

    def _resume(self, tx: Transaction, task: Task, action: Action, run: Run) -> Start | None:
        again = msgspec.structs.replace(run, key=self._services.ids.new("key"))
        return super()._resume(tx, task, action, again)


class Sleepless(Worker):
    """Calls and records its outcome whoever holds the lease by then."""

    def _call(self, start: Start) -> Outcome:
        return call(self._services, start, UNLIMITED)

    def _finish(self, start: Start, outcome: Outcome | None) -> None:
        match outcome:
            case Done(effect=effect):
                self._services.store.transact(lambda tx: self._settlement(tx)._succeeded(start, effect))
            case _:
                super()._finish(start, outcome)


class Hasty(Worker):
    """Calls first and commits its start afterwards."""

    def _begin(self, tx: Transaction, task: Task, action: Action) -> Start | None:
        key = self._services.ids.new("key")
        arguments = self._arguments(tx, action)
        connector = self._services.tools.connector(action.tool)
        connector.apply(action.tool, arguments, expected=action.version, key=key)
        return self._started(tx, task, action, key=key)

    def _arguments(self, tx: Transaction, action: Action) -> Arguments:
        payload = read_payload(content_of(tx.blob(action.content.payload), action.content.payload))
        assert isinstance(payload, Change)
        return payload.arguments

    def _call(self, start: Start) -> Outcome | None:
        assert isinstance(start.payload, Change)
        connector = self._services.tools.connector(start.action.tool)
        effect = connector.find(start.action.tool, start.payload.arguments, key=start.run.key)
        return super()._call(start) if effect is None else Done(effect)


WORKERS: Mapping[str, type[Worker]] = {
    "sound": Worker,
    "careless": Careless,
    "forgetful": Forgetful,
    "sleepless": Sleepless,
    "hasty": Hasty,
}
