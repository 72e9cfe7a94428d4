"""A judge outside: Open Policy Agent asked beside the document, one more voice that can ask or deny. Pure.

It is asked before a transaction, over OPA's Data API (POST /v1/data/…), and what it answered is a fact
that stands on the ledger. Judging is then as deterministic as without it, and needs no network when repeated.
An answer can only narrow: `allow` allows nothing that the document does not, and no answer is never an
allow (I14).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from lineclear.domain.policy.capabilities import OutsideJudge
from lineclear.domain.policy.conditions import Then
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.limits import context, shown_words
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.rules import Case
from lineclear.domain.strict_json import Json, StrictJsonError, canonical, parse
from lineclear.domain.vocabulary import Outcome, Tier

MOST_ANSWERED: Final = 65_536
"""Bytes of an answer that are read."""

_MOST_SAID: Final = 200
_TIERS: Final = frozenset(map(int, Tier))


def question(case: Case, occasion: str) -> bytes:
    """The request's body: `{"input": …}` with the facts that conditions see.

    Numbers that conditions see as floats are decimal strings here, and `time` is RFC 3339 UTC.
    """
    known = context(case)
    action = dict(cast("dict[str, Json]", known["action"]))
    if "amount" in action and case.contract.money is not None:
        action["amount"] = _text(case.facts.arguments.get(case.contract.money.amount))
    if case.facts.confidence is not None:
        action["confidence"] = f"{case.facts.confidence:f}"
    facts = {**known, "action": action, "time": case.facts.occasion.at, "occasion": occasion}
    return canonical(cast("Json", {"input": facts}))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else str(value)


def read_answer(judge: OutsideJudge, occasion: str, body: bytes) -> Consulted:
    """What a body says: `result` is true, false, or `{"decision": …, "reason"?, "tier"?}`. Total.

    Anything else, and an undefined result, is no answer.
    """
    try:
        found = parse(body, max_bytes=MOST_ANSWERED)
    except StrictJsonError as error:
        return unanswered(judge, occasion, f"its answer cannot be read: {error}")
    result = found.get("result") if isinstance(found, dict) else None
    match result:
        case bool():
            return Consulted(occasion, judge.url, Outcome.ALLOW if result else Outcome.DENY)
        case {"decision": str(decision)} if decision in list(Outcome) and isinstance(result, dict):
            return _read_decision(judge, occasion, Outcome(decision), result)
        case None:
            return unanswered(judge, occasion, "its answer has no result: nothing is defined there")
        case _:
            return unanswered(judge, occasion, "its result is neither a boolean nor names a decision")


def _read_decision(
    judge: OutsideJudge, occasion: str, outcome: Outcome, result: dict[str, Json]
) -> Consulted:
    reason, tier = result.get("reason", ""), result.get("tier")
    is_tier = tier is None or (isinstance(tier, int) and not isinstance(tier, bool) and tier in _TIERS)
    if not isinstance(reason, str) or not is_tier:
        return unanswered(judge, occasion, "its reason is no text, or its tier is not 1, 2 or 3")
    says = shown_words(" ".join(reason.split()))
    return Consulted(occasion, judge.url, outcome, says, Tier(tier) if isinstance(tier, int) else None)


def unanswered(judge: OutsideJudge, occasion: str, problem: str) -> Consulted:
    """The judge could not be asked, or said nothing that can be understood."""
    return Consulted(occasion, judge.url, problem=shown_words(problem)[:_MOST_SAID])


def outside(case: Case) -> Iterator[Reason]:
    """What the judge said, if the document names one. An answer of another judge is no answer."""
    judge, said = case.judge, case.facts.consulted
    if judge is None:
        return
    if said is None or said.url != judge.url or said.outcome is None:
        problem = said.problem if said is not None and said.url == judge.url else "it was not asked"
        effect = ReasonEffect.DENY if judge.unreachable is Then.DENY else ReasonEffect.ASK
        yield _reason(ReasonCode.JUDGE_UNREACHABLE, effect, judge, problem=problem)
        return
    more = {"says": said.says} if said.says else {}
    match said.outcome:
        case Outcome.ALLOW:
            yield _reason(ReasonCode.JUDGE_ALLOWS, ReasonEffect.ALLOW, judge, **more)
        case Outcome.ASK:
            tier = {"tier": str(int(said.tier))} if said.tier else {}
            yield _reason(ReasonCode.JUDGE_ASKS, ReasonEffect.ASK, judge, **more, **tier)
        case Outcome.DENY:
            yield _reason(ReasonCode.JUDGE_DENIES, ReasonEffect.DENY, judge, **more)


def _reason(code: ReasonCode, effect: ReasonEffect, judge: OutsideJudge, **params: str) -> Reason:
    return Reason(code, effect, "opa", judge.line, {"judge": shown_words(judge.url), **params})
