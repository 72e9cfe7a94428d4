"""What the page on which agents are connected shows, as plain immutable values. Free of Qt, rules and I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.connect.connect_lines import Block
from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several to choose from."""

    id: str
    title: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class FormSheet:
    """What is chosen for a new connection. `words` say what the chosen capabilities let it do."""

    ways: tuple[Choice, ...] = ()
    capabilities: tuple[Choice, ...] = ()
    lasts: tuple[Choice, ...] = ()
    words: tuple[Line, ...] = ()
    why_not: str = ""
    """Why no token can be made, beside what is typed."""


@dataclass(frozen=True, slots=True)
class WatchSheet:
    """A connection that is looked at: its lines to paste, and what has been seen of its first call."""

    token: str
    title: Words
    state: Chip
    said: str
    blocks: tuple[Block, ...] = ()
    steps: tuple[Line, ...] = ()
    refused: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """One token of an agent."""

    id: str
    name: Words
    state: Chip
    text: Words
    is_watched: bool = False
    why_not: str = ""
    """Why it cannot be revoked."""


@dataclass(frozen=True, slots=True)
class ConnectSheet:
    """The whole page. `strangers` are calls without a token that was ever given."""

    form: FormSheet = FormSheet()
    watch: WatchSheet | None = None
    rows: tuple[ConnectionRow, ...] = ()
    strangers: tuple[Line, ...] = ()
    notice: Notice | None = None
    is_open: bool = True
    """Whether there is anything to show beside the notice."""
