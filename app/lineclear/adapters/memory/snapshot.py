"""One workspace's rows in memory, and the view that use cases read. Free of locks: the store has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest

from lineclear.adapters.memory.listing import Listing
from lineclear.adapters.memory.rules import (
    Order,
    Position,
    action_position,
    cursor,
    next_place,
    position_of,
    require_limit,
)
from lineclear.application.ports import ActionQuery, Page, Remembered, Stored, Task, Waiting
from lineclear.domain.actions import Action
from lineclear.domain.events import Span, SpansBrief
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.listing import PLACED
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate, stream_of
from lineclear.domain.vocabulary import ActionStatus


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry with what finds it and its brief."""

    recorded: Recorded
    entry: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """A task, and until when somebody holds it."""

    task: Task
    until: datetime | None = None


@dataclass(slots=True)
class Rows:
    """Everything that a workspace has.

    `streams` holds the indexes of each stream's entries, `listed` what lists know of actions.
    """

    entries: list[Kept] = field(default_factory=list)
    streams: dict[str, list[int]] = field(default_factory=dict)
    states: dict[type, dict[str, Aggregate]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    requests: dict[tuple[str, str], Remembered] = field(default_factory=dict)
    tasks: dict[str, Due] = field(default_factory=dict)
    listed: Listing = field(default_factory=Listing)


class MemorySnapshot:
    """Reads the rows; valid while the store's lock is held."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None:
        state = self._rows.states.get(kind, {}).get(identifier)
        return state if isinstance(state, kind) else None

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        return tuple(sorted(self._all(kind), key=lambda state: state.id))

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]:
        require_limit(limit)
        order = Order(query.order)
        rows = self._rows.listed.page(query, position_of(after, order), limit + 1)
        found = (self.load(Action, row.id) for row in rows[:limit])
        following = cursor(action_position(order, rows[limit - 1])) if len(rows) > limit else None
        return Page(tuple(one for one in found if one is not None), following)

    def count_actions(self, query: ActionQuery) -> int:
        return self._rows.listed.count(query)

    def waiting(self, agent: str) -> Waiting:
        pending = self._rows.listed.of(ActionStatus.PENDING)
        placed = [(one.due, one.agent) for one in pending if one.due >= PLACED]
        last = max((key for key, of in placed if of == agent), default=None)
        first = min((key for key, _ in placed), default=None)
        return Waiting(sum(one.agent == agent for one in pending), next_place(last, first))

    def same(self, job: str, tool: str, payload: bytes, *, among: int) -> int:
        newest = self.actions(ActionQuery(job=job, order="newest"), limit=among).items
        sealed = (self.blob(one.content.payload) for one in newest if one.tool == tool)
        return sum(one is not None and unseal(one) == payload for one in sealed)

    def jobs(self, *, after: str | None = None, limit: int = 100) -> Page[Job]:
        placed = ((Position(Order.JOBS, -self._first(job), 0), job) for job in self._all(Job))
        return _page(placed, position_of(after, Order.JOBS), limit)

    def spans(self, job: str) -> tuple[Span, ...]:
        found: list[Span] = []
        for index in self._rows.streams.get(stream_of(Job, job), ()):
            batch = self._rows.entries[
                index
            ].recorded.brief  # a replica has no blobs; what is erased has no brief
            found.extend(batch.spans if isinstance(batch, SpansBrief) else ())
        return tuple(found)

    def size(self) -> int:
        return len(self._rows.entries)

    def entries(self, *, start: int, limit: int) -> tuple[Stored, ...]:
        kept = self._rows.entries[start : start + limit]
        return tuple(Stored(one.recorded.index, one.entry, self._brief(one.recorded.index)) for one in kept)

    def stream(self, kind: type[Aggregate], identifier: str) -> tuple[Stored, ...]:
        indexes = self._rows.streams.get(stream_of(kind, identifier), ())
        return tuple(Stored(index, self._rows.entries[index].entry, self._brief(index)) for index in indexes)

    def blob(self, digest: str) -> bytes | None:
        return self._rows.blobs.get(digest)

    def remembered(self, principal: str, key: str) -> Remembered | None:
        return self._rows.requests.get((principal, key))

    def _first(self, state: Action | Job) -> int:
        return self._rows.streams[stream_of(type(state), state.id)][0]

    def _brief(self, index: int) -> bytes | None:
        sealed = self._rows.blobs.get(self._rows.entries[index].recorded.commits.get("brief", ""))
        return None if sealed is None else unseal(sealed)

    def _all[S: Aggregate](self, kind: type[S]) -> Iterator[S]:
        return (state for state in self._rows.states.get(kind, {}).values() if isinstance(state, kind))


def _page[T](placed: Iterable[tuple[Position, T]], after: Position | None, limit: int) -> Page[T]:
    require_limit(limit)
    behind = placed if after is None else (one for one in placed if _keys(one) > _key(after))
    found = nsmallest(limit + 1, behind, key=_keys)
    following = cursor(found[limit - 1][0]) if len(found) > limit else None
    return Page(tuple(item for _, item in found[:limit]), following)


def _keys(placed: tuple[Position, object]) -> tuple[str, int, int]:
    return _key(placed[0])


def _key(position: Position) -> tuple[str, int, int]:
    return position.word, position.major, position.minor
