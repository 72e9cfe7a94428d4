"""What the use cases need from outside, as Protocols. Free of I/O and of frameworks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, Preview
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.listing import ActionQuery as ActionQuery  # noqa: PLC0414  # a part of the port
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate
from lineclear.domain.strict_json import Json

type Arguments = Mapping[str, Json]


class ToolFailed(Exception):  # noqa: N818  # says what happened to the tool, as an outcome
    """The other side refused or failed and, as far as can be known, nothing was changed.

    `code` is a short machine word: `target_moved`, `not_found`, `refused`, `denied` (our credential does not
    suffice or is missing), `unreachable` (trying again later may help), `stopped` (the permit was revoked),
    `invalid`. `retry_after` is how many seconds the other side asks to be left alone, where it says so.
    """

    def __init__(self, code: str, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.retry_after = retry_after


class ToolOutcomeUnknown(Exception):  # noqa: N818  # says what happened to the tool, as an outcome
    """The call was sent and nobody can say yet whether it took effect."""


class Permit(Protocol):
    """The right to touch the other side during one call. Safe to use from any thread."""

    def left(self) -> float:
        """Seconds for which it still holds; 0 once it was revoked. No wait of a call lasts longer."""
        ...

    def check(self) -> None:
        """ToolFailed("stopped" or "unreachable") where it holds no more; asked before anything is sent."""
        ...

    def cancelling(self, cancel: Callable[[], None]) -> AbstractContextManager[None]:
        """While in it, a revocation calls `cancel` from another thread, once, to break a wait off."""
        ...


class Connector(Protocol):
    """One kind of outside system: reads, previews, applies and undoes changes in it.

    Blocking; called from worker threads, never concurrently for one target. Each call opens
    what it needs and leaves nothing open. Raises ToolFailed where nothing was changed and
    ToolOutcomeUnknown where that cannot be said.

    What sends or asks during an execution takes a `permit`: it sends nothing, uses no credential and waits
    for nothing once that is over. Without one, only the system's own time-outs bound it.
    """

    def contracts(self) -> Sequence[ToolContract]: ...

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        """Read the target and say what `tool` would make of it; changes nothing."""
        ...

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = ...
    ) -> Effect:
        """Carry the change out if the target is still at version `expected`, else ToolFailed("target_moved").

        The same `key` again returns the same effect and does nothing (classes A to C).
        """
        ...

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = ...) -> Effect | None:
        """The effect that `key` had, or None where there is none."""
        ...

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        """What undoing would do to the target as it is now; ToolFailed where it cannot be undone."""
        ...

    def undo(self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = ...) -> Effect:
        """Take the effect back if the target is still at version `expected`; same key, same effect."""
        ...

    def probe(self) -> Health:
        """Whether the system answers; never raises for a system that is down."""
        ...


class Tools(Protocol):
    """All tools of a workspace with the connectors behind them."""

    def contract(self, tool: str) -> ToolContract | None: ...

    def contracts(self) -> Sequence[ToolContract]: ...

    def problem(self, tool: str, arguments: Arguments) -> str | None:
        """The first way in which the arguments break the tool's JSON Schema, in words; None if they fit."""
        ...

    def problems(self, tool: str, arguments: Arguments) -> Mapping[str, str]:
        """Every way in which the arguments break the schema, in words, by JSON pointer; `/` is the whole."""
        ...

    def connector(self, tool: str) -> Connector: ...

    def connectors(self) -> Mapping[str, Connector]:
        """Every connector by name, also one without a tool."""
        ...


class Clock(Protocol):
    """The backend's time."""

    def now(self) -> datetime:
        """An aware UTC time; never goes back within one process."""
        ...


class Ids(Protocol):
    """The only source of ids and of randomness."""

    def new(self, prefix: str) -> str:
        """An id such as `act-…`: sortable by time, never given twice."""
        ...

    def secret(self) -> bytes:
        """32 random bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a keyset listing; `next` continues it, None at its end."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many actions of one agent wait for a decision, and the place that its next one takes."""

    count: int
    place: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One ledger entry as kept: its exact bytes, and the content of its brief unless erased."""

    index: int
    entry: bytes
    brief: bytes | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer to an idempotent request: the same key and fingerprint give it again."""

    principal: str
    key: str
    fingerprint: str
    result: str


@dataclass(frozen=True, slots=True)
class Task:
    """Due work. `token` grows with each lease; a holder with an older one may finish nothing.

    `proposer` is whose turn it takes, as an actor. `waits_for` names the stream of which an event may let it
    go on before it is due; see `wake`. `until` is when others may take a leased task, by the clock of whoever
    leased it.
    """

    id: str
    kind: TaskKind
    ref: str
    due: datetime
    token: int = 0
    attempts: int = 0
    proposer: str = ""
    waits_for: str = ""
    until: datetime | None = None


class TaskKind(StrEnum):
    """What can be due."""

    EXECUTE = "execute"
    EXPIRE = "expire"
    PROBE = "probe"
    ERASE = "erase"
    SCRUB = "scrub"
    NOTIFY = "notify"


