"""CEL expressions and title templates of tool definitions, with exact decimals. Free of I/O.

Amounts are decimal strings ("180.00"). Beside the language's own functions an expression may call

- ``plus(a, b)``, ``minus(a, b)``, ``times(a, b)``: exact, never rounded;
- ``rounded(a, places)``: half to even;
- ``compare(a, b)``: -1, 0 or 1; ``total(list)``: the sum of amounts, "0.00" for none;
- ``money(amount, currency)``: "$180.00", "180.00 CHF";
- ``given(map, name, otherwise)``: a member that may be absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, Inexact

import cel

from lineclear.domain.money import MoneyError, parse_amount
from lineclear.domain.strict_json import Json

type Scope = Mapping[str, Json]

_EXACT = Context(prec=60, traps=[Inexact, *Context().traps])
_ROUNDING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_BOUND = re.compile(r"\.(?:map|filter|all|exists|exists_one)\(\s*([A-Za-z_]\w*)\s*,")
_HOLE = re.compile(r"\{([^{}]*)\}")
_SHOWN = 120
_PLACES = 6


class ExpressionError(ValueError):
    """An expression that cannot be read, or that these values do not fit; says so in words."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled CEL expression; the same values always give the same result."""

    source: str
    program: cel.Program = field(compare=False, repr=False)

    @classmethod
    def compile(cls, source: str) -> Expression:
        """Raises ExpressionError with the position of the first syntax error."""
        try:
            return cls(source, cel.compile(source))
        except ValueError as error:
            raise ExpressionError(f"this is no CEL expression: {_first_line(error)}") from None

    @property
    def names(self) -> frozenset[str]:
        """The variables that must be in scope."""
        return frozenset(self.program.variables()) - set(_BOUND.findall(self.source))

    def value(self, scope: Scope) -> Json:
        """Raises ExpressionError where a member is absent, types do not fit, or an amount is none."""
        complaints: list[str] = []
        context = cel.Context()
        for name, function in _FUNCTIONS.items():
            context.add_function(name, _noting(function, complaints))
        try:
            for name in self.names & scope.keys():
                context.add_variable(name, scope[name])
            found = self.program.execute(context)
        except (ValueError, TypeError, KeyError, RuntimeError, ArithmeticError, IndexError) as error:
            raise ExpressionError(self._complaint(complaints, error)) from None
        if complaints or not _is_json(found):
            raise ExpressionError(self._complaint(complaints, None))
        result: Json = found
        return result

    def _complaint(self, complaints: Sequence[str], error: Exception | None) -> str:
        if complaints:
            return f"`{_cut(self.source)}`: {complaints[0]}"
        if isinstance(error, KeyError):
            return f"`{_cut(self.source)}`: there is no {error.args[0]!r:.80}"
        return f"`{_cut(self.source)}`: {_first_line(error) if error else 'the result is no JSON value'}"


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with CEL expressions in braces: ``Refund {money(args.amount, "USD")} to {customer.id}``."""

    source: str
    texts: tuple[str, ...]
    holes: tuple[Expression, ...]

    @classmethod
    def parse(cls, source: str) -> Template:
        pieces = _HOLE.split(source)
        if any("{" in text or "}" in text for text in pieces[::2]):
            raise ExpressionError("a brace in a title opens or closes an expression; here one is unpaired")
        return cls(source, tuple(pieces[::2]), tuple(map(Expression.compile, pieces[1::2])))

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(hole.names for hole in self.holes))

    def render(self, scope: Scope) -> str:
        """The sentence; a long value is cut and says by how much. Raises ExpressionError."""
        shown = [_shown(hole.value(scope)) for hole in self.holes]
        return "".join(text + value for text, value in zip(self.texts, [*shown, ""], strict=True))


def _shown(value: Json) -> str:
    match value:
        case bool():
            text = "true" if value else "false"
        case str() | int() | float():
            text = str(value)
        case _:
            raise ExpressionError("a title shows texts and numbers only")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… (+{len(text) - _SHOWN} characters)"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _first_line(error: Exception) -> str:
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return _cut(line.rpartition("ERROR: ")[2])


def _is_json(value: object) -> bool:
    match value:
        case None | bool() | int() | float() | str():
            return True
        case list():
            return all(map(_is_json, value))
        case dict():
            return all(isinstance(name, str) and _is_json(member) for name, member in value.items())
        case _:
            return False


def _noting(function: Callable[..., Json], complaints: list[str]) -> Callable[..., Json]:
    """Keep a function's complaint: an exception would lose its words on the way through the library."""

    def called(*values: Json) -> Json:
        try:
            return function(*values)
        except (MoneyError, DecimalException, TypeError, AttributeError) as error:
            words = str(error) if isinstance(error, MoneyError) else f"{function.__name__} cannot take this"
            complaints.append(_cut(words))
            return None

    return called


def _written(amount: Decimal) -> str:
    return f"{abs(amount) if amount.is_zero() else amount:f}"


def plus(a: Json, b: Json) -> Json:
    return _written(_EXACT.add(parse_amount(a), parse_amount(b)))


def minus(a: Json, b: Json) -> Json:
    return _written(_EXACT.subtract(parse_amount(a), parse_amount(b)))


def times(a: Json, b: Json) -> Json:
    return _written(_EXACT.multiply(parse_amount(a), parse_amount(b)))


def rounded(amount: Json, places: Json) -> Json:
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= _PLACES:
        raise MoneyError(f"an amount is rounded to between 0 and {_PLACES} places")
    return _written(_ROUNDING.quantize(_decimal(amount), Decimal(1).scaleb(-places)))


def compare(a: Json, b: Json) -> Json:
    left, right = parse_amount(a), parse_amount(b)
    return (left > right) - (left < right)


def total(amounts: Json) -> Json:
    if not isinstance(amounts, list):
        raise MoneyError("a total is taken over a list of amounts")
    found = Decimal("0.00")
    for amount in amounts:
        found = _EXACT.add(found, parse_amount(amount))
    return _written(found)


def money(amount: Json, currency: Json) -> Json:
    value = parse_amount(amount)
    sign = _SIGNS.get(currency) if isinstance(currency, str) else None
    if sign is None:
        return f"{value:f} {currency}"
    return f"{'-' if value < 0 else ''}{sign}{abs(value):f}"


def given(members: Json, name: Json, otherwise: Json) -> Json:
    if not isinstance(members, dict) or not isinstance(name, str):
        raise MoneyError("given(map, name, otherwise) looks a name up in a map")
    return members.get(name, otherwise)


def _decimal(amount: Json) -> Decimal:
    """An intermediate result may have more places than money has."""
    if isinstance(amount, str) and re.fullmatch(r"-?[0-9]{1,30}\.[0-9]{1,12}", amount):
        return Decimal(amount)
    return parse_amount(amount)


_FUNCTIONS: dict[str, Callable[..., Json]] = {
    function.__name__: function for function in (plus, minus, times, rounded, compare, total, money, given)
}
