"""Takes the words of what was erased out of an index, for good. Free of locks and of where entries lie.

A deleted row leaves its words in the segments of FTS5 until these are merged (https://sqlite.org/fts5.html,
contentless-delete tables); `secure_delete` overwrites what a merge frees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lineclear.adapters.ledgers.noting import ERASED, note
from lineclear.adapters.ledgers.schema import Raw

type EntryOf = Callable[[int], bytes]
"""Gives the bytes of an entry by its place."""

_SHOWN: Final = "SELECT e.place, w.value FROM entry e JOIN word w ON w.id = e.type WHERE e.subject = ?"


def mark(connection: Raw, subject: int) -> None:
    """Note that a subject's words were erased; its title is gone at once, the rest is for `forget`."""
    connection.execute("UPDATE subject SET title = '' WHERE id = ?", (subject,))
    connection.execute("INSERT OR IGNORE INTO due VALUES (?)", (subject,))


def forget(connection: Raw, entry_of: EntryOf) -> bool:
    """Note anew, from their entries alone, all entries of what was marked; False where nothing was."""
    subjects = [row[0] for row in connection.execute("SELECT subject FROM due").fetchall()]
    if not subjects:
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        for subject in subjects:
            _note_anew(connection, subject, entry_of)
        connection.execute("INSERT INTO text (text) VALUES ('optimize')")
        connection.execute("DELETE FROM due")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return True


def _note_anew(connection: Raw, subject: int, entry_of: EntryOf) -> None:
    for place, kind in connection.execute(_SHOWN, (subject,)).fetchall():
        if kind == ERASED:  # its reason is no content of who asked
            continue
        noted = note(entry_of(place), None)
        connection.execute("UPDATE entry SET says = ? WHERE place = ?", (noted.says, place))
        connection.execute("DELETE FROM text WHERE rowid = ?", (place,))
        if noted.words:
            connection.execute("INSERT INTO text (rowid, words) VALUES (?, ?)", (place, noted.words))
