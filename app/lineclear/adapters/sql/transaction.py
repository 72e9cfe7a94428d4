"""Writes of one workspace on one connection. Free of commits: several works may share one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lineclear.adapters.memory.rules import due_key, moment_key, moment_of, require_dense, search_text
from lineclear.adapters.sql.codec import encode
from lineclear.adapters.sql.snapshot import SqlSnapshot
from lineclear.adapters.sql.tables import actions, blobs, entries, jobs, ledgers, requests, states, tasks
from lineclear.application.ports import Remembered, Task, TaskKind
from lineclear.domain.actions import Action
from lineclear.domain.jobs import Job
from lineclear.domain.records import Recorded
from lineclear.domain.state import KIND_OF, Aggregate, stream_of

_lock: Final = (
    select(ledgers.c.workspace).where(ledgers.c.workspace == bindparam("workspace")).with_for_update()
)
_last_seq: Final[Select[int]] = select(func.coalesce(func.max(entries.c.seq), -1)).where(
    entries.c.workspace == bindparam("workspace"), entries.c.stream == bindparam("stream")
)
_entry: Final = insert(entries)
_action: Final = insert(actions)
_job: Final = insert(jobs)
_state: Final = insert(states)
_action_again: Final = update(actions).where(
    actions.c.workspace == bindparam("of"), actions.c.id == bindparam("which")
)
_job_again: Final = update(jobs).where(jobs.c.workspace == bindparam("of"), jobs.c.id == bindparam("which"))
_state_again: Final = update(states).where(
    states.c.workspace == bindparam("of"),
    states.c.kind == bindparam("sort"),
    states.c.id == bindparam("which"),
)
_blob: Final = {
    "sqlite": sqlite.insert(blobs).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(blobs).on_conflict_do_nothing(),
}
_request: Final = insert(requests)
_task: Final = insert(tasks)
_free: Final = (
    select(tasks)
    .where(
        tasks.c.workspace == bindparam("workspace"),
        tasks.c.kind.in_(bindparam("kinds", expanding=True)),
        tasks.c.due <= bindparam("now"),
        or_(tasks.c.held_until.is_(None), tasks.c.held_until <= bindparam("now")),
    )
    .order_by(tasks.c.due, tasks.c.id)
    .limit(1)
)
_known: Final = select(tasks.c.id).where(
    tasks.c.workspace == bindparam("of"), tasks.c.id == bindparam("which")
)
_current: Final = (
    (tasks.c.workspace == bindparam("of"))
    & (tasks.c.id == bindparam("which"))
    & (tasks.c.token == bindparam("at"))
)
_change_task: Final = update(tasks).where(_current)
_remove_task: Final = delete(tasks).where(_current)
_held: Final = select(tasks.c.id).where(_current, tasks.c.held_until.is_not(None))


class SqlTransaction(SqlSnapshot):
    """The one writer of its workspace: on PostgreSQL it holds the ledger's row, on SQLite the write lock."""

    def __init__(self, connection: Connection, workspace: str) -> None:
        super().__init__(connection, workspace)
        if connection.dialect.name == "postgresql":
            connection.execute(_lock, {"workspace": workspace})
        self._size = super().size()  # its own statement: on PostgreSQL it must look after the lock
        self._seqs: dict[str, int] = {}

    def size(self) -> int:
        return self._size

    def rewind(self, size: int) -> None:
        """Forget what a rolled back savepoint had appended."""
        self._size = size
        self._seqs.clear()

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        state = super().load(kind, identifier)
        self._seqs[stream_of(kind, identifier)] = -1 if state is None else state.seq
        return state

    def append(self, recorded: Recorded, entry: bytes, state: Aggregate) -> None:
        require_dense(recorded, state, size=self._size, seq=self._last_seq(recorded.stream) + 1)
        row = {
            "workspace": self._workspace,
            "stream": recorded.stream,
            "index": recorded.index,
            "seq": recorded.seq,
            "type": recorded.type,
            "entry": entry,
            "brief": recorded.commits.get("brief"),
        }
        self._connection.execute(_entry, row)
        self._store(state, recorded)
        self._seqs[recorded.stream] = recorded.seq
        self._size += 1

    def put_blob(self, digest: str, sealed: bytes) -> None:
        row = {"workspace": self._workspace, "digest": digest, "sealed": sealed}
        self._connection.execute(_blob[self._connection.dialect.name], row)

    def remember(self, request: Remembered) -> None:
        if self.remembered(request.principal, request.key) is not None:
            raise ValueError(f"{request.principal} has used the key {request.key} before")
        row = {
            "principal": request.principal,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "result": request.result,
        }
        self._connection.execute(_request, {"workspace": self._workspace} | row)

    def enqueue(self, task: Task) -> None:
        if self._connection.execute(_known, {"of": self._workspace, "which": task.id}).one_or_none():
            raise ValueError(f"task {task.id} exists")
        row = {
            "workspace": self._workspace,
            "id": task.id,
            "kind": task.kind,
            "ref": task.ref,
            "due": moment_key(task.due),
            "token": task.token,
            "attempts": task.attempts,
            "held_until": None,
        }
        self._connection.execute(_task, row)

    def lease(self, kinds: frozenset[TaskKind], *, now: datetime, until: datetime) -> Task | None:
        keys = {"workspace": self._workspace, "kinds": sorted(kinds), "now": moment_key(now)}
        row = self._connection.execute(_free, keys).one_or_none()
        if row is None:
            return None
        task = _task_of(row)
        self._connection.execute(
            _change_task,
            self._at(row.id, row.token)
            | {"token": task.token, "attempts": task.attempts, "held_until": moment_key(until)},
        )
        return task

    def finish(self, task: Task) -> bool:
        return self._connection.execute(_remove_task, self._at(task.id, task.token)).rowcount == 1

    def postpone(self, task: Task, *, due: datetime) -> bool:
        # The token grows here too: who gave a task back holds it no more.
        change = {"due": moment_key(due), "held_until": None, "token": task.token + 1}
        return self._connection.execute(_change_task, self._at(task.id, task.token) | change).rowcount == 1

    def holds(self, task: Task) -> bool:
        return self._connection.execute(_held, self._at(task.id, task.token)).one_or_none() is not None

    def _last_seq(self, stream: str) -> int:
        """As this transaction has seen it already, for who appends has mostly loaded the aggregate before."""
        if stream not in self._seqs:
            keys = {"workspace": self._workspace, "stream": stream}
            self._seqs[stream] = self._connection.execute(_last_seq, keys).scalar_one()
        return self._seqs[stream]

    def _at(self, identifier: str, token: int) -> dict[str, str | int | None]:
        return {"of": self._workspace, "which": identifier, "at": token}

    def _store(self, state: Aggregate, recorded: Recorded) -> None:
        match state:
            case Action():
                row, first, again = _row_of(state), _action, _action_again
                born = {"proposed": recorded.index}
            case Job():
                row, first, again = {"state": encode(state)}, _job, _job_again
                born = {"opened": recorded.index}
            case _:
                self._store_small(state, recorded)
                return
        if recorded.seq == 0:
            self._connection.execute(first, {"workspace": self._workspace, "id": state.id} | row | born)
        else:
            self._connection.execute(again, {"of": self._workspace, "which": state.id} | row)

    def _store_small(self, state: Aggregate, recorded: Recorded) -> None:
        kind, row = KIND_OF[type(state)], {"state": encode(state)}
        if recorded.seq == 0:
            keys = {"workspace": self._workspace, "kind": kind, "id": state.id}
            self._connection.execute(_state, keys | row)
        else:
            self._connection.execute(
                _state_again, {"of": self._workspace, "sort": kind, "which": state.id} | row
            )


def _row_of(action: Action) -> dict[str, object]:
    return {
        "state": encode(action),
        "status": action.status,
        "stake": action.stake,
        "tier": int(action.tier),
        "job": action.job,
        "agent": action.agent,
        "due": due_key(action),
        "updated": action.index,
        "searched": search_text(action),
    }


def _task_of(row: Row[tuple[object, ...]]) -> Task:
    return Task(
        id=row.id,
        kind=TaskKind(row.kind),
        ref=row.ref,
        due=moment_of(row.due),
        token=row.token + 1,
        attempts=row.attempts + 1,
    )
