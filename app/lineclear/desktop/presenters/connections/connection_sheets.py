"""What the connections page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Words


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """One backend that is known here. `is_open` where it is the one that the window shows now."""

    id: str
    title: Words
    environment: Chip
    about: Words
    is_open: bool = False
    forgetting: str = ""
    """What forgetting it means, and what stays."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a person wrote: an empty token keeps the one that is kept under `id`."""

    url: str = ""
    token: str = ""
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionsSheet:
    """Ways in. `result` is what became of the last attempt; while one is under way `is_busy`."""

    rows: tuple[ConnectionRow, ...] = ()
    keeping: Line | None = None
    """Where tokens are kept here."""
    result: Notice | None = None
    is_busy: bool = False
    try_why_not: str = ""
