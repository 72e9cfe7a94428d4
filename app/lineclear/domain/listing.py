"""Which actions a list shows and in which order, judged on what each store keeps beside an action. Pure.

Every store goes by `listed`: in memory `fits` reads it, in a database its fields are columns. So one filter
says the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final, Literal

from lineclear.domain.actions import Action
from lineclear.domain.flags import flags_of, least_tier, risk_of
from lineclear.domain.money import MoneyError, parse_amount
from lineclear.domain.vocabulary import ActionStatus, Stake, Tier

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FAR_FUTURE: Final = 2**63 - 1
"""The largest integer that both databases keep."""

PLACED: Final = FAR_FUTURE - 2**40
"""Where what has no deadline begins: behind all that has one, by its place."""

NOBODY, ANYBODY = "nobody", "anybody"
"""Words of a claim filter beside people's names."""

_MICROS: Final = 1_000_000

type Sort = Literal["due", "newest", "age", "risk", "amount", "agent"]


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """Which actions, in which order; all filters are joined by and.

    `order` is `due` (deadline, then the turns of agents, then age; open work), `newest` (by last change:
    history), `age` (what was proposed first), `risk` (the riskiest first, see `flags.risk_of`), `amount` (the
    largest first, whatever its currency, those without one last) or `agent` (by name, then as due).
    `text`, and each of `words`, is found in titles, ids and agents without regard to case. `at_most` is the
    tier of a reader: actions of which it fills no place are left out. `claim` is a person, `nobody` or
    `anybody`, at the moment `at`, which must come with it. `due_by` leaves out what is due later or never.
    """

    statuses: frozenset[ActionStatus] = frozenset()
    stakes: frozenset[Stake] = frozenset()
    at_most: Tier | None = None
    job: str = ""
    agent: str = ""
    text: str = ""
    order: Sort = "due"
    words: tuple[str, ...] = ()
    tier: Tier | None = None
    capability: str = ""
    environment: str = ""
    claim: str = ""
    at: datetime = EPOCH
    due_by: datetime | None = None
    flagged: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list knows of an action.

    Times are microseconds since 1970, `proposed` and `updated` the indexes of its first and newest entry;
    `by_risk` and `by_amount` rise from what comes first.
    """

    id: str
    status: ActionStatus
    stake: Stake
    tier: int
    least_tier: int
    job: str
    agent: str
    capability: str
    environment: str
    due: int
    claimed_by: str
    claimed_until: int
    flagged: bool
    by_risk: int
    by_amount: int
    searched: str
    proposed: int
    updated: int


def listed(action: Action, proposed: int) -> Listed:
    """What a list needs of an action whose first entry has this index."""
    is_flagged = bool(flags_of(action))
    attention = action.attention
    return Listed(
        action.id,
        action.status,
        action.stake,
        int(action.tier),
        int(least_tier(action)),
        action.job,
        action.agent,
        action.capability,
        action.environment,
        due_key(action),
        attention.claimed_by,
        moment_key(datetime.fromisoformat(attention.until)) if attention.until else 0,
        is_flagged,
        -risk_of(action, is_flagged=is_flagged),
        _by_amount(action.amount),
        search_text(action),
        proposed,
        action.index,
    )


def fits(query: ActionQuery, row: Listed) -> bool:
    """Whether a query shows an action."""
    is_shown = fitting(query)
    return (not query.statuses or row.status in query.statuses) and (is_shown is None or is_shown(row))


def fitting(query: ActionQuery) -> Callable[[Listed], bool] | None:
    """Whether a query shows an action in one of its statuses; None where it shows them all."""
    tests = tuple(_tests(query))
    if len(tests) <= 1:
        return tests[0] if tests else None
    return lambda row: all(test(row) for test in tests)


def _tests(query: ActionQuery) -> Iterator[Callable[[Listed], bool]]:
    """One for each filter that is used."""
    if query.stakes:
        yield lambda row: row.stake in query.stakes
    at_most, tier = query.at_most, query.tier
    if at_most is not None:
        yield lambda row: row.least_tier <= at_most
    if tier is not None:
        yield lambda row: row.tier == tier
    for name in ("job", "agent", "capability", "environment"):
        if wanted := getattr(query, name):
            yield _has(attrgetter(name), wanted)
    if query.flagged is not None:
        yield lambda row: row.flagged is query.flagged
    if query.due_by is not None:
        by = moment_key(query.due_by)
        yield lambda row: row.due <= by
    if query.claim:
        yield lambda row: _is_claimed(query, row)
    yield from (_holds(needle) for needle in needles(query))


def _has(read: Callable[[Listed], str], wanted: str) -> Callable[[Listed], bool]:
    return lambda row: read(row) == wanted


def _holds(needle: str) -> Callable[[Listed], bool]:
    return lambda row: needle in row.searched


def needles(query: ActionQuery) -> tuple[str, ...]:
    """What has to be found in an action's search text, each by itself."""
    return tuple(folded(text) for text in (query.text, *query.words) if text)


def moment_key(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def due_key(action: Action) -> int:
    """The deadline in microseconds since 1970; its place behind all deadlines where it has none."""
    return moment_key(datetime.fromisoformat(action.deadline)) if action.deadline else PLACED + action.place


def folded(text: str) -> str:
    """Text as search compares it. PostgreSQL keeps no NUL."""
    return text.casefold().replace("\0", "\ufffd")


def search_text(action: Action) -> str:
    """Where a query's text is looked for."""
    return folded(f"{action.title}\n{action.id}\n{action.agent}")


def _is_claimed(query: ActionQuery, row: Listed) -> bool:
    stands = row.claimed_until > moment_key(query.at)
    if query.claim in {NOBODY, ANYBODY}:
        return stands is (query.claim == ANYBODY)
    return stands and row.claimed_by == query.claim


def _by_amount(amount: str) -> int:
    try:
        return -int(parse_amount(amount) * _MICROS) if amount else 1
    except MoneyError:
        return 1
