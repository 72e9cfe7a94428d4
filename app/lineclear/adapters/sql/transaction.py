"""Writes of one workspace on one connection. Free of commits: several works may share one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final, cast

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql

from lineclear.adapters.memory.rules import require_dense
from lineclear.adapters.sql import leasing
from lineclear.adapters.sql.codec import decode, encode, row_of
from lineclear.adapters.sql.driver import Statement, Value, Values
from lineclear.adapters.sql.erasing import erase_rows, named_parts
from lineclear.adapters.sql.known import (
    LARGEST,
    Changes,
    Key,
    Known,
    Proposed,
    Recent,
    Tail,
    newest_of,
)
from lineclear.adapters.sql.pending import Pending
from lineclear.adapters.sql.queries import numbered_values
from lineclear.adapters.sql.repeating import listed_newest
from lineclear.adapters.sql.snapshot import SqlSnapshot
from lineclear.adapters.sql.tables import (
    actions,
    blobs,
    entries,
    jobs,
    keys,
    ledgers,
    requests,
    states,
    tasks,
)
from lineclear.adapters.sql.vault import Room, subject_of
from lineclear.application.ports import ActionQuery, Page, Remembered, Stored, Task, TaskKind, Waiting
from lineclear.domain.actions import Action
from lineclear.domain.erasure import PRIVATE
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.listing import moment_key
from lineclear.domain.records import Recorded
from lineclear.domain.state import KIND_OF, Aggregate, stream_of

_lock: Final = Statement(
    select(ledgers.c.workspace).where(ledgers.c.workspace == bindparam("workspace")).with_for_update()
)
_last_seq: Final = Statement(
    select(func.coalesce(func.max(entries.c.seq), -1)).where(
        entries.c.workspace == bindparam("workspace"), entries.c.stream == bindparam("stream")
    )
)
_ROW: Final = (
    *("state", "status", "stake", "tier", "least_tier", "job", "agent", "capability", "environment", "due"),
    *("claimed_by", "claimed_until", "flagged", "by_risk", "by_amount", "updated", "searched"),
)
_entry: Final = Statement(insert(entries))
_action: Final = Statement(insert(actions))
_job: Final = Statement(insert(jobs))
_state: Final = Statement(insert(states))
_action_again: Final = Statement(
    update(actions).where(actions.c.workspace == bindparam("of"), actions.c.id == bindparam("which")), *_ROW
)
_job_again: Final = Statement(
    update(jobs).where(jobs.c.workspace == bindparam("of"), jobs.c.id == bindparam("which")), "state"
)
_state_again: Final = Statement(
    update(states).where(
        states.c.workspace == bindparam("of"),
        states.c.kind == bindparam("sort"),
        states.c.id == bindparam("which"),
    ),
    "state",
)
# What PostgreSQL's construct compiles to is understood by both databases.
_blob: Final = Statement(postgresql.insert(blobs).on_conflict_do_nothing())
_key: Final = Statement(insert(keys))
_request: Final = Statement(postgresql.insert(requests).on_conflict_do_nothing())
_task: Final = Statement(postgresql.insert(tasks).on_conflict_do_nothing())


type Mark = tuple[Tail, int]


@dataclass(frozen=True, slots=True)
class _Changed:
    """An aggregate as it has to be stored; `born` is the index of its first entry where it has no row yet."""

    state: Aggregate
    born: int | None


class SqlTransaction(SqlSnapshot):
    """The one writer of its workspace: on PostgreSQL it holds the ledger's row, on SQLite the write lock.

    Since nobody else can write meanwhile, what it has loaded once stays true until it changes it itself, and
    what is known of the ledger's tail is true as well. What it appends is written by `flush`, which each work
    must end with: an aggregate that changes several times is one row, and rows of a kind go together.
    Listings flush by themselves. `changes` is for whoever has committed it.
    """

    def __init__(
        self, connection: Connection, workspace: str, room: Room | None = None, recent: Recent | None = None
    ) -> None:
        super().__init__(connection, workspace, room, recent)
        if self.driver.is_postgres:
            self.driver.one(_lock, {"workspace": workspace})
        self.stirs = False
        """Whether something was made due here, at whatever time."""

        self._end = self.tail  # its own statement: on PostgreSQL it must look after the lock
        self._loaded: dict[Key, Aggregate | None] = {}
        self._touched: set[Key] = set()
        self._large: set[Key] = set()
        self._entries: list[Values] = []
        self._pending = Pending(room, self._wrapped)
        self._written: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._changed: dict[Key, _Changed] = {}

    @cached_property
    def known(self) -> Known:
        return self._recent.begin(self.tail)

    @property
    def end(self) -> Tail:
        """Where the ledger ends with what was appended here."""
        return self._end

    def changes(self) -> Changes:
        """All that this transaction has made, once it is flushed."""
        states = {key: None if key in self._large else self._loaded.get(key) for key in self._touched}
        return Changes(states, self._written, self._gone)

    def size(self) -> int:
        return self._end.size

    def mark(self) -> Mark:
        """Where a savepoint stands, for `rewind`."""
        return self._end, len(self._written)

    def rewind(self, mark: Mark) -> None:
        """Forget what a rolled back savepoint had appended."""
        self._end, written = mark
        self._pending.clear()
        while len(self._written) > written:
            self._written.popitem()
        for own in (self._loaded, self._entries, self._changed):
            own.clear()

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        key = kind, identifier
        if key in self._loaded:
            return cast("S | None", self._loaded[key])
        if key in self._touched:  # by a work that was taken back: the row says what is left
            row = self._row_of(kind, identifier)
            self._loaded[key] = None if row is None else decode(kind, row)
        else:
            self._loaded[key] = super().load(kind, identifier)
        return cast("S | None", self._loaded[key])

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        if not any(touched is kind for touched, _ in self._touched):
            return super().every(kind)
        if any(changed is kind for changed, _ in self._changed):
            self.flush()
        return self._all_of(kind)

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]:
        self.flush()
        return super().actions(query, after=after, limit=limit)

    def count_actions(self, query: ActionQuery) -> int:
        self.flush()
        return super().count_actions(query)

    def waiting(self, agent: str) -> Waiting:
        self.flush()
        return super().waiting(agent)

    def jobs(self, *, after: str | None = None, limit: int = 100) -> Page[Job]:
        self.flush()
        return super().jobs(after=after, limit=limit)

    def spans(self, job: str) -> tuple[Span, ...]:
        self.flush()
        return super().spans(job)

    def entries(self, *, start: int, limit: int) -> tuple[Stored, ...]:
        self.flush()
        return super().entries(start=start, limit=limit)

    def stream(self, kind: type[Aggregate], identifier: str) -> tuple[Stored, ...]:
        self.flush()
        return super().stream(kind, identifier)

    def blob(self, digest: str) -> bytes | None:
        for own in (self._pending.contents, self._written):
            if digest in own:
                return own[digest]
        return self._read_blob(digest) if digest in self._gone else super().blob(digest)

    def append(self, recorded: Recorded, entry: bytes, state: Aggregate) -> None:
        require_dense(recorded, state, size=self._end.size, seq=self._last_seq(recorded.stream, state) + 1)
        row: Values = {
            "workspace": self._workspace,
            "stream": recorded.stream,
            "index": recorded.index,
            "seq": recorded.seq,
            "type": recorded.type,
            "entry": entry,
            "brief": recorded.commits.get("brief"),
        }
        self._entries.append(row)
        for part, digest in recorded.commits.items():
            subject = subject_of(recorded.type, recorded.stream, part)
            self._pending.name(digest, subject, is_new=recorded.seq == 0 and subject == recorded.stream)
        key = type(state), state.id
        earlier = self._changed.get(key)
        born = earlier.born if earlier else recorded.index if recorded.seq == 0 else None
        self._changed[key] = _Changed(state, born)
        self._loaded[key] = state
        self._touched.add(key)
        self._end = Tail(self._end.size + 1, entry)

    def put_blob(self, digest: str, sealed: bytes) -> None:
        self._pending.put(digest, sealed)

    def flush(self, *, is_last: bool = False) -> None:
        """Write what was appended, so that statements see it; all that there is where it may be committed."""
        if self._pending.contents:
            contents = dict(self._pending.contents)
            made, closed = self._pending.take(is_last=is_last)
            small = (digest for digest in closed if len(contents[digest]) <= LARGEST)
            self._written.update((digest, contents[digest]) for digest in small)
            if made:
                self.driver.write(_key, [self._row("subject", *key, "wrapped") for key in made.items()])
            if closed:
                self.driver.write(_blob, [self._row("digest", *blob, "sealed") for blob in closed.items()])
        if self._entries:
            self.driver.write(_entry, self._entries)
            self._entries.clear()
        for changed in self._changed.values():
            self._store(changed)
        self._changed.clear()

    def erase(self, stream: str, parts: frozenset[str]) -> tuple[str, ...]:
        self.flush()
        named = named_parts(self.driver, self._workspace, stream, parts)
        for digests in named.values():
            self._gone.update(digests)
            for digest in digests:
                self._written.pop(digest, None)
        self._pending.forget(stream)
        erase_rows(self.driver, self._workspace, stream, named, whole=parts >= PRIVATE)
        return tuple(sorted(named))

    def remember(self, request: Remembered) -> None:
        row: Values = {
            "workspace": self._workspace,
            "principal": request.principal,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "result": request.result,
        }
        if not self.driver.change(_request, row):
            raise ValueError(f"{request.principal} has used the key {request.key} before")

    def enqueue(self, task: Task) -> None:
        row: Values = {
            "workspace": self._workspace,
            "id": task.id,
            "kind": task.kind,
            "ref": task.ref,
            "due": moment_key(task.due),
            "token": task.token,
            "attempts": task.attempts,
            "held_until": None,
            "proposer": task.proposer,
            "waits_for": task.waits_for,
        }
        if not self.driver.change(_task, row):
            raise ValueError(f"task {task.id} exists")
        self.stirs = True

    def lease(
        self, kinds: frozenset[TaskKind], *, now: datetime, until: datetime, after: str = ""
    ) -> Task | None:
        asked: dict[str, Value] = {"workspace": self._workspace, "now": moment_key(now), "after": after}
        row = self.driver.one(leasing.free_task(len(kinds)), asked | numbered_values("kind", kinds))
        if row is None:
            return None
        task = replace(leasing.task_of(*row), until=until)
        taken: dict[str, Value] = {"token": task.token, "attempts": task.attempts, "waits_for": ""}
        taken["held_until"] = moment_key(until)
        self.driver.change(leasing.take_task, self._at(task.id, task.token - 1) | taken)
        return task

    def renew(self, task: Task, *, until: datetime) -> bool:
        given: dict[str, Value] = {"held_until": moment_key(until)}
        return self.driver.change(leasing.renew_task, self._at(task.id, task.token) | given) == 1

    def finish(self, task: Task) -> bool:
        return self.driver.change(leasing.remove_task, self._at(task.id, task.token)) == 1

    def postpone(self, task: Task, *, due: datetime, waits_for: str = "") -> bool:
        # The token grows here too: who gave a task back holds it no more.
        given: dict[str, Value] = {"due": moment_key(due), "held_until": None, "waits_for": waits_for}
        given["token"] = task.token + 1
        self.stirs = True
        return self.driver.change(leasing.give_task, self._at(task.id, task.token) | given) == 1

    def wake(self, waits_for: str, *, now: datetime) -> None:
        woken: dict[str, Value] = {"due": moment_key(now), "waits_for": ""}
        self.stirs = True
        self.driver.change(leasing.wake_tasks, {"of": self._workspace, "waited_for": waits_for} | woken)

    def holds(self, task: Task) -> bool:
        return self.driver.one(leasing.held_task, self._at(task.id, task.token)) is not None

    def _newest(self, job: str) -> tuple[Proposed, ...]:
        touched = (self.load(Action, name) for kind, name in self._touched if kind is Action)
        own = [one for one in touched if one is not None and one.job == job]
        if not own:
            return super()._newest(job)
        known = self.known.newest(job, self.tail.size)
        return listed_newest(self, job) if known is None else newest_of(known.value, own)

    def _action_of(self, identifier: str, row: bytes) -> Action:
        if (Action, identifier) in self._touched:
            known = self._loaded.get((Action, identifier))
            return known if isinstance(known, Action) else decode(Action, row)
        return super()._action_of(identifier, row)

    def _last_seq(self, stream: str, state: Aggregate) -> int:
        """As this transaction has seen it already, for who appends has mostly loaded the aggregate before."""
        key = type(state), state.id
        if key in self._loaded and stream == stream_of(*key):
            before = self._loaded[key]
            return -1 if before is None else before.seq
        row = self.driver.one(_last_seq, {"workspace": self._workspace, "stream": stream})
        return -1 if row is None else row[0]

    def _at(self, identifier: str, token: int) -> dict[str, Value]:
        return {"of": self._workspace, "which": identifier, "at": token}

    def _row(self, key: str, name: str, value: bytes, column: str) -> Values:
        return {"workspace": self._workspace, key: name, column: value}

    def _store(self, changed: _Changed) -> None:
        state, born = changed.state, changed.born
        match state:
            case Action():
                row, first, again = row_of(state), _action, _action_again
                since: dict[str, Value] = {"proposed": born}
            case Job():
                row, first, again = {"state": encode(state)}, _job, _job_again
                since = {"opened": born}
            case _:
                self._store_small(changed)
                return
        self._weigh(state, row)
        if born is None:
            self.driver.change(again, {"of": self._workspace, "which": state.id, **row})
        else:
            self.driver.change(first, {"workspace": self._workspace, "id": state.id, **row, **since})

    def _weigh(self, state: Aggregate, row: Mapping[str, Value]) -> None:
        """Note what is too large to be kept at hand after the commit."""
        key, written = (type(state), state.id), row["state"]
        if isinstance(written, bytes) and len(written) > LARGEST:
            self._large.add(key)
        else:
            self._large.discard(key)

    def _store_small(self, changed: _Changed) -> None:
        state = changed.state
        kind, row = KIND_OF[type(state)], {"state": encode(state)}
        self._weigh(state, row)
        if changed.born is None:
            self.driver.change(_state_again, {"of": self._workspace, "sort": kind, "which": state.id, **row})
        else:
            self.driver.change(_state, {"workspace": self._workspace, "kind": kind, "id": state.id, **row})
