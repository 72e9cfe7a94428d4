"""What every store keeps whatever holds its rows: dense appends, orders, cursors. Pure."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from lineclear.domain.listing import EPOCH, FAR_FUTURE, PLACED, Listed
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import Aggregate, stream_of


class Order(StrEnum):
    """The listings that continue by cursor."""

    DUE = "due"
    NEWEST = "newest"
    JOBS = "jobs"
    AGE = "age"
    RISK = "risk"
    AMOUNT = "amount"
    AGENT = "agent"


type _Key = Annotated[int, msgspec.Meta(ge=-FAR_FUTURE, le=FAR_FUTURE)]
type _Word = Annotated[str, msgspec.Meta(max_length=200)]


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row of a page, by the keys of its order: the word first, where that has one."""

    order: Order
    major: _Key
    minor: _Key
    word: _Word = ""


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


def action_position(order: Order, row: Listed) -> Position:
    """Where an action stands in an order; smaller keys come first."""
    match order:
        case Order.NEWEST:
            return Position(order, -row.updated, 0)
        case Order.AGE:
            return Position(order, row.proposed, 0)
        case Order.RISK:
            return Position(order, row.by_risk, row.proposed)
        case Order.AMOUNT:
            return Position(order, row.by_amount, row.proposed)
        case Order.AGENT:
            return Position(order, row.due, row.proposed, row.agent)
        case _:
            return Position(Order.DUE, row.due, row.proposed)


def moment_of(key: int) -> datetime:
    """The inverse of `moment_key`, in UTC."""
    return EPOCH + timedelta(microseconds=key)


def next_place(last: int | None, first: int | None) -> int:
    """The place of an agent's next action, by the due keys of its last that waits and of anybody's first."""
    return max(last - PLACED + 1 if last is not None else 0, first - PLACED if first is not None else 0)


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
