"""Outside values as short text that is safe to show and to store. Pure; total."""

from __future__ import annotations

import re
from decimal import Decimal

_SHOWN = 60
_WORD = re.compile(r"[A-Za-z0-9_.:/@+-]+")


def shown(value: object) -> str:
    """An outside value as one short line in ASCII, quoted unless it is a plain word; total.

    Says how much it leaves out. Lists and objects are named, not printed.
    """
    if isinstance(value, str):
        plain = value if _WORD.fullmatch(value) else ascii(value)
        return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}... ({len(value)} characters)"
    if isinstance(value, bool | None):
        return "missing" if value is None else str(value).lower()
    if isinstance(value, int | float | Decimal):
        return _number(value)
    return "a list" if isinstance(value, list | tuple) else "a group of keys"


def _number(value: float | Decimal) -> str:
    try:
        plain = str(value)
    except ValueError:  # Python prints no integer of more than 4,300 digits
        return "a number of thousands of digits"
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}... ({len(plain)} digits)"


def plain(number: Decimal) -> str:
    """A number for people: all of its digits, at least two after the point, no exponent."""
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
