"""What would have changed a result: other facts or one rule less, each tried on the same judge. Pure.

Nothing here is guessed from the reasons. They only suggest what to try; a change is named because the
evaluation came out differently with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from types import MappingProxyType

import msgspec

from lineclear.domain.policy.capabilities import Capability, CapabilityDocument, ToolRules
from lineclear.domain.policy.evaluation import Evaluation, Facts, evaluate
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import DEFAULT_MIN_CONFIDENCE, LIMIT_CURRENCY
from lineclear.domain.policy.showing import plain, shown
from lineclear.domain.vocabulary import Mode, Outcome, Tier

_CENT = Decimal("0.01")
_SEVERITY = (Outcome.ALLOW, Outcome.ASK, Outcome.DENY)


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One change after which the result would have been this one. `milder` says in which direction."""

    says: str
    outcome: Outcome
    tier: Tier | None = None
    approvals: int = 0
    executes: bool = True
    milder: bool = False

    @property
    def result(self) -> str:
        """The result in few words."""
        return result_words(self)


type _Given = tuple[CapabilityDocument, Facts]
type _Change = Callable[[_Given], _Given]


@dataclass(frozen=True, slots=True)
class _Try:
    says: str
    change: _Change


def turns(document: CapabilityDocument, facts: Facts, found: Evaluation) -> tuple[Turn, ...]:
    """Every single change that gives another result; where none makes it milder, all of them together."""
    tries = [one for reason in found.reasons for one in _tries(document, facts, reason)]
    singles = [(one, _turn(one.says, one.change((document, facts)), found)) for one in tries]
    turned = {turn.says: turn for _, turn in singles if turn is not None}
    if found.outcome is not Outcome.ALLOW and not any(turn.milder for turn in turned.values()):
        relieving = [one for reason in found.reasons for one in _relieving(document, facts, reason)]
        if len(relieving) > 1:
            given = reduce(lambda so_far, one: one.change(so_far), relieving, (document, facts))
            together = _turn("; and ".join(one.says for one in relieving), given, found)
            turned |= {together.says: together} if together is not None else {}
    return tuple(turned.values())


def result_words(found: Evaluation | Turn) -> str:
    """A result in few words, such as "asked of 2 people at tier 3"."""
    match found.outcome:
        case Outcome.ALLOW:
            return "allowed"
        case Outcome.DENY:
            return "denied"
        case Outcome.ASK:
            people = "1 person" if found.approvals == 1 else f"{found.approvals} people"
            said = f"asked of {people} at tier {int(found.tier or Tier.ONE)}"
            return said if found.executes else f"{said}, and nothing runs"


def strictness(found: Evaluation) -> tuple[int, int, int, bool]:
    """Orders results from the mildest: allowed, asked by tier and people, denied."""
    return _SEVERITY.index(found.outcome), int(found.tier or 0), found.approvals, not found.executes


def _turn(says: str, given: _Given, found: Evaluation) -> Turn | None:
    other = evaluate(*given)
    if strictness(other) == strictness(found):
        return None
    milder = strictness(other) < strictness(found)
    return Turn(says, other.outcome, other.tier, other.approvals, other.executes, milder)


