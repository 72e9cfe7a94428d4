"""Where a field came from, as a plain immutable value. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The step of the job that a field came from, as its agent says: its span, its number, its words."""

    span: str
    number: int
    step: str
