"""What a benchmark claims and how the table of claims reads; free of clocks and of pytest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AtMost:
    """The measured figure must not exceed this."""

    limit: float

    def is_met_by(self, value: float) -> bool:
        return value <= self.limit

    def __str__(self) -> str:
        return f"≤ {self.limit:g}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The measured figure must reach this."""

    limit: float

    def is_met_by(self, value: float) -> bool:
        return value >= self.limit

    def __str__(self) -> str:
        return f"≥ {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One claim: ours against a reference of the same run, or a count or time where there is no reference."""

    what: str
    reference: str
    value: float
    goal: AtMost | AtLeast
    unit: str = "×"

    @property
    def is_met(self) -> bool:
        return self.goal.is_met_by(self.value)

    def cells(self) -> tuple[str, str, str, str, str]:
        measured = f"{self.value:.3g} {self.unit}"
        return (
            self.what,
            measured,
            f"{self.goal} {self.unit}",
            self.reference,
            "met" if self.is_met else "MISSED",
        )


def table(ratios: Iterable[Ratio]) -> list[str]:
    """Aligned lines under a heading; nothing for nothing."""
    rows = [ratio.cells() for ratio in ratios]
    if not rows:
        return []
    rows.insert(0, ("what", "measured", "to reach", "reference in the same run", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
