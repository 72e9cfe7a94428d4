"""Rows of one workspace as the database has them now, decoded and opened. Free of transactions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import BindParameter, Connection, bindparam, select

from lineclear.adapters.sql.codec import decode
from lineclear.adapters.sql.driver import Driver, Statement
from lineclear.adapters.sql.faults import locked
from lineclear.adapters.sql.tables import actions, blobs, jobs, keys, states
from lineclear.adapters.sql.vault import Closed, Room, read_closed
from lineclear.domain.actions import Action
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.state import KIND_OF, Aggregate

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
_blob: Final = Statement(
    select(blobs.c.sealed).where(blobs.c.workspace == _W, blobs.c.digest == bindparam("digest"))
)
_data_key: Final = Statement(
    select(keys.c.wrapped).where(keys.c.workspace == _W, keys.c.subject == bindparam("subject"))
)

NO_KEYS: Final[Mapping[str, bytes | None]] = MappingProxyType({})


class SqlRows:
    """What is behind a snapshot: one connection, and the room in which blobs are opened."""

    def __init__(self, connection: Connection, workspace: str, room: Room | None) -> None:
        self._connection = connection
        self.driver = Driver(connection)
        self._workspace = workspace
        self._room = room

    def _row_of(self, kind: type, identifier: str) -> bytes | None:
        """The row of an aggregate as the database has it now."""
        statement = _action if kind is Action else _job if kind is Job else _state
        row = self.driver.one(statement, {**self._keys(kind), "id": identifier})
        return None if row is None else row[0]

    def _all_of[S: Aggregate](self, kind: type[S]) -> tuple[S, ...]:
        """Every aggregate of a kind as the database has it now."""
        statement = _actions if kind is Action else _jobs if kind is Job else _states
        return tuple(decode(kind, state) for (state,) in self.driver.all(statement, self._keys(kind)))

    def _read_blob(self, digest: str) -> bytes | None:
        """A blob as the database has it now."""
        row = self.driver.one(_blob, {"workspace": self._workspace, "digest": digest})
        return None if row is None else self._opened(digest, row[0])

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
