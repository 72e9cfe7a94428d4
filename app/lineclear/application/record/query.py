"""What to look for in a ledger, as a value, and the small syntax in which people type it. Free of I/O.

Plain words (all of them, in any order; quotes keep some together, a `*` ends a beginning), and filters:
`type: by: agent: capability: job: action: verdict:`, `amount>100` (`>= < <= =`), `after: before: on:` a day
or a time. Days and times without an offset are UTC. What has another name before its colon is a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lineclear.domain.money import MoneyError, parse_amount
from lineclear.domain.refusals import Code, Refusal

MOST: Final = 9_000_000_000_000_000_000
"""Amounts above, in millionths, are found as if they were this."""
MICROS: Final = 1_000_000


class Facet(StrEnum):
    """By what entries are told apart; each name is also the word of its filter."""

    TYPE = "type"
    VERDICT = "verdict"
    AGENT = "agent"
    CAPABILITY = "capability"
    BY = "by"
    JOB = "job"
    ACTION = "action"


class Order(StrEnum):
    """Which entry comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """All filters are joined by and. `only` holds at most one value of each facet, in the facets' order.

    Amounts are in millionths of whatever currency, both ends included; times are milliseconds since 1970
    UTC, `before` not included. Nobody types `without`: the places of entries that are not looked at.
    """

    words: tuple[str, ...] = ()
    only: tuple[tuple[Facet, str], ...] = ()
    least: int | None = None
    most: int | None = None
    after: int | None = None
    before: int | None = None
    order: Order = Order.NEWEST
    without: tuple[int, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out."""
        return replace(self, order=Order.NEWEST) == LedgerQuery()

    def chosen(self, facet: Facet) -> str:
        """The value that a facet is narrowed to; empty where it is not."""
        return dict(self.only).get(facet, "")

    def narrowed(self, facet: Facet, value: str) -> LedgerQuery:
        """The same with one facet at a value, or free where that is empty."""
        chosen = {**dict(self.only), facet: value}
        only = tuple((one, chosen[one]) for one in Facet if chosen.get(one))
        return replace(self, only=only)


_TOKEN: Final = re.compile(
    r'(?P<name>[a-z]+)(?P<sign>:|>=|<=|>|<|=)(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))'
    r'|"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)|(?P<stray>")'
)
_DAY: Final = timedelta(days=1)
_PLAIN_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMES: Final = ("after", "before", "on")


def parse_query(text: str, order: Order = Order.NEWEST) -> LedgerQuery:
    """Read what somebody typed. Raises Refusal(SEARCH_INVALID) for a filter that cannot be read."""
    query = LedgerQuery(order=order)
    for token in _TOKEN.finditer(text):
        query = _taken(query, token)
    return query


def written_query(query: LedgerQuery) -> str:
    """The text that `parse_query` reads as this query."""
    parts = [_quoted(word) for word in query.words]
    parts += [f"{facet}:{_quoted(value)}" for facet, value in query.only]
    parts += [
        f"amount{sign}{Decimal(bound) / MICROS:f}"
        for sign, bound in ((">=", query.least), ("<=", query.most))
        if bound is not None
    ]
    parts += [
        f"{name}:{_moment_text(at)}"
        for name, at in (("after", query.after), ("before", query.before))
        if at is not None
    ]
    return " ".join(parts)


def _taken(query: LedgerQuery, token: re.Match[str]) -> LedgerQuery:
    name, sign = token["name"], token["sign"]
    if name is None:
        word = token["word"] if token["phrase"] is None else token["phrase"]
        return replace(query, words=(*query.words, word)) if word else query
    value = token["bare"] if token["quoted"] is None else token["quoted"]
    if name in Facet and sign == ":":
        return query.narrowed(Facet(name), value)
    if name == "amount":
        return _with_amount(query, sign, value)
    if name in _TIMES and sign == ":":
        return _with_time(query, name, value)
    return replace(query, words=(*query.words, token[0].replace('"', "")))


def _with_amount(query: LedgerQuery, sign: str, value: str) -> LedgerQuery:
    try:
        micros = micros_of(value)
    except MoneyError as error:
        raise Refusal(Code.SEARCH_INVALID, problem=error) from None
    match sign:
        case ">":
            return replace(query, least=micros + 1)
        case ">=":
            return replace(query, least=micros)
        case "<":
            return replace(query, most=micros - 1)
        case "<=":
            return replace(query, most=micros)
        case _:
            return replace(query, least=micros, most=micros)


def _with_time(query: LedgerQuery, name: str, value: str) -> LedgerQuery:
    start = _moment(value)
    match name:
        case "after":
            return replace(query, after=_millis(start))
        case "before":
            return replace(query, before=_millis(start))
        case _:
            return replace(query, after=_millis(start), before=_millis(start + _DAY))


def micros_of(amount: str) -> int:
    """A decimal amount in millionths; MoneyError where it is none."""
    return max(-MOST, min(MOST, int(parse_amount(amount) * MICROS)))


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        problem = f"{text!r} is no day such as 2026-11-01 and no time such as 2026-11-01T09:30:00Z"
        raise Refusal(Code.SEARCH_INVALID, problem=problem) from None


def millis_of(stamp: str) -> int:
    """Milliseconds since 1970 of a time as the ledger writes it; ValueError where it is none."""
    return _millis(datetime.fromisoformat(stamp))


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000)


def _moment_text(millis: int) -> str:
    text = datetime.fromtimestamp(millis / 1_000, UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("T00:00:00.000+00:00").replace("+00:00", "Z")


def _quoted(value: str) -> str:
    is_plain = value and not re.search(r"[\s:<>=]", value)
    return value if is_plain else f'"{value}"'
