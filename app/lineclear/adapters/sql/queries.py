"""Listings of actions as statements whose order an index gives. Free of connections.

Pages are merged from one ordered walk per status: with all statuses in one condition a database would
sort, or would walk through years of finished work first. Statements are built once for each shape of
query, since building one takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from lineclear.adapters.memory.rules import Order, Position, folded
from lineclear.adapters.sql.driver import Statement, Value
from lineclear.adapters.sql.tables import NUMBER, actions
from lineclear.application.ports import ActionQuery
from lineclear.domain.vocabulary import ActionStatus

_columns: Final = actions.c
_SHAPES: Final = 512


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on; values are its parameters."""

    order: Order
    statuses: int
    stakes: int
    filters: frozenset[str]
    continues: bool


def page_of_actions(
    workspace: str, query: ActionQuery, after: Position | None, limit: int
) -> tuple[Statement, dict[str, Value]]:
    """Rows of state and first index, in the query's order, from behind `after`; with their parameters."""
    order = Order(query.order)
    statuses = sorted(query.statuses or (ActionStatus if order is Order.DUE else ()))
    values = _values(query)
    shape = _Shape(order, len(statuses), len(query.stakes), frozenset(values), after is not None)
    keys: dict[str, Value] = {"workspace": workspace, "limit": limit}
    keys |= values | numbered_values("status", statuses) | numbered_values("stake", sorted(query.stakes))
    if after is not None:
        keys |= {"major": after.major if order is Order.DUE else -after.major, "minor": after.minor}
    return _page(shape), keys


def count_of_actions(workspace: str, query: ActionQuery) -> tuple[Statement, dict[str, Value]]:
    """How many actions fit; with its parameters."""
    values = _values(query)
    statement = _count(len(query.statuses), len(query.stakes), frozenset(values))
    values |= numbered_values("status", sorted(query.statuses)) | numbered_values(
        "stake", sorted(query.stakes)
    )
    return statement, {"workspace": workspace} | values


@lru_cache(_SHAPES)
def _page(shape: _Shape) -> Statement:
    limit = bindparam("limit", type_=Integer)
    places = range(shape.statuses) if shape.statuses else (None,)
    walks = [_walk(shape, place).limit(limit) for place in places]
    if len(walks) == 1:
        return Statement(walks[0])
    merged = union_all(*(select(walk.subquery()) for walk in walks))
    keys = merged.selected_columns
    by = (keys["due"], keys["proposed"]) if shape.order is Order.DUE else (keys["updated"].desc(),)
    return Statement(merged.order_by(*by).limit(limit))


@lru_cache(_SHAPES)
def _count(statuses: int, stakes: int, filters: frozenset[str]) -> Statement:
    conditions = _conditions(filters, stakes)
    if statuses:
        conditions.append(is_among(_columns.status, "status", statuses))
    return Statement(select(func.count()).select_from(actions).where(*conditions))


def _walk(shape: _Shape, status: int | None) -> Select[bytes, int, int, int]:
    walk = select(_columns.state, _columns.proposed, _columns.due, _columns.updated)
    walk = walk.where(*_conditions(shape.filters, shape.stakes))
    if status is not None:
        walk = walk.where(_columns.status == bindparam(f"status_{status}"))
    if shape.continues:
        walk = walk.where(_behind(shape.order))
    if shape.order is Order.DUE:
        return walk.order_by(_columns.due, _columns.proposed)
    return walk.order_by(_columns.updated.desc())


def _behind(order: Order) -> ColumnElement[bool]:
    major, minor = bindparam("major", type_=NUMBER), bindparam("minor", type_=NUMBER)
    if order is Order.DUE:
        return tuple_(_columns.due, _columns.proposed) > tuple_(major, minor)
    return _columns.updated < major


def _conditions(filters: frozenset[str], stakes: int) -> list[ColumnElement[bool]]:
    """Of the workspace and of each filter that is used."""
    possible: dict[str, ColumnElement[bool]] = {
        "at_most": _columns.tier <= bindparam("at_most"),
        "job": _columns.job == bindparam("job"),
        "agent": _columns.agent == bindparam("agent"),
        "text": _columns.searched.like(bindparam("text"), escape="\\"),
    }
    used = [condition for name, condition in possible.items() if name in filters]
    if stakes:
        used.append(is_among(_columns.stake, "stake", stakes))
    return [_columns.workspace == bindparam("workspace"), *used]


def _values(query: ActionQuery) -> dict[str, Value]:
    found: dict[str, Value] = {
        "at_most": query.at_most and int(query.at_most),
        "job": query.job,
        "agent": query.agent,
        "text": query.text and f"%{_literally(folded(query.text))}%",
    }
    return {name: value for name, value in found.items() if value}


def is_among(column: ColumnElement[str], name: str, count: int) -> ColumnElement[bool]:
    """Whether a column has one of so many values, which are the parameters `name_0` and so on."""
    return or_(false(), *(column == bindparam(f"{name}_{place}") for place in range(count)))


def numbered_values(name: str, values: Iterable[str]) -> dict[str, Value]:
    """The values of those parameters."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
