"""Listings of actions as statements whose order an index gives. Free of connections.

Pages are merged from one ordered walk per status: with all statuses in one condition a database would
sort, or would walk through years of finished work first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, tuple_, union_all

from lineclear.adapters.memory.rules import Order, Position, folded
from lineclear.adapters.sql.tables import actions
from lineclear.application.ports import ActionQuery
from lineclear.domain.vocabulary import ActionStatus

_columns: Final = actions.c


def page_of_actions(
    workspace: str, query: ActionQuery, after: Position | None, limit: int
) -> Select[bytes, int, int, int] | CompoundSelect[bytes, int, int, int]:
    """Rows of state and first index, in the query's order, from behind `after`."""
    order = Order(query.order)
    walks = [_walk(workspace, query, order, status, after).limit(limit) for status in _walked(query, order)]
    if len(walks) == 1:
        return walks[0]
    merged = union_all(*(select(walk.subquery()) for walk in walks))
    keys = merged.selected_columns
    by = (keys["due"], keys["proposed"]) if order is Order.DUE else (keys["updated"].desc(),)
    return merged.order_by(*by).limit(limit)


def count_of_actions(workspace: str, query: ActionQuery) -> Select[int]:
    """How many actions fit."""
    fitting = select(func.count()).select_from(actions).where(*_conditions(workspace, query))
    return fitting.where(_columns.status.in_(sorted(query.statuses))) if query.statuses else fitting


def _walked(query: ActionQuery, order: Order) -> Iterable[ActionStatus | None]:
    if query.statuses:
        return sorted(query.statuses)
    return ActionStatus if order is Order.DUE else (None,)


def _walk(
    workspace: str, query: ActionQuery, order: Order, status: ActionStatus | None, after: Position | None
) -> Select[bytes, int, int, int]:
    walk = select(_columns.state, _columns.proposed, _columns.due, _columns.updated)
    walk = walk.where(*_conditions(workspace, query))
    if status is not None:
        walk = walk.where(_columns.status == status)
    if after is not None:
        walk = walk.where(_behind(order, after))
    if order is Order.DUE:
        return walk.order_by(_columns.due, _columns.proposed)
    return walk.order_by(_columns.updated.desc())


def _behind(order: Order, after: Position) -> ColumnElement[bool]:
    if order is Order.DUE:
        return tuple_(_columns.due, _columns.proposed) > tuple_(after.major, after.minor)
    return _columns.updated < -after.major


def _conditions(workspace: str, query: ActionQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_columns.workspace == workspace]
    if query.stakes:
        found.append(_columns.stake.in_(sorted(query.stakes)))
    if query.at_most is not None:
        found.append(_columns.tier <= int(query.at_most))
    if query.job:
        found.append(_columns.job == query.job)
    if query.agent:
        found.append(_columns.agent == query.agent)
    if query.text:
        found.append(_columns.searched.contains(folded(query.text), autoescape=True))
    return found
