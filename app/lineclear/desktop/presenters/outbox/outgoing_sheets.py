"""What the strip of unsent decisions shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Tone, Words


class Leaving(StrEnum):
    """What is about to be left while decisions are not sent."""

    WINDOW = "window"
    BACKEND = "backend"


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """One decision on its way. `left` counts down; `problem` says why it was not taken."""

    id: str
    verb: str
    tone: Tone
    title: Words
    left: str
    problem: Words = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingSheet:
    """What is not on the ledger yet, newest first. `why_not` says why nothing can be taken back."""

    rows: tuple[OutgoingRow, ...] = ()
    is_counting: bool = False
    why_not: str = ""

    @property
    def unsent(self) -> int:
        """How many would be lost if the program ended now."""
        return len(self.rows)
