"""Who may decide, and whether the votes suffice: one judge for server, console and audit. Pure.

Requirements compose and judge to met, or to what is missing. Distinct people count, not devices or
votes (I9); the proposing agent's owner and whoever else is excluded never count (I8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from lineclear.domain.money import Money
from lineclear.domain.policy.showing import plain
from lineclear.domain.vocabulary import Role, Tier, Verdict

DECIDERS = frozenset({Role.APPROVER, Role.OPS, Role.ADMIN})
"""Roles that may decide. An agent never may, whatever else its token says (I10)."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many different people at this tier or above."""

    count: int
    tier: Tier

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a quorum of nobody would allow everything")


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part, each by people of its own: nobody fills two places."""

    parts: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("an empty requirement would allow everything")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part is enough."""

    parts: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("a requirement without alternatives could never be met")


type Requirement = Quorum | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Vote:
    """One verdict on the revision that is judged, with the tier that the person had when voting.

    `giver` is whose authority they used, where it was not their own: it is the giver who then counts.
    """

    person: str
    tier: Tier
    verdict: Verdict
    device: str
    giver: str = ""

    @property
    def counts_for(self) -> str:
        """Whose one place this vote can take."""
        return self.giver or self.person


class MissingCode(StrEnum):
    """What stands between the votes and a clearance."""

    APPROVALS = "approvals"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing; `params` are text for `sentence`."""

    code: MissingCode
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Met, or what is still missing. Among alternatives, the one that needs the fewest more people."""

    met: bool
    missing: tuple[Missing, ...] = ()


def judge(requirement: Requirement, votes: Iterable[Vote], *, excluded: frozenset[str]) -> Judgement:
    """Judge the votes on one revision; total, and blind to their order.

    A rejection by anyone who counts stands against every approval. Excluded people neither
    approve nor reject here; withdrawing their own agent's action is another deed.
    """
    counted = [vote for vote in votes if excluded.isdisjoint({vote.person, vote.counts_for})]
    rejected = sorted({vote.person for vote in counted if vote.verdict is Verdict.REJECT})
    supply = _supply(counted)
    shortest = min(_shortages(requirement, supply), key=lambda short: (sum(short), short[::-1]))
    missing = [Missing(MissingCode.REJECTED, {"person": person}) for person in rejected]
    missing += _missing(shortest)
    return Judgement(met=not missing, missing=tuple(missing))


type _PerTier = tuple[int, int, int]
"""How many people, at tier 1, 2 and 3."""


def _supply(votes: Iterable[Vote]) -> _PerTier:
    """Approving people by their highest tier."""
    highest: dict[str, Tier] = {}
    for vote in votes:
        if vote.verdict is Verdict.APPROVE:
            highest[vote.counts_for] = max(vote.tier, highest.get(vote.counts_for, vote.tier))
    found = Counter(highest.values())
    return found[Tier.ONE], found[Tier.TWO], found[Tier.THREE]


def _demands(requirement: Requirement) -> frozenset[_PerTier]:
    """Every set of places that would do. Equal ones merge, which keeps nested alternatives few."""
    match requirement:
        case Quorum(count, tier):
            one, two, three = (count if tier is each else 0 for each in Tier)
            return frozenset({(one, two, three)})
        case AnyOf(parts):
            return frozenset().union(*map(_demands, parts))
        case AllOf(parts):
            together = frozenset({(0, 0, 0)})
            for part in parts:
                together = frozenset(_sum(a, b) for a in together for b in _demands(part))
            return together


def _sum(a: _PerTier, b: _PerTier) -> _PerTier:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _shortages(requirement: Requirement, supply: _PerTier) -> Iterator[_PerTier]:
    return (_shortage(demand, supply) for demand in _demands(requirement))


