"""What this process has read or written of a ledger lately, while it is known to be true. Free of SQL.

Rows beside the ledger are its fold: where nobody has appended, none has changed. So what was known at a tail
(the ledger's size with its newest entry) holds for every transaction that finds this very tail, whichever
process appended last; who finds another one reads from the database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from lineclear.domain.actions import Action
from lineclear.domain.state import Aggregate

MOST: Final = 1_024
LARGEST: Final = 16_384
"""Bytes of a row or blob that are worth keeping at hand, and how many of each: together some megabytes."""

NEWEST: Final = 200
"""So many of a job's newest actions are kept in mind, of `JOBS` jobs; and `PRINTS` prints of payloads."""

JOBS: Final = 256
PRINTS: Final = 8_192

type Key = tuple[type, str]


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a ledger ends: its size and the bytes of its newest entry, which carry a time and ids."""

    size: int
    entry: bytes


@dataclass(frozen=True, slots=True)
class Since[T]:
    """A value that holds for every ledger of more than `index` entries, up to the newest tail."""

    index: int
    value: T


@dataclass(frozen=True, slots=True)
class Proposed:
    """Of an action: the digest of what it would do, through which tool; `index` is its newest entry."""

    id: str
    index: int
    tool: str
    payload: str


def newest_of(found: Iterable[Proposed], changed: Iterable[Action]) -> tuple[Proposed, ...]:
    """A job's newest actions after some of them have changed."""
    by_id = {one.id: one for one in found}
    by_id |= {one.id: Proposed(one.id, one.index, one.tool, one.content.payload) for one in changed}
    return tuple(sorted(by_id.values(), key=_INDEX, reverse=True)[:NEWEST])


_INDEX: Final = attrgetter("index")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit has made of aggregates and blobs. A key without a state is read again when asked for."""

    states: Mapping[Key, Aggregate | None]
    blobs: Mapping[str, bytes]
    gone: Iterable[str]


class Known:
    """One history of a ledger, which only grows. Safe to use from any thread.

    Who looks gives the size of the ledger that it sees, so that a reader never finds what came after it.
    """

    def __init__(self, tail: Tail) -> None:
        self._turn = threading.Lock()
        self._tail = tail
        self._states: dict[Key, Since[Aggregate | None]] = {}
        self._lists: dict[type, Since[tuple[Aggregate, ...]]] = {}
        self._blobs: dict[str, Since[bytes]] = {}
        self._newest: dict[str, Since[tuple[Proposed, ...]]] = {}
        self._prints: dict[str, int] = {}

    @property
    def tail(self) -> Tail:
        return self._tail

    def state(self, key: Key, size: int) -> Since[Aggregate | None] | None:
        """The aggregate, which may be known not to be there; None where it is not known."""
        return _at(self._states.get(key), size)

    def every(self, kind: type, size: int) -> Since[tuple[Aggregate, ...]] | None:
        """All aggregates of a kind."""
        return _at(self._lists.get(kind), size)

    def blob(self, digest: str, size: int) -> Since[bytes] | None:
        """What is kept under a digest."""
        return _at(self._blobs.get(digest), size)

    def newest(self, job: str, size: int) -> Since[tuple[Proposed, ...]] | None:
        """The newest actions of a job, the newest first."""
        return _at(self._newest.get(job), size)

    def print_of(self, digest: str) -> int | None:
        """What `hash` makes of the content under a digest; it tells contents apart in this process alone."""
        return self._prints.get(digest)

    def learn(self, key: Key, state: Aggregate | None, size: int) -> None:
        """Keep what was read of a ledger of this size, unless it has grown since."""
        with self._turn:
            if size == self._tail.size:
                _put(self._states, key, Since(size - 1, state))

    def learn_every(self, kind: type, found: tuple[Aggregate, ...], size: int) -> None:
        with self._turn:
            if size == self._tail.size:
                _put(self._lists, kind, Since(size - 1, found))

    def learn_blob(self, digest: str, content: bytes, size: int) -> None:
        with self._turn:
            if size == self._tail.size:
                _put(self._blobs, digest, Since(size - 1, content))

    def learn_newest(self, job: str, found: tuple[Proposed, ...], size: int) -> None:
        with self._turn:
            if size == self._tail.size:
                _put(self._newest, job, Since(size - 1, found), JOBS)

    def learn_print(self, digest: str, found: int) -> None:
        with self._turn:
            _put(self._prints, digest, found, PRINTS)

    def grow(self, tail: Tail, changes: Changes) -> None:
        """Follow a commit of this process."""
        with self._turn:
            before, self._tail = self._tail.size, tail
            for key, state in changes.states.items():
                self._lists.pop(key[0], None)
                if state is None:
                    self._states.pop(key, None)
                else:
                    _put(self._states, key, Since(tail.size - 1, state))
                self._follow(key, state)
            for digest, content in changes.blobs.items():
                _put(self._blobs, digest, Since(before, content))
            for digest in changes.gone:
                self._blobs.pop(digest, None)
                self._prints.pop(digest, None)

    def _follow(self, key: Key, state: Aggregate | None) -> None:
        if key[0] is not Action:
            return
        if not isinstance(state, Action):
            self._newest.clear()  # whose job it is cannot be said
        elif state.job in self._newest:
            found = newest_of(self._newest[state.job].value, (state,))
            _put(self._newest, state.job, Since(self._tail.size - 1, found), JOBS)


class Recent:
    """The history that one store knows. Safe to use from any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._known = Known(Tail(0, b""))
        self._is_written = False

    def begin(self, tail: Tail) -> Known:
        """What the one writer of this process may rely on, who sees this tail; `end` must follow."""
        with self._turn:
            self._is_written = True
            if self._known.tail != tail:
                self._known = Known(tail)
            return self._known

    def end(self) -> None:
        """The writer has committed and told of it, or changed nothing."""
        with self._turn:
            self._is_written = False

    def at(self, tail: Tail) -> Known | None:
        """What a reader may rely on; None where nothing is known of the ledger that it sees."""
        with self._turn:
            known = self._known
            if known.tail == tail:
                return known
            if self._is_written or tail.size <= known.tail.size:
                return None  # between a commit and its `grow`, or a moment that has passed
            self._known = Known(tail)
            return self._known


def _at[T](found: Since[T] | None, size: int) -> Since[T] | None:
    return found if found is not None and found.index < size else None


def _put[K, V](kept: dict[K, V], key: K, value: V, most: int = MOST) -> None:
    """Keep the newest; the oldest goes."""
    kept.pop(key, None)
    if len(kept) >= most:
        kept.pop(next(iter(kept)), None)
    kept[key] = value
