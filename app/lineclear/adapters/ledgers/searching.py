"""A query as SQL over an index: the entries that it finds, in its order, by page, by count, by value.

Free of writing. Values come in as parameters; names are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lineclear.adapters.ledgers.schema import Raw
from lineclear.application.record.query import Facet, LedgerQuery, Order
from lineclear.application.record.reading import LedgerLine

type Value = str | int

_COLUMNS: Final = {
    Facet.TYPE: "e.type",
    Facet.BY: "e.actor",
    Facet.AGENT: "e.agent",
    Facet.CAPABILITY: "e.capability",
    Facet.JOB: "e.job",
    Facet.VERDICT: "e.verdict",
}
_NOWHERE: Final = "0"
_LINES: Final = (
    "SELECT e.place, e.at, t.value, s.stream, a.value, s.title, e.says, s.amount, s.currency FROM entry e "
    "JOIN subject s ON s.id = e.subject JOIN word t ON t.id = e.type JOIN word a ON a.id = e.actor "
    "WHERE e.place IN ({marks})"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds below a place: a FROM with its conditions. For the connection's thread.

    There is one bound from above in each statement: of two SQLite seeks by the first, and walks to the other.
    """

    connection: Raw
    source: str
    place: str
    conditions: tuple[str, ...]
    values: tuple[Value, ...]
    until: int
    order: Order

    def rows(self, last: int | None, offset: int, limit: int) -> list[int]:
        """Places from `last` on (included), after `offset` of them."""
        below, least = self.until, 0
        if last is not None and self.order is Order.NEWEST:
            below = min(below, last + 1)
        elif last is not None:
            least = last
        sql = f"SELECT {self.place} {self._from(f'{self.place} >= ?')} {self._ordered} LIMIT ? OFFSET ?"
        return [row[0] for row in self._all(sql, least, limit, offset, below=below)]

    def has(self, index: int) -> bool:
        """Whether an entry is among them."""
        return bool(self._all(f"SELECT 1 {self._from(f'{self.place} = ?')}", index))

    def before(self, index: int) -> int:
        """How many come before an entry."""
        is_newest = self.order is Order.NEWEST
        least, below = (index + 1, self.until) if is_newest else (0, min(index, self.until))
        sql = f"SELECT count(*) {self._from(f'{self.place} >= ?')}"
        return int(self._all(sql, least, below=below)[0][0])

    def survey(self, step: int) -> tuple[int, tuple[int, ...]]:
        """How many there are, and every `step`th place, beginning with the first."""
        count = int(self._all(f"SELECT count(*) {self._from()}")[0][0])
        if count <= step:
            return count, ()
        numbered = f"SELECT {self.place} p, row_number() OVER ({self._ordered}) - 1 n {self._from()}"
        sql = f"SELECT p FROM ({numbered}) WHERE n % ? = 0 ORDER BY n"  # noqa: S608  # names are ours
        return count, tuple(row[0] for row in self._all(sql, step))

    def values_of(self, facets: Sequence[Facet], most: int) -> dict[Facet, tuple[tuple[str, int], ...]]:
        """The values of facets among them with their counts, most frequent first, in one go through them."""
        columns = ", ".join(_COLUMNS[facet] for facet in facets)
        # The sign keeps SQLite from walking an index for the grouping: what leads is what is looked for.
        grouped = ", ".join(f"+{_COLUMNS[facet]}" for facet in facets)
        counts: dict[Facet, Counter[int]] = {facet: Counter() for facet in facets}
        for *numbers, count in self._all(f"SELECT {columns}, count(*) {self._from()} GROUP BY {grouped}"):
            for facet, number in zip(facets, numbers, strict=True):
                if number is not None:
                    counts[facet][number] += count
        return {facet: self._named(counts[facet], most) for facet in facets}

    def _named(self, counts: Counter[int], most: int) -> tuple[tuple[str, int], ...]:
        chosen = counts.most_common(most)
        marks = ", ".join("?" * len(chosen))
        sql = f"SELECT id, value FROM word WHERE id IN ({marks})"  # noqa: S608  # marks only
        names = dict(self.connection.execute(sql, [number for number, _ in chosen]))
        named = ((names[number], count) for number, count in chosen)
        return tuple(sorted((one for one in named if one[0]), key=lambda one: (-one[1], one[0])))

    @property
    def _ordered(self) -> str:
        return f"ORDER BY {self.place} {'DESC' if self.order is Order.NEWEST else 'ASC'}"

    def _from(self, *more: str) -> str:
        return f"FROM {self.source} WHERE {' AND '.join((*self.conditions, f'{self.place} < ?', *more))}"

    def _all(self, sql: str, *values: Value, below: int | None = None) -> list[tuple[Any, ...]]:
        bound = self.until if below is None else below
        return list(self.connection.execute(sql, (*self.values, bound, *values)))


