"""What may be approved together with others, at one look over a summary. Pure.

Each action is judged by itself and against one capability, never against another action: so the order in
which they are given does not matter, and one more never lets in what was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lineclear.domain.actions import Action
from lineclear.domain.effects import Shape
from lineclear.domain.flags import flags_of
from lineclear.domain.money import MoneyError, parse_amount
from lineclear.domain.vocabulary import ActionStatus, Tier
from lineclear.domain.wording import marked

MOST: Final = 100
"""So many at once at most; the rest waits for the next look."""
LEAST: Final = 2
"""One alone is decided on its own page."""


class Hindrance(StrEnum):
    """Why an action is not approved together with others."""

    DECIDED = "decided"
    OVERDUE = "overdue"
    TIER = "tier"
    IRREVERSIBLE = "irreversible"
    FLAGGED = "flagged"
    CLAIMED = "claimed"
    ASKED = "asked"
    UNREAD = "unread"
    OWN = "own"
    VOTED = "voted"
    OTHER = "other"
    TOO_MANY = "too_many"


SENTENCES: Final[Mapping[Hindrance, str]] = MappingProxyType(
    {
        Hindrance.DECIDED: marked("It waits for no decision any more"),
        Hindrance.OVERDUE: marked("Its deadline passed"),
        Hindrance.TIER: marked("It is above tier 1"),
        Hindrance.IRREVERSIBLE: marked("It cannot be undone"),
        Hindrance.FLAGGED: marked("Something about it asks for a second look"),
        Hindrance.CLAIMED: marked("Somebody else is reviewing it"),
        Hindrance.ASKED: marked("Its agent was asked and has not answered"),
        Hindrance.UNREAD: marked(
            "It has to be read by itself: code, access, or contents that are not at hand"
        ),
        Hindrance.OWN: marked("You own its agent, or asked for it"),
        Hindrance.VOTED: marked("You decided on it already"),
        Hindrance.OTHER: marked("It is about another capability"),
        Hindrance.TOO_MANY: marked("More than a hundred at once"),
    }
)
_ALONE: Final = frozenset({Shape.CODE, Shape.ACCESS})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An action that is not approved with the others, with every reason."""

    action: Action
    because: tuple[Hindrance, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """What may be approved together, and what may not; both by due time, then by id."""

    included: tuple[Action, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def may_be_decided(self) -> bool:
        """Whether there is more than one to decide."""
        return len(self.included) >= LEAST


def together(
    actions: Iterable[Action],
    person: str,
    now: datetime,
    *,
    capability: str = "",
    unread: frozenset[str] = frozenset(),
) -> Bulk:
    """Sort out what this person may approve together now.

    Without a capability all must be of one; `unread` are ids of which the contents are not at hand.
    """
    every = sorted({one.id: one for one in actions}.values(), key=_place)
    kinds = {one.capability for one in every}
    wanted = capability or (next(iter(kinds)) if len(kinds) == 1 else "")
    judged = [(one, _because(one, person, now, wanted, one.id in unread)) for one in every]
    fit = sorted(one.id for one, because in judged if not because)
    over = frozenset(fit[MOST:])
    left = tuple(
        LeftOut(one, because or (Hindrance.TOO_MANY,)) for one, because in judged if because or one.id in over
    )
    return Bulk(tuple(one for one, because in judged if not because and one.id not in over), left)


def hindrances(action: Action, person: str, now: datetime) -> tuple[Hindrance, ...]:
    """Every reason why this person may not approve it together with others."""
    holder, judged = action.attention.holder(now), action.judged
    found = {
        Hindrance.DECIDED: action.status is not ActionStatus.PENDING or judged is None,
        Hindrance.OVERDUE: bool(action.deadline) and datetime.fromisoformat(action.deadline) <= now,
        Hindrance.TIER: action.tier is not Tier.ONE,
        Hindrance.IRREVERSIBLE: not action.undo.possible,
        Hindrance.FLAGGED: bool(flags_of(action)),
        Hindrance.CLAIMED: holder not in {"", person},
        Hindrance.ASKED: action.attention.open_question is not None,
        Hindrance.UNREAD: action.shape in _ALONE or action.erased is not None,
        Hindrance.OWN: person == action.owner or action.proposer == f"person/{person}",
        Hindrance.VOTED: any(person in {vote.person, vote.giver} for vote in action.votes),
    }
    return tuple(one for one, holds in found.items() if holds)


def totals(actions: Iterable[Action]) -> tuple[tuple[str, Decimal], ...]:
    """What they come to in each currency, by its name."""
    sums: dict[str, Decimal] = {}
    for action in actions:
        for amount in _amounts(action):
            sums[action.currency] = sums.get(action.currency, Decimal()) + amount
    return tuple(sorted(sums.items()))


def _because(
    action: Action,
    person: str,
    now: datetime,
    capability: str,
    is_unread: bool,  # noqa: FBT001  # one of a row
) -> tuple[Hindrance, ...]:
    found = dict.fromkeys(hindrances(action, person, now))
    if is_unread:
        found[Hindrance.UNREAD] = None
    if action.capability != capability:
        found[Hindrance.OTHER] = None
    return tuple(found)


def _place(action: Action) -> tuple[bool, str, str]:
    return not action.deadline, action.deadline, action.id


def _amounts(action: Action) -> Iterator[Decimal]:
    try:
        if action.amount:
            yield parse_amount(action.amount)
    except MoneyError:
        return