def _shortage(demand: _PerTier, supply: _PerTier) -> _PerTier:
    """Places left empty. Highest places are filled first: who may fill them may fill all below."""
    short, spare = [0, 0, 0], 0
    for at in (2, 1, 0):
        available = supply[at] + spare
        short[at] = max(0, demand[at] - available)
        spare = max(0, available - demand[at])
    return short[0], short[1], short[2]


def _missing(short: _PerTier) -> Iterator[Missing]:
    for tier, count in reversed(list(zip(Tier, short, strict=True))):
        if count:
            yield Missing(MissingCode.APPROVALS, {"count": str(count), "tier": str(int(tier))})


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person as the ledger knows them at one position. `ceiling` limits the amounts they decide."""

    name: str
    role: Role
    tier: Tier
    ceiling: Money | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """What authority depends on in an action: its agent's owner, tier, quorum, and amount if any."""

    agent_owner: str
    tier: Tier
    approvals: int = 1
    amount: Money | None = None


class ConditionCode(StrEnum):
    """What a person needs in order to decide."""

    ACTIVE = "active"
    BREAK_GLASS = "break_glass"
    CEILING = "ceiling"
    DELEGATED = "delegated"
    NOT_OWNER = "not_owner"
    ROLE = "role"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line under "Authority": what is needed, and whether this person meets it."""

    code: ConditionCode
    met: bool
    params: dict[str, str] = field(default_factory=dict)


def eligibility(person: Reviewer, subject: Subject) -> tuple[Condition, ...]:
    """Every condition on this person for this action; they may decide if all are met.

    A ceiling counts only where the action has an amount, and never covers another currency.
    """
    conditions = [
        Condition(ConditionCode.ROLE, person.role in DECIDERS, {"role": person.role.value}),
        Condition(ConditionCode.ACTIVE, person.is_active),
        Condition(ConditionCode.TIER, person.tier >= subject.tier, _needed(person, subject)),
        Condition(ConditionCode.NOT_OWNER, person.name != subject.agent_owner),
    ]
    if person.ceiling and subject.amount:
        conditions.append(_within(person.ceiling, subject.amount))
    return tuple(conditions)


def may_decide(person: Reviewer, subject: Subject) -> bool:
    """Whether this person's approval of this action counts."""
    return all(condition.met for condition in eligibility(person, subject))


def _needed(person: Reviewer, subject: Subject) -> dict[str, str]:
    return {
        "count": str(subject.approvals),
        "tier": str(int(subject.tier)),
        "own": str(int(person.tier)),
    }


def _within(ceiling: Money, amount: Money) -> Condition:
    met = amount.currency == ceiling.currency and abs(amount.amount) <= ceiling.amount
    params = {"ceiling": plain(ceiling.amount), "currency": ceiling.currency, "amount": str(amount)}
    return Condition(ConditionCode.CEILING, met, params)


_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")

_SENTENCES = {
    ConditionCode.ACTIVE: "You are an active reviewer",
    ConditionCode.BREAK_GLASS: "By break-glass until {until}, which somebody else reviews afterwards",
    ConditionCode.DELEGATED: "By authority that {giver} lent you until {until}",
    ConditionCode.CEILING: "Within your {ceiling} {currency} limit",
    ConditionCode.NOT_OWNER: "You are not the agent's owner",
    ConditionCode.ROLE: "Your role may decide",
    ConditionCode.TIER: "{people} at tier {tier} or above",
    MissingCode.APPROVALS: "{people} at tier {tier} or above",
    MissingCode.REJECTED: "Rejected by {person}",
}


def sentence(item: Condition | Missing, *, has_votes: bool = True) -> str:
    """What is needed, as one line for people; the same words whether it is met or not."""
    noun = "more approver" if isinstance(item, Missing) and has_votes else "approver"
    people = _people(item.params.get("count", "1"), noun)
    return _SENTENCES[item.code].format_map({**item.params, "people": people})


def _people(count: str, noun: str) -> str:
    number = int(count)
    word = _NUMBERS[number] if number < len(_NUMBERS) else count
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"
