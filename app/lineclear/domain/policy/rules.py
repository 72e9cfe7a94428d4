"""What each rule of a capability finds in the facts of one action. Pure; total: odd facts are findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.effects import Target
from lineclear.domain.money import parse_amount
from lineclear.domain.policy.capabilities import Capability, KeyRule, OutsideJudge, Rule, ToolRules
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.showing import plain, shown
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import Mode

DEFAULT_MIN_CONFIDENCE = Decimal("0.80")
LIMIT_CURRENCY = "USD"

_SIX_PLACES = Decimal("0.000001")
_CONTEXT = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who wants it, within what, and when: what conditions look at beside the change itself.

    Text that is not known is empty. `at` is RFC 3339 UTC. `recent` lists the agent's earlier proposals
    under this capability (tool, and how many seconds before), or is none where that is not known.
    """

    action: str = ""
    agent: str = ""
    owner: str = ""
    job: str = ""
    customer: str = ""
    project: str = ""
    workflow: str = ""
    target: Target | None = None
    workspace: str = ""
    at: str = ""
    recent: tuple[tuple[str, float], ...] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that policy may look at. `mode` is the one configured for this agent and capability, if any.

    `uninspectable` counts the parts of the payload that the view could not read. `consulted` is what a judge
    outside said, where the document names one.
    """

    capability: str
    tool: str
    arguments: Mapping[str, Json]
    contract: ToolContract | None
    workspace_environment: str
    confidence: Decimal | None
    idempotency_key: bool
    mode: Mode | None
    uninspectable: int = 0
    occasion: Occasion = Occasion()
    consulted: Consulted | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Facts beside the rules and the contract that apply to them."""

    facts: Facts
    capability: Capability
    tool: ToolRules
    contract: ToolContract
    judge: OutsideJudge | None = None

    @property
    def environment(self) -> Json:
        """The value of the argument that names the environment; none where it is missing."""
        return self.facts.arguments.get(self.contract.environment) if self.contract.environment else None

    def of_tool(
        self,
        code: ReasonCode,
        effect: ReasonEffect,
        key: str,
        rule: Rule[object] | None,
        **params: str,
    ) -> Reason:
        path = f"{self.capability.name}.{self.tool.name}.{key}"
        return Reason(code, effect, path, rule.line if rule else None, params)

    def of_capability(
        self,
        code: ReasonCode,
        effect: ReasonEffect,
        key: str,
        line: int | None,
        **params: str,
    ) -> Reason:
        return Reason(code, effect, f"{self.capability.name}.{key}", line, params)


def listing(case: Case) -> Iterator[Reason]:
    path = f"{case.capability.name}.{case.tool.name}"
    params = {"tool": case.tool.name, "capability": case.capability.name}
    yield Reason(ReasonCode.TOOL_LISTED, ReasonEffect.ALLOW, path, case.tool.line, params)


# Amounts. A limit that cannot be checked denies.


