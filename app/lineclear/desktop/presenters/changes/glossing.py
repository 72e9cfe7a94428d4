"""What a stored value reads like in the reader's own format. A gloss beside it, never in its place. Pure.

The diff shows what is stored. A gloss adds what a reader would otherwise work out: an instant as local time,
an amount with its currency, a large number in groups. Where anything has to be guessed there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from lineclear.desktop.presenters.changes.gloss_sign import SIGN
from lineclear.domain.diffing.kinds import Kind, decimal_of, is_money_name
from lineclear.domain.diffing.values import Absent, Json, Path
from lineclear.domain.wording import day, figure, moment, say

READS_AS_GLOSSED: Final = re.compile(rf"-?[0-9][^\n]{{0,60}} {SIGN} .*", re.DOTALL)
"""Texts that would read as a value with its gloss behind it: they stand in quotes."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    rf"{_DATE.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,6}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_NAMES_CURRENCY: Final = re.compile(r"(?:^|_)currency(?:_|$)")
_LONGEST: Final = 40
_LARGE: Final = 10_000
_EPOCHS: Final = range(10**9, 2**32)
"""Seconds since 1970 from 2001 to 2106; what is smaller or larger is something else."""
_TIME_NAME: Final = re.compile(r"(?:^|_)(?:at|time|timestamp|ts|epoch|expires|expiry)$")
_OTHER_UNIT: Final = re.compile(
    r"(?:^|_)(?:cents?|pence|minor|micros?|millis?|units?|points?|bps|percent|pct|rate|ratio|count|days?|hours?"
    r"|usd|eur|gbp|jpy|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|huf|inr|cny|brl|mxn|zar)(?:_|$)"
)
"""Parts of names of which an amount is not, or not surely, in whole units of the record's currency."""
_NO_QUANTITY: Final = re.compile(
    r"(?:^|_)(?:id|ids|uuid|key|code|ref|reference|number|no|nr|sku|zip|postal|postcode|phone|fax|mobile|port|pid"
    r"|year|version|build|revision|account|iban|bic|card|hash|seed|line|row|serial|token|pin)(?:_|$)"
    r"|(?:^|_)(?:ticket|order|issue|case|customer)$"
)
"""Parts of names whose numbers are not counted: to group their digits would mislead."""
_HARD_SPACE: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Glosses:
    """The glosses of one state. `now` is aware and in the reader's zone; without one, times have none."""

    state: Json | Absent
    now: datetime | None = None

    def of(self, path: Path, value: Json | Absent, kind: Kind) -> str:
        """How the value at a path reads; empty where that says no more. A line of it breaks behind a zone."""
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            return ""
        if kind is Kind.TYPE or (isinstance(value, str) and len(value) > _LONGEST):
            return ""
        name = _snake(path[-1]) if path and isinstance(path[-1], str) else ""
        text = self._text(path, name, value) if isinstance(value, str) else self._number(name, value)
        return text.replace(" ", _HARD_SPACE).replace(f"),{_HARD_SPACE}", "), ")

    def _text(self, path: Path, name: str, value: str) -> str:
        if _DATE.match(value):
            return self._time(value)
        if _DECIMAL.fullmatch(value) and is_money_name(name) and not _OTHER_UNIT.search(name):
            currency = _currency_around(self.state, path)
            amount = _grouped(Decimal(value))
            if currency:
                return (
                    currency
                    if amount == value
                    else say("{amount} {currency}", amount=amount, currency=currency)
                )
            return amount if abs(Decimal(value)) >= _LARGE else ""
        return ""

    def _number(self, name: str, value: float | Decimal) -> str:
        exact = decimal_of(value)
        if exact is None or abs(exact) < _LARGE or not name or _NO_QUANTITY.search(name):
            return ""
        if _TIME_NAME.search(name):
            if self.now is None or not isinstance(value, int) or value not in _EPOCHS:
                return ""
            return _instant(datetime.fromtimestamp(value, UTC), self.now)
        return _grouped(exact) if len(f"{exact:f}") <= _LONGEST else ""

    def _time(self, value: str) -> str:
        if self.now is None:
            return ""
        try:
            if _DATE.fullmatch(value):
                return _of_day(date.fromisoformat(value), self.now.date())
            if not _MOMENT.fullmatch(value):
                return ""
            return _instant(datetime.fromisoformat(value), self.now)
        except (ValueError, OverflowError):  # there is no such day, or none that a calendar of here knows
            return ""


def _instant(at: datetime, now: datetime) -> str:
    if at.tzinfo is None:
        return say("{moment}, no time zone stored", moment=_moment(at, now))
    here = at.astimezone(now.tzinfo)
    return say(
        "{moment} your time (UTC{offset}), {age}",
        moment=_moment(here, now),
        offset=_offset(here.utcoffset() or timedelta()),
        age=_days_away(here.date() - now.date()),
    )


def _of_day(at: date, today: date) -> str:
    return say("{day}, {age}", day=day(at), age=_days_away(at - today))


def _days_away(distance: timedelta) -> str:
    """How far away a day is: in days, as it then holds until midnight."""
    said: dict[int, Callable[[], str]] = {
        -1: lambda: say("yesterday"),
        0: lambda: say("today"),
        1: lambda: say("tomorrow"),
    }
    if distance.days in said:
        return said[distance.days]()
    if distance.days > 0:
        return say("in {days:,} days", days=distance.days)
    return say("{days:,} days ago", days=-distance.days)


def _moment(at: datetime, now: datetime) -> str:
    """To the minute; with the year where it is another one."""
    return moment(at) if at.year == now.year else f"{day(at)} {at:%H:%M}"


def _offset(distance: timedelta) -> str:
    """How far a zone is from UTC: `+1`, `-3:30`; nothing for UTC itself."""
    minutes = round(distance.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return ""
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _grouped(value: Decimal) -> str:
    """All digits that are stored, and no other."""
    exponent = value.as_tuple().exponent
    return figure(value, f",.{max(-exponent, 0) if isinstance(exponent, int) else 0}f")


def _currency_around(state: Json | Absent, path: Path) -> str:
    """The currency of the innermost record that names one; none where it names several."""
    around: list[dict[str, Json]] = []
    here: Json | Absent = state
    for step in path:
        match here, step:
            case dict(record), str(name) if name in record:
                around.append(record)
                here = record[name]
            case list(items), int(at) if at < len(items):
                here = items[at]
            case _:
                return ""
    for record in reversed(around):
        named = [value for name, value in record.items() if _NAMES_CURRENCY.search(_snake(name))]
        if named:
            only = named[0] if len(named) == 1 else None
            return only if isinstance(only, str) and _CURRENCY.fullmatch(only) else ""
    return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:100]).lower().replace("-", "_").replace(" ", "_")
