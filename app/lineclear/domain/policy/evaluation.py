"""Policy: a capability document and the facts of one action give one outcome with its reasons.

Pure, total and deterministic: no clock, no I/O, no failure for odd facts, and unknown means deny (I14).
"""

from __future__ import annotations

from collections.abc import Sequence

from lineclear.domain.policy.capabilities import Capability, CapabilityDocument, ToolRules
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import (
    Case,
    Facts,
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
from lineclear.domain.policy.showing import shown
from lineclear.domain.policy.trust import base_tier, cap
from lineclear.domain.vocabulary import Outcome, Tier

__all__ = ["Evaluation", "Facts", "evaluate"]


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
    return _judged(Case(facts, capability, tool, facts.contract))


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
        *amounts(case),
        *budgets(case),
        *keys(case),
        *environments(case),
        *approvals(case),
        *cap(case, tier),
    )
    doubts = (*confidence(case), *inspection(case))
    found = (*ruled, *doubts, *undo(case))
    if _any(found, ReasonEffect.DENY):
        return _denied(*found)
    if not _any(found, ReasonEffect.ASK):
        return Evaluation(Outcome.ALLOW, reasons=found)
    asked = _any(ruled, ReasonEffect.ASK)
    raised = _raised(tier, doubts, already_asking=asked)
    quorum, why_quorum = _quorum(case)
    reasons = (*found, why_tier, *_raise_reason(why_tier, tier, raised), *why_quorum)
    executes = not any(reason.code is ReasonCode.MODE_DRAFT for reason in found)
    return Evaluation(Outcome.ASK, raised, quorum, reasons, executes)


def _any(reasons: Sequence[Reason], effect: ReasonEffect) -> bool:
    return any(reason.effect is effect for reason in reasons)


def _raised(tier: Tier, doubts: Sequence[Reason], *, already_asking: bool) -> Tier:
    """Each doubt raises by one, except that the first is spent on asking where nothing else asks."""
    asking = sum(reason.effect is ReasonEffect.ASK for reason in doubts)
    steps = asking if already_asking else asking - 1
    return Tier(min(tier + steps, Tier.THREE))


def _raise_reason(why: Reason, tier: Tier, raised: Tier) -> tuple[Reason, ...]:
    if raised is tier:
        return ()
    params = {"from": str(int(tier)), "tier": str(int(raised))}
    return (Reason(ReasonCode.TIER_RAISED, ReasonEffect.INFO, why.path, None, params),)


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
