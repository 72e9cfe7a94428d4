"""A capability document line by line in plain English, for those who have to sign it. Pure; total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lineclear.domain.policy.capabilities import (
    Capability,
    CapabilityDocument,
    Ceilings,
    DayLimits,
    KeyRule,
    Modes,
    OutsideJudge,
    Rate,
    Rule,
    ToolRules,
    UndoRule,
)
from lineclear.domain.policy.conditions import Condition, Then
from lineclear.domain.policy.showing import plain
from lineclear.domain.policy.stages import EVERYONE, Escalation, asked, spelled
from lineclear.domain.policy.wording import duration
from lineclear.domain.vocabulary import Mode

_MODES = {
    Mode.DRAFT: "an approval records agreement and nothing runs",
    Mode.ASSISTED: "reads and reversible low-risk changes may run, the rest needs a person",
    Mode.DELEGATED: "work runs inside amount ceilings and environment lists",
    Mode.MANAGED: "policy and budgets alone decide",
}
_THEN = {Then.ASK: "a person must approve", Then.DENY: "it is denied"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of a document, 1-based, and what it does."""

    line: int
    says: str


def explain(document: CapabilityDocument) -> tuple[Explained, ...]:
    """What each line does, in the order of the text; what is not written is said where it matters."""
    found = [one for known in document.capabilities.values() for one in _capability(known)]
    found += _limits(document.budgets, "all agents together", "steps")
    found += _judge(document.opa) if document.opa else ()
    return tuple(sorted(found, key=lambda one: one.line))


def _capability(known: Capability) -> Iterator[Explained]:
    yield Explained(known.line, f"Agents may propose under {known.name}, with the tools below and no others.")
    for tool in known.tools.values():
        yield from _tool(tool)
    yield from _shared(known)
    if known.environments:
        allowed = ", ".join(known.environments.value)
        yield Explained(known.environments.line, f"Tools that name an environment may touch {allowed} only.")
    if known.environments_asking:
        asking = ", ".join(known.environments_asking.value)
        yield Explained(known.environments_asking.line, f"In {asking} a person must always approve.")
    if known.modes:
        yield from _modes(known.modes)
    if known.undo_window:
        window = duration(str(known.undo_window.value))
        yield Explained(known.undo_window.line, f"An undo is offered for {window} where the tool can undo.")
    if known.ceilings:
        yield from _ceilings(known.ceilings)
    yield from _audit(known)
    yield from _limits(known.budget, "one agent with this capability", "actions")


def _judge(judge: OutsideJudge) -> Iterator[Explained]:
    yield Explained(
        judge.line,
        "A judge outside is asked of every action, when it is proposed, edited and started. It may deny it or"
        " ask for a person, and never allows more than this document.",
    )
    silent = "a person must approve" if judge.unreachable is Then.ASK else "it is denied, and a start waits"
    told = {
        "url": f"It is asked at {judge.url}.",
        "unreachable": f"When it says nothing that can be understood, {silent}.",
        "timeout_ms": f"It is waited for {judge.timeout_ms} ms at the most.",
        "token_env": f"Its token is read from the environment variable {judge.token_env}.",
    }
    yield from (Explained(line, told[key]) for key, line in judge.lines.items())


def _limits(limits: DayLimits, whose: str, counted: str) -> Iterator[Explained]:
    if limits.usd:
        most = plain(limits.usd.value)
        yield Explained(
            limits.usd.line, f"In one UTC day {whose} may take {most} USD; then people are asked."
        )
    if limits.count:
        says = f"In one UTC day {whose} may take {limits.count.value} {counted}; then people are asked."
        yield Explained(limits.count.line, says)


def _tool(tool: ToolRules) -> Iterator[Explained]:
    yield Explained(tool.line, f"Tool {tool.name} may be used; what no line limits runs by itself.")
    if tool.max_amount_usd:
        limit = plain(tool.max_amount_usd.value)
        says = f"Over {limit} USD it is denied, and so is an amount without a number or in another currency."
        yield Explained(tool.max_amount_usd.line, says)
    if tool.requires_approval_over_usd:
        limit = plain(tool.requires_approval_over_usd.value)
        yield Explained(
            tool.requires_approval_over_usd.line,
            f"Over {limit} USD a person must approve; exactly {limit} is not over.",
        )
    if tool.requires_approval:
        says = "A person must always approve." if tool.requires_approval.value else "It asks for no approval."
        yield Explained(tool.requires_approval.line, says)
    if tool.idempotency_key:
        required = tool.idempotency_key.value is KeyRule.REQUIRED
        says = "Without an idempotency key it is denied." if required else "An idempotency key is optional."
        yield Explained(tool.idempotency_key.line, says)
    if tool.contract_version:
        version = tool.contract_version.value
        says = f"It was written for version {version} of the tool; any other version is denied."
        yield Explained(tool.contract_version.line, says)
    yield from _shared(tool)