def amounts(case: Case) -> Iterator[Reason]:
    """The ceiling, then the approval line. An amount on a limit is not over it."""
    ceiling, line = case.tool.max_amount_usd, case.tool.requires_approval_over_usd
    if ceiling is None and line is None:
        return
    read = _amount(case.contract.money, case.facts.arguments)
    if ceiling:
        yield _ceiling(case, ceiling, read)
    if line:
        yield _line(case, line, ceiling, read)


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Why an amount cannot be held against a limit in USD."""

    code: ReasonCode
    params: dict[str, str]


def _amount(money: MoneyFields | None, arguments: Mapping[str, Json]) -> Decimal | _Unusable:
    given = arguments.get(money.amount) if money else None
    if money is None or given is None:
        return _Unusable(ReasonCode.AMOUNT_MISSING, {})
    currency = arguments.get(money.currency)
    if currency != LIMIT_CURRENCY:
        return _Unusable(ReasonCode.AMOUNT_CURRENCY_FOREIGN, {"currency": shown(currency)})
    try:
        amount = parse_amount(given)
    except ValueError:  # no amount, or an integer of more digits than Python prints
        return _Unusable(ReasonCode.AMOUNT_MALFORMED, {"amount": shown(given)})
    if amount < 0:
        return _Unusable(ReasonCode.AMOUNT_NEGATIVE, {"amount": plain(amount)})
    return amount or _Unusable(ReasonCode.AMOUNT_ZERO, {})


def _ceiling(case: Case, ceiling: Rule[Decimal], read: Decimal | _Unusable) -> Reason:
    key, limit = "max_amount_usd", plain(ceiling.value)
    if isinstance(read, _Unusable):
        return case.of_tool(
            read.code, ReasonEffect.DENY, key, ceiling, **read.params, limit=limit, kind="ceiling"
        )
    over = read > ceiling.value
    code = ReasonCode.AMOUNT_OVER_CEILING if over else ReasonCode.AMOUNT_WITHIN_CEILING
    effect = ReasonEffect.DENY if over else ReasonEffect.ALLOW
    return case.of_tool(code, effect, key, ceiling, amount=plain(read), ceiling=limit)


def _line(
    case: Case, line: Rule[Decimal], ceiling: Rule[Decimal] | None, read: Decimal | _Unusable
) -> Reason:
    key, limit = "requires_approval_over_usd", plain(line.value)
    if isinstance(read, _Unusable):
        return case.of_tool(
            read.code, ReasonEffect.DENY, key, line, **read.params, limit=limit, kind="approval line"
        )
    if read <= line.value:
        code = ReasonCode.AMOUNT_WITHIN_LINE
        return case.of_tool(code, ReasonEffect.ALLOW, key, line, amount=plain(read), line=limit)
    params = {"amount": plain(read), "line": limit}
    if ceiling and read <= ceiling.value:
        params["ceiling"] = plain(ceiling.value)
    return case.of_tool(ReasonCode.AMOUNT_OVER_LINE, ReasonEffect.ASK, key, line, **params)


def budgets(case: Case) -> Iterator[Reason]:
    """What moves more than a whole day may, and what cannot be counted, never starts. Both deny."""
    rule, money = case.capability.budget.usd, case.contract.money
    if rule is None or money is None:
        return
    key, limit = "budget.per_agent_per_day_usd", plain(rule.value)
    read = _amount(money, case.facts.arguments)
    if isinstance(read, _Unusable):
        params = {**read.params, "limit": limit, "kind": "daily budget"}
        yield case.of_capability(read.code, ReasonEffect.DENY, key, rule.line, **params)
        return
    over = read > rule.value
    code = ReasonCode.AMOUNT_OVER_DAY if over else ReasonCode.AMOUNT_WITHIN_DAY
    effect = ReasonEffect.DENY if over else ReasonEffect.ALLOW
    yield case.of_capability(code, effect, key, rule.line, amount=plain(read), budget=limit)


# Keys, environments, standing approvals.


def keys(case: Case) -> Iterator[Reason]:
    rule = case.tool.idempotency_key
    if rule is None:
        return
    if rule.value is KeyRule.OPTIONAL:
        code, effect = ReasonCode.KEY_OPTIONAL, ReasonEffect.INFO
    elif case.facts.idempotency_key:
        code, effect = ReasonCode.KEY_PRESENT, ReasonEffect.ALLOW
    else:
        code, effect = ReasonCode.KEY_ABSENT, ReasonEffect.DENY
    yield case.of_tool(code, effect, "idempotency_key", rule)


def environments(case: Case) -> Iterator[Reason]:
    """Only a tool whose contract names an environment argument is held against the list."""
    rule = case.capability.environments
    if rule is None:
        return
    argument = case.contract.environment
    if argument is None:
        params = {"tool": case.tool.name, "workspace": shown(case.facts.workspace_environment)}
        code, effect = ReasonCode.ENVIRONMENT_NOT_TOUCHED, ReasonEffect.INFO
        yield case.of_capability(code, effect, "environment", rule.line, **params)
        return
    value, params = case.environment, {"allowed": ", ".join(rule.value)}
    if value is None:
        code, effect = ReasonCode.ENVIRONMENT_MISSING, ReasonEffect.DENY
        params["argument"] = shown(argument)
    elif value in rule.value:
        code, effect = ReasonCode.ENVIRONMENT_ALLOWED, ReasonEffect.ALLOW
        params["environment"] = shown(value)
    else:
        code, effect = ReasonCode.ENVIRONMENT_NOT_ALLOWED, ReasonEffect.DENY
        params["environment"] = shown(value)
    yield case.of_capability(code, effect, "environment", rule.line, **params)
    asking = case.capability.environments_asking
    if asking is not None and effect is ReasonEffect.ALLOW and value in asking.value:
        code, key = ReasonCode.ENVIRONMENT_ASKS, "environment.requires_approval"
        yield case.of_capability(code, ReasonEffect.ASK, key, asking.line, environment=shown(value))


def approvals(case: Case) -> Iterator[Reason]:
    rule = case.tool.requires_approval
    if rule is None:
        return
    code = ReasonCode.APPROVAL_REQUIRED if rule.value else ReasonCode.APPROVAL_NOT_REQUIRED
    effect = ReasonEffect.ASK if rule.value else ReasonEffect.INFO
    yield case.of_tool(code, effect, "requires_approval", rule, tool=case.tool.name)


# Doubts: what asks for a person although the rules would not, and raises the tier where they do.


def confidence(case: Case) -> Iterator[Reason]:
    """No confidence at all is a doubt only where the document names a threshold."""
    own, given = case.tool.min_confidence, case.facts.confidence
    rule = own or case.capability.min_confidence
    threshold = rule.value if rule else DEFAULT_MIN_CONFIDENCE
    params = {"threshold": plain(threshold)}
    if given is None:
        code, effect = ReasonCode.CONFIDENCE_MISSING, ReasonEffect.ASK if rule else ReasonEffect.INFO
    elif not given.is_finite() or not 0 <= given <= 1:
        code, effect = ReasonCode.CONFIDENCE_MALFORMED, ReasonEffect.ASK
    else:
        # Rounded down to six places, a number stays on its side of a threshold with at most six.
        params["confidence"] = plain(given.quantize(_SIX_PLACES, ROUND_FLOOR, _CONTEXT))
        low = given < threshold
        code = ReasonCode.CONFIDENCE_LOW if low else ReasonCode.CONFIDENCE_SUFFICIENT
        effect = ReasonEffect.ASK if low else ReasonEffect.ALLOW
    if own is None and rule is not None:
        yield case.of_capability(code, effect, "min_confidence", rule.line, **params)
    else:
        yield case.of_tool(code, effect, "min_confidence", own, **params)


def inspection(case: Case) -> Iterator[Reason]:
    if case.facts.uninspectable > 0:
        parts = str(case.facts.uninspectable)
        code = ReasonCode.UNINSPECTABLE
        yield case.of_tool(code, ReasonEffect.ASK, "arguments", None, parts=parts)


# Undo.


def undo_window(capability: Capability, contract: ToolContract) -> int | None:
    """For how many seconds an undo is offered: the shorter of document and contract; none is no limit.

    Says nothing about tools that cannot be undone at all; see `ToolContract.reversible`.
    """
    stated = capability.undo_window
    windows = [w for w in (stated.value if stated else None, contract.undo_window) if w is not None]
    return min(windows, default=None)


def undo(case: Case) -> Iterator[Reason]:
    rule = case.capability.undo_window
    if rule is None or not case.contract.mutates:
        return
    window = undo_window(case.capability, case.contract)
    if case.contract.reversible and window is not None:
        code, params = ReasonCode.UNDO_WINDOW, {"seconds": str(window)}
    else:
        code, params = ReasonCode.UNDO_UNAVAILABLE, {"tool": case.tool.name}
    yield case.of_capability(code, ReasonEffect.INFO, "undo_window", rule.line, **params)
