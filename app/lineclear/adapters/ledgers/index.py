"""A searchable index over one ledger, in a file of its own: grown entry by entry, read by position.

Never the truth: what it holds was checked when it was taken in, and a story reads the ledger itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from lineclear.adapters.ledgers.forgetting import EntryOf, forget, mark
from lineclear.adapters.ledgers.noting import Noted, Subject, note
from lineclear.adapters.ledgers.schema import Raw, connect, prepared
from lineclear.adapters.ledgers.searching import Found, found, lines_of
from lineclear.application.record.query import Facet, LedgerQuery, Order
from lineclear.application.record.reading import LISTED, Cancelled, FacetCounts, LedgerLine

type Item = tuple[bytes, bytes | None]
"""An entry's bytes, and the content of its brief where that is here."""

_STEP: Final = 512
_NEAR: Final = 2_048
_MOST_VALUES: Final = 40
_SUBJECTS: Final = 4_096
_NOBODY: Final[tuple[int, Subject]] = (0, Subject())


class LedgerIndex:
    """Safe to use from any thread: pages wait for nothing but each other, not for counts or for growth."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._writing = prepared(path, key)
        self._paging, self._scanning = connect(path, key), connect(path, key)
        self._write_turn, self._page_turn, self._scan_turn = (threading.Lock() for _ in range(3))
        self._is_closed = False
        self._words: dict[tuple[Facet, str], int] = {}
        self._jobs: dict[str, int] = {}
        self._times: dict[int, int] = {}
        self._subjects: dict[str, tuple[int, Subject]] = {}
        self._survey = lru_cache(8)(self._surveyed)

    def close(self) -> None:
        """Let go of the file; what is asked afterwards, or waits, ends as cancelled."""
        self._is_closed = True
        with self._write_turn, self._page_turn, self._scan_turn:
            for connection in (self._scanning, self._paging, self._writing):
                connection.close()

    @contextmanager
    def _using(self, turn: threading.Lock) -> Iterator[None]:
        with turn:
            if self._is_closed:
                raise Cancelled
            yield

    def size(self) -> int:
        """How many entries are in it."""
        with self._using(self._page_turn):
            return int(self._paging.execute("SELECT size FROM state").fetchone()[0])

    # -- growing ----------------------------------------------------------------------------------

    def take(self, items: Iterable[Item]) -> None:
        """Add the next entries, all or none."""
        with self._using(self._write_turn):
            connection = self._writing
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._take(connection, items)
            except BaseException:
                connection.execute("ROLLBACK")
                self._words.clear()
                self._jobs.clear()
                self._subjects.clear()
                raise
            connection.execute("COMMIT")

    def _take(self, connection: Raw, items: Iterable[Item]) -> None:
        place = connection.execute("SELECT size FROM state").fetchone()[0]
        rows, texts = [], []
        self._times.clear()
        for entry, brief in items:
            noted = note(entry, brief)
            number, subject = self._about(connection, noted)
            if noted.erases:
                subject = replace(subject, title="")
                self._subjects[noted.stream] = (number, subject)
                mark(connection, number)
            rows.append((place, noted.at, number, *self._numbers(connection, noted, subject), noted.says))
            if noted.words:  # whatever is found of an action is found with all that happened to it
                texts.append((place, noted.words if noted.opens else f"{noted.words} {subject.title}"))
            place += 1
        connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.executemany("INSERT INTO text (rowid, words) VALUES (?, ?)", texts)
        times = [(count, number) for number, count in self._times.items()]
        connection.executemany("UPDATE word SET times = times + ? WHERE id = ?", times)
        connection.execute("UPDATE state SET size = ?", (place,))

    def forget(self, entry_of: EntryOf) -> bool:
        """Make sure that no word of what was erased is in any file of it; whether there was any.

        To be asked after growing.
        """
        with self._using(self._write_turn):
            if not forget(self._writing, entry_of):
                return False
            self._survey.cache_clear()
            with self._using(self._page_turn), self._using(self._scan_turn):
                self._writing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return True

    def _about(self, connection: Raw, noted: Noted) -> tuple[int, Subject]:
        number, known = self._subject(connection, noted.stream)
        if noted.opens is None and number:
            return number, known
        subject = _merged(known, noted.opens or Subject())
        values = (subject.title, subject.agent, subject.capability, subject.job, subject.amount)
        row = (noted.stream, *values, subject.currency)
        number = connection.execute(
            "INSERT INTO subject (stream, title, agent, capability, job, amount, currency) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET title = excluded.title, "
            "agent = excluded.agent, capability = excluded.capability, job = excluded.job, "
            "amount = excluded.amount, currency = excluded.currency RETURNING id",
            row,
        ).fetchone()[0]
        self._subjects[noted.stream] = (number, subject)
        return number, subject

    def _subject(self, connection: Raw, stream: str) -> tuple[int, Subject]:
        """What is known of a stream, and its number; 0 of one that is new. The last ones are at hand."""
        if stream in self._subjects:
            return self._subjects[stream]
        if len(self._subjects) >= _SUBJECTS:
            self._subjects.clear()
        row = connection.execute(
            "SELECT id, title, agent, capability, job, amount, currency FROM subject WHERE stream = ?",
            (stream,),
        ).fetchone()
        return (row[0], Subject(*row[1:])) if row else _NOBODY

    def _numbers(self, connection: Raw, noted: Noted, subject: Subject) -> tuple[int | None, ...]:
        values = (
            (Facet.TYPE, noted.type),
            (Facet.BY, noted.actor),
            (Facet.AGENT, subject.agent),
            (Facet.CAPABILITY, subject.capability),
            (Facet.JOB, subject.job),
            (Facet.VERDICT, noted.verdict),
        )
        return *(self._number(connection, facet, value) for facet, value in values), subject.micros

    def _number(self, connection: Raw, facet: Facet, value: str) -> int | None:
        if not value and facet not in (Facet.TYPE, Facet.BY):
            return None
        of_jobs = facet is Facet.JOB
        number = self._jobs.get(value) if of_jobs else self._words.get((facet, value))
        if number is None:
            number = _numbered(connection, facet, value)
            if not of_jobs:
                self._words[facet, value] = number
            elif len(self._jobs) < _SUBJECTS:  # there may be as many as actions
                self._jobs[value] = number
            else:
                self._jobs = {value: number}
        self._times[number] = self._times.get(number, 0) + 1
        return number

    # -- reading ----------------------------------------------------------------------------------

    def count(self, query: LedgerQuery, until: int) -> int:
        """How many entries a query finds below a place."""
        return until if query.is_everything else self._survey(query, until)[0]

    def page(self, query: LedgerQuery, until: int, start: int, limit: int) -> tuple[LedgerLine, ...]:
        """What a query finds from a position on."""
        last, offset = self._anchor(query, until, start)
        with self._using(self._page_turn):
            wanted = found(self._paging, query, until)
            return lines_of(self._paging, wanted.rows(last, offset, limit))

    def place(self, query: LedgerQuery, until: int, index: int) -> int | None:
        """At which position a query finds an entry; None where it does not."""
        with self._using(self._scan_turn):
            wanted = found(self._scanning, query, until)
            if not wanted.has(index):
                return None
            return index if query.order is Order.OLDEST and query.is_everything else wanted.before(index)

    def facets(self, query: LedgerQuery, until: int) -> tuple[FacetCounts, ...]:
        """Each listed facet's values with their counts, most frequent first."""
        if query.is_everything and until == self.size():
            return tuple(FacetCounts(facet, self._all_values(facet)) for facet in LISTED)
        chosen = [facet for facet in LISTED if query.chosen(facet)]
        values = self._values(query, until, [facet for facet in LISTED if facet not in chosen])
        for facet in chosen:
            values |= self._values(query.narrowed(facet, ""), until, [facet])
        return tuple(FacetCounts(facet, values[facet]) for facet in LISTED)

    def places_of(self, stream: str, limit: int) -> tuple[int, ...]:
        """Where the entries of a stream are, oldest first; the newest of them where there are more."""
        with self._using(self._page_turn):
            rows = self._paging.execute(
                "SELECT place FROM entry WHERE subject = (SELECT id FROM subject WHERE stream = ?) "
                "ORDER BY place DESC LIMIT ?",
                (stream, limit),
            ).fetchall()
        return tuple(reversed([row[0] for row in rows]))

    def _values(
        self, query: LedgerQuery, until: int, facets: Sequence[Facet]
    ) -> dict[Facet, tuple[tuple[str, int], ...]]:
        if not facets:
            return {}
        with self._using(self._scan_turn):
            return found(self._scanning, query, until).values_of(facets, _MOST_VALUES)

    def _all_values(self, facet: Facet) -> tuple[tuple[str, int], ...]:
        """As counted while it grew."""
        with self._using(self._scan_turn):
            rows = self._scanning.execute(
                "SELECT value, times FROM word WHERE facet = ? AND value <> '' "
                "ORDER BY times DESC, value LIMIT ?",
                (facet, _MOST_VALUES),
            )
            return tuple(rows.fetchall())

    def _anchor(self, query: LedgerQuery, until: int, start: int) -> tuple[int | None, int]:
        """A place from which on to look, and how many entries after it the position is."""
        if query.is_everything:
            return (until - 1 - start if query.order is Order.NEWEST else start), 0
        if start < _NEAR:
            return None, start
        anchors = self._survey(query, until)[1]
        step = min(start // _STEP, len(anchors) - 1)
        return (anchors[step], start - step * _STEP) if anchors else (None, start)

    def _surveyed(self, query: LedgerQuery, until: int) -> tuple[int, tuple[int, ...]]:
        """How many there are, and each `_STEP`th place of them, in one go through all of them."""
        with self._using(self._scan_turn):
            wanted: Found = found(self._scanning, query, until)
            return wanted.survey(_STEP)


def _numbered(connection: Raw, facet: Facet, value: str) -> int:
    """The number of a value, given to it where it has none."""
    connection.execute("INSERT OR IGNORE INTO word VALUES (NULL, ?, ?, 0)", (facet, value))
    row = connection.execute("SELECT id FROM word WHERE facet = ? AND value = ?", (facet, value)).fetchone()
    return int(row[0])


def _merged(known: Subject, stated: Subject) -> Subject:
    """A later entry of a stream states anew what it states at all."""
    return Subject(
        stated.title or known.title,
        stated.agent or known.agent,
        stated.capability or known.capability,
        stated.job or known.job,
        stated.amount or known.amount,
        stated.currency or known.currency,
    )
