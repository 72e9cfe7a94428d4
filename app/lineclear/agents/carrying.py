"""An agent carries out itself what was cleared: it consumes the clearance, once, and reports. Pure.

A clearance is consumed under a key of that one attempt, never under one that a second process would make
as well: whoever comes second is refused (I23).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lineclear.agents.asking import Steps, Write, ask, key_of
from lineclear.agents.outcomes import Outcome, outcome_of
from lineclear.domain.actions import Action
from lineclear.domain.payloads import Change, read_payload
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import Word
from lineclear.wire.messages import Consumed, Nothing, Report

type ReportedAs = Literal["succeeded", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Order:
    """What was cleared and is now to be carried out: exactly this, also where a reviewer edited it."""

    action: str
    revision: int
    tool: str
    arguments: Mapping[str, Json]


def consumed(action: str, key: str) -> Steps[Order]:
    """Start the execution; a Refusal means that nothing may be carried out."""
    answer = yield from ask(Write(f"/v1/actions/{action}/consume", Consumed, Nothing(), key))
    change = read_payload(bytes(answer.payload))
    assert isinstance(change, Change), "an undo is never an agent's to carry out"
    return Order(answer.action.id, answer.action.revision, change.tool, change.arguments)


def reported(action: str, word: Word, note: str) -> Steps[Outcome]:
    """Say what became of it; the same word again changes nothing."""
    key = key_of("outcome", action.encode(), word.encode(), note.encode())
    return outcome_of(
        (yield from ask(Write(f"/v1/actions/{action}/outcome", Action, Report(word, note), key)))
    )
