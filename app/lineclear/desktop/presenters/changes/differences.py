"""A diff of two stored states as the rows that a view paints. Pure: free of Qt and of I/O.

Every leaf of both sides is in a row: changed, or unchanged and foldable. Nothing is left out here. Of many
rows each is made when it comes into sight.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from lineclear.desktop.presenters.changes.access_rows import access_rows
from lineclear.desktop.presenters.changes.code_rows import code_sheet, split_code
from lineclear.desktop.presenters.changes.field_rows import field_rows
from lineclear.desktop.presenters.changes.origins import NO_ORIGINS, Origins
from lineclear.desktop.presenters.changes.rows import rows_of
from lineclear.desktop.presenters.sheets import ChangesSheet, Chip, Line, Mark
from lineclear.domain.diffing.entry import diff
from lineclear.domain.diffing.result import Cut
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

_CUTS = {
    Cut.DEEP: marked("Nested too deep to compare inside: the innermost parts are compared as whole values."),
    Cut.LARGE: marked(
        "Too much changed at once: more may be marked as changed than need be. Nothing is left out."
    ),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the rows, and when the reader looks, in their zone: `now`."""

    title: str
    freshness: Chip | None = None
    before_title: str = field(default_factory=lambda: say("Now"))
    after_title: str = field(default_factory=lambda: say("After"))
    now: datetime | None = None


def changes_sheet(before: Json, after: Json, shape: Shape | str, heading: Heading) -> ChangesSheet:
    """Compare two states in the way that suits their shape."""
    return compare(before, after, shape, heading)[0]


def compare(
    before: Json, after: Json, shape: Shape | str, heading: Heading, origins: Origins = NO_ORIGINS
) -> tuple[ChangesSheet, str]:
    """Compare two states as suits their shape: the sheet, and how much changes in a few words."""
    if shape == Shape.CODE:
        return _compare_code(before, after, heading)
    compared = diff(cast("Comparable", before), cast("Comparable", after))
    found = field_rows(compared, origins, heading.now)
    rows, groups = found.changed, found.groups
    notes = [Line(Mark.ATTENTION, say(_CUTS[cut])) for cut in sorted(compared.cuts)]
    if shape == Shape.ACCESS:
        sentences, unread = access_rows(before, after)
        groups = tuple(replace(group, at=group.at + len(sentences)) for group in groups)
        rows, notes = [*sentences, *rows], [*unread, *notes]
    sheet = ChangesSheet(
        heading=paintable(heading.title),
        rows=rows_of(rows),
        unchanged=rows_of(found.unchanged),
        not_shown=tuple(notes),
        freshness=heading.freshness,
        before_title=heading.before_title,
        after_title=heading.after_title,
        batch=found.batch,
        groups=groups,
    )
    return sheet, found.said


def _compare_code(before: Json, after: Json, heading: Heading) -> tuple[ChangesSheet, str]:
    """Files of text line by line; what is no file of text, field by field above them."""
    (old, new), (old_rest, new_rest) = split_code(before, after)
    code, said = code_sheet(old, new)
    sheet, said_rest = compare(old_rest, new_rest, Shape.FIELDS, heading)
    if not code.files:
        return sheet, said_rest
    if not old_rest and not new_rest:
        return replace(sheet, rows=(), unchanged=(), code=code), said
    return replace(sheet, code=code), "; ".join((said, said_rest) if len(sheet.rows) else (said,))
