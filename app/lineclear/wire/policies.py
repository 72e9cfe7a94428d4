"""What is said over HTTP about policy and its lab, as values. Free of I/O."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lineclear.application.reading.answers import (
    Policies,
    PolicyChange,
    PolicyText,
    QueueTrial,
    ReplayPage,
    WhatIf,
)
from lineclear.domain.vocabulary import Mode
from lineclear.wire.messages import Index, Message, Words

__all__ = [
    "ActivatePolicy",
    "ComparePolicy",
    "Policies",
    "PolicyChange",
    "PolicyText",
    "QueueTrial",
    "Replay",
    "ReplayPage",
    "Suppose",
    "TryQueue",
    "WhatIf",
]

LONGEST_PAGE = 20_000
"""Entries that one page of a replay reads at the most; some seconds of work."""

type Document = Annotated[str, msgspec.Meta(max_length=262_144)]
type Confidence = Annotated[str, msgspec.Meta(pattern=r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)?$")]


class ActivatePolicy(Message, frozen=True):
    """POST /v1/policy. `expected` is the version in force when the change was looked at; 0 is none."""

    document: Document
    expected: Index
    reason: str


class SetOfflineRule(Message, frozen=True):
    """POST /v1/offline: what may be approved without the backend; each number is checked there."""

    tier: Index
    fresh_minutes: Index
    within_minutes: Index
    reason: str


class ComparePolicy(Message, frozen=True):
    """POST /v1/policy/compare."""

    document: Document


class StartTrial(Message, frozen=True):
    """POST /v1/trial. `margin` and `level` are per mille; `expected` as for an activation."""

    document: Document
    expected: Index
    reason: str
    margin: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 20
    least: Annotated[int, msgspec.Meta(ge=5, le=100_000)] = 30
    level: Annotated[int, msgspec.Meta(ge=500, le=999)] = 950


class StopTrial(Message, frozen=True):
    """POST /v1/trial/stop."""

    reason: str


class Replay(Message, frozen=True):
    """POST /v1/lab/replay. Of `limit` entries from `start` on; the text in force is always judged, first."""

    documents: Annotated[tuple[Document, ...], msgspec.Meta(max_length=4)] = ()
    start: Index = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_PAGE)] = 5_000


class TryQueue(Message, frozen=True):
    """POST /v1/lab/queue."""

    document: Document


class Suppose(Message, frozen=True):
    """POST /v1/lab/what-if. Without a document, under the one in force. `at` is RFC 3339; empty is now."""

    payload: msgspec.Raw
    document: Document = ""
    agent: Words = ""
    confidence: Confidence = ""
    mode: Mode | None = None
    customer: Words = ""
    project: Words = ""
    workflow: Words = ""
    at: Words = ""
