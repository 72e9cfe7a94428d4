"""Modes as caps on what policy may allow, and the tiers that apply where a document names none. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from lineclear.domain.contracts import ToolContract
from lineclear.domain.policy.capabilities import Rule
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import Case
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import Mode, Stake, Tier

_BY_TRUST = (Mode.DRAFT, Mode.ASSISTED, Mode.DELEGATED, Mode.MANAGED)
_PRODUCTION = "production"
_LOW_STAKES = frozenset({Stake.DATA, Stake.CODE})


class Basis(StrEnum):
    """Why a default tier is what it is."""

    ACCESS = "access"
    PEOPLE = "people"
    POLICY = "policy"
    PRODUCTION = "production"
    ENVIRONMENT_UNKNOWN = "environment_unknown"
    MONEY = "money"
    IRREVERSIBLE = "irreversible"
    REVERSIBLE = "reversible"
    READ = "read"


_HIGH_STAKES = {Stake.ACCESS: Basis.ACCESS, Stake.PEOPLE: Basis.PEOPLE, Stake.POLICY: Basis.POLICY}


def default_tier(contract: ToolContract, environment: Json) -> tuple[Tier, Basis]:
    """The tier where a document names none, and why.

    `environment` is the value of the argument that the contract names. One that is missing or
    no text is judged as production: what is unknown counts as the worst.
    """
    if contract.stake in _HIGH_STAKES:
        return Tier.THREE, _HIGH_STAKES[contract.stake]
    if contract.environment is not None:
        if not isinstance(environment, str):
            return Tier.THREE, Basis.ENVIRONMENT_UNKNOWN
        if environment.strip().casefold() == _PRODUCTION:
            return Tier.THREE, Basis.PRODUCTION
    if contract.stake is Stake.MONEY:
        return Tier.TWO, Basis.MONEY
    if not contract.mutates:
        return Tier.ONE, Basis.READ
    return (Tier.ONE, Basis.REVERSIBLE) if contract.reversible else (Tier.TWO, Basis.IRREVERSIBLE)


def stated_tier(case: Case) -> tuple[Rule[Tier], str] | None:
    """The tier that the document names for this tool, else for its capability, with its path."""
    if case.tool.tier:
        return case.tool.tier, f"{case.capability.name}.{case.tool.name}.tier"
    return (case.capability.tier, f"{case.capability.name}.tier") if case.capability.tier else None


def base_tier(case: Case) -> tuple[Tier, Reason]:
    """The tier before doubts raise it, and the reason for it."""
    stated = stated_tier(case)
    if stated:
        rule, path = stated
        params = {"tier": str(int(rule.value))}
        return rule.value, Reason(ReasonCode.TIER_BY_DOCUMENT, ReasonEffect.INFO, path, rule.line, params)
    tier, basis = default_tier(case.contract, case.environment)
    params = {"tier": str(int(tier)), "basis": basis.value}
    path = f"{case.capability.name}.{case.tool.name}.tier"
    return tier, Reason(ReasonCode.TIER_BY_DEFAULT, ReasonEffect.INFO, path, None, params)


def effective_mode(case: Case) -> Mode | None:
    """The stricter of the configured mode and the one that the document gives to this agent."""
    modes = case.capability.modes
    stated = modes.of(case.facts.occasion.agent) if modes else None
    given = [m for m in (case.facts.mode, stated) if m is not None]
    return min(given, key=_BY_TRUST.index, default=None)


def cap(case: Case, tier: Tier) -> Iterator[Reason]:
    """What the mode leaves of an allow: exactly one reason. More trust never asks for more people."""
    mode = effective_mode(case)
    match mode:
        case None:
            code, effect, limit = ReasonCode.MODE_NONE, ReasonEffect.INFO, None
        case Mode.DRAFT:
            code, effect, limit = ReasonCode.MODE_DRAFT, ReasonEffect.ASK, None
        case Mode.ASSISTED if _is_low_risk(case, tier):
            code, effect, limit = ReasonCode.MODE_ASSISTED_RUNS, ReasonEffect.ALLOW, None
        case Mode.ASSISTED:
            code, effect, limit = ReasonCode.MODE_ASSISTED_ASKS, ReasonEffect.ASK, None
        case Mode.DELEGATED:
            limit = _limit(case, tier)
            code = ReasonCode.MODE_DELEGATED_RUNS if limit else ReasonCode.MODE_DELEGATED_ASKS
            effect = ReasonEffect.ALLOW if limit else ReasonEffect.ASK
        case Mode.MANAGED:
            code, effect, limit = ReasonCode.MODE_MANAGED, ReasonEffect.INFO, None
    modes = case.capability.modes
    line = modes.line if modes and mode and modes.states(mode) else None
    params = {"limit": limit} if limit else {}
    yield case.of_capability(code, effect, "modes", line, **params)


def _is_low_risk(case: Case, tier: Tier) -> bool:
    """Reads, and reversible changes of data or code for which tier 1 is enough."""
    contract = case.contract
    if not contract.mutates:
        return True
    return contract.reversible and contract.stake in _LOW_STAKES and tier is Tier.ONE


def _limit(case: Case, tier: Tier) -> str | None:
    """The named limit inside which delegated work runs; it must bind this very tool."""
    if case.tool.max_amount_usd:
        return "max_amount_usd"
    if case.capability.environments and case.contract.environment is not None:
        return "environment"
    return "low_risk" if _is_low_risk(case, tier) else None
