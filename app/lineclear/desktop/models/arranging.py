"""In which order a table of figures stands, by the number behind each cell. Free of Qt and of I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineclear.desktop.presenters.insights.insight_sheets import FigureRow
from lineclear.desktop.presenters.sheets import text_of


@dataclass(frozen=True, slots=True)
class Arranged:
    """By which column (0 is the name), and whether the largest comes first."""

    column: int = 1
    is_falling: bool = True

    def by(self, column: int) -> Arranged:
        """By another column, figures with the largest first and names from the beginning; else turned."""
        if column == self.column:
            return Arranged(column, not self.is_falling)
        return Arranged(column, is_falling=column > 0)

    def rows(self, rows: Iterable[FigureRow]) -> tuple[FigureRow, ...]:
        """The rows in this order; those that are equal stand by their names."""
        named = sorted(rows, key=lambda row: text_of(row.name).casefold())
        if self.column == 0:
            return tuple(reversed(named)) if self.is_falling else tuple(named)
        at = self.column - 1
        return tuple(sorted(named, key=lambda row: row.cells[at].rank, reverse=self.is_falling))
