"""What the ledger page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lineclear.desktop.presenters.sheets import ChangesSheet, Chip, Line, Notice, Tone, Words
from lineclear.domain.wording import say


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in the list. `tone` repeats what the words say; `spoken` says it all."""

    index: int
    number: str
    time: str
    what: Words
    about: Words
    by: Words
    tone: Tone
    spoken: str


@dataclass(frozen=True, slots=True)
class EntriesSheet:
    """A list anew: how many there are (at least, until `is_counted`), and the first of them.

    `news` is how many came since; `is_newest_first` is the order.
    """

    count: int
    first: tuple[EntryRow, ...]
    said: str
    is_counted: bool = True
    is_newest_first: bool = True
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet; `value` comes back in the view's signal."""

    value: str
    shown: Words
    count: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FacetSheet:
    """One group of the side list; `facet` comes back in the view's signal."""

    facet: str
    title: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """What is open, of when and of what scope, and how far it was verified."""

    title: str
    said: Words
    kind: Chip
    verified: Chip
    is_pack: bool = False
    verify_title: str = field(default_factory=lambda: say("Verify"))
    news: str = ""
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One entry of a story: what happened, and below it where it stands and what was checked."""

    index: int
    line: Line
    details: tuple[Line, ...] = ()
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One member of an entry, as it stands in it."""

    name: Words
    value: Words


@dataclass(frozen=True, slots=True)
class StorySheet:
    """The story around one entry."""

    index: int
    title: Words
    byline: Words
    proof: Chip
    standing: Line
    steps: tuple[StoryLine, ...] = ()
    facts: tuple[Fact, ...] = ()
    changes: ChangesSheet | None = None
    undo: ChangesSheet | None = None
    notes: tuple[Line, ...] = ()
    said: str = ""
    """What came of the last export."""


class VerdictKind(StrEnum):
    """How far a verification is."""

    RUNNING = "running"
    SOUND = "sound"
    UNSOUND = "unsound"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class VerdictSheet:
    """A verification under way, or its verdict: `holds` and `open` are what is proven and what is not."""

    kind: VerdictKind
    title: str
    text: Words
    used: float = 0.0
    holds: tuple[Line, ...] = ()
    fails: tuple[Line, ...] = ()
    open: tuple[Line, ...] = ()
