"""Listings of actions as statements whose order an index gives. Free of connections.

Pages are merged from one ordered walk per status: with all statuses in one condition a database would
sort, or would walk through years of finished work first. Statements are built once for each shape of
query, since building one takes longer than running it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)

from lineclear.adapters.memory.rules import Order, Position, folded
from lineclear.adapters.sql.tables import NUMBER, actions
from lineclear.application.ports import ActionQuery
from lineclear.domain.vocabulary import ActionStatus

type Page = Select[bytes, int, int, int] | CompoundSelect[bytes, int, int, int]

_columns: Final = actions.c
_SHAPES: Final = 512


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on; values are its parameters."""

    order: Order
    statuses: int
    filters: frozenset[str]
    continues: bool


def page_of_actions(
    workspace: str, query: ActionQuery, after: Position | None, limit: int
) -> tuple[Page, dict[str, object]]:
    """Rows of state and first index, in the query's order, from behind `after`; with their parameters."""
    order = Order(query.order)
    statuses = sorted(query.statuses or (ActionStatus if order is Order.DUE else ()))
    values = _values(query)
    shape = _Shape(order, len(statuses), frozenset(values), after is not None)
    keys: dict[str, object] = {"workspace": workspace, "limit": limit}
    keys |= values | {f"status_{place}": status for place, status in enumerate(statuses)}
    if after is not None:
        keys |= {"major": after.major if order is Order.DUE else -after.major, "minor": after.minor}
    return _page(shape), keys


def count_of_actions(workspace: str, query: ActionQuery) -> tuple[Select[int], dict[str, object]]:
    """How many actions fit; with its parameters."""
    values = _values(query)
    if query.statuses:
        values["statuses"] = sorted(query.statuses)
    return _count(frozenset(values)), {"workspace": workspace} | values


@lru_cache(_SHAPES)
def _page(shape: _Shape) -> Page:
    limit = bindparam("limit", type_=Integer)
    places = range(shape.statuses) if shape.statuses else (None,)
    walks = [_walk(shape, place).limit(limit) for place in places]
    if len(walks) == 1:
        return walks[0]
    merged = union_all(*(select(walk.subquery()) for walk in walks))
    keys = merged.selected_columns
    by = (keys["due"], keys["proposed"]) if shape.order is Order.DUE else (keys["updated"].desc(),)
    return merged.order_by(*by).limit(limit)


@lru_cache(_SHAPES)
def _count(filters: frozenset[str]) -> Select[int]:
    return select(func.count()).select_from(actions).where(*_conditions(filters))


def _walk(shape: _Shape, status: int | None) -> Select[bytes, int, int, int]:
    walk = select(_columns.state, _columns.proposed, _columns.due, _columns.updated)
    walk = walk.where(*_conditions(shape.filters))
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


def _conditions(filters: frozenset[str]) -> list[ColumnElement[bool]]:
    """Of the workspace and of each filter that is used."""
    possible: dict[str, ColumnElement[bool]] = {
        "statuses": _columns.status.in_(bindparam("statuses", expanding=True)),
        "stakes": _columns.stake.in_(bindparam("stakes", expanding=True)),
        "at_most": _columns.tier <= bindparam("at_most"),
        "job": _columns.job == bindparam("job"),
        "agent": _columns.agent == bindparam("agent"),
        "text": _columns.searched.like(bindparam("text"), escape="\\"),
    }
    used = [condition for name, condition in possible.items() if name in filters]
    return [_columns.workspace == bindparam("workspace"), *used]


def _values(query: ActionQuery) -> dict[str, object]:
    found: dict[str, object] = {
        "stakes": sorted(query.stakes),
        "at_most": query.at_most and int(query.at_most),
        "job": query.job,
        "agent": query.agent,
        "text": query.text and f"%{_literally(folded(query.text))}%",
    }
    return {name: value for name, value in found.items() if value}


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