class Snapshot(Protocol):
    """A consistent view of one workspace."""

    def load[S: Aggregate](self, kind: type[S], identifier: str) -> S | None: ...

    def every[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        """All aggregates of a small kind (people, agents, devices, connectors), by id."""
        ...

    def actions(self, query: ActionQuery, *, after: str | None = None, limit: int = 100) -> Page[Action]: ...

    def count_actions(self, query: ActionQuery) -> int: ...

    def waiting(self, agent: str) -> Waiting:
        """What waits of an agent, and where its next action would stand.

        Agents take turns in the queue as well: that place is behind what waits of its own, and not before the
        first that waits of anybody (I34).
        """
        ...

    def same(self, job: str, tool: str, payload: bytes, *, among: int) -> int:
        """How many of a job's newest actions, `among` (200 at most) so many, have this tool and payload."""
        ...

    def jobs(self, *, after: str | None = None, limit: int = 100) -> Page[Job]:
        """Newest first."""
        ...

    def spans(self, job: str) -> tuple[Span, ...]:
        """All spans of a job, in the order in which they were recorded."""
        ...

    def size(self) -> int:
        """How many entries the ledger has."""
        ...

    def entries(self, *, start: int, limit: int) -> tuple[Stored, ...]: ...

    def stream(self, kind: type[Aggregate], identifier: str) -> tuple[Stored, ...]:
        """All entries of one aggregate of a small kind, in order."""
        ...

    def blob(self, digest: str) -> bytes | None:
        """Sealed bytes; None where unknown or erased."""
        ...

    def remembered(self, principal: str, key: str) -> Remembered | None: ...


class Transaction(Snapshot, Protocol):
    """A serialised writer of one workspace: sees its own writes; commits whole or not at all."""

    def append(self, recorded: Recorded, entry: bytes, state: Aggregate) -> None:
        """Store one entry with the aggregate that it leads to; `recorded.index` must be `size()`."""
        ...

    def put_blob(self, digest: str, sealed: bytes) -> None: ...

    def erase(self, stream: str, parts: frozenset[str]) -> tuple[str, ...]:
        """Destroy the blobs to which a stream's entries commit under these names; which names there were.

        Tombstones keep theirs. With all private parts the stream's key goes too, and answers that named it
        recognise no request any more. What `Store.scrub` does is still to be done.
        """
        ...

    def remember(self, request: Remembered) -> None: ...

    def enqueue(self, task: Task) -> None:
        """Add due work; visible to workers when this transaction commits."""
        ...

    def lease(
        self, kinds: frozenset[TaskKind], *, now: datetime, until: datetime, after: str = ""
    ) -> Task | None:
        """Take a due task that nobody holds, with its token raised.

        Proposers take turns: it is the oldest of the first one behind `after`, in their order, that has any,
        and behind the last comes the first (I34).
        """
        ...

    def renew(self, task: Task, *, until: datetime) -> bool:
        """Hold a leased task for longer, under the same token; False where its lease was lost."""
        ...

    def finish(self, task: Task) -> bool:
        """Remove a task; False where its lease was lost to another holder."""
        ...

    def postpone(self, task: Task, *, due: datetime, waits_for: str = "") -> bool:
        """Give a task back for later, or until `wake`; False where its lease was lost."""
        ...

    def wake(self, waits_for: str, *, now: datetime) -> None:
        """What waits for this is due now; visible to workers when this transaction commits."""
        ...

    def holds(self, task: Task) -> bool:
        """Whether the task's lease is still this holder's."""
        ...


class Store(Protocol):
    """One workspace's ledger, projections, blobs and due work. Safe to use from any thread.

    Raises Refusal(DATABASE_BUSY) or Refusal(DATABASE_UNUSABLE) where the database refuses;
    then nothing was written.
    """

    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        """Run `work` alone among writers and commit; what it raises rolls back and is raised here.

        `work` may be run again after a serialisation conflict, so it must have no other effect.
        """
        ...

    def read[R](self, work: Callable[[Snapshot], R]) -> R: ...

    def tile_roots(self, start: int, end: int, told: Callable[[int, int], None]) -> bytes:
        """`domain.ledger.tiles.tile_roots` of a stretch; `told` hears progress, and may raise to end it."""
        ...

    def scrub(self) -> None:
        """Make sure that what was erased is in no file; Refusal(DATABASE_BUSY) while that cannot be said."""
        ...

    def wait(self, size: int, seconds: float, *, for_work: bool = False) -> int:
        """Block until the ledger is longer than `size`, or the time is over; the size now.

        `for_work` need not wake for what is known to have made nothing due.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """How a receiver answered; `retry_after` is in seconds where it asked for a pause."""

    status: int
    body: bytes
    retry_after: int | None = None


class Poster(Protocol):
    """Sends one message to a receiver outside: no redirect, no proxy, ten seconds at most. Blocking."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """Refusal(RECEIVER_UNSAFE) for an address that may not be called; ToolFailed without an answer."""
        ...


class Limits(Protocol):
    """How often something may be asked, by name."""

    def take(self, what: str, name: str, most: int) -> None:
        """Count one more; Refusal(RATE_LIMITED) where that would be more than `most` in a minute."""
        ...


class Vault(Protocol):
    """Keeps what must be used again and read by nobody: sealed by a key that is not in the ledger."""

    def seal(self, secret: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError for what this vault did not seal."""
        ...


class Signatures(Protocol):
    """Checks Ed25519 signatures for domain and use cases."""

    def holds(self, public_key: str, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is by the base64 `public_key` over exactly `message`; never raises."""
        ...
