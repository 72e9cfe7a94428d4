"""What a list of actions asks of the store, once for HTTP and for the gateway in memory. Free of I/O."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.application.ports import ActionQuery
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


def query_of(asked: ListActions) -> ActionQuery:
    """The filter and the order of a list; its page is the caller's."""
    return ActionQuery(
        statuses=_STATUSES[asked.view],
        at_most=asked.tier,
        job=asked.job,
        text=asked.text,
        order="newest" if asked.view in _HISTORY else "due",
    )
