"""The single values of a capability document: amounts, shares, durations, names. Each with its JSON Schema.

Pure. Import it only where documents are written or loaded: pydantic is slow to import.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema

from lineclear.domain.money import parse_amount

MAX_APPROVALS = 20
_MOST_COUNTED = 10**9
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_AMOUNT_TEXT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
_CAPABILITY_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,99}$"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,199}$"


def _amount(value: object) -> Decimal:
    amount = parse_amount(str(value) if isinstance(value, Decimal) else value)
    if amount <= 0:
        raise ValueError("an amount is over zero")
    return amount


def _share(value: object) -> Decimal:
    share = parse_amount(str(value) if isinstance(value, Decimal) else value)
    if not 0 <= share <= 1:
        raise ValueError("a confidence lies between 0 and 1")
    return share


def _seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not a duration")
    return int(match[1]) * _SECONDS[match[2]]


type Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": _AMOUNT_TEXT}]}
    ),
]
type Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"},
            ]
        }
    ),
]
type Duration = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": f"^{_DURATION.pattern}$"},
            ]
        }
    ),
]
type TierNumber = Annotated[StrictInt, Field(ge=1, le=3)]
type Approvals = Annotated[StrictInt, Field(ge=1, le=MAX_APPROVALS)]
type CapabilityName = Annotated[str, Field(pattern=_CAPABILITY_NAME)]
type Name = Annotated[str, Field(pattern=_NAME)]

type Count = Annotated[StrictInt, Field(ge=1, le=_MOST_COUNTED)]
