"""What is wrong with a capability document, for the person who writes it. Pure values and words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineclear.domain.policy.showing import shown


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to correct: where (1-based), what is wrong, and what to do about it."""

    line: int
    column: int
    path: str
    says: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{place}{f' ({self.path})' if self.path else ''}: {self.says} {self.remedy}"


class DocumentError(ValueError):
    """A capability document that cannot be taken, with every problem found, in the order of the text."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def spelled(path: tuple[str | int, ...]) -> str:
    """A path in the form `issue_refund.tools[0].tier`; the outermost key goes without saying."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in path)
    return words.removeprefix(".").removeprefix("capabilities.")
