"""Conditions over the facts of one action, compiled and unable to allow. Pure; free of their language.

A condition names what happens when it is true: ask or deny. One that cannot be answered (a missing field,
two types that do not compare) has that same effect, so that what is unknown never widens anything (I14).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

_UNANSWERED: Final = (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, AttributeError)


class Then(StrEnum):
    """What a condition does when it is true, or when it cannot be answered."""

    ASK = "ask"
    DENY = "deny"


class Answered(StrEnum):
    """What came of asking a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Program(Protocol):
    """A compiled expression."""

    def execute(self, context: dict[str, Any], /) -> Any: ...  # noqa: ANN401  # values of CEL


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled condition: its text and line, what it does, and from which tier on people decide."""

    text: str
    line: int
    then: Then
    program: Program
    tier: int | None = None
    says: str = ""

    def ask(self, context: dict[str, object]) -> Answered:
        """Total: whatever is neither true nor false is unknown."""
        try:
            found = self.program.execute(context)
        except _UNANSWERED:
            return Answered.UNKNOWN
        if found is True:
            return Answered.TRUE
        return Answered.FALSE if found is False else Answered.UNKNOWN
