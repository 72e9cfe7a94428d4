"""Reads of one workspace on one connection. Free of transactions: whoever made the connection began one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import BindParameter, Connection, bindparam, func, select, text

from lineclear.adapters.memory.rules import (
    Order,
    Position,
    action_position,
    cursor,
    next_place,
    position_of,
    require_limit,
)
from lineclear.adapters.sql.codec import decode
from lineclear.adapters.sql.driver import Driver, Statement, Value, Values
from lineclear.adapters.sql.faults import locked
from lineclear.adapters.sql.queries import count_of_actions, page_of_actions
from lineclear.adapters.sql.stretches import JOINED, roots_by_tile
from lineclear.adapters.sql.tables import actions, blobs, entries, jobs, keys, requests, states
from lineclear.adapters.sql.vault import Closed, Room, read_closed
from lineclear.application.ports import ActionQuery, Page, Remembered, Stored, Waiting
from lineclear.domain.actions import Action
from lineclear.domain.events import Span, SpansBrief, decode_brief
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.merkle import HASH_SIZE
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.ledger.tiles import WIDTH, TileError, tile_roots
from lineclear.domain.listing import PLACED, listed
from lineclear.domain.state import KIND_OF, Aggregate, stream_of
from lineclear.domain.vocabulary import ActionStatus

_W: Final[BindParameter[str]] = bindparam("workspace")
_ID: Final[BindParameter[str]] = bindparam("id")

_action: Final = Statement(select(actions.c.state).where(actions.c.workspace == _W, actions.c.id == _ID))
_job: Final = Statement(select(jobs.c.state).where(jobs.c.workspace == _W, jobs.c.id == _ID))
_state: Final = Statement(
    select(states.c.state).where(
        states.c.workspace == _W, states.c.kind == bindparam("kind"), states.c.id == _ID
    )
)
_actions: Final = Statement(select(actions.c.state).where(actions.c.workspace == _W).order_by(actions.c.id))
_jobs: Final = Statement(select(jobs.c.state).where(jobs.c.workspace == _W).order_by(jobs.c.id))
_states: Final = Statement(
    select(states.c.state)
    .where(states.c.workspace == _W, states.c.kind == bindparam("kind"))
    .order_by(states.c.id)
)
_pending: Final = (actions.c.workspace == _W) & (actions.c.status == bindparam("pending"))
_of_agent: Final = _pending & (actions.c.agent == bindparam("agent"))
_waiting: Final = Statement(
    select(
        select(func.count()).select_from(actions).where(_of_agent).scalar_subquery(),
        select(func.max(actions.c.due)).where(_of_agent, actions.c.due >= PLACED).scalar_subquery(),
        select(func.min(actions.c.due)).where(_pending, actions.c.due >= PLACED).scalar_subquery(),
    )
)
_jobs_page: Final = Statement(
    select(jobs.c.state, jobs.c.opened)
    .where(jobs.c.workspace == _W, jobs.c.opened < bindparam("before"))
    .order_by(jobs.c.opened.desc())
    .limit(bindparam("limit"))
)
_briefed: Final = entries.outerjoin(
    blobs, (blobs.c.workspace == entries.c.workspace) & (blobs.c.digest == entries.c.brief)
).outerjoin(
    # A brief is mostly kept under the key of its entry's own stream.
    keys,
    (keys.c.workspace == entries.c.workspace) & (keys.c.subject == entries.c.stream),
)
_stretch: Final = Statement(
    select(
        entries.c.index, entries.c.entry, entries.c.stream, entries.c.brief, blobs.c.sealed, keys.c.wrapped
    )
    .select_from(_briefed)
    .where(
        entries.c.workspace == _W, entries.c.index >= bindparam("start"), entries.c.index < bindparam("end")
    )
    .order_by(entries.c.index)
)
_written: Final = Statement(
    select(entries.c.entry)
    .where(
        entries.c.workspace == _W, entries.c.index >= bindparam("start"), entries.c.index < bindparam("end")
    )
    .order_by(entries.c.index)
)
_tile: Final = Statement(text(JOINED))
_whole_stream: Final = Statement(
    select(
        entries.c.index, entries.c.entry, entries.c.stream, entries.c.brief, blobs.c.sealed, keys.c.wrapped
    )
    .select_from(_briefed)
    .where(entries.c.workspace == _W, entries.c.stream == bindparam("stream"))
    .order_by(entries.c.seq)
)
_span_batches: Final = Statement(
    select(entries.c.stream, entries.c.brief, blobs.c.sealed, keys.c.wrapped)
    .select_from(_briefed)
    .where(
        entries.c.workspace == _W,
        entries.c.stream == bindparam("stream"),
        entries.c.type == bindparam("type"),
        blobs.c.sealed.is_not(None),
    )
    .order_by(entries.c.seq)
)
_blob: Final = Statement(
    select(blobs.c.sealed).where(blobs.c.workspace == _W, blobs.c.digest == bindparam("digest"))
)
_data_key: Final = Statement(
    select(keys.c.wrapped).where(keys.c.workspace == _W, keys.c.subject == bindparam("subject"))
)
_request: Final = Statement(
    select(requests.c.fingerprint, requests.c.result).where(
        requests.c.workspace == _W,
        requests.c.principal == bindparam("principal"),
        requests.c.key == bindparam("key"),
    )
)
_size: Final = Statement(
    select(func.coalesce(func.max(entries.c.index) + 1, 0)).where(entries.c.workspace == _W)
)

NO_KEYS: Final[Mapping[str, bytes | None]] = MappingProxyType({})
_LAST: Final = 2**63 - 1
_SPANS: Final = "spans.recorded"


class SqlSnapshot:
    """One consistent view; valid while its connection's transaction lasts, on that thread only."""

    def __init__(self, connection: Connection, workspace: str, room: Room | None) -> None:
        self._connection = connection
        self.driver = Driver(connection)
        self._workspace = workspace
        self._room = room

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        statement = _action if kind is Action else _job if kind is Job else _state
        row = self.driver.one(statement, {**self._keys(kind), "id": identifier})
        return None if row is None else decode(kind, row[0])

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        statement = _actions if kind is Action else _jobs if kind is Job else _states
        return tuple(decode(kind, state) for (state,) in self.driver.all(statement, self._keys(kind)))

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]:
        require_limit(limit)
        position = position_of(after, Order(query.order))
        rows = self.driver.all(*page_of_actions(self._workspace, query, position, limit + 1))
        found = tuple(decode(Action, row[0]) for row in rows[:limit])
        more = len(rows) > limit
        if not more:
            return Page(found)
        last = listed(found[-1], rows[limit - 1][1])
        return Page(found, cursor(action_position(Order(query.order), last)))

    def count_actions(self, query: ActionQuery) -> int:
        row = self.driver.one(*count_of_actions(self._workspace, query))
        return 0 if row is None else row[0]

    def waiting(self, agent: str) -> Waiting:
        keys: dict[str, Value] = {
            "workspace": self._workspace,
            "agent": agent,
            "pending": ActionStatus.PENDING,
        }
        row = self.driver.one(_waiting, keys)
        count, last, first = (0, None, None) if row is None else row
        return Waiting(count, next_place(last, first))

    def jobs(self, *, after: str | None = None, limit: int = 100) -> Page[Job]:
        require_limit(limit)
        position = position_of(after, Order.JOBS)
        before = _LAST if position is None else -position.major
        rows = self.driver.all(
            _jobs_page, {"workspace": self._workspace, "before": before, "limit": limit + 1}
        )
        found = tuple(decode(Job, state) for state, _ in rows[:limit])
        more = len(rows) > limit
        return Page(found, cursor(Position(Order.JOBS, -rows[limit - 1][1], 0)) if more else None)

    def spans(self, job: str) -> tuple[Span, ...]:
        asked = {"workspace": self._workspace, "stream": stream_of(Job, job), "type": _SPANS}
        found: list[Span] = []
        for stream, digest, stored, wrapped in self.driver.all(_span_batches, asked):
            content = self._content(digest, stored, stream, wrapped)
            batch = None if content is None else decode_brief(_SPANS, content)
            found.extend(batch.spans if isinstance(batch, SpansBrief) else ())
        return tuple(found)

    def size(self) -> int:
        row = self.driver.one(_size, {"workspace": self._workspace})
        return 0 if row is None else row[0]

    def entries(self, *, start: int, limit: int) -> tuple[Stored, ...]:
        return self._stored(_stretch, {"start": start, "end": start + limit})

    def tile_roots(self, start: int, end: int) -> bytes:
        """The hash over each 256 of these entries; TileError where some are missing."""

        def joined(at: int, upto: int) -> tuple[bytes | None, int]:
            row = self.driver.one(_tile, {"workspace": self._workspace, "start": at, "end": upto})
            return (None, 0) if row is None else (row[0], row[1])

        if not self.driver.is_postgres:
            return roots_by_tile(joined, start, end)
        rows = self.driver.each(_written, {"workspace": self._workspace, "start": start, "end": end})
        roots = tile_roots(row[0] for row in rows)
        if len(roots) != (end - start) // WIDTH * HASH_SIZE:
            raise TileError(f"entries from {start} to {end} are missing")
        return roots

    def stream(self, kind: type[Aggregate], identifier: str) -> tuple[Stored, ...]:
        return self._stored(_whole_stream, {"stream": stream_of(kind, identifier)})

    def blob(self, digest: str) -> bytes | None:
        row = self.driver.one(_blob, {"workspace": self._workspace, "digest": digest})
        return None if row is None else self._opened(digest, row[0])

    def remembered(self, principal: str, key: str) -> Remembered | None:
        asked = {"workspace": self._workspace, "principal": principal, "key": key}
        row = self.driver.one(_request, asked)
        return None if row is None else Remembered(principal, key, *row)

    def _stored(self, statement: Statement, asked: Values) -> tuple[Stored, ...]:
        return tuple(
            Stored(index, entry, self._content(digest, stored, stream, wrapped))
            for index, entry, stream, digest, stored, wrapped in self.driver.all(
                statement, {**asked, "workspace": self._workspace}
            )
        )

    def _wrapped(self, subject: str) -> bytes | None:
        """A subject's data key as it is kept; None where it was destroyed."""
        row = self.driver.one(_data_key, {"workspace": self._workspace, "subject": subject})
        return None if row is None else row[0]

    def _content(self, digest: str, stored: bytes | None, stream: str, wrapped: bytes | None) -> bytes | None:
        """A brief's content; `wrapped` is the key of the entry's stream."""
        opened = None if stored is None else self._opened(digest, stored, {stream: wrapped})
        return None if opened is None else unseal(opened)

    def _opened(
        self, digest: str, stored: bytes, known: Mapping[str, bytes | None] = NO_KEYS
    ) -> bytes | None:
        """A blob as it was put; None where its key is gone, Refusal(DATABASE_UNUSABLE) without its vault."""
        closed = read_closed(stored)
        if closed is None:
            return stored
        if self._room is None:
            raise locked()
        content = self._room.recall(digest, closed.body)
        if content is None:
            wrapped = known[closed.subject] if closed.subject in known else self._wrapped(closed.subject)
            content = None if wrapped is None else _open(self._room, closed, digest, wrapped)
        return content

    def _keys(self, kind: type) -> dict[str, str]:
        if kind is Action or kind is Job:
            return {"workspace": self._workspace}
        return {"workspace": self._workspace, "kind": KIND_OF[kind]}


def _open(room: Room, closed: Closed, digest: str, wrapped: bytes) -> bytes:
    try:
        content = room.vault.open(room.vault.unwrap(wrapped, closed.subject), digest, closed.body)
    except ValueError as error:
        raise locked() from error
    room.remember(digest, closed.body, content)
    return content
