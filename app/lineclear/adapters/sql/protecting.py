"""Closes what an older program left open in a database, after a check that the vault is the right one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, func, insert, literal, select, update

from lineclear.adapters.sql.engine import reading, writing
from lineclear.adapters.sql.faults import locked
from lineclear.adapters.sql.pending import Pending
from lineclear.adapters.sql.scrubbing import scrub
from lineclear.adapters.sql.tables import blobs, entries, keys
from lineclear.adapters.sql.vault import MARK, Room, Vault, read_closed, subject_of

_BATCH: Final = 256
_DONE: Final = ""
"""The subject of the row that says that nothing lies open any more."""


class _Peek(msgspec.Struct, frozen=True):
    stream: str
    type: str
    commits: dict[str, str]


def protect(engine: Engine, workspace: str, vault: Vault) -> None:
    """Close every blob of a workspace that lies open, once, and leave no trace of it as it was.

    In batches, each by itself: what a crash interrupts goes on at the next start. Refusal(DATABASE_UNUSABLE)
    where another vault closed the others, Refusal(DATABASE_BUSY) while others write.
    """
    with reading(engine) as connection:
        kept = select(keys.c.wrapped).where(keys.c.workspace == workspace, keys.c.subject == _DONE)
        done = connection.execute(kept).scalar_one_or_none()
        if done is not None:
            _require_right(vault, done)
            return
        size = _size(connection, workspace)
    closed = sum(_close_named(engine, workspace, vault, start) for start in range(0, size, _BATCH))
    while unnamed := _close_unnamed(engine, workspace, vault):
        closed += unnamed
    if closed:
        scrub(engine)
    with writing(engine) as connection:
        wrapped = vault.wrap(vault.new_key(), _DONE)
        connection.execute(insert(keys).values(workspace=workspace, subject=_DONE, wrapped=wrapped))


def _require_right(vault: Vault, wrapped: bytes) -> None:
    try:
        vault.unwrap(wrapped, _DONE)
    except ValueError as error:
        raise locked() from error


def _size(connection: Connection, workspace: str) -> int:
    newest = select(func.max(entries.c.index)).where(entries.c.workspace == workspace)
    found: int | None = connection.execute(newest).scalar_one()
    return 0 if found is None else found + 1


def _close_named(engine: Engine, workspace: str, vault: Vault, start: int) -> int:
    """Close what a stretch of the ledger commits to; how many blobs that were."""
    with writing(engine) as connection:
        stretch = select(entries.c.entry).where(
            entries.c.workspace == workspace, entries.c.index >= start, entries.c.index < start + _BATCH
        )
        subjects: dict[str, str] = {}
        for (entry,) in connection.execute(stretch):
            peek = msgspec.json.decode(entry, type=_Peek)
            for part, digest in peek.commits.items():
                subjects.setdefault(digest, subject_of(peek.type, peek.stream, part))
        return _close(connection, workspace, vault, subjects)


def _close_unnamed(engine: Engine, workspace: str, vault: Vault) -> int:
    """Close some of what no entry commits to, which is the workspace's."""
    with writing(engine) as connection:
        mark = func.substr(blobs.c.sealed, 1, len(MARK))
        lying = select(blobs.c.digest).where(blobs.c.workspace == workspace, mark != literal(MARK))
        digests = connection.execute(lying.limit(_BATCH)).scalars()
        return _close(connection, workspace, vault, dict.fromkeys(digests, ""))


def _close(connection: Connection, workspace: str, vault: Vault, subjects: dict[str, str]) -> int:
    def wrapped(subject: str) -> bytes | None:
        known = select(keys.c.wrapped).where(keys.c.workspace == workspace, keys.c.subject == subject)
        return connection.execute(known).scalar_one_or_none()

    pending = Pending(Room(vault), wrapped)
    for digest, content in _open_ones(connection, workspace, list(subjects)):
        pending.put(digest, content)
        pending.name(digest, subjects[digest])
    made, closed = pending.take(is_last=True)
    for subject, key in made.items():
        connection.execute(insert(keys).values(workspace=workspace, subject=subject, wrapped=key))
    for digest, sealed in closed.items():
        place = (blobs.c.workspace == workspace, blobs.c.digest == digest)
        connection.execute(update(blobs).where(*place).values(sealed=sealed))
    return len(closed)


def _open_ones(connection: Connection, workspace: str, digests: list[str]) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(digests), _BATCH):
        some = digests[start : start + _BATCH]
        kept = select(blobs.c.digest, blobs.c.sealed).where(
            blobs.c.workspace == workspace, blobs.c.digest.in_(some)
        )
        for digest, stored in connection.execute(kept).all():
            if read_closed(stored) is None:
                yield digest, stored
