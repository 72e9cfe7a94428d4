"""How an action ended, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Line, Words


class OutcomeKind(StrEnum):
    """How an action ended that was cleared, or that never was."""

    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DENIED = "denied"
    REJECTED = "rejected"
    EXPIRED = "expired"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class OutcomeSheet:
    """What the execution did, and how that is known."""

    kind: OutcomeKind
    title: str
    text: Words
    lines: tuple[Line, ...] = ()
