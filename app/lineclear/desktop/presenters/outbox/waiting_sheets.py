"""What the sheet of decisions on this device shows, as plain immutable values. Free of Qt and of rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Tone, Words


class Offer(StrEnum):
    """What can be done about an answer."""

    OPEN = "open"
    STOP = "stop"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One decision that is signed and not sent. `why_not` says why it cannot be taken back."""

    number: int
    action: str
    verb: str
    tone: Tone
    title: Words
    when: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What became of one: it was taken, or why it was not and what to do."""

    number: int
    action: str
    verb: str
    tone: Tone
    title: Words
    said: Words
    remedy: Words = ""
    offers: tuple[Offer, ...] = (Offer.OPEN,)


@dataclass(frozen=True, slots=True)
class WaitingSheet:
    """All of it. `summary` is one line for the strip, `damaged` says what cannot be read."""

    heading: str = ""
    summary: str = ""
    waiting: tuple[WaitingRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    damaged: Words = ""
    is_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.waiting or self.answers or self.damaged)
