"""What to look for in the queue, as a value, and the small syntax in which people type it. Free of I/O.

Plain words (all of them, found in titles, ids and agents; quotes keep some together), and filters:
`for:me`, `capability: agent: env: kind: tier: claimed: flagged: due:45m state: sort:`. What has another name
before its colon is a word. A saved view is nothing but such a text with a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from lineclear.application.ports import ActionQuery
from lineclear.domain.identities import Person
from lineclear.domain.listing import ANYBODY, NOBODY
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import reach_of
from lineclear.domain.vocabulary import ActionStatus, Stake, Tier


class State(StrEnum):
    """Which part of their lives the actions are in."""

    OPEN = "open"
    """Waits for a decision, or is on its way."""
    PENDING = "pending"
    DECIDED = "decided"
    """Ended, but for what expired."""
    EXPIRED = "expired"
    """Nobody decided in time."""
    ENDED = "ended"
    """Decided or expired."""
    ALL = "all"


class Sort(StrEnum):
    """Which comes first."""

    DUE = "due"
    AGE = "age"
    RISK = "risk"
    AMOUNT = "amount"
    AGENT = "agent"
    NEWEST = "newest"


ME: Final = "me"
_OPEN: Final = frozenset(
    {ActionStatus.PENDING, ActionStatus.CLEARED, ActionStatus.STARTED, ActionStatus.UNKNOWN}
)
STATUSES: Final[Mapping[State, frozenset[ActionStatus]]] = MappingProxyType(
    {
        State.OPEN: _OPEN,
        State.PENDING: frozenset({ActionStatus.PENDING}),
        State.DECIDED: frozenset(ActionStatus) - _OPEN - {ActionStatus.PROPOSED, ActionStatus.EXPIRED},
        State.EXPIRED: frozenset({ActionStatus.EXPIRED}),
        State.ENDED: frozenset(ActionStatus) - _OPEN - {ActionStatus.PROPOSED},
        State.ALL: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """All filters are joined by and; an empty one leaves nothing out.

    `mine` leaves out what takes a higher tier than the reader's at every place; `claimed` is `me`, `nobody`,
    `anybody` or a person; `due` is how soon; without a `sort` open work goes by due time, else the newest
    comes first.
    """

    words: tuple[str, ...] = ()
    state: State = State.OPEN
    mine: bool = False
    capability: str = ""
    agent: str = ""
    environment: str = ""
    kind: Stake | None = None
    tier: Tier | None = None
    claimed: str = ""
    due: timedelta | None = None
    flagged: bool | None = None
    sort: Sort | None = None

    @property
    def order(self) -> Sort:
        """The sort, or what goes without saying."""
        is_open = self.state in {State.OPEN, State.PENDING}
        return self.sort or (Sort.DUE if is_open else Sort.NEWEST)


_TOKEN: Final = re.compile(
    r'(?P<name>[a-z]+):(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))|"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)|"'
)
_SPAN: Final = re.compile(r"([0-9]{1,4})([mhd])")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_NAMES: Final = {"capability": "capability", "agent": "agent", "env": "environment", "claimed": "claimed"}

_CLOSED: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "for": ("mine", {ME: True}),
    "kind": ("kind", {one.value: one for one in Stake}),
    "tier": ("tier", {str(int(one)): one for one in Tier}),
    "flagged": ("flagged", {"yes": True, "no": False}),
    "state": ("state", {one.value: one for one in State}),
    "sort": ("sort", {one.value: one for one in Sort}),
}
"""Filters whose values are all known: the member of a query that each sets, and the values by their words."""

FILTERS: Final = (*_NAMES, "due", *_CLOSED)
_BEGUN: Final = frozenset(f"{name}:" for name in FILTERS)
"""Somebody is still typing these; they leave nothing out."""


def parse_queue(text: str) -> QueueQuery:
    """Read what somebody typed. Raises Refusal(FILTER_INVALID) for a filter that cannot be read."""
    query = QueueQuery()
    for token in _TOKEN.finditer(text):
        query = _taken(query, token)
    return query


def written_queue(query: QueueQuery) -> str:
    """The text that `parse_queue` reads as this query."""
    found = {
        "state": "" if query.state is State.OPEN else query.state.value,
        "for": ME if query.mine else "",
        **{name: getattr(query, member) for name, member in _NAMES.items()},
        "kind": query.kind.value if query.kind else "",
        "tier": str(int(query.tier)) if query.tier else "",
        "due": span_text(query.due) if query.due is not None else "",
        "flagged": "" if query.flagged is None else "yes" if query.flagged else "no",
        "sort": query.sort.value if query.sort else "",
    }
    filters = (f"{name}:{_quoted(value)}" for name, value in found.items() if value)
    return " ".join((*map(_quoted_word, query.words), *filters))


def resolved(query: QueueQuery, person: Person | None, now: datetime) -> ActionQuery:
    """The question to a store, for one reader at one moment."""
    claim = query.claimed
    if claim == ME:
        claim = person.id if person is not None else NOBODY
    return ActionQuery(
        statuses=STATUSES[query.state],
        stakes=frozenset({query.kind} if query.kind else ()),
        at_most=reach_of(person, now) if query.mine and person is not None else None,
        agent=query.agent,
        order=query.order.value,
        words=query.words,
        tier=query.tier,
        capability=query.capability,
        environment=query.environment,
        claim=claim,
        at=now,
        due_by=None if query.due is None else now + query.due,
        flagged=query.flagged,
    )


def unfiltered(query: QueueQuery) -> QueueQuery:
    """The same part of the queue in the same order, with nothing left out."""
    return QueueQuery(state=query.state, sort=query.sort)


def without_filter(text: str, name: str) -> str:
    """What is typed, without this filter; all else stays as it was typed."""
    return " ".join(token[0] for token in _TOKEN.finditer(text) if token["name"] != name)


def span_text(span: timedelta) -> str:
    """A length of time as it is typed."""
    for unit in ("d", "h"):
        if span and span % _UNITS[unit] == timedelta():
            return f"{span // _UNITS[unit]}{unit}"
    return f"{span // _UNITS['m']}m"


def _taken(query: QueueQuery, token: re.Match[str]) -> QueueQuery:
    if token[0] in _BEGUN:
        return query
    name = token["name"]
    value = token["bare"] if token["quoted"] is None else token["quoted"]
    if name == "due":
        return replace(query, due=_span(value))
    if name in _NAMES:
        named = ANYBODY if (name, value) == ("claimed", "anyone") else value
        return replace(query, **{_NAMES[name]: named})  # type: ignore[arg-type]  # each of these is a text
    if name in _CLOSED:
        member, known = _CLOSED[name]
        return replace(query, **{member: _one_of(name, value, known)})
    return _with_word(query, token)


def _with_word(query: QueueQuery, token: re.Match[str]) -> QueueQuery:
    word = token["phrase"] if token["phrase"] is not None else token[0].replace('"', "")
    return replace(query, words=(*query.words, word)) if word else query


def _one_of[V](name: str, value: str, known: Mapping[str, V]) -> V:
    if value not in known:
        problem = f"{name}:{value} is none of {', '.join(f'{name}:{one}' for one in known)}"
        raise Refusal(Code.FILTER_INVALID, problem=problem)
    return known[value]


def _span(value: str) -> timedelta:
    found = _SPAN.fullmatch(value)
    if found is None:
        raise Refusal(
            Code.FILTER_INVALID, problem=f"due:{value} is no time such as due:45m, due:2h or due:1d"
        )
    return int(found[1]) * _UNITS[found[2]]


def _quoted(value: str) -> str:
    return value if re.fullmatch(r'[^\s"]+', value) else f'"{value}"'


def _quoted_word(word: str) -> str:
    return f'"{word}"' if re.search(r"[\s:]", word) else word
