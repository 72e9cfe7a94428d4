"""A change of code as a view shows it: files, hunks, and folds that open one by one. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineclear.desktop.presenters.changes.code_parts import Layout
from lineclear.desktop.presenters.changes.rows import Joined
from lineclear.desktop.presenters.sheets import ChangeRow

type Lines = Sequence[ChangeRow]


@dataclass(frozen=True, slots=True, eq=False)
class CodeHunk:
    """Changed lines with the equal ones around them; never folded."""

    heading: ChangeRow | None
    lines: dict[Layout, Lines]


@dataclass(frozen=True, slots=True, eq=False)
class CodeFold:
    """Equal lines that are shown as one row with their count until they are asked for."""

    key: str
    closed: ChangeRow
    lines: dict[Layout, Lines]
    texts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CodeFile:
    """One file: its name with how much came and went, and its parts from the top."""

    heading: ChangeRow
    parts: tuple[CodeHunk | CodeFold, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CodeSheet:
    """All files. What it shows depends on the layout and the open folds; changed lines always are."""

    files: tuple[CodeFile, ...]

    @property
    def folds(self) -> frozenset[str]:
        """The keys of all folds."""
        return frozenset(part.key for file in self.files for part in file.parts if isinstance(part, CodeFold))

    @property
    def changed_lines(self) -> int:
        """How many rows the changed parts have, side by side."""
        parts = (part for file in self.files for part in file.parts)
        return sum(len(part.lines[Layout.BESIDE]) for part in parts if isinstance(part, CodeHunk))

    def folds_with(self, text: str) -> frozenset[str]:
        """The keys of the folds in which a text stands, whatever its case."""
        wanted = text.lower()
        parts = (part for file in self.files for part in file.parts if isinstance(part, CodeFold))
        return frozenset(part.key for part in parts if any(wanted in line.lower() for line in part.texts))

    def rows(self, layout: Layout = Layout.UNIFIED, opened: frozenset[str] = frozenset()) -> Lines:
        """The rows from the top."""
        return Joined(tuple(self._parts(layout, opened)))

    def _parts(self, layout: Layout, opened: frozenset[str]) -> Iterator[Lines]:
        for file in self.files:
            yield (file.heading,)
            for part in file.parts:
                match part:
                    case CodeFold(key, closed) if key not in opened:
                        yield (closed,)
                    case CodeHunk(ChangeRow() as heading):
                        yield (heading,)
                        yield part.lines[layout]
                    case _:
                        yield part.lines[layout]
