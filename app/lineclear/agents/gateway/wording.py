"""What an agent is told of a call that was not made, or that a reviewer changed. Pure."""

from __future__ import annotations

import json

from lineclear.agents.carrying import Order
from lineclear.agents.outcomes import Agreed, Denied, Expired, Outcome, Rejected, Stopped
from lineclear.domain.refusals import Refusal

_MEANWHILE = "It was not called."

ENDED = f"The gateway was told to end before this call was cleared. {_MEANWHILE} You may ask again later."


def not_cleared(outcome: Outcome) -> str:
    """Why a call was not made, and what may be done about it."""
    match outcome:
        case Denied(_, reasons):
            because = " ".join(reasons)
            return f"Policy denies this call. {because} {_MEANWHILE} Ask for less, or go on without it."
        case Rejected(_, by, reason):
            said = f"{by} rejected this call: {reason}" if reason else f"{by} rejected this call."
            return f"{said.rstrip('.')}. {_MEANWHILE} Do not repeat it unchanged."
        case Expired(_, deadline):
            return f"Nobody decided on this call before {deadline}. {_MEANWHILE} You may ask again."
        case Stopped(_, by):
            return f"{by} stopped this work. {_MEANWHILE} Do not go on with it."
        case Agreed():
            return f"This call was approved as a draft, which is recorded and never carried out. {_MEANWHILE}"
        case _:
            return f"This call was taken back before it began. {_MEANWHILE}"


def refused(refusal: Refusal) -> str:
    return f"{refusal.sentence} {refusal.remedy}".strip()


def broken_off(server: str, problem: str) -> str:
    return (
        f"The server {server} did not end this call ({problem}). Nobody can say whether it took effect. "
        "Do not call it again: a person finds out."
    )


def edited(order: Order) -> str:
    arguments = json.dumps(order.arguments, ensure_ascii=False)
    return f"A reviewer changed the arguments of this call. It was made with these: {arguments}"
