"""What Control shows of people, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Tone, Words


class AnswerKind(StrEnum):
    """How a question of a form is answered."""

    TEXT = "text"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a form; what was chosen of many is answered joined by commas."""

    key: str
    label: str
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()
    value: str = ""
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class DeedSheet:
    """Something that can be done about people: a button and, once it is pressed, what has to be said."""

    id: str
    title: str
    told: str
    asked: tuple[Asked, ...] = ()
    tone: Tone = Tone.ACCENT
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person: what they may, what was lent to them, devices, break-glass, and what can be done."""

    id: str
    name: Words
    state: Chip
    text: Words
    lines: tuple[Line, ...] = ()
    deeds: tuple[DeedSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleSheet:
    """Everybody; `deeds` are those that concern nobody who is listed alone."""

    rows: tuple[PersonRow, ...] = ()
    deeds: tuple[DeedSheet, ...] = ()
    notice: Notice | None = None
