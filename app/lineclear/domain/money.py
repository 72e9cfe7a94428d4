"""Money as a decimal with its currency. Pure; never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class MoneyError(ValueError):
    """Not an amount of money in the form that this product accepts."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one ISO 4217 currency, in major units."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def parse_amount(value: object) -> Decimal:
    """Read a decimal string or an integer; refuse floats, exponents, signs of plus and blanks."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise MoneyError('an amount is a decimal string such as "180.00", never a floating-point number')
    text = str(value)
    if not _AMOUNT.fullmatch(text):
        raise MoneyError(f'{text!r} is not a decimal amount such as "180.00"')
    return Decimal(text)


def parse_money(amount: object, currency: object) -> Money:
    """Read an amount with its currency; raises MoneyError with what to write instead."""
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise MoneyError('a currency is three capital letters such as "USD"')
    return Money(parse_amount(amount), currency)
