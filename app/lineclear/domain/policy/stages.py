"""Who must approve, as stages of places that people fill: values that go into the ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lineclear.domain.vocabulary import Tier

EVERYONE = "*"
"""Under this name a ceiling holds for every reviewer who has none of their own."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many different people at this tier or above; of a group, or of those named, where given.

    A document may leave the tier to the action; what an evaluation asks for always has one.
    """

    approvals: int = 1
    tier: Tier | None = None
    group: str = ""
    of: tuple[str, ...] = ()


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who is asked besides, `after` so many seconds without enough decisions; of one stage where named."""

    after: int
    to: Place
    stage: str = ""


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step of an approval. Each of `ways` would do; a way is met when all of its places are filled.

    `escalate` stands in documents only: what an evaluation asks for has its escalations beside the stages.
    """

    name: str
    ways: tuple[tuple[Place, ...], ...]
    escalate: Escalation | None = None


def placed(
    stages: Iterable[Stage], base: Tier, *, steps: int = 0, least: Tier = Tier.ONE
) -> tuple[Stage, ...]:
    """The stages as one action meets them: `base` where a place names no tier, then higher by `steps`."""
    return tuple(
        Stage(stage.name, tuple(tuple(_placed(one, base, steps, least) for one in way) for way in stage.ways))
        for stage in stages
    )


def _placed(place: Place, base: Tier, steps: int, least: Tier) -> Place:
    tier = min((place.tier or base) + steps, Tier.THREE)
    return msgspec.structs.replace(place, tier=Tier(max(least, tier)))


def at_least(place: Place, tier: Tier) -> Place:
    """The same place, and nobody below this tier in it: who is asked besides has at least what it takes."""
    return msgspec.structs.replace(place, tier=Tier(max(place.tier or Tier.ONE, tier)))


def asked(place: Place) -> str:
    """A place in words: `tier 3`, `tier 2 of group finance`; without a tier of its own, the group alone."""
    words = (f"tier {int(place.tier)}" if place.tier else "", f"group {place.group}" if place.group else "")
    return " of ".join(filter(None, words))


def people(stages: Iterable[Stage]) -> int:
    """The fewest different people with whom all stages are met."""
    return sum(min(sum(place.approvals for place in way) for way in stage.ways) for stage in stages)


def highest(stages: Iterable[Stage]) -> Tier:
    """The highest tier that any place takes."""
    return max(place.tier or Tier.THREE for stage in stages for way in stage.ways for place in way)


def spelled(stages: Iterable[Stage]) -> str:
    """The stages in words for one line: `finance: 1 at tier 2 of group finance; then …`."""
    return "; and ".join(f"{stage.name}: {' or '.join(map(_way, stage.ways))}" for stage in stages)


def _way(way: tuple[Place, ...]) -> str:
    return " with ".join(map(_place, way))


def _place(place: Place) -> str:
    words = f"{place.approvals} at tier {int(place.tier)}" if place.tier else str(place.approvals)
    words += f" of group {place.group}" if place.group else ""
    return f"{words} of {', '.join(place.of)}" if place.of else words
