"""What the form of an edit shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lineclear.application.deciding.forms import Row
from lineclear.desktop.presenters.sheets import ChangesSheet, Chip, Line, Words


@dataclass(frozen=True, slots=True)
class EditSheet:
    """One edit: its form, what was changed, what it would change, and what policy would say.

    `why_not` is set while it cannot be saved. `left_out` counts places for which there is no room.
    """

    id: str
    title: Words
    rows: tuple[Row, ...]
    save: str
    why_not: str = ""
    state: Chip | None = None
    verdict: tuple[Line, ...] = ()
    edited: ChangesSheet | None = None
    effect: ChangesSheet | None = None
    left_out: int = 0
    glosses: Mapping[str, str] = field(default_factory=dict)
    """How what stands in a place reads in the reader's format, by the place's path."""
