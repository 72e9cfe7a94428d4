"""What every store keeps whatever holds its rows: dense appends, orders, search text, cursors. Pure."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from lineclear.application.ports import ActionQuery
from lineclear.domain.actions import Action
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import Aggregate, stream_of

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FAR_FUTURE: Final = 2**63 - 1
"""The largest integer that both databases keep."""

PLACED: Final = FAR_FUTURE - 2**40
"""Where what has no deadline begins: behind all that has one, by its place."""


class Order(StrEnum):
    """The listings that continue by cursor."""

    DUE = "due"
    NEWEST = "newest"
    JOBS = "jobs"


type _Key = Annotated[int, msgspec.Meta(ge=-FAR_FUTURE, le=FAR_FUTURE)]


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row of a page, by the two keys of its order."""

    order: Order
    major: _Key
    minor: _Key


_positions: Final = msgspec.json.Decoder(Position)


def cursor(position: Position) -> str:
    """The opaque text that continues a listing."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii")


def position_of(after: str | None, order: Order) -> Position | None:
    """Where a cursor stands; Refusal(BODY_INVALID) for one that this order did not give."""
    if after is None:
        return None
    try:
        position = _positions.decode(base64.b64decode(after, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as problem:
        raise Refusal(Code.BODY_INVALID, problem="the cursor is not one of ours") from problem
    if position.order is not order:
        raise Refusal(Code.BODY_INVALID, problem=f"the cursor belongs to the order {position.order}")
    return position


def action_position(query: ActionQuery, action: Action, proposed: int) -> Position:
    """Where an action stands in a query's order; smaller keys come first. `proposed` is its first index."""
    if Order(query.order) is Order.DUE:
        return Position(Order.DUE, due_key(action), proposed)
    return Position(Order.NEWEST, -action.index, 0)


def moment_key(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(key: int) -> datetime:
    """The inverse of `moment_key`, in UTC."""
    return EPOCH + timedelta(microseconds=key)


def due_key(action: Action) -> int:
    """The deadline in microseconds since 1970; its place behind all deadlines where it has none."""
    return moment_key(datetime.fromisoformat(action.deadline)) if action.deadline else PLACED + action.place


def next_place(last: int | None, first: int | None) -> int:
    """The place of an agent's next action, by the due keys of its last that waits and of anybody's first."""
    return max(last - PLACED + 1 if last is not None else 0, first - PLACED if first is not None else 0)


def folded(text: str) -> str:
    """Text as search compares it. PostgreSQL keeps no NUL."""
    return text.casefold().replace("\0", "\ufffd")


def search_text(action: Action) -> str:
    """Where a query's text is looked for."""
    return folded(f"{action.title}\n{action.id}\n{action.agent}")


def require_limit(limit: int) -> None:
    """A page holds at least one row; less is a bug of the caller."""
    if limit < 1:
        raise ValueError(f"a page of {limit} rows")


def require_dense(recorded: Recorded, state: Aggregate, *, size: int, seq: int) -> None:
    """Raises ValueError unless the entry is next in its ledger and stream, and leads to the state."""
    if recorded.index != size:
        raise ValueError(f"entry {recorded.index} cannot follow a ledger of {size}")
    if recorded.seq != seq:
        raise ValueError(f"{recorded.stream} continues with {seq}, not {recorded.seq}")
    if recorded.stream != stream_of(type(state), state.id) or recorded.seq != state.seq:
        raise ValueError(f"{recorded.stream} at {recorded.seq} does not lead to {state.id} at {state.seq}")
