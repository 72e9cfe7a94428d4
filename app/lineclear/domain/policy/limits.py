"""The finer rules of a capability: versions, undo, rates, conditions, who is asked besides. Pure; total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from lineclear.domain.money import parse_amount
from lineclear.domain.policy.capabilities import Rate, UndoRule
from lineclear.domain.policy.conditions import Answered, Condition, Then
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import Case
from lineclear.domain.policy.showing import plain
from lineclear.domain.policy.stages import Escalation, Stage, asked, at_least
from lineclear.domain.policy.trust import effective_mode
from lineclear.domain.vocabulary import Tier

_EFFECT: Final = {Then.ASK: ReasonEffect.ASK, Then.DENY: ReasonEffect.DENY}
_SHOWN: Final = 200
_WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def contract_version(case: Case) -> Iterator[Reason]:
    """A document that was written for another version of a tool says nothing about this one."""
    rule = case.tool.contract_version
    if rule is None:
        return
    given = case.contract.version
    holds = given == rule.value
    code = ReasonCode.CONTRACT_VERSION_HOLDS if holds else ReasonCode.CONTRACT_VERSION_OTHER
    effect = ReasonEffect.INFO if holds else ReasonEffect.DENY
    params = {"tool": case.tool.name, "version": str(given), "written": str(rule.value)}
    yield case.of_tool(code, effect, "contract_version", rule, **params)


def reversible(case: Case) -> Iterator[Reason]:
    own = case.tool.reversible
    rule = own or case.capability.reversible
    if rule is None or not case.contract.mutates:
        return
    if case.contract.reversible:
        code, effect = ReasonCode.REVERSIBLE, ReasonEffect.ALLOW
    else:
        code = ReasonCode.REVERSIBLE_NOT
        effect = ReasonEffect.DENY if rule.value is UndoRule.REQUIRED else ReasonEffect.ASK
    if own:
        yield case.of_tool(code, effect, "reversible", own, tool=case.tool.name)
    else:
        yield case.of_capability(code, effect, "reversible", rule.line, tool=case.tool.name)


def rates(case: Case) -> Iterator[Reason]:
    """How many proposals of this agent came before this one. What cannot be counted counts as too many."""
    name = case.capability.name
    if case.tool.rate:
        yield _rate(case, case.tool.rate, f"{name}.{case.tool.name}.rate", case.tool.name)
    if case.capability.rate:
        yield _rate(case, case.capability.rate, f"{name}.rate", None)


def _rate(case: Case, rate: Rate, path: str, tool: str | None) -> Reason:
    recent = case.facts.occasion.recent
    params = {"most": str(rate.most), "seconds": str(rate.seconds)}
    if recent is None:
        return Reason(ReasonCode.RATE_UNKNOWN, _EFFECT[rate.then], path, rate.line, params)
    before = sum(1 for name, ago in recent if 0 <= ago < rate.seconds and tool in (None, name))
    within = before < rate.most
    code = ReasonCode.RATE_WITHIN if within else ReasonCode.RATE_EXCEEDED
    effect = ReasonEffect.ALLOW if within else _EFFECT[rate.then]
    return Reason(code, effect, path, rate.line, {**params, "count": str(before)})


# Conditions.

_CODES: Final = {
    Answered.TRUE: ReasonCode.CONDITION_TRUE,
    Answered.FALSE: ReasonCode.CONDITION_FALSE,
    Answered.UNKNOWN: ReasonCode.CONDITION_UNKNOWN,
}


def conditions(case: Case) -> Iterator[Reason]:
    """The capability's conditions, then the tool's. None of them can allow."""
    if not case.capability.conditions and not case.tool.conditions:
        return
    known = context(case)
    name = case.capability.name
    for path, stated in (
        (f"{name}.conditions", case.capability.conditions),
        (f"{name}.{case.tool.name}.conditions", case.tool.conditions),
    ):
        for condition in stated:
            yield _answered(condition, path, known)


def _answered(condition: Condition, path: str, known: dict[str, object]) -> Reason:
    found = condition.ask(known)
    effect = ReasonEffect.ALLOW if found is Answered.FALSE else _EFFECT[condition.then]
    params = {"condition": shown_condition(condition.text)}
    if condition.says and found is not Answered.FALSE:
        params["says"] = shown_words(condition.says)
    if condition.tier and effect is ReasonEffect.ASK:
        params["tier"] = str(int(condition.tier))
    return Reason(_CODES[found], effect, path, condition.line, params)


def shown_condition(text: str) -> str:
    """An expression on one line, at most 200 characters of it."""
    return shown_words(" ".join(text.split()))


def shown_words(text: str) -> str:
    """Words from the document, escaped where they are not plain, at most 200 characters of them."""
    plain_text = text if text.isascii() and text.isprintable() else ascii(text)[1:-1]
    if len(plain_text) <= _SHOWN:
        return plain_text
    return f"{plain_text[:_SHOWN]}... ({len(plain_text)} characters)"


def context(case: Case) -> dict[str, object]:
    """What conditions see. A fact that is not known is absent, so that asking for it has no answer."""
    facts, contract, occasion = case.facts, case.contract, case.facts.occasion
    target = occasion.target
    mode = effective_mode(case)
    return {
        "action": {
            "capability": facts.capability,
            "tool": facts.tool,
            "arguments": dict(facts.arguments),
            "connector": contract.connector,
            "stake": contract.stake.value,
            "effect": contract.effect.value,
            "mutates": contract.mutates,
            "reversible": contract.reversible,
            "idempotency_key": facts.idempotency_key,
            **_known(id=occasion.action, environment=case.environment),
            **_money(case),
            **_confidence(facts.confidence),
        },
        "agent": _known(id=occasion.agent, owner=occasion.owner, mode=mode.value if mode else ""),
        "job": _known(
            id=occasion.job,
            customer=occasion.customer,
            project=occasion.project,
            workflow=occasion.workflow,
        ),
        "target": _known(connector=target.connector, kind=target.kind, id=target.id) if target else {},
        "workspace": _known(name=occasion.workspace, environment=facts.workspace_environment),
        "time": _time(occasion.at),
    }


def _known(**given: object) -> dict[str, object]:
    return {name: value for name, value in given.items() if isinstance(value, str) and value}


def _money(case: Case) -> dict[str, object]:
    """Amount and currency; no amount where a binary float cannot hold its digits."""
    money = case.contract.money
    if money is None:
        return {}
    found = _known(currency=case.facts.arguments.get(money.currency))
    try:
        amount = parse_amount(case.facts.arguments.get(money.amount))
    except ValueError:
        return found
    return {**found, **_double("amount", amount)}


def _confidence(given: Decimal | None) -> dict[str, object]:
    return {} if given is None or not given.is_finite() else _double("confidence", given)


def _double(name: str, number: Decimal) -> dict[str, object]:
    try:
        held = float(number)
        exact = Decimal(repr(held)) == number
    except (OverflowError, ValueError, InvalidOperation):
        return {}
    return {name: held} if exact else {}


def _time(at: str) -> dict[str, object]:
    """The moment of judging, in UTC."""
    try:
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        return {}
    return {
        "at": at,
        "date": moment.date().isoformat(),
        "hour": moment.hour,
        "minute": moment.minute,
        "weekday": _WEEK[moment.weekday()],
    }


# Who is asked besides.


def second_review(case: Case) -> tuple[str, tuple[Reason, ...]]:
    """The share of approvals that get a second look, with its rule. It is drawn after an approval."""
    own = case.tool.second_review
    rule = own or case.capability.second_review
    if rule is None or not rule.value:
        return "", ()
    share, code = plain(rule.value), ReasonCode.SECOND_REVIEW_CHANCE
    if own:
        return share, (case.of_tool(code, ReasonEffect.INFO, "second_review", own, share=share),)
    line = rule.line
    return share, (case.of_capability(code, ReasonEffect.INFO, "second_review", line, share=share),)


def escalations(
    case: Case, tier: Tier, stages: Iterable[Stage]
) -> tuple[tuple[Escalation, ...], tuple[Reason, ...]]:
    """Who is asked besides, nobody below the action's tier: by the tool, else its capability; by stages."""
    name = case.capability.name
    rule, path = case.tool.escalate, f"{name}.{case.tool.name}.escalate"
    if rule is None:
        rule, path = case.capability.escalate, f"{name}.escalate"
    stated: list[tuple[Escalation, int | None]] = [(rule.value, rule.line)] if rule else []
    stated += [(one.escalate, None) for one in stages if one.escalate]
    found = tuple(msgspec.structs.replace(one, to=at_least(one.to, tier)) for one, _ in stated)
    return found, tuple(
        Reason(
            ReasonCode.ESCALATION_NAMED,
            ReasonEffect.INFO,
            path if not one.stage else f"{name}.stages",
            line,
            {"seconds": str(one.after), "asked": asked(one.to)},
        )
        for one, (_, line) in zip(found, stated, strict=True)
    )