def _relieving(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    """The first thing to try against a rule that asks or denies."""
    if reason.effect in (ReasonEffect.ASK, ReasonEffect.DENY):
        yield from list(_tries(document, facts, reason))[:1]


def _tries(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    make = _TRIES.get(reason.code)
    return make(document, facts, reason) if make else iter(())


# Facts that could have been others.


def _amount(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    """The limit itself, which is not over it, where it was missed; a cent more where it was kept."""
    money = facts.contract.money if facts.contract else None
    limit = reason.params.get(
        "ceiling" if "max_amount" in reason.path else "line", reason.params.get("limit")
    )
    if money is None or limit is None:
        return
    amount = Decimal(limit) + (_CENT if reason.effect is ReasonEffect.ALLOW else 0)
    arguments = {money.amount: plain(amount), money.currency: LIMIT_CURRENCY}
    says = f"an amount of {plain(amount)} {LIMIT_CURRENCY}"
    yield _Try(says, _facts(lambda one: replace(one, arguments={**one.arguments, **arguments})))


def _confidence(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    threshold = Decimal(reason.params.get("threshold", DEFAULT_MIN_CONFIDENCE))
    given = threshold - _CENT if reason.effect is ReasonEffect.ALLOW else threshold
    if 0 <= given <= 1:
        yield _Try(f"confidence {plain(given)}", _facts(lambda one: replace(one, confidence=given)))


def _environment(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    argument = facts.contract.environment if facts.contract else None
    rule = document.capabilities[facts.capability].environments
    for name in rule.value if rule and argument else ():
        if argument and name != facts.arguments.get(argument):
            yield _Try(f"environment {shown(name)}", _with_argument(argument, name))


def _with_argument(argument: str, value: str) -> _Change:
    return _facts(lambda one: replace(one, arguments={**one.arguments, argument: value}))


def _key(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    present = not facts.idempotency_key
    says = "an idempotency key" if present else "no idempotency key"
    yield _Try(says, _facts(lambda one: replace(one, idempotency_key=present)))


def _readable(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    yield _Try("a payload that can be read in full", _facts(lambda one: replace(one, uninspectable=0)))


def _mode(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    for mode in Mode:
        if mode is not facts.mode:
            yield _Try(f"mode {mode} for the agent", _in_mode(mode))


def _in_mode(mode: Mode) -> _Change:
    return _facts(lambda one: replace(one, mode=mode))


def _fewer(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    empty = replace(facts.occasion, recent=())
    yield _Try("no proposals before this one", _facts(lambda one: replace(one, occasion=empty)))


def _can_undo(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    contract = facts.contract
    if contract is not None:
        known = msgspec.structs.replace(contract, reversible=True)
        yield _Try("a tool that can undo it", _facts(lambda one: replace(one, contract=known)))


def _version(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    contract, written = facts.contract, reason.params["written"]
    if contract is not None:
        known = msgspec.structs.replace(contract, version=int(written))
        yield _Try(f"version {written} of the tool", _facts(lambda one: replace(one, contract=known)))


# Rules that could have been absent.


def _no_approval(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    def change(tool: ToolRules) -> ToolRules:
        return replace(tool, requires_approval=None)

    yield _Try(f"no requires_approval (line {reason.line})", _tool(facts, change))


def _no_condition(document: CapabilityDocument, facts: Facts, reason: Reason) -> Iterator[_Try]:
    """The condition answered with no. Its line finds it; two on one line go together."""

    def change(capability: Capability) -> Capability:
        return replace(
            capability,
            conditions=tuple(one for one in capability.conditions if one.line != reason.line),
            tools=MappingProxyType(
                {
                    name: replace(tool, conditions=tuple(c for c in tool.conditions if c.line != reason.line))
                    for name, tool in capability.tools.items()
                }
            ),
        )

    yield _Try(f"if this were not so: {reason.params['condition']}", _capability(facts, change))


def _facts(change: Callable[[Facts], Facts]) -> _Change:
    return lambda given: (given[0], change(given[1]))


def _capability(facts: Facts, change: Callable[[Capability], Capability]) -> _Change:
    def changed(given: _Given) -> _Given:
        document = given[0]
        known = change(document.capabilities[facts.capability])
        others = {**document.capabilities, facts.capability: known}
        return replace(document, capabilities=MappingProxyType(others)), given[1]

    return changed


def _tool(facts: Facts, change: Callable[[ToolRules], ToolRules]) -> _Change:
    def changed(capability: Capability) -> Capability:
        tools = {**capability.tools, facts.tool: change(capability.tools[facts.tool])}
        return replace(capability, tools=MappingProxyType(tools))

    return _capability(facts, changed)


_TRIES: Mapping[ReasonCode, Callable[[CapabilityDocument, Facts, Reason], Iterator[_Try]]] = {
    ReasonCode.AMOUNT_CURRENCY_FOREIGN: _amount,
    ReasonCode.AMOUNT_MALFORMED: _amount,
    ReasonCode.AMOUNT_MISSING: _amount,
    ReasonCode.AMOUNT_NEGATIVE: _amount,
    ReasonCode.AMOUNT_OVER_CEILING: _amount,
    ReasonCode.AMOUNT_OVER_LINE: _amount,
    ReasonCode.AMOUNT_WITHIN_CEILING: _amount,
    ReasonCode.AMOUNT_WITHIN_LINE: _amount,
    ReasonCode.AMOUNT_ZERO: _amount,
    ReasonCode.APPROVAL_REQUIRED: _no_approval,
    ReasonCode.CONDITION_TRUE: _no_condition,
    ReasonCode.CONDITION_UNKNOWN: _no_condition,
    ReasonCode.CONFIDENCE_LOW: _confidence,
    ReasonCode.CONFIDENCE_MALFORMED: _confidence,
    ReasonCode.CONFIDENCE_MISSING: _confidence,
    ReasonCode.CONFIDENCE_SUFFICIENT: _confidence,
    ReasonCode.CONTRACT_VERSION_OTHER: _version,
    ReasonCode.ENVIRONMENT_ALLOWED: _environment,
    ReasonCode.ENVIRONMENT_ASKS: _environment,
    ReasonCode.ENVIRONMENT_MISSING: _environment,
    ReasonCode.ENVIRONMENT_NOT_ALLOWED: _environment,
    ReasonCode.KEY_ABSENT: _key,
    ReasonCode.KEY_PRESENT: _key,
    ReasonCode.MODE_ASSISTED_ASKS: _mode,
    ReasonCode.MODE_ASSISTED_RUNS: _mode,
    ReasonCode.MODE_DELEGATED_ASKS: _mode,
    ReasonCode.MODE_DELEGATED_RUNS: _mode,
    ReasonCode.MODE_DRAFT: _mode,
    ReasonCode.MODE_MANAGED: _mode,
    ReasonCode.MODE_NONE: _mode,
    ReasonCode.RATE_EXCEEDED: _fewer,
    ReasonCode.RATE_UNKNOWN: _fewer,
    ReasonCode.REVERSIBLE_NOT: _can_undo,
    ReasonCode.UNINSPECTABLE: _readable,
}
