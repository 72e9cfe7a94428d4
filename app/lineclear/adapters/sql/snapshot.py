"""Reads of one workspace on one connection. Free of transactions: whoever made the connection began one."""

from __future__ import annotations

from functools import cached_property
from typing import Final, cast

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
from lineclear.adapters.sql.driver import Statement, Value, Values
from lineclear.adapters.sql.known import LARGEST, Known, Proposed, Recent, Tail
from lineclear.adapters.sql.queries import ONE, count_of_actions, most, page_of_actions
from lineclear.adapters.sql.repeating import holds, listed_newest
from lineclear.adapters.sql.rows import SqlRows
from lineclear.adapters.sql.stretches import JOINED, roots_by_tile
from lineclear.adapters.sql.tables import actions, blobs, entries, jobs, keys, requests
from lineclear.adapters.sql.vault import Room
from lineclear.application.ports import ActionQuery, Page, Remembered, Stored, Waiting
from lineclear.domain.actions import Action
from lineclear.domain.events import Span, SpansBrief, decode_brief
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.merkle import HASH_SIZE
from lineclear.domain.ledger.tiles import WIDTH, TileError, tile_roots
from lineclear.domain.listing import PLACED, listed
from lineclear.domain.state import Aggregate, stream_of
from lineclear.domain.vocabulary import ActionStatus

_W: Final[BindParameter[str]] = bindparam("workspace")
_ID: Final[BindParameter[str]] = bindparam("id")

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
    .limit(most("limit"))
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
_request: Final = Statement(
    select(requests.c.fingerprint, requests.c.result).where(
        requests.c.workspace == _W,
        requests.c.principal == bindparam("principal"),
        requests.c.key == bindparam("key"),
    )
)
_tail: Final = Statement(
    select(entries.c.index, entries.c.entry)
    .where(entries.c.workspace == _W)
    .order_by(entries.c.index.desc())
    .limit(ONE)
)

_LAST: Final = 2**63 - 1
_SPANS: Final = "spans.recorded"
_FEW: Final = 100
"""Aggregates of a kind that are kept at hand together."""


class SqlSnapshot(SqlRows):
    """One consistent view; valid while its connection's transaction lasts, on that thread only."""

    def __init__(
        self, connection: Connection, workspace: str, room: Room | None, recent: Recent | None = None
    ) -> None:
        super().__init__(connection, workspace, room)
        self._recent = recent or Recent()

    @cached_property
    def tail(self) -> Tail:
        """Where the ledger ends that is seen here; asked for once, when it first matters."""
        row = self.driver.one(_tail, {"workspace": self._workspace})
        return Tail(0, b"") if row is None else Tail(row[0] + 1, row[1])

    @cached_property
    def known(self) -> Known | None:
        """What is known of this very ledger."""
        return self._recent.at(self.tail)

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        known, key = self.known, (kind, identifier)
        found = None if known is None else known.state(key, self.tail.size)
        if found is not None:
            return cast("S | None", found.value)
        row = self._row_of(kind, identifier)
        state = None if row is None else decode(kind, row)
        if known is not None and (row is None or len(row) <= LARGEST):
            known.learn(key, state, self.tail.size)
        return state

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        known = self.known
        found = None if known is None else known.every(kind, self.tail.size)
        if found is not None:
            return cast("tuple[S, ...]", found.value)
        read = self._all_of(kind)
        if known is not None and kind is not Action and kind is not Job and len(read) <= _FEW:
            known.learn_every(kind, read, self.tail.size)
        return read

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]:
        require_limit(limit)
        position = position_of(after, Order(query.order))
        rows = self.driver.all(*page_of_actions(self._workspace, query, position, limit + 1))
        found = tuple(self._action_of(*row[:2]) for row in rows[:limit])
        more = len(rows) > limit
        if not more:
            return Page(found)
        last = listed(found[-1], rows[limit - 1][2])
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

    def same(self, job: str, tool: str, payload: bytes, *, among: int) -> int:
        newest, asked = self._newest(job)[:among], hash(payload)
        likely = (one.payload for one in newest if one.tool == tool)
        return sum(holds(self, self.known, digest, payload, asked) for digest in likely)

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
        return self.tail.size

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
        known = self.known
        found = None if known is None else known.blob(digest, self.tail.size)
        if found is not None:
            return found.value
        content = self._read_blob(digest)
        if known is not None and content is not None and len(content) <= LARGEST:
            known.learn_blob(digest, content, self.tail.size)
        return content

    def remembered(self, principal: str, key: str) -> Remembered | None:
        asked = {"workspace": self._workspace, "principal": principal, "key": key}
        row = self.driver.one(_request, asked)
        return None if row is None else Remembered(principal, key, *row)

    def _newest(self, job: str) -> tuple[Proposed, ...]:
        """A job's newest actions, without their rows where these are known."""
        known = self.known
        found = None if known is None else known.newest(job, self.tail.size)
        if found is not None:
            return found.value
        read = listed_newest(self, job)
        if known is not None:
            known.learn_newest(job, read, self.tail.size)
        return read

    def _action_of(self, identifier: str, row: bytes) -> Action:
        """The action of a row that was just read, decoded unless it is known."""
        found = None if self.known is None else self.known.state((Action, identifier), self.tail.size)
        known = None if found is None else found.value
        return known if isinstance(known, Action) else decode(Action, row)

    def _stored(self, statement: Statement, asked: Values) -> tuple[Stored, ...]:
        return tuple(
            Stored(index, entry, self._content(digest, stored, stream, wrapped))
            for index, entry, stream, digest, stored, wrapped in self.driver.all(
                statement, {**asked, "workspace": self._workspace}
            )
        )
