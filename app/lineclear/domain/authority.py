"""Who may decide, and whether the votes suffice: one judge for server, console and audit. Pure.

What votes must add up to is in `requirements`; here is who may cast one, and how both are said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lineclear.domain.money import Money
from lineclear.domain.policy.showing import plain
from lineclear.domain.policy.stages import EVERYONE, Place, Stage, spelled
from lineclear.domain.requirements import (
    AllOf,
    AnyOf,
    Judgement,
    Missing,
    MissingCode,
    Quorum,
    Requirement,
    Vote,
    besides,
    judge,
    judge_each,
    required,
    together,
)
from lineclear.domain.vocabulary import Role, Tier
from lineclear.domain.wording import marked, say, say_n

__all__ = [
    "DECIDERS",
    "AllOf",
    "AnyOf",
    "Condition",
    "ConditionCode",
    "Judgement",
    "Missing",
    "MissingCode",
    "Quorum",
    "Requirement",
    "Reviewer",
    "Subject",
    "Vote",
    "besides",
    "eligibility",
    "judge",
    "judge_each",
    "may_decide",
    "required",
    "sentence",
    "together",
    "within_ceilings",
]

DECIDERS = frozenset({Role.APPROVER, Role.OPS, Role.ADMIN})
"""Roles that may decide. An agent never may, whatever else its token says (I10)."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person as the ledger knows them at one position. `ceiling` limits the amounts they decide.

    `giver` lent them their tier and ceiling, where these are not their own.
    """

    name: str
    role: Role
    tier: Tier
    ceiling: Money | None = None
    is_active: bool = True
    groups: tuple[str, ...] = ()
    giver: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What authority depends on in an action: its agent's owner, tier, quorum, and amount if any.

    `stages` take the place of tier and quorum. `besides` are the places of who was asked later: who fits one
    of them may approve, and counts for that. `ceilings` is the most in USD by reviewer's name.
    """

    agent_owner: str
    tier: Tier
    approvals: int = 1
    amount: Money | None = None
    capability: str = ""
    stages: tuple[Stage, ...] = ()
    ceilings: Mapping[str, str] = field(default_factory=dict)
    besides: tuple[Place, ...] = ()


class ConditionCode(StrEnum):
    """What a person needs in order to decide."""

    ACTIVE = "active"
    BREAK_GLASS = "break_glass"
    CAPABILITY_CEILING = "capability_ceiling"
    CEILING = "ceiling"
    DELEGATED = "delegated"
    NOT_OWNER = "not_owner"
    PLACE = "place"
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
        _placed(person, subject),
        Condition(ConditionCode.NOT_OWNER, person.name != subject.agent_owner),
    ]
    if person.ceiling and subject.amount:
        conditions.append(_within(person.ceiling, subject.amount))
    ceiling = _ceiling((person.name, person.giver), subject.ceilings)
    if ceiling and subject.amount:
        within = _within(ceiling, subject.amount)
        params = {**within.params, "capability": subject.capability}
        conditions.append(Condition(ConditionCode.CAPABILITY_CEILING, within.met, params))
    return tuple(conditions)


def within_ceilings(people: Iterable[str], amount: Money | None, ceilings: Mapping[str, str]) -> bool:
    """Whether a capability's ceilings let every one of these people (a voter, who lent it) approve it."""
    ceiling = _ceiling(people, ceilings)
    return ceiling is None or amount is None or _within(ceiling, amount).met


def _ceiling(people: Iterable[str], ceilings: Mapping[str, str]) -> Money | None:
    """The lowest ceiling of those named, in USD; empty names are nobody."""
    stated = [ceilings.get(name) or ceilings.get(EVERYONE) for name in people if name]
    amounts = [Decimal(most) for most in stated if most]
    return Money(min(amounts), "USD") if amounts else None


def _placed(person: Reviewer, subject: Subject) -> Condition:
    """Whether the person's tier suffices or, where there are stages, fits one place at the least."""
    if not subject.stages:
        return Condition(ConditionCode.TIER, person.tier >= subject.tier, _needed(person, subject))
    places = [*(place for stage in subject.stages for way in stage.ways for place in way), *subject.besides]
    met = any(_fills(person, place) for place in places)
    return Condition(ConditionCode.PLACE, met, {"stages": spelled(subject.stages)})


def _fills(person: Reviewer, place: Place) -> bool:
    return (
        person.tier >= (place.tier or Tier.THREE)
        and (not place.group or place.group in person.groups)
        and (not place.of or (person.giver or person.name) in place.of)
    )


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


_NUMBERS = {2: marked("Two"), 3: marked("Three"), 4: marked("Four"), 5: marked("Five"), 6: marked("Six")}

_SENTENCES = {
    ConditionCode.ACTIVE: marked("You are an active reviewer"),
    ConditionCode.BREAK_GLASS: marked("By break-glass until {until}, which somebody else reviews afterwards"),
    ConditionCode.DELEGATED: marked("By authority that {giver} lent you until {until}"),
    ConditionCode.CAPABILITY_CEILING: marked("Within your {ceiling} {currency} limit for {capability}"),
    ConditionCode.CEILING: marked("Within your {ceiling} {currency} limit"),
    ConditionCode.NOT_OWNER: marked("You are not the agent's owner"),
    ConditionCode.PLACE: marked("You are one of those who may approve: {stages}"),
    ConditionCode.ROLE: marked("Your role may decide"),
    ConditionCode.TIER: marked("{people} at tier {tier} or above"),
    MissingCode.APPROVALS: marked("{people} at tier {tier} or above"),
    MissingCode.APPROVALS_AMONG: marked("{people} at tier {tier} or above, among {among}"),
    MissingCode.APPROVALS_OF_GROUP: marked("{people} at tier {tier} or above, of group {group}"),
    MissingCode.REJECTED: marked("Rejected by {person}"),
}


def sentence(item: Condition | Missing, *, has_votes: bool = True) -> str:
    """What is needed, as one line for people; the same words whether it is met or not."""
    number = int(item.params.get("count", "1"))
    people = _people(number, is_more=isinstance(item, Missing) and has_votes)
    return say(_SENTENCES[item.code], **{**item.params, "people": people})


def _people(count: int, *, is_more: bool) -> str:
    word = say(_NUMBERS[count]) if count in _NUMBERS else str(count)
    if is_more:
        return say_n("One more approver", "{word} more approvers", count, word=word)
    return say_n("One approver", "{word} approvers", count, word=word)
