"""Lists of actions in memory: each order is kept sorted once somebody asked for it. Free of locks.

So a page costs what it shows, and a count what its filters leave open, however much there is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from heapq import merge
from itertools import islice

from lineclear.adapters.memory.rules import Order, Position, action_position
from lineclear.domain.listing import ActionQuery, Listed, fitting
from lineclear.domain.vocabulary import ActionStatus

_PART = 2_000
"""Places that are sorted at a stretch, in two or three milliseconds."""

type _Place = tuple[str, int, int, str]


class Listing:
    """What lists know of each action, by its status."""

    def __init__(self) -> None:
        self._rows: dict[ActionStatus, dict[str, Listed]] = {}
        self._orders: dict[tuple[ActionStatus, Order], list[_Place]] = {}

    def replace(self, before: Listed | None, after: Listed | None) -> None:
        """An action is listed otherwise: for the first time, as something else, or no more."""
        if before is not None:
            del self._rows[before.status][before.id]
        if after is not None:
            self._rows.setdefault(after.status, {})[after.id] = after
        for (status, order), places in self._orders.items():
            gone = before is not None and before.status is status
            come = after is not None and after.status is status
            old = _place(order, before) if before is not None and gone else None
            new = _place(order, after) if after is not None and come else None
            if old == new:
                continue
            if old is not None:
                del places[bisect_left(places, old)]
            if new is not None:
                insort(places, new)

    def find(self, status: ActionStatus, identifier: str) -> Listed | None:
        """What is listed of an action in this status."""
        return self._rows.get(status, {}).get(identifier)

    def of(self, status: ActionStatus) -> tuple[Listed, ...]:
        """Everything in one status, in no order."""
        return tuple(self._rows.get(status, {}).values())

    def page(self, query: ActionQuery, after: Position | None, limit: int) -> list[Listed]:
        """The first that fit behind a position, in the query's order."""
        order, is_shown = Order(query.order), fitting(query)
        walks = [self._walk(status, order, after) for status in query.statuses or tuple(self._rows)]
        rows = (row for _place, row in merge(*walks, key=lambda each: each[0]))
        return list(islice(rows if is_shown is None else filter(is_shown, rows), limit))

    def count(self, query: ActionQuery) -> int:
        """How many fit."""
        is_shown = fitting(query)
        tables = [self._rows.get(status, {}) for status in query.statuses or self._rows]
        if is_shown is None:
            return sum(map(len, tables))
        return sum(1 for table in tables for _row in filter(is_shown, table.values()))

    def _walk(
        self, status: ActionStatus, order: Order, after: Position | None
    ) -> Iterator[tuple[_Place, Listed]]:
        rows, places = self._rows.get(status, {}), self._sorted(status, order)
        start = 0 if after is None else bisect_right(places, (*_keys(after), "\U0010ffff"))
        return ((place, rows[place[-1]]) for place in islice(places, start, None))

    def _sorted(self, status: ActionStatus, order: Order) -> list[_Place]:
        known = self._orders.get((status, order))
        if known is None:
            known = _in_turns([_place(order, row) for row in self.of(status)])
            self._orders[status, order] = known
        return known


def _in_turns(places: list[_Place]) -> list[_Place]:
    """Sorted in parts that are merged: one sort of them all would hold every other thread up for as long."""
    starts = range(0, len(places), _PART)
    return list(merge(*(sorted(places[start : start + _PART]) for start in starts)))


def _place(order: Order, row: Listed) -> _Place:
    return (*_keys(action_position(order, row)), row.id)


def _keys(position: Position) -> tuple[str, int, int]:
    return position.word, position.major, position.minor
