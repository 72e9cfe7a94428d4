"""What each capability permits, in the words of whoever answers for it. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lineclear.desktop.presenters.control.control_sheets import Fact, FactsRow
from lineclear.desktop.presenters.control.modes_page import MODES
from lineclear.desktop.presenters.sheets import Chip
from lineclear.domain.policy.capabilities import (
    Capability,
    CapabilityDocument,
    DayLimits,
    KeyRule,
    OutsideJudge,
    Rate,
    ToolRules,
    UndoRule,
)
from lineclear.domain.policy.conditions import Condition, Then
from lineclear.domain.policy.showing import plain
from lineclear.domain.policy.stages import EVERYONE, spelled
from lineclear.domain.policy.wording import duration
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say, say_n

type Said = Iterator[str]

_DEFAULTS: Final = marked(
    "Where no tier is named: reversible changes tier 1, money and what cannot be undone tier 2,"
    " access, people, policy and production tier 3"
)


def capability_rows(document: CapabilityDocument) -> tuple[FactsRow, ...]:
    """Every capability in the order of the text."""
    return (*map(_row, document.capabilities.values()), *_for_all(document))


def _for_all(document: CapabilityDocument) -> Iterator[FactsRow]:
    """What holds for every capability, if the document says any of it."""
    told = (
        (say("In one day"), _day(document.budgets, say("steps"))),
        (say("Asked as well"), _judge(document.opa)),
    )
    facts = tuple(Fact(label, tuple(map(paintable, said))) for label, said in told)
    facts = tuple(fact for fact in facts if fact.says)
    if facts:
        yield FactsRow("*", say("All agents together"), None, "", facts)


def _judge(judge: OutsideJudge | None) -> Said:
    if judge is None:
        return
    yield say("The policy judge at {url}; it can ask and deny", url=judge.url)
    if judge.unreachable is Then.ASK:
        yield say("When it does not answer, a person is asked")
    else:
        yield say("When it does not answer, a proposal is denied and a start waits")


def _row(known: Capability) -> FactsRow:
    told = (
        (say("May do"), _may(known)),
        (say("Never"), _never(known)),
        (say("A person is asked"), _asked(known)),
        (say("Who is asked"), _who(known)),
        (say("In one day"), _day(known.budget, say("actions"))),
        (say("Kept and undone"), _kept(known)),
    )
    facts = tuple(Fact(label, tuple(map(paintable, said))) for label, said in told)
    return FactsRow(
        known.name,
        paintable(known.name),
        Chip(_mode_chip(known)) if known.modes else None,
        say("line {line} of the document", line=known.line),
        tuple(fact for fact in facts if fact.says),
    )


def _mode_chip(known: Capability) -> str:
    modes = known.modes
    if modes is None:
        return ""
    if modes.everyone and not modes.by_agent:
        return say("{mode} for every agent", mode=say(MODES[modes.everyone].title))
    return say_n("Mode of {count} agent", "Modes of {count} agents", len(modes.by_agent))


def _may(known: Capability) -> Said:
    for tool in known.tools.values():
        yield _ceiling(tool)
    if known.environments:
        names = ", ".join(known.environments.value)
        yield say("Only in {names}, where a tool names an environment", names=names)


def _ceiling(tool: ToolRules) -> str:
    if tool.max_amount_usd:
        return say("{tool}, up to {most} USD", tool=tool.name, most=plain(tool.max_amount_usd.value))
    return tool.name


def _never(known: Capability) -> Said:
    """What is denied, whoever would approve it."""
    for of, rules in _levels(known):
        if isinstance(rules, ToolRules):
            yield from _never_by_tool(of, rules)
        if rules.reversible and rules.reversible.value is UndoRule.REQUIRED:
            yield of + say("what cannot be undone")
        if rules.rate and rules.rate.then is Then.DENY:
            yield of + _rate(rules.rate)
        yield from (of + _condition(one) for one in rules.conditions if one.then is Then.DENY)


def _never_by_tool(of: str, tool: ToolRules) -> Said:
    if tool.idempotency_key and tool.idempotency_key.value is KeyRule.REQUIRED:
        yield of + say("without an idempotency key")
    if tool.contract_version:
        yield of + say("in any version of the tool but {version}", version=tool.contract_version.value)


def _asked(known: Capability) -> Said:
    """What takes a person."""
    for of, rules in _levels(known):
        if isinstance(rules, ToolRules):
            yield from _asked_by_tool(of, rules)
        if rules.min_confidence:
            least = plain(rules.min_confidence.value)
            yield of + say("under confidence {least}, or without one", least=least)
        if rules.reversible and rules.reversible.value is UndoRule.PREFERRED:
            yield of + say("for what cannot be undone")
        if rules.rate and rules.rate.then is Then.ASK:
            yield of + _rate(rules.rate)
        yield from (of + _condition(one) for one in rules.conditions if one.then is Then.ASK)
    if known.environments_asking:
        yield say("always in {names}", names=", ".join(known.environments_asking.value))


def _asked_by_tool(of: str, tool: ToolRules) -> Said:
    if tool.requires_approval and tool.requires_approval.value:
        yield of + say("always")
    if tool.requires_approval_over_usd:
        yield of + say("over {line} USD", line=plain(tool.requires_approval_over_usd.value))


def _who(known: Capability) -> Said:
    """Whose approval it takes."""
    for of, rules in _levels(known):
        yield from _who_of(of, rules)
    if not _is_named(known) and not all(map(_is_named, known.tools.values())):
        yield say(_DEFAULTS)
    if known.ceilings:
        for name, rule in known.ceilings.by_reviewer.items():
            most = plain(rule.value)
            yield (
                say("Nobody approves more than {most} USD", most=most)
                if name == EVERYONE
                else say("{who} approves {most} USD at the most", who=name, most=most)
            )


def _is_named(rules: Capability | ToolRules) -> bool:
    return bool(rules.stages or rules.tier)


def _who_of(of: str, rules: Capability | ToolRules) -> Said:
    if rules.stages:
        yield of + spelled(rules.stages.value)
    elif rules.tier and rules.approvals:
        yield of + _people(rules.approvals.value, int(rules.tier.value))
    elif rules.tier:
        yield of + _people(1, int(rules.tier.value))
    elif rules.approvals:
        yield of + say_n("{count} person", "{count} different people", rules.approvals.value)
    if rules.second_review:
        share = f"{rules.second_review.value * 100:f}".rstrip("0").rstrip(".") or "0"
        yield of + say("one person more for {share} % of what is approved", share=share)


def _people(count: int, tier: int) -> str:
    one, many = marked("{count} person of tier {tier}"), marked("{count} different people of tier {tier}")
    return say_n(one, many, count, tier=tier)


def _day(limits: DayLimits, counted: str) -> Said:
    if limits.usd:
        yield say("{most} USD", most=plain(limits.usd.value))
    if limits.count:
        yield say("{count} {things}", count=f"{limits.count.value:,}", things=counted)


def _kept(known: Capability) -> Said:
    if known.undo_window:
        window = duration(str(known.undo_window.value))
        yield say("An undo is offered for {window}, where the tool can", window=window)
    if known.audit.log_payload and not known.audit.log_payload.value:
        yield say("Payloads are not kept")
    elif known.audit.retention_days:
        yield say("Payloads are kept for {days} days", days=known.audit.retention_days.value)


def _rate(rate: Rate) -> str:
    window = duration(str(rate.seconds))
    return say("after {most} proposals of one agent in {window}", most=rate.most, window=window)


def _condition(one: Condition) -> str:
    return one.says or say("when {condition}, or where that cannot be answered", condition=one.text)


def _levels(known: Capability) -> Iterator[tuple[str, Capability | ToolRules]]:
    """The capability's own rules, then each tool's after the tool's name."""
    yield "", known
    for tool in known.tools.values():
        yield f"{tool.name}: ", tool
