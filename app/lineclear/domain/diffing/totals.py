"""Sums over the columns of line items, before and after. Pure: exact decimal arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Final

from lineclear.domain.diffing.kinds import decimal_of, is_money_name
from lineclear.domain.diffing.result import Diff
from lineclear.domain.diffing.values import Absent, Json, Path

type Table = Sequence[dict[str, Json]]


# Wide enough for the sum of binary floats to be exact; what would be rounded gets no total.
_EXACT: Final = Context(prec=1500, traps=[Inexact])
_COUNTED: Final = re.compile(r"(?i)(?:^|_)(?:hours|weight)$")
_PER_UNIT: Final = re.compile(r"(?i)^unit_?|_?rate$|_each$")


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one column over all records of a list, on each side; None where a side has no such list."""

    path: Path
    column: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        return _EXACT.subtract(self.after or Decimal(), self.before or Decimal())


def totals(diff: Diff) -> tuple[Total, ...]:
    """Return a total per column of money or amounts in every list of records that only records lead to.

    A column counts when each record that has it, on both sides, holds an exact number there; a decimal string
    is one. A price or rate per unit is no such column, nor is a count of units, as those of one line are not
    those of the next; nor amounts in more than one currency.
    """
    before, after = dict(_tables(diff.before)), dict(_tables(diff.after))
    return tuple(
        total
        for path in {**before, **after}
        for column in _columns(before.get(path, ()), after.get(path, ()))
        if (total := _total(path, column, before.get(path), after.get(path))) is not None
    )


def _tables(value: Json | Absent) -> Iterator[tuple[Path, Table]]:
    pending: list[tuple[Path, Json | Absent]] = [((), value)]
    while pending:
        where, found = pending.pop()
        if isinstance(found, dict):
            pending += [((*where, name), inner) for name, inner in reversed(found.items())]
        elif isinstance(found, list) and found and all(isinstance(element, dict) for element in found):
            yield where, [element for element in found if isinstance(element, dict)]


def _columns(before: Table, after: Table) -> Iterator[str]:
    units = {record["currency"] for record in (*before, *after) if isinstance(record.get("currency"), str)}
    for name in {name: None for record in (*before, *after) for name in record}:
        is_sum = is_money_name(name) and not _PER_UNIT.search(name) and len(units) <= 1
        if is_sum or _COUNTED.search(name):
            yield name


def _total(path: Path, column: str, before: Table | None, after: Table | None) -> Total | None:
    try:
        return Total(path, column, _sum(before, column), _sum(after, column))
    except (_NoNumberError, Inexact):
        return None


def _sum(table: Table | None, column: str) -> Decimal | None:
    if table is None:
        return None
    total = Decimal()
    for record in table:
        if column in record:
            number = decimal_of(record[column])
            if number is None:
                raise _NoNumberError
            total = _EXACT.add(total, number)
    return total


class _NoNumberError(Exception):
    """A column holds something else than numbers."""
