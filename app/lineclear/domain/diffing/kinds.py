"""What sort of thing a change is about, by the shape of its values. Pure: no formatting, no locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path


class Kind(StrEnum):
    """How a reader would call what changed. Closed: a view has one form for each."""

    DATE = "date"
    FLAG = "flag"
    LINES = "lines"
    """Text of several lines."""
    LIST = "list"
    MONEY = "money"
    NULL = "null"
    NUMBER = "number"
    RECORD = "record"
    TEXT = "text"
    TYPE = "type"
    """The two sides are of different types, such as 1 and true."""


_BY_TYPE: Final[dict[type, Kind]] = {
    bool: Kind.FLAG,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    str: Kind.TEXT,
    list: Kind.LIST,
    dict: Kind.RECORD,
    type(None): Kind.NULL,
}
_MONEY_NAME: Final = re.compile(
    r"(?:^|_)(?:amount|balance|budget|cost|credit|debit|discount|due|fee|gross|net|paid|price|salary|subtotal|tax"
    r"|total|vat)(?:_|$)"
)
_DECIMAL: Final = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_DATE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)


def kind_of(path: Path, before: Json | Absent, after: Json | Absent, named: Mapping[str, Kind]) -> Kind:
    """Return the kind of a change; `named` settles fields by their name, as a capability declares them."""
    if type(before) is not type(after):
        if before is not ABSENT and after is not ABSENT:
            return Kind.TYPE
        before = after = before if after is ABSENT else after
    name = path[-1] if path and isinstance(path[-1], str) else ""
    if name in named:
        return named[name]
    if isinstance(before, str) and isinstance(after, str):
        return _text_kind(name, before, after)
    kind = _BY_TYPE.get(type(after), Kind.RECORD)
    return Kind.MONEY if kind is Kind.NUMBER and is_money_name(name) else kind


def decimal_of(value: Json | Absent) -> Decimal | None:
    """Return the exact number that a number or a decimal string stands for, or None. A flag is no number."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if type(value) is int:
        return Decimal(value)
    if type(value) is float:
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    return None


def _text_kind(name: str, before: str, after: str) -> Kind:
    if "\n" in before or "\n" in after:
        return Kind.LINES
    if _DATE.match(before) and _DATE.match(after):
        return Kind.DATE
    if is_money_name(name) and _DECIMAL.fullmatch(before) and _DECIMAL.fullmatch(after):
        return Kind.MONEY
    return Kind.TEXT


@lru_cache(maxsize=1024)
def is_money_name(name: str) -> bool:
    """Whether a field of this name holds an amount of money, as far as a name can tell."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:100]).lower().replace("-", "_").replace(" ", "_")
    return _MONEY_NAME.search(snake) is not None
