"""What an erasure leaves of an action or a job, and the legal hold that forbids one. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded

TOMBSTONE: Final = "content.erased"
BRIEF: Final = "brief"
CONTENTS: Final = frozenset(
    {"payload", "before", "after", "effect", "edited", "submission", "asked", "answer"}
)
"""The parts that hold what was proposed, in whose words, how it was edited and judged, what was done."""

STEPS: Final = frozenset({"contents"})
"""The part that holds what went into a job's steps and what came out of them."""

PRIVATE: Final = CONTENTS | STEPS | {BRIEF}
"""All parts that an erasure may take; signed statements and documents stay."""


class Erased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When, by whom and why the newest erasure took which parts."""

    at: str
    by: str
    cause: e.ErasureCause
    parts: tuple[str, ...]


class LegalHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Over the whole workspace: while it is on, nothing is erased."""

    id: str
    seq: int
    on: bool
    by: str
    reason: str
    since: str


def erased_by(before: Erased | None, event: e.ContentErased, at: str) -> Erased:
    """What is gone after one more erasure."""
    parts = {*(before.parts if before else ()), *event.parts}
    return Erased(at, event.by, event.cause, tuple(sorted(parts)))


def evolve_hold(_before: LegalHold | None, recorded: Recorded) -> LegalHold:
    """The newest switch counts."""
    match recorded.event:
        case e.HoldPlaced(by=by, reason=reason):
            return LegalHold(recorded.id, recorded.seq, on=True, by=by, reason=reason, since=recorded.at)
        case e.HoldLifted(by=by, reason=reason):
            return LegalHold(recorded.id, recorded.seq, on=False, by=by, reason=reason, since=recorded.at)
        case _:
            raise ValueError(f"{recorded.type} does not belong to the stream of legal hold")
