"""Conditions over the facts of one action, compiled and unable to allow. Pure; free of their language.

A condition names what happens when it is true: ask or deny. One that cannot be answered (a missing field,
two types that do not compare) has that same effect, so that what is unknown never widens anything (I14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

MOST_LOOPS: Final = 3
"""So many loops may be in a condition, of which one may make a list (`map`)."""

_MOST_ROUNDS: Final = 1_000_000
_LOOP: Final = re.compile(r"(?<!\w)(?:all|exists|exists_one|existsOne|filter|map)(?!\w)")
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


def loops_in(text: str) -> list[str]:
    """The loops of an expression by name. Words in quotes count as well: nothing that loops is missed."""
    return _LOOP.findall(text)


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
        """Total: whatever is neither true nor false is unknown, and so is what would take all day.

        Loops within loops run for the members of what an agent sent, times as many: nothing interrupts them.
        """
        loops = len(loops_in(self.text))
        if loops > 1 and _has_more(context, int(_MOST_ROUNDS ** (1 / loops))):
            return Answered.UNKNOWN
        try:
            found = self.program.execute(context)
        except _UNANSWERED:
            return Answered.UNKNOWN
        if found is True:
            return Answered.TRUE
        return Answered.FALSE if found is False else Answered.UNKNOWN


def _has_more(value: object, most: int) -> bool:
    """Whether there are more members than that, on all levels together."""
    left, waiting = most, [value]
    while waiting:
        node = waiting.pop()
        inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        left -= len(inner)
        if left < 0:
            return True
        waiting.extend(inner)
    return False
