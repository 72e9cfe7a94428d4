"""Policy: a capability document and the facts of one action give one outcome with its reasons.

Pure, total and deterministic: no clock, no I/O, no failure for odd facts, and unknown means deny (I14).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lineclear.domain.policy.capabilities import Capability, CapabilityDocument, ToolRules
from lineclear.domain.policy.limits import (
    conditions,
    contract_version,
    escalations,
    rates,
    reversible,
    second_review,
)
from lineclear.domain.policy.outside import outside
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import (
    Case,
    Facts,
    Occasion,
    amounts,
    approvals,
    budgets,
    confidence,
    environments,
    inspection,
    keys,
    listing,
    undo,
)
from lineclear.domain.policy.showing import plain, shown
from lineclear.domain.policy.stages import Stage, highest, people, placed, spelled
from lineclear.domain.policy.trust import base_tier, cap
from lineclear.domain.vocabulary import Outcome, Tier

__all__ = ["Evaluation", "Facts", "Occasion", "evaluate"]


def evaluate(document: CapabilityDocument, facts: Facts) -> Evaluation:
    """Judge one action. A deny wins over an ask, an ask over an allow; every rule gives its reason."""
    capability = document.capabilities.get(facts.capability)
    if capability is None:
        params = {"capability": shown(facts.capability)}
        return _denied(Reason(ReasonCode.CAPABILITY_UNKNOWN, ReasonEffect.DENY, "capabilities", None, params))
    tool = capability.tools.get(facts.tool)
    if tool is None:
        return _denied(_not_listed(capability, facts.tool))
    if facts.contract is None or facts.contract.tool != tool.name:
        return _denied(_without_contract(capability, tool))
    return _judged(Case(facts, capability, tool, facts.contract, document.opa))


def _not_listed(capability: Capability, tool: str) -> Reason:
    params = {"tool": shown(tool), "capability": capability.name}
    path = f"{capability.name}.tools"
    return Reason(ReasonCode.TOOL_NOT_LISTED, ReasonEffect.DENY, path, capability.line, params)


def _without_contract(capability: Capability, tool: ToolRules) -> Reason:
    path = f"{capability.name}.{tool.name}"
    return Reason(ReasonCode.CONTRACT_UNKNOWN, ReasonEffect.DENY, path, tool.line, {"tool": tool.name})


def _denied(*reasons: Reason) -> Evaluation:
    return Evaluation(Outcome.DENY, reasons=reasons, executes=False)


def _judged(case: Case) -> Evaluation:
    tier, why_tier = base_tier(case)
    ruled = (
        *listing(case),
        *contract_version(case),
        *amounts(case),
        *budgets(case),
        *keys(case),
        *environments(case),
        *reversible(case),
        *rates(case),
        *conditions(case),
        *outside(case),
        *approvals(case),
        *cap(case, tier),
    )
    doubts = (*confidence(case), *inspection(case))
    found = (*ruled, *doubts, *undo(case))
    if _any(found, ReasonEffect.DENY):
        return _denied(*found)
    if not _any(found, ReasonEffect.ASK):
        return Evaluation(Outcome.ALLOW, reasons=found)
    steps = _steps(doubts, already_asking=_any(ruled, ReasonEffect.ASK))
    return _asked(case, _Asking(found, tier, why_tier, steps, _least(ruled)))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What was found so far, the tier before doubts, by how many steps they raise it, and the least tier."""

    found: tuple[Reason, ...]
    tier: Tier
    why: Reason
    steps: int
    least: Tier


def _asked(case: Case, asking: _Asking) -> Evaluation:
    raised = Tier(max(asking.least, min(asking.tier + asking.steps, Tier.THREE)))
    stated, stages, why = _stages(case, asking)
    if not stages:
        quorum, why = _quorum(case)
        tier = raised
    else:
        quorum, tier = people(stages), highest(stages)
    second, why_second = second_review(case)
    besides, why_besides = escalations(case, tier, stated)
    ceilings, why_ceilings = _ceilings(case)
    raising = _raise_reason(asking.why, asking.tier, raised)
    reasons = (*asking.found, asking.why, *raising, *why, *why_besides, *why_second, *why_ceilings)
    executes = not any(reason.code is ReasonCode.MODE_DRAFT for reason in asking.found)
    asked = (Outcome.ASK, tier, quorum, reasons, executes, stages, ceilings)
    return Evaluation(*asked, escalations=besides, second_review=second)


def _any(reasons: Sequence[Reason], effect: ReasonEffect) -> bool:
    return any(reason.effect is effect for reason in reasons)


def _steps(doubts: Sequence[Reason], *, already_asking: bool) -> int:
    """Each doubt raises by one, except that the first is spent on asking where nothing else asks."""
    asking = sum(reason.effect is ReasonEffect.ASK for reason in doubts)
    return asking if already_asking else asking - 1


def _least(ruled: Sequence[Reason]) -> Tier:
    """The tier under which no condition, and no judge, that asks lets anybody decide."""
    asked = (reason.params.get("tier") for reason in ruled if reason.code in _CONDITIONS)
    return max((Tier(int(tier)) for tier in asked if tier), default=Tier.ONE)


_CONDITIONS = frozenset({ReasonCode.CONDITION_TRUE, ReasonCode.CONDITION_UNKNOWN, ReasonCode.JUDGE_ASKS})


def _raise_reason(why: Reason, tier: Tier, raised: Tier) -> tuple[Reason, ...]:
    if raised is tier:
        return ()
    params = {"from": str(int(tier)), "tier": str(int(raised))}
    return (Reason(ReasonCode.TIER_RAISED, ReasonEffect.INFO, why.path, None, params),)


def _stages(case: Case, asking: _Asking) -> tuple[tuple[Stage, ...], tuple[Stage, ...], tuple[Reason, ...]]:
    """The tool's stages, else the capability's unless the tool names a number: as stated, and as placed."""
    name = case.capability.name
    if case.tool.stages:
        rule, path = case.tool.stages, f"{name}.{case.tool.name}.stages"
    elif case.capability.stages and not case.tool.approvals:
        rule, path = case.capability.stages, f"{name}.stages"
    else:
        return (), (), ()
    stages = placed(rule.value, asking.tier, steps=asking.steps, least=asking.least)
    params = {"stages": spelled(stages)}
    reason = Reason(ReasonCode.STAGES_NAMED, ReasonEffect.INFO, path, rule.line, params)
    return rule.value, stages, (reason,)


def _ceilings(case: Case) -> tuple[dict[str, str], tuple[Reason, ...]]:
    stated = case.capability.ceilings
    if stated is None or case.contract.money is None:
        return {}, ()
    given = {name: plain(rule.value) for name, rule in stated.by_reviewer.items()}
    params = {"reviewers": str(len(given))}
    path = f"{case.capability.name}.reviewer_ceilings_usd"
    return given, (Reason(ReasonCode.CEILINGS_NAMED, ReasonEffect.INFO, path, stated.line, params),)


def _quorum(case: Case) -> tuple[int, tuple[Reason, ...]]:
    """How many people must approve: the tool's number, else the capability's, else one."""
    name = case.capability.name
    if case.tool.approvals:
        rule, path = case.tool.approvals, f"{name}.{case.tool.name}.approvals"
    elif case.capability.approvals:
        rule, path = case.capability.approvals, f"{name}.approvals"
    else:
        return 1, ()
    params = {"approvals": str(rule.value)}
    return rule.value, (Reason(ReasonCode.APPROVALS_NAMED, ReasonEffect.INFO, path, rule.line, params),)
