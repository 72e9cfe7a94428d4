"""What votes must add up to, and whether they do: requirements that compose. Pure.

Distinct people count, not devices or votes (I9), and nobody fills two places. Excluded people never count
(I8). Votes are judged without regard to their order, and one approval more never turns yes into no.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lineclear.domain.policy.stages import Place, Stage
from lineclear.domain.vocabulary import Tier, Verdict


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many different people at this tier or above; of a group, or among those named, where given."""

    count: int
    tier: Tier
    group: str = ""
    of: tuple[str, ...] = ()

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


def required(stages: Sequence[Stage], approvals: int, tier: Tier) -> Requirement:
    """The requirement that stages make; without any, so many people at a tier."""
    if not stages:
        return Quorum(max(1, approvals), tier)
    return AllOf(tuple(AnyOf(tuple(AllOf(tuple(map(_quorum, way))) for way in one.ways)) for one in stages))


def _quorum(place: Place) -> Quorum:
    return Quorum(place.approvals, place.tier or Tier.THREE, place.group, place.of)


@dataclass(frozen=True, slots=True)
class Vote:
    """One verdict on the revision that is judged, with the person's tier and groups when voting.

    `giver` is whose authority they used, where it was not their own: it is the giver who then counts.
    Groups are never lent; they are of the person who voted.
    """

    person: str
    tier: Tier
    verdict: Verdict
    device: str
    giver: str = ""
    groups: tuple[str, ...] = ()

    @property
    def counts_for(self) -> str:
        """Whose one place this vote can take."""
        return self.giver or self.person


class MissingCode(StrEnum):
    """What stands between the votes and a clearance."""

    APPROVALS = "approvals"
    APPROVALS_AMONG = "approvals_among"
    APPROVALS_OF_GROUP = "approvals_of_group"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing; `params` are text for `authority.sentence`."""

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
    people = _approving(counted)
    shortest = min((_unfilled(demand, people) for demand in _demands(requirement)), key=_distance)
    missing = [Missing(MissingCode.REJECTED, {"person": person}) for person in rejected]
    missing += [_missing(seat, count) for seat, count in Counter(shortest).items()]
    return Judgement(met=not missing, missing=tuple(missing))


def judge_each(
    requirements: Sequence[Requirement], votes: Iterable[Vote], *, excluded: frozenset[str]
) -> Judgement:
    """Judge several requirements, each by itself on the same votes: all must be met.

    One person may serve in each of them, in one place of each. A requirement more never turns no into yes.
    """
    cast = tuple(votes)
    return together([judge(one, cast, excluded=excluded) for one in requirements])


def together(judged: Sequence[Judgement]) -> Judgement:
    """Met where each is; what several miss is said once."""
    missing = {(one.code, *one.params.items()): one for each in judged for one in each.missing}
    return Judgement(met=all(each.met for each in judged), missing=tuple(missing.values()))


def besides(place: Place) -> Requirement:
    """That somebody of this place is among those who approve, whatever other place they take as well."""
    return _quorum(place)


type _Seat = tuple[Tier, str, tuple[str, ...]]
"""One place for one person: from which tier on, of which group, among whom."""

type _Demand = tuple[_Seat, ...]


def _approving(votes: Iterable[Vote]) -> list[Vote]:
    """Whoever counts as approving once, with their highest tier and all their groups, by name."""
    found: dict[str, Vote] = {}
    for vote in votes:
        if vote.verdict is not Verdict.APPROVE:
            continue
        known = found.get(vote.counts_for, vote)
        groups = tuple(sorted({*known.groups, *vote.groups}))
        found[vote.counts_for] = replace(known, tier=max(known.tier, vote.tier), groups=groups)
    return [found[person] for person in sorted(found)]


def _demands(requirement: Requirement) -> frozenset[_Demand]:
    """Every set of seats that would do. Equal ones merge, which keeps nested alternatives few."""
    match requirement:
        case Quorum(count, tier, group, of):
            return frozenset({((tier, group, of),) * count})
        case AnyOf(parts):
            return frozenset().union(*map(_demands, parts))
        case AllOf(parts):
            together: frozenset[_Demand] = frozenset({()})
            for part in parts:
                together = frozenset(_sorted(a + b) for a in together for b in _demands(part))
            return together


def _sorted(seats: _Demand) -> _Demand:
    """The hardest to fill first: by tier, then those that are bound to a group or to names."""
    return tuple(sorted(seats, key=lambda seat: (-seat[0], not (seat[1] or seat[2]), seat[1], seat[2])))


def _unfilled(seats: _Demand, people: Sequence[Vote]) -> _Demand:
    """Seats that stay empty when as many as can be are filled, hardest first (augmenting paths).

    A seat that was filled stays filled while others are; so what is empty does not depend on luck.
    """
    holder: dict[int, int] = {}
    fits = [[at for at, person in enumerate(people) if _fits(person, seat)] for seat in seats]

    def fill(seat: int, tried: set[int]) -> bool:
        for person in fits[seat]:
            if person in tried:
                continue
            tried.add(person)
            held = holder.get(person)
            if held is None or fill(held, tried):
                holder[person] = seat
                return True
        return False

    return tuple(seat for at, seat in enumerate(seats) if not fill(at, set()))


def _fits(person: Vote, seat: _Seat) -> bool:
    tier, group, of = seat
    return (
        person.tier >= tier and (not group or group in person.groups) and (not of or person.counts_for in of)
    )


def _distance(empty: _Demand) -> tuple[int, tuple[int, ...], _Demand]:
    """By how many people, then by how many of the highest tiers."""
    by_tier = Counter(seat[0] for seat in empty)
    return len(empty), tuple(by_tier[tier] for tier in reversed(Tier)), empty


def _missing(seat: _Seat, count: int) -> Missing:
    tier, group, of = seat
    params = {"count": str(count), "tier": str(int(tier))}
    if of:
        among = f"{', '.join(of)}{f' of group {group}' if group else ''}"
        return Missing(MissingCode.APPROVALS_AMONG, {**params, "among": among})
    if group:
        return Missing(MissingCode.APPROVALS_OF_GROUP, {**params, "group": group})
    return Missing(MissingCode.APPROVALS, params)
