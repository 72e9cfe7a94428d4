"""Reads of one workspace on one connection. Free of transactions: whoever made the connection began one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from lineclear.adapters.memory.rules import (
    Order,
    Position,
    action_position,
    cursor,
    position_of,
    require_limit,
)
from lineclear.adapters.sql.codec import decode
from lineclear.adapters.sql.queries import count_of_actions, page_of_actions
from lineclear.adapters.sql.tables import actions, blobs, entries, jobs, requests, states
from lineclear.application.ports import ActionQuery, Page, Remembered, Stored
from lineclear.domain.actions import Action
from lineclear.domain.events import Span, SpansBrief, decode_brief
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.state import KIND_OF, Aggregate, stream_of

_W: Final[BindParameter[str]] = bindparam("workspace")
_ID: Final[BindParameter[str]] = bindparam("id")

_action: Final = select(actions.c.state).where(actions.c.workspace == _W, actions.c.id == _ID)
_job: Final = select(jobs.c.state).where(jobs.c.workspace == _W, jobs.c.id == _ID)
_state: Final = select(states.c.state).where(
    states.c.workspace == _W, states.c.kind == bindparam("kind"), states.c.id == _ID
)
_actions: Final = select(actions.c.state).where(actions.c.workspace == _W).order_by(actions.c.id)
_jobs: Final = select(jobs.c.state).where(jobs.c.workspace == _W).order_by(jobs.c.id)
_states: Final = (
    select(states.c.state)
    .where(states.c.workspace == _W, states.c.kind == bindparam("kind"))
    .order_by(states.c.id)
)
_jobs_page: Final = (
    select(jobs.c.state, jobs.c.opened)
    .where(jobs.c.workspace == _W, jobs.c.opened < bindparam("before"))
    .order_by(jobs.c.opened.desc())
    .limit(bindparam("limit"))
)
_briefed: Final = entries.outerjoin(
    blobs, (blobs.c.workspace == entries.c.workspace) & (blobs.c.digest == entries.c.brief)
)
_stretch: Final = (
    select(entries.c.index, entries.c.entry, blobs.c.sealed)
    .select_from(_briefed)
    .where(
        entries.c.workspace == _W, entries.c.index >= bindparam("start"), entries.c.index < bindparam("end")
    )
    .order_by(entries.c.index)
)
_span_batches: Final = (
    select(blobs.c.sealed)
    .select_from(_briefed)
    .where(
        entries.c.workspace == _W,
        entries.c.stream == bindparam("stream"),
        entries.c.type == "spans.recorded",
        blobs.c.sealed.is_not(None),
    )
    .order_by(entries.c.seq)
)
_blob: Final = select(blobs.c.sealed).where(blobs.c.workspace == _W, blobs.c.digest == bindparam("digest"))
_request: Final = select(requests.c.fingerprint, requests.c.result).where(
    requests.c.workspace == _W,
    requests.c.principal == bindparam("principal"),
    requests.c.key == bindparam("key"),
)
SIZE: Final[Select[int]] = select(func.coalesce(func.max(entries.c.index) + 1, 0)).where(
    entries.c.workspace == _W
)

_LAST: Final = 2**63 - 1


class SqlSnapshot:
    """One consistent view; valid while its connection's transaction lasts, on that thread only."""

    def __init__(self, connection: Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        statement = _action if kind is Action else _job if kind is Job else _state
        row = self._connection.execute(statement, self._keys(kind) | {"id": identifier}).scalar_one_or_none()
        return None if row is None else decode(kind, row)

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        statement = _actions if kind is Action else _jobs if kind is Job else _states
        rows = self._connection.execute(statement, self._keys(kind)).scalars()
        return tuple(decode(kind, row) for row in rows)

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]:
        require_limit(limit)
        position = position_of(after, Order(query.order))
        rows = self._connection.execute(*page_of_actions(self._workspace, query, position, limit + 1)).all()
        found = tuple(decode(Action, row[0]) for row in rows[:limit])
        more = len(rows) > limit
        return Page(found, cursor(action_position(query, found[-1], rows[limit - 1][1])) if more else None)

    def count_actions(self, query: ActionQuery) -> int:
        return self._connection.execute(*count_of_actions(self._workspace, query)).scalar_one()

    def jobs(self, *, after: str | None = None, limit: int = 100) -> Page[Job]:
        require_limit(limit)
        position = position_of(after, Order.JOBS)
        keys = {
            "workspace": self._workspace,
            "before": _LAST if position is None else -position.major,
            "limit": limit + 1,
        }
        rows = self._connection.execute(_jobs_page, keys).all()
        found = tuple(decode(Job, row.state) for row in rows[:limit])
        more = len(rows) > limit
        return Page(found, cursor(Position(Order.JOBS, -rows[limit - 1].opened, 0)) if more else None)

    def spans(self, job: str) -> tuple[Span, ...]:
        keys = {"workspace": self._workspace, "stream": stream_of(Job, job)}
        found: list[Span] = []
        for sealed in self._connection.execute(_span_batches, keys).scalars():
            batch = decode_brief("spans.recorded", unseal(sealed))
            found.extend(batch.spans if isinstance(batch, SpansBrief) else ())
        return tuple(found)

    def size(self) -> int:
        return self._connection.execute(SIZE, {"workspace": self._workspace}).scalar_one()

    def entries(self, *, start: int, limit: int) -> tuple[Stored, ...]:
        keys = {"workspace": self._workspace, "start": start, "end": start + limit}
        return tuple(
            Stored(index, entry, None if sealed is None else unseal(sealed))
            for index, entry, sealed in self._connection.execute(_stretch, keys)
        )

    def blob(self, digest: str) -> bytes | None:
        return self._connection.execute(
            _blob, {"workspace": self._workspace, "digest": digest}
        ).scalar_one_or_none()

    def remembered(self, principal: str, key: str) -> Remembered | None:
        keys = {"workspace": self._workspace, "principal": principal, "key": key}
        row = self._connection.execute(_request, keys).one_or_none()
        return None if row is None else Remembered(principal, key, row.fingerprint, row.result)

    def _keys(self, kind: type) -> dict[str, str]:
        small = {} if kind in {Action, Job} else {"kind": KIND_OF[kind]}
        return {"workspace": self._workspace} | small
