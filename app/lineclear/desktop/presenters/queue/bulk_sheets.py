"""What the sheet of actions that are approved together shows. Plain values; free of Qt, rules and I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.sheets import Words


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One action: what it is in a line, the first of its changes, and all of them."""

    id: str
    title: Words
    change: str
    changes: tuple[str, ...] = ()
    amount: str = ""
    undo: Words = ""
    """Whether it can be undone afterwards, and for how long."""


@dataclass(frozen=True, slots=True)
class BulkLeft:
    """One action that is not among them, and why."""

    id: str
    title: Words
    because: str


@dataclass(frozen=True, slots=True)
class BulkSheet:
    """All of it. While `why_not` says something, nothing can be approved."""

    heading: str
    summary: Words
    lines: tuple[BulkLine, ...] = ()
    left_out: tuple[BulkLeft, ...] = ()
    approve: str = ""
    why_not: str = ""
    hint: str = ""
