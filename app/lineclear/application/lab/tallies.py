"""What a replay adds up: results under a document, held against what people then decided. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lineclear.application.lab.history import Lack, Past
from lineclear.application.reading.answers import Replayed
from lineclear.domain.policy.reasons import Evaluation, ReasonCode
from lineclear.domain.vocabulary import Outcome

MOST_NAMED: Final = 50
_LACKING: Final[Mapping[ReasonCode, Lack]] = {
    ReasonCode.CONDITION_UNKNOWN: Lack.CONDITION,
    ReasonCode.JUDGE_UNREACHABLE: Lack.JUDGE,
    ReasonCode.RATE_UNKNOWN: Lack.EARLIER,
}


@dataclass(slots=True)
class Tally:
    """The sums of one document over one pass. Two tallies of two stretches of history add up."""

    digest: str
    actions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    turned: Counter[str] = field(default_factory=Counter)
    people: int = 0
    reviews: int = 0
    waited: float = 0.0
    wrong: int = 0
    passed: list[str] = field(default_factory=list)
    passed_count: int = 0
    passed_usd: Decimal = Decimal(0)
    caught: int = 0
    caught_usd: Decimal = Decimal(0)
    hindered: list[str] = field(default_factory=list)
    hindered_count: int = 0
    lacks: Counter[str] = field(default_factory=Counter)

    def leave_out(self, lack: Lack) -> None:
        self.lacks[lack] += 1

    def add(self, past: Past, found: Evaluation) -> None:
        self.actions += 1
        self.outcomes[found.outcome] += 1
        self.turned[f"{past.was}:{found.outcome}"] += 1
        self.reviews += past.votes
        self.people += found.approvals
        if found.outcome is Outcome.ASK and found.tier:
            self.tiers[str(int(found.tier))] += 1
        if found.outcome is Outcome.ALLOW:
            self.waited += past.waited
        for lack in {_LACKING[reason.code] for reason in found.reasons if reason.code in _LACKING}:
            self.lacks[lack] += 1
        self._judge(past, found.outcome)

    def _judge(self, past: Past, outcome: Outcome) -> None:
        """Against what people decided: what they stopped or took back, and what ran well."""
        if past.was_wrong:
            self.wrong += 1
            if outcome is Outcome.ALLOW:
                self.passed_count += 1
                self.passed_usd += past.usd
                _name(self.passed, past)
            elif past.was is Outcome.ALLOW:
                self.caught += 1
                self.caught_usd += past.usd
        elif past.ran and outcome is Outcome.DENY:
            self.hindered_count += 1
            _name(self.hindered, past)

    def answer(self) -> Replayed:
        return Replayed(
            digest=self.digest,
            actions=self.actions,
            outcomes=_sorted(self.outcomes),
            tiers=_sorted(self.tiers),
            turned=_sorted(self.turned),
            people=self.people,
            reviews=self.reviews,
            waited_seconds=round(self.waited),
            wrong=self.wrong,
            passed=self.passed_count,
            passed_usd=str(self.passed_usd),
            passed_actions=tuple(self.passed),
            caught=self.caught,
            caught_usd=str(self.caught_usd),
            hindered=self.hindered_count,
            hindered_actions=tuple(self.hindered),
            lacks=_sorted(self.lacks),
        )


def _name(named: list[str], past: Past) -> None:
    if len(named) < MOST_NAMED:
        named.append(past.action)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {str(name): counts[name] for name in sorted(counts)}


def added(one: Replayed, other: Replayed) -> Replayed:
    """The sums of one document over two stretches of history that lie side by side, in their order."""
    return Replayed(
        digest=one.digest,
        actions=one.actions + other.actions,
        outcomes=_both(one.outcomes, other.outcomes),
        tiers=_both(one.tiers, other.tiers),
        turned=_both(one.turned, other.turned),
        people=one.people + other.people,
        reviews=one.reviews + other.reviews,
        waited_seconds=one.waited_seconds + other.waited_seconds,
        wrong=one.wrong + other.wrong,
        passed=one.passed + other.passed,
        passed_usd=str(Decimal(one.passed_usd) + Decimal(other.passed_usd)),
        passed_actions=(one.passed_actions + other.passed_actions)[:MOST_NAMED],
        caught=one.caught + other.caught,
        caught_usd=str(Decimal(one.caught_usd) + Decimal(other.caught_usd)),
        hindered=one.hindered + other.hindered,
        hindered_actions=(one.hindered_actions + other.hindered_actions)[:MOST_NAMED],
        lacks=_both(one.lacks, other.lacks),
    )


def _both(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return _sorted(Counter(one) + Counter(other))
