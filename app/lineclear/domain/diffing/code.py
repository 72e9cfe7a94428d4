"""A comparison by line as hunks and folds, with rows for one column or two. Pure: no colour, no markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.result import Change, Diff
from lineclear.domain.diffing.values import Json

CONTEXT: Final = 3
"""Equal lines shown on each side of a change."""


class Place(NamedTuple):
    """A place in both texts at once, counted in lines from 0."""

    before: int
    after: int

    def down(self, lines: int) -> Place:
        return Place(self.before + lines, self.after + lines)

    def past(self, change: Change) -> Place:
        return Place(
            self.before + (change.before_path is not None), self.after + (change.after_path is not None)
        )


class Row(NamedTuple):
    """One line of a view: a place on each side (from 0; None where that side has nothing here) and its text.

    `change` is None for an equal line. In one column a changed line gives two rows: what it was, what it is.
    """

    before_line: int | None
    after_line: int | None
    before: str
    after: str
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes near each other with the equal lines around them, from `start` up to `end`."""

    start: Place
    end: Place
    placed: tuple[tuple[Place, Change], ...]

    @property
    def heading(self) -> str:
        """The header of the hunk in a unified diff, such as `@@ -3,7 +3,8 @@`."""
        old, new = self.end.before - self.start.before, self.end.after - self.start.after
        return f"@@ -{self.start.before + bool(old)},{old} +{self.start.after + bool(new)},{new} @@"


@dataclass(frozen=True, slots=True)
class FoldedLines:
    """Equal lines between hunks; a view shows their count, and them on demand (`fold_rows`)."""

    start: Place
    count: int


def sections(diff: Diff, *, context: int = CONTEXT) -> list[Hunk | FoldedLines]:
    """Divide a comparison by line into hunks and folds that follow one another without a hole."""
    length = len(_lines(diff.before))
    found: list[Hunk | FoldedLines] = []
    here = Place(0, 0)
    for group in _near(diff.changes, 2 * context):
        first, last = group[0][0], group[-1][0].past(group[-1][1])
        start = first.down(-min(context, first.before - here.before))
        end = last.down(min(context, length - last.before))
        if start != here:
            found.append(FoldedLines(here, start.before - here.before))
        found.append(Hunk(start, end, tuple(group)))
        here = end
    if here.before < length:
        found.append(FoldedLines(here, length - here.before))
    return found


def side_by_side(diff: Diff, hunk: Hunk) -> Iterator[Row]:
    """Yield rows for two columns: a changed line faces what it became."""
    old = _lines(diff.before)
    here = hunk.start
    for place, change in hunk.placed:
        yield from _equal_rows(old, here, place.before - here.before)
        here = place.past(change)
        yield _row(place, change)
    yield from _equal_rows(old, here, hunk.end.before - here.before)


def unified(diff: Diff, hunk: Hunk) -> Iterator[Row]:
    """Yield rows for one column: in each run of changes what is gone stands before what came."""
    gone: list[Row] = []
    came: list[Row] = []
    for row in side_by_side(diff, hunk):
        if row.change is None:
            yield from (*gone, *came, row)
            gone, came = [], []
            continue
        if row.before_line is not None:
            gone.append(row._replace(after_line=None, after=""))
        if row.after_line is not None:
            came.append(row._replace(before_line=None, before=""))
    yield from (*gone, *came)


def fold_rows(diff: Diff, fold: FoldedLines) -> Iterator[Row]:
    """Yield the equal lines of a fold."""
    yield from _equal_rows(_lines(diff.before), fold.start, fold.count)


def _near(changes: Sequence[Change], most: int) -> Iterator[list[tuple[Place, Change]]]:
    """Group changes with at most so many equal lines between them, each with the place where it begins."""
    group: list[tuple[Place, Change]] = []
    here = Place(0, 0)
    for change in changes:
        place = here.down(_distance(here, change))
        if group and place.before - here.before > most:
            yield group
            group = []
        group.append((place, change))
        here = place.past(change)
    if group:
        yield group


def _distance(here: Place, change: Change) -> int:
    """Return how many equal lines lie between a place and the next change."""
    path, start = (change.before_path, here.before) if change.before_path else (change.after_path, here.after)
    line = path[0] if path else start
    return line - start if isinstance(line, int) else 0


def _row(place: Place, change: Change) -> Row:
    return Row(
        None if change.before_path is None else place.before,
        None if change.after_path is None else place.after,
        change.before if isinstance(change.before, str) else "",
        change.after if isinstance(change.after, str) else "",
        change,
    )


def _equal_rows(old: Sequence[Json], here: Place, count: int) -> Iterator[Row]:
    for offset in range(count):
        text = str(old[here.before + offset])
        yield Row(here.before + offset, here.after + offset, text, text)


def _lines(side: object) -> Sequence[Json]:
    if not isinstance(side, list):
        raise TypeError(f"only a comparison of {Kind.LINES} has hunks")
    return side