def _shared(rules: Capability | ToolRules) -> Iterator[Explained]:
    """What tools and capabilities say alike; a tool's own word goes before its capability's."""
    if rules.tier:
        yield Explained(rules.tier.line, f"Who approves must be at tier {int(rules.tier.value)} or above.")
    if rules.approvals:
        number = rules.approvals.value
        people = "1 person" if number == 1 else f"{number} different people"
        yield Explained(rules.approvals.line, f"{people} must approve.")
    if rules.stages:
        yield Explained(rules.stages.line, f"All of these must approve: {spelled(rules.stages.value)}.")
    if rules.min_confidence:
        threshold = plain(rules.min_confidence.value)
        says = f"Under confidence {threshold}, or without any, a person must approve, or one a tier higher."
        yield Explained(rules.min_confidence.line, says)
    if rules.reversible:
        yield _reversible(rules.reversible)
    if rules.rate:
        yield _rate(rules.rate)
    for condition in rules.conditions:
        yield _condition(condition)
    yield from _besides(rules)


def _besides(rules: Capability | ToolRules) -> Iterator[Explained]:
    """Who looks as well: a second person by chance, and others when decisions do not come."""
    if rules.second_review:
        share = plain(rules.second_review.value * 100)
        says = f"{share} % of what people approve gets a second look by somebody else, drawn afterwards."
        yield Explained(rules.second_review.line, says)
    if rules.escalate:
        yield Explained(rules.escalate.line, _escalated(rules.escalate.value))
    for stage in rules.stages.value if rules.stages else ():
        if rules.stages and stage.escalate:
            yield Explained(rules.stages.line, f"In stage {stage.name}: {_escalated(stage.escalate)}")


def _escalated(rule: Escalation) -> str:
    waited = duration(str(rule.after))
    return f"After {waited} without enough decisions, somebody at {asked(rule.to)} must approve as well."


def _reversible(rule: Rule[UndoRule]) -> Explained:
    required = rule.value is UndoRule.REQUIRED
    return Explained(
        rule.line, f"What cannot be undone {'is denied' if required else 'needs a person who approves'}."
    )


def _rate(rate: Rate) -> Explained:
    window = duration(str(rate.seconds))
    return Explained(
        rate.line, f"After {rate.most} proposals of one agent within {window}, {_THEN[rate.then]}."
    )


def _condition(condition: Condition) -> Explained:
    tier = f" at tier {int(condition.tier)} or above" if condition.tier else ""
    because = f" Because: {condition.says}." if condition.says else ""
    says = f"When this is so, or cannot be answered, {_THEN[condition.then]}{tier}.{because}"
    return Explained(condition.line, says)


def _modes(modes: Modes) -> Iterator[Explained]:
    if modes.everyone:
        who = "Every agent that is not named" if modes.by_agent else "Every agent"
        if modes.everyone_line:
            yield Explained(modes.line, "Modes cap what the rules above allow.")
        line = modes.everyone_line or modes.line
        yield Explained(line, f"{who} is in mode {modes.everyone}: {_MODES[modes.everyone]}.")
    else:
        says = "Modes cap what the rules above allow; agents that are not named have none."
        yield Explained(modes.line, says)
    for agent, rule in modes.by_agent.items():
        yield Explained(rule.line, f"{agent} is in mode {rule.value}: {_MODES[rule.value]}.")


def _ceilings(ceilings: Ceilings) -> Iterator[Explained]:
    everyone = ceilings.by_reviewer.get(EVERYONE)
    if everyone:
        yield Explained(ceilings.line, f"No reviewer may approve more than {plain(everyone.value)} USD.")
        return
    yield Explained(ceilings.line, "Reviewers who are named may approve so much and no more.")
    for name, rule in ceilings.by_reviewer.items():
        yield Explained(rule.line, f"{name} may approve up to {plain(rule.value)} USD, in no other currency.")


def _audit(known: Capability) -> Iterator[Explained]:
    if known.audit.log_payload:
        says = "Payloads are kept." if known.audit.log_payload.value else "Payloads are not kept for audit."
        yield Explained(known.audit.log_payload.line, says)
    if known.audit.retention_days:
        days = known.audit.retention_days.value
        yield Explained(
            known.audit.retention_days.line, f"Payloads are kept for {days} days from the outcome."
        )