def found(connection: Raw, query: LedgerQuery, until: int) -> Found:
    """What a query finds below a place."""
    conditions: list[str] = []
    values: list[Value] = []
    place = "e.place"
    source = "entry e"
    if words := _match(query):
        # The words lead, in the order of places, so that the newest are found without the others.
        source, place = "text CROSS JOIN entry e ON e.place = text.rowid", "text.rowid"
        conditions.append("text MATCH ?")
        values.append(words)
    for condition, value in (*_narrowed(connection, query), *_bounded(query)):
        conditions.append(condition)
        values += value
    return Found(connection, source, place, tuple(conditions), tuple(values), until, query.order)


def lines_of(connection: Raw, places: list[int]) -> tuple[LedgerLine, ...]:
    """The lines of entries, in the order given."""
    marks = ", ".join("?" * len(places))
    rows = connection.execute(_LINES.format(marks=marks), places)
    by_place = {row[0]: _line(row) for row in rows}
    return tuple(by_place[place] for place in places)


def _line(row: tuple[Any, ...]) -> LedgerLine:
    place, at, kind, stream, actor, title, says, amount, currency = row
    moment = datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds")
    paid = f"{amount} {currency}".strip()
    return LedgerLine(place, moment.replace("+00:00", "Z"), kind, stream, actor, title, says, paid)


def _match(query: LedgerQuery) -> str:
    """The words in FTS5's own language: each quoted, so that nothing in them is read as an operator."""
    return " AND ".join(_term(word) for word in query.words if word.strip("*"))


def _term(word: str) -> str:
    quoted = word.rstrip("*").replace('"', '""')
    return f'"{quoted}"' + ("*" if word.endswith("*") else "")


def _narrowed(connection: Raw, query: LedgerQuery) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for facet, value in query.only:
        if facet is Facet.ACTION:
            yield "e.subject = (SELECT id FROM subject WHERE stream = ?)", (f"action/{value}",)
            continue
        numbers = _numbers(connection, facet, value)
        column = _COLUMNS[facet]
        if len(numbers) == 1:
            yield f"{column} = ?", tuple(numbers)
        else:
            yield f"{column} IN ({', '.join('?' * len(numbers))})" if numbers else _NOWHERE, tuple(numbers)


def _numbers(connection: Raw, facet: Facet, value: str) -> list[int]:
    """The numbers of the values that a filter means: `type:decision` all of a subject, `by:ops` any kind."""
    exact, wide = "value = ?", {Facet.TYPE: (f"{value}.", 0), Facet.BY: (f"/{value}", 1)}
    sql, values = f"SELECT id FROM word WHERE facet = ? AND ({exact}", [facet, value]  # noqa: S608  # ours
    if facet in wide:
        part, is_end = wide[facet]
        sql += " OR substr(value, -length(?)) = ?" if is_end else " OR substr(value, 1, length(?)) = ?"
        values += [part, part]
    return [row[0] for row in connection.execute(f"{sql})", values)]


def _bounded(query: LedgerQuery) -> Iterator[tuple[str, tuple[Value, ...]]]:
    bounds = (
        ("e.amount >= ?", query.least),
        ("e.amount <= ?", query.most),
        ("e.at >= ?", query.after),
        ("e.at < ?", query.before),
    )
    yield from ((condition, (value,)) for condition, value in bounds if value is not None)
    if query.without:
        yield f"e.place NOT IN ({', '.join('?' * len(query.without))})", query.without
