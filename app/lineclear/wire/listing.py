"""What a list of actions asks of the store, once for HTTP and for the gateway in memory. Free of I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lineclear.application.ports import ActionQuery
from lineclear.application.reading.queue_query import STATUSES, State, parse_queue, resolved
from lineclear.domain.identities import Person
from lineclear.domain.listing import Sort as ListOrder
from lineclear.domain.vocabulary import ActionStatus
from lineclear.wire.messages import ListActions, View

_STATUSES: Final[Mapping[View, frozenset[ActionStatus]]] = MappingProxyType(
    {
        View.WAITING: frozenset({ActionStatus.PENDING}),
        View.OPEN: frozenset(status for status in ActionStatus if status.is_open),
        View.DONE: frozenset(status for status in ActionStatus if not status.is_open),
        View.ALL: frozenset(),
    }
)
_HISTORY: Final = frozenset({View.DONE, View.ALL})


def query_of(asked: ListActions, person: Person | None, now: datetime) -> ActionQuery:
    """The filter and the order of a list for one reader; its page is the caller's.

    Raises Refusal(FILTER_INVALID).
    """
    filtered = parse_queue(asked.filter)
    query = resolved(filtered, person, now)
    usual = STATUSES[State.OPEN] == query.statuses
    in_order = asked.sort or filtered.sort
    return replace(
        query,
        statuses=_STATUSES[asked.view] if usual else query.statuses,
        at_most=asked.tier or query.at_most,
        job=asked.job,
        text=asked.text,
        order=in_order.value if in_order else _usual_order(asked.view, query.order, is_usual=usual),
    )


def _usual_order(view: View, order: ListOrder, *, is_usual: bool) -> ListOrder:
    if not is_usual:
        return order
    return "newest" if view in _HISTORY else "due"
