"""What every tool definition of a workspace document has in common. Free of I/O.

```yaml
tools:
  crm.update_customer:
    system: crm                       # one of `systems`
    stake: data                       # data money code deployment access people policy
    title: "Update customer {customer.id}"   # CEL in braces; made from arguments and rows
    target: {kind: customer, id: customer.id}
    reversible: true                  # default false; undo_window in seconds, absent: no limit
    loses: "e-mails already sent"     # what an undo would not bring back
    money: {amount: amount, currency: currency}
    environment: environment          # the argument that names the environment
    version: 1
    arguments: {type: object, ...}    # JSON Schema 2020-12
```

What follows depends on the system's kind: see `sql_tools`, `document_tools` and `git`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, cast

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]  # ships no types
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from lineclear.adapters.connectors.expressions import Expression, ExpressionError, Scope, Template
from lineclear.application.ports import ToolFailed
from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.effects import Shape, UndoPlan
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Stake


class Model(BaseModel):
    """A part of a workspace document: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


def _expression(value: object) -> Expression:
    match value:
        case bool():
            return Expression.compile("true" if value else "false")
        case int():
            return Expression.compile(str(value))
        case None:
            return Expression.compile("null")
        case str():
            return Expression.compile(value)
        case _:
            raise ExpressionError("an expression is a text, a whole number, true, false or null")


def _template(value: object) -> Template:
    if not isinstance(value, str):
        raise ExpressionError("a title is a text")
    return Template.parse(value)


type Cel = Annotated[Expression, PlainValidator(_expression)]
type Title = Annotated[Template, PlainValidator(_template)]
type Name = Annotated[str, Field(pattern=r"\A[A-Za-z_][A-Za-z0-9_]{0,62}\z")]
type Names = Annotated[tuple[Name, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class Check(Model):
    """A condition on arguments and rows without which the tool refuses."""

    that: Cel
    otherwise: Title = Field(alias="else")


type Checks = Annotated[tuple[Check, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class TargetOf(Model):
    """How the changed thing is named: a kind and a CEL expression for its id."""

    kind: str
    id: Cel


class MoneyOf(Model):
    """The two arguments that carry an amount and its currency."""

    amount: Name
    currency: Name


def _is_schema(schema: dict[str, object]) -> dict[str, object]:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"this is no JSON Schema: {error.message:.200}") from None
    if not all(reference.startswith("#") for reference in _references(schema)):
        raise ValueError("a $ref may only point into the same schema")
    return schema


type Schema = Annotated[dict[str, object], AfterValidator(_is_schema)]


class Tool(Model):
    """One tool as a workspace document defines it."""

    system: str
    stake: Annotated[Stake, Field(strict=False)]
    title: Title
    target: TargetOf
    version: Annotated[int, Field(ge=1)] = 1
    reversible: bool = False
    undo_window: Annotated[int, Field(ge=1)] | None = None
    loses: str = ""
    money: MoneyOf | None = None
    environment: Name | None = None
    shape: Annotated[Shape, Field(strict=False)] = Shape.FIELDS
    arguments: Schema

    @property
    def plan(self) -> UndoPlan:
        return UndoPlan(possible=self.reversible, window=self.undo_window, loses=self.loses)

    def contract(self, tool: str, effect: EffectClass, *, mutates: bool) -> ToolContract:
        money = MoneyFields(self.money.amount, self.money.currency) if self.money else None
        return ToolContract(
            tool=tool,
            connector=self.system,
            effect=effect,
            stake=self.stake,
            version=self.version,
            mutates=mutates,
            reversible=self.reversible,
            undo_window=self.undo_window,
            money=money,
            environment=self.environment,
            arguments=cast("dict[str, Json]", self.arguments),
        )


def _references(schema: object) -> Iterable[str]:
    if isinstance(schema, dict):
        for name, member in schema.items():
            if name in ("$ref", "$dynamicRef") and isinstance(member, str):
                yield member
            yield from _references(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from _references(member)


def evaluated(expression: Expression, scope: Scope) -> Json:
    """The expression's value; ToolFailed("invalid") where arguments or rows do not fit it."""
    try:
        return expression.value(scope)
    except ExpressionError as error:
        raise ToolFailed("invalid", str(error)) from None


def rendered(template: Template, scope: Scope) -> str:
    try:
        return template.render(scope)
    except ExpressionError as error:
        raise ToolFailed("invalid", str(error)) from None


def identified(target: TargetOf, scope: Scope) -> str:
    """The target's id as text."""
    found = evaluated(target.id, scope)
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise ToolFailed("invalid", f"`{target.id.source}` names no target: an id is a text or a number.")
    return str(found)


def require(checks: Iterable[Check], scope: Scope) -> None:
    """Raise ToolFailed("refused") with the words of the first check that does not hold."""
    for check in checks:
        held = evaluated(check.that, scope)
        if held is not True:
            raise ToolFailed("refused", rendered(check.otherwise, scope))


def strangers(expressions: Iterable[Expression | Template], known: Collection[str]) -> set[str]:
    """The names that expressions use and nobody defines."""
    return {name for expression in expressions for name in expression.names if name not in known}


def failing[K, T](tools: Mapping[K, T], attempt: Callable[[T], object]) -> dict[K, str]:
    """The tools, or parts of them, for which an attempt that changes nothing is refused, each with why."""
    found: dict[K, str] = {}
    for name, tool in tools.items():
        try:
            attempt(tool)
        except ToolFailed as error:
            found[name] = str(error)
    return found
