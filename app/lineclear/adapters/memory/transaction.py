"""Writes to rows in memory, each with the step that takes it back. Free of locks: the store has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lineclear.adapters.memory.rules import require_dense
from lineclear.adapters.memory.snapshot import Due, Kept, MemorySnapshot, Rows
from lineclear.application.ports import Remembered, Task, TaskKind
from lineclear.domain.actions import Action
from lineclear.domain.erasure import BRIEF, PRIVATE, TOMBSTONE
from lineclear.domain.listing import listed
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate


class MemoryTransaction(MemorySnapshot):
    """Writes in place and remembers how to undo it, so that a rollback costs what was written."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self._back: list[Callable[[], object]] = []

    def rollback(self) -> None:
        """Leave the rows as they were found."""
        while self._back:
            self._back.pop()()

    def append(self, recorded: Recorded, entry: bytes, state: Aggregate) -> None:
        rows = self._rows
        stream = rows.streams.setdefault(recorded.stream, [])
        require_dense(recorded, state, size=self.size(), seq=len(stream))
        rows.entries.append(Kept(recorded, entry))
        self._back.append(rows.entries.pop)
        stream.append(recorded.index)
        self._back.append(stream.pop)
        if isinstance(state, Action):
            self._list(state, stream[0])
        self._set(rows.states.setdefault(type(state), {}), state.id, state)

    def put_blob(self, digest: str, sealed: bytes) -> None:
        if digest not in self._rows.blobs:
            self._set(self._rows.blobs, digest, sealed)

    def erase(self, stream: str, parts: frozenset[str]) -> tuple[str, ...]:
        gone = set()
        for index in self._rows.streams.get(stream, ()):
            kept = self._rows.entries[index]
            if kept.recorded.type == TOMBSTONE:
                continue
            for part, digest in kept.recorded.commits.items():
                if part in parts:
                    gone.add(part)
                    self._drop(self._rows.blobs, digest)
            if kept.recorded.brief is not None and BRIEF in parts:
                self._forget_brief(index, kept)
        if parts >= PRIVATE:
            self._blank_answers(stream.partition("/")[2])
        return tuple(sorted(gone))

    def remember(self, request: Remembered) -> None:
        key = (request.principal, request.key)
        if key in self._rows.requests:
            raise ValueError(f"{request.principal} has used the key {request.key} before")
        self._set(self._rows.requests, key, request)

    def enqueue(self, task: Task) -> None:
        if task.id in self._rows.tasks:
            raise ValueError(f"task {task.id} exists")
        self._set(self._rows.tasks, task.id, Due(task))

    def lease(
        self, kinds: frozenset[TaskKind], *, now: datetime, until: datetime, after: str = ""
    ) -> Task | None:
        free = [
            due.task
            for due in self._rows.tasks.values()
            if due.task.kind in kinds and due.task.due <= now and (due.until is None or due.until <= now)
        ]
        if not free:
            return None
        oldest = min(free, key=lambda task: (task.proposer <= after, task.proposer, task.due, task.id))
        taken = replace(
            oldest, token=oldest.token + 1, attempts=oldest.attempts + 1, waits_for="", until=until
        )
        self._set(self._rows.tasks, taken.id, Due(taken, until))
        return taken

    def renew(self, task: Task, *, until: datetime) -> bool:
        if not self.holds(task):
            return False
        kept = replace(self._rows.tasks[task.id].task, until=until)
        self._set(self._rows.tasks, task.id, Due(kept, until))
        return True

    def finish(self, task: Task) -> bool:
        if not self._is_current(task):
            return False
        due = self._rows.tasks.pop(task.id)
        self._back.append(lambda: self._rows.tasks.__setitem__(task.id, due))
        return True

    def postpone(self, task: Task, *, due: datetime, waits_for: str = "") -> bool:
        if not self._is_current(task):
            return False
        kept = self._rows.tasks[task.id].task
        # The token grows here too: who gave a task back holds it no more.
        given = replace(kept, due=due, token=kept.token + 1, waits_for=waits_for, until=None)
        self._set(self._rows.tasks, task.id, Due(given))
        return True

    def wake(self, waits_for: str, *, now: datetime) -> None:
        for waiting in [due for due in self._rows.tasks.values() if due.task.waits_for == waits_for]:
            woken = replace(waiting.task, due=now, waits_for="")
            self._set(self._rows.tasks, woken.id, replace(waiting, task=woken))

    def holds(self, task: Task) -> bool:
        return self._is_current(task) and self._rows.tasks[task.id].until is not None

    def _list(self, action: Action, proposed: int) -> None:
        earlier, listing = self.load(Action, action.id), self._rows.listed
        before = listing.find(earlier.status, earlier.id) if earlier is not None else None
        after = listed(action, proposed)
        listing.replace(before, after)
        self._back.append(lambda: listing.replace(after, before))

    def _forget_brief(self, index: int, kept: Kept) -> None:
        self._rows.entries[index] = replace(kept, recorded=replace(kept.recorded, brief=None))
        self._back.append(lambda: self._rows.entries.__setitem__(index, kept))

    def _blank_answers(self, identifier: str) -> None:
        for key, request in list(self._rows.requests.items()):
            if request.result == identifier:
                self._set(self._rows.requests, key, replace(request, fingerprint=""))

    def _drop[K, V](self, table: dict[K, V], key: K) -> None:
        if key in table:
            before = table.pop(key)
            self._back.append(lambda: table.__setitem__(key, before))

    def _is_current(self, task: Task) -> bool:
        due = self._rows.tasks.get(task.id)
        return due is not None and due.task.token == task.token

    def _set[K, V](self, table: dict[K, V], key: K, value: V) -> None:
        if key in table:
            before = table[key]
            self._back.append(lambda: table.__setitem__(key, before))
        else:
            self._back.append(lambda: table.pop(key))
        table[key] = value
