"""Listings of actions as statements whose order an index gives. Free of connections.

Pages are merged from one ordered walk per status: with all statuses in one condition a database would
sort, or would walk through years of finished work first. Statements are built once for each shape of
query, since building one takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from lineclear.adapters.memory.rules import Order, Position
from lineclear.adapters.sql.driver import Statement, Value
from lineclear.adapters.sql.tables import NUMBER, WORD, actions
from lineclear.application.ports import ActionQuery
from lineclear.domain.listing import ANYBODY, NOBODY, moment_key, needles
from lineclear.domain.vocabulary import ActionStatus

ONE: Final = literal_column("1", Integer)
"""A limit of one row; see `most`."""

_columns: Final = actions.c
_SHAPES: Final = 512


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on; values are its parameters."""

    order: Order
    statuses: int
    stakes: int
    words: int
    filters: frozenset[str]
    continues: bool


_KEYS: Final = {
    Order.DUE: (_columns.due, _columns.proposed),
    Order.AGE: (_columns.proposed,),
    Order.RISK: (_columns.by_risk, _columns.proposed),
    Order.AMOUNT: (_columns.by_amount, _columns.proposed),
    Order.AGENT: (_columns.agent, _columns.due, _columns.proposed),
    Order.NEWEST: (_columns.updated,),
}
"""By what each order goes; all of it rises, but what changed last comes first."""


def page_of_actions(
    workspace: str, query: ActionQuery, after: Position | None, limit: int
) -> tuple[Statement, dict[str, Value]]:
    """Rows of id, state and first index, in the query's order, from behind `after`; with their parameters."""
    order = Order(query.order)
    statuses = sorted(query.statuses or (() if order is Order.NEWEST else ActionStatus))
    values, words = _values(query), _words(query)
    shape = _Shape(order, len(statuses), len(query.stakes), len(words), frozenset(values), after is not None)
    keys: dict[str, Value] = {"workspace": workspace, "limit": limit}
    keys |= values | numbered_values("status", statuses) | numbered_values("stake", sorted(query.stakes))
    keys |= numbered_values("word", words)
    return _page(shape), keys if after is None else keys | _stands(after)


def count_of_actions(workspace: str, query: ActionQuery) -> tuple[Statement, dict[str, Value]]:
    """How many actions fit; with its parameters."""
    values, words = _values(query), _words(query)
    statement = _count(len(query.statuses), len(query.stakes), len(words), frozenset(values))
    values |= numbered_values("word", words)
    values |= numbered_values("status", sorted(query.statuses)) | numbered_values(
        "stake", sorted(query.stakes)
    )
    return statement, {"workspace": workspace} | values


@lru_cache(_SHAPES)
def _page(shape: _Shape) -> Statement:
    limit = most("limit")
    places = range(shape.statuses) if shape.statuses else (None,)
    walks = [_walk(shape, place).limit(limit) for place in places]
    if len(walks) == 1:
        return Statement(walks[0])
    merged = union_all(*(select(walk.subquery()) for walk in walks))
    found = merged.selected_columns
    keys = [found[column.name] for column in _KEYS[shape.order]]
    by = [key.desc() for key in keys] if shape.order is Order.NEWEST else keys
    return Statement(merged.order_by(*by).limit(limit))


@lru_cache(_SHAPES)
def _count(statuses: int, stakes: int, words: int, filters: frozenset[str]) -> Statement:
    conditions = _conditions(filters, stakes, words)
    if statuses:
        conditions.append(is_among(_columns.status, "status", statuses))
    return Statement(select(func.count()).select_from(actions).where(*conditions))


def _walk(shape: _Shape, status: int | None) -> Select[Any]:
    keys = _KEYS[shape.order]
    others = (key for key in keys if key is not _columns.proposed)
    walk: Select[Any] = select(_columns.id, _columns.state, _columns.proposed, *others)
    walk = walk.where(*_conditions(shape.filters, shape.stakes, shape.words))
    if status is not None:
        walk = walk.where(_columns.status == bindparam(f"status_{status}"))
    if shape.continues:
        walk = walk.where(_behind(shape.order))
    return walk.order_by(*(key.desc() for key in keys) if shape.order is Order.NEWEST else keys)


def _behind(order: Order) -> ColumnElement[bool]:
    major, minor = bindparam("major", type_=NUMBER), bindparam("minor", type_=NUMBER)
    match order:
        case Order.NEWEST:
            return _columns.updated < major
        case Order.AGE:
            return _columns.proposed > major
        case Order.AGENT:
            return tuple_(*_KEYS[order]) > tuple_(bindparam("after", type_=WORD), major, minor)
        case _:
            return tuple_(*_KEYS[order]) > tuple_(major, minor)


def _stands(after: Position) -> dict[str, Value]:
    """The last row of the page before, as the parameters of `_behind`."""
    if after.order is Order.NEWEST:
        return {"major": -after.major}
    if after.order is Order.AGE:
        return {"major": after.major}
    keys: dict[str, Value] = {"major": after.major, "minor": after.minor}
    return keys | {"after": after.word} if after.order is Order.AGENT else keys


def _conditions(filters: frozenset[str], stakes: int, words: int) -> list[ColumnElement[bool]]:
    """Of the workspace and of each filter that is used."""
    stands = _columns.claimed_until > bindparam("at", type_=NUMBER)
    possible: dict[str, ColumnElement[bool]] = {
        "at_most": _columns.least_tier <= bindparam("at_most"),
        "tier": _columns.tier == bindparam("tier"),
        "job": _columns.job == bindparam("job"),
        "agent": _columns.agent == bindparam("agent"),
        "capability": _columns.capability == bindparam("capability"),
        "environment": _columns.environment == bindparam("environment"),
        "flagged": _columns.flagged == bindparam("flagged"),
        "due_by": _columns.due <= bindparam("due_by", type_=NUMBER),
        "at": stands if NOBODY not in filters else ~stands,
        "claimer": _columns.claimed_by == bindparam("claimer"),
    }
    used = [condition for name, condition in possible.items() if name in filters]
    used += [_columns.searched.like(bindparam(f"word_{place}"), escape="\\") for place in range(words)]
    if stakes:
        used.append(is_among(_columns.stake, "stake", stakes))
    return [_columns.workspace == bindparam("workspace"), *used]


def _values(query: ActionQuery) -> dict[str, Value]:
    claim = query.claim
    found: dict[str, Value] = {
        "at_most": query.at_most and int(query.at_most),
        "tier": query.tier and int(query.tier),
        "job": query.job or None,
        "agent": query.agent or None,
        "capability": query.capability or None,
        "environment": query.environment or None,
        "flagged": None if query.flagged is None else int(query.flagged),
        "due_by": None if query.due_by is None else moment_key(query.due_by),
        "at": moment_key(query.at) if claim else None,
        "claimer": None if claim in {"", NOBODY, ANYBODY} else claim,
        NOBODY: claim if claim == NOBODY else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _words(query: ActionQuery) -> list[str]:
    return [f"%{_literally(word)}%" for word in needles(query)]


def most(name: str) -> ColumnElement[int]:
    """A limit that is a parameter.

    SQLite plans by the value of a bare one: it would compile the statement anew each time that it is bound.
    """
    return bindparam(name, type_=Integer) + literal_column("0", Integer)


def is_among(column: ColumnElement[str], name: str, count: int) -> ColumnElement[bool]:
    """Whether a column has one of so many values, which are the parameters `name_0` and so on."""
    return or_(false(), *(column == bindparam(f"{name}_{place}") for place in range(count)))


def numbered_values(name: str, values: Iterable[str]) -> dict[str, Value]:
    """The values of those parameters."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
