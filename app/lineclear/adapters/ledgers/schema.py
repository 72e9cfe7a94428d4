"""The tables of an index over one ledger, and how its file is opened. Free of what is searched.

SQLite's FTS5 (https://sqlite.org/fts5.html) holds the words without their text. The file is encrypted with
SQLCipher under a key that whoever opens it derives from what is indexed: without that, it says nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no types

VERSION: Final = 2
"""Of tables and of what is noted; an index of another version is made anew."""

type Raw = Any
"""A connection of sqlcipher3, which ships no types."""

SQL_ERROR: Final[type[Exception]] = dbapi2.Error

_TABLES: Final = """
CREATE TABLE state (size INTEGER NOT NULL) STRICT;
CREATE TABLE word (
    id INTEGER PRIMARY KEY, facet TEXT NOT NULL, value TEXT NOT NULL, times INTEGER NOT NULL,
    UNIQUE (facet, value)
) STRICT;
CREATE TABLE subject (
    id INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE, title TEXT NOT NULL, agent TEXT NOT NULL,
    capability TEXT NOT NULL, job TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL
) STRICT;
CREATE TABLE entry (
    place INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject INTEGER NOT NULL, type INTEGER NOT NULL,
    actor INTEGER NOT NULL, agent INTEGER, capability INTEGER, job INTEGER, verdict INTEGER,
    amount INTEGER, says TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE text USING fts5(
    words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE due (subject INTEGER PRIMARY KEY) STRICT;
CREATE INDEX entry_subject ON entry (subject);
CREATE INDEX entry_type ON entry (type);
CREATE INDEX entry_actor ON entry (actor);
CREATE INDEX entry_agent ON entry (agent);
CREATE INDEX entry_capability ON entry (capability);
CREATE INDEX entry_job ON entry (job);
CREATE INDEX entry_verdict ON entry (verdict) WHERE verdict IS NOT NULL;
CREATE INDEX entry_amount ON entry (amount) WHERE amount IS NOT NULL;
CREATE INDEX entry_at ON entry (at);
INSERT INTO state VALUES (0);
"""


def connect(path: Path, key: bytes) -> Raw:
    """A connection for any thread, one at a time. A file that is made here is for its owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
    connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    # What is lost with the power is made again from what is indexed.
    for setting in (
        "trusted_schema = OFF",
        "journal_mode = WAL",
        "synchronous = OFF",
        "cache_size = -32768",
        "temp_store = MEMORY",
        # What is freed is overwritten, so that erased words are in no free page.
        "secure_delete = ON",
        "busy_timeout = 10000",
    ):
        connection.execute(f"PRAGMA {setting}")
    return connection


def prepared(path: Path, key: bytes) -> Raw:
    """A connection to an index of this version; whatever else lies there gives way to an empty one."""
    try:
        connection = connect(path, key)
        if connection.execute("PRAGMA user_version").fetchone() == (VERSION,):
            return connection
        is_new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    except dbapi2.DatabaseError:
        is_new = False
    if not is_new:
        remove(path)
        connection = connect(path, key)
    connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version = {VERSION};COMMIT;")
    return connection


def remove(path: Path) -> None:
    """Delete an index with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
