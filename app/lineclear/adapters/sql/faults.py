"""What databases complain of, as the refusals that a person can act on. Free of connections.

SQLite result codes: https://sqlite.org/rescode.html. PostgreSQL states: its manual, appendix A.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lineclear.domain.refusals import Code, Refusal

_FULL = ("its disk is full", "Free some space, then try again.")
_DEVICE = (
    "its disk reported an error",
    "Nothing was acknowledged. Check the disk, and restore a backup if errors stay.",
)
_CORRUPT = (
    "it is damaged",
    "Keep the file as it is and restore the newest backup; `lineclear doctor` says what can be read.",
)
_READ_ONLY = ("it is read-only", "Give this account the right to write to it and to its folder.")
_CLOSED = (
    "it cannot be opened",
    "Check that its folder exists and that this account may read and write there.",
)
_FOREIGN = ("it is not a database, or it is encrypted with another key", "Check the path and the key.")
_AWAY = ("the server cannot be reached", "Check that PostgreSQL runs and that the address is right.")
_CROWDED = (
    "the server accepts no more connections",
    "Raise max_connections, or run fewer programs against it.",
)
_DENIED = ("the server refused this account", "Check name, password and rights of the account.")

_SQLITE: Final[Mapping[str, tuple[str, str]]] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _DEVICE,
    "SQLITE_CORRUPT": _CORRUPT,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_CANTOPEN": _CLOSED,
    "SQLITE_NOTADB": _FOREIGN,
}
_SQLITE_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")

_POSTGRES: Final[Mapping[str, tuple[str, str]]] = {
    "53100": _FULL,
    "58030": _DEVICE,
    "XX001": _CORRUPT,
    "XX002": _CORRUPT,
    "25006": _READ_ONLY,
    "53300": _CROWDED,
    "28": _DENIED,
    "42501": _DENIED,
    "3D000": _AWAY,
    "08": _AWAY,
    "57P": _AWAY,
}
_LOCK_TIMEOUT: Final = "55P03"
_CONFLICTS: Final = ("40001", "40P01")


def unusable(problem: str, advice: str) -> Refusal:
    """The database as it is cannot serve."""
    return Refusal(Code.DATABASE_UNUSABLE, problem=problem, advice=advice)


def locked() -> Refusal:
    """What is private in the database was closed with another workspace key."""
    return unusable(
        "its private contents are closed with another workspace.key",
        "Bring workspace.key back from the backup of this data folder; without it they cannot be read.",
    )


def is_busy(problem: DBAPIError) -> bool:
    """Whether somebody else holds a lock on the database."""
    return _name(problem).startswith(_SQLITE_BUSY) or _state(problem) == _LOCK_TIMEOUT


def is_conflict(problem: DBAPIError) -> bool:
    """Whether the same work may well succeed when run again (serialisation failure, deadlock)."""
    return _state(problem) in _CONFLICTS


def away() -> Refusal:
    """PostgreSQL does not answer, or no more."""
    return unusable(*_AWAY)


def refusal_for(problem: BaseException) -> Refusal | None:
    """A refusal for what is wrong with the database; None for what is wrong with our own statement."""
    if isinstance(problem, PoolTimeoutError):
        return Refusal(Code.DATABASE_BUSY)
    return _refusal_for_driver(problem) if isinstance(problem, DBAPIError) else None


def _refusal_for_driver(problem: DBAPIError) -> Refusal | None:
    name, state = _name(problem), _state(problem)
    if is_busy(problem) or is_conflict(problem):
        return Refusal(Code.DATABASE_BUSY)
    for table, found in ((_SQLITE, name), (_POSTGRES, state)):
        for start, (said, advice) in table.items():
            if found.startswith(start):
                return unusable(said, advice)
    if problem.connection_invalidated or (_is_postgres(problem) and not state):
        return away()
    return (
        None if _is_ours(problem) else unusable(_first_line(problem), "Check the database, then try again.")
    )


@contextmanager
def refusing() -> Iterator[None]:
    """Raise the Refusal in place of what the database says; bugs pass through as they are."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as problem:
        refusal = refusal_for(problem)
        if refusal is None:
            raise
        raise refusal from problem


def _is_ours(problem: DBAPIError) -> bool:
    bugs = (IntegrityError, NotSupportedError, ProgrammingError)
    if isinstance(problem, bugs) or not isinstance(problem, DatabaseError):
        return True
    return _name(problem) == "SQLITE_ERROR"


def _name(problem: DBAPIError) -> str:
    return str(getattr(problem.orig, "sqlite_errorname", None) or "")


def _state(problem: DBAPIError) -> str:
    return str(getattr(problem.orig, "sqlstate", None) or "")


def _is_postgres(problem: DBAPIError) -> bool:
    return (
        type(problem.orig).__module__.startswith("psycopg")
        and type(problem.orig).__name__ == "OperationalError"
    )


def _first_line(problem: DBAPIError) -> str:
    return str(problem.orig).partition("\n")[0]
