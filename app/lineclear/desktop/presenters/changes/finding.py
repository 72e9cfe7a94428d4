"""Where something is found among the rows of a change, and where the next change is. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from lineclear.desktop.presenters.changes.code_parts import RowKind
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, text_of

MOST_SEARCHED: Final = 20_000
"""Rows that are searched; a view says so where there are more."""


def row_text(row: ChangeRow) -> str:
    """All that a row shows, as one text: its field and its values, with tabs between."""
    sides = (row.before, row.after if row.after is not row.before else None, row.now, row.across)
    parts = ("".join(text_of(one.text) for one in side.segments) for side in sides if side is not None)
    is_line = row.code is not None and row.code.kind is RowKind.LINE
    return "\t".join((*(() if is_line else (text_of(row.field),)), *parts))


def found(rows: Sequence[ChangeRow], text: str) -> tuple[int, ...]:
    """The rows that hold a text, whatever its case."""
    wanted = text.lower()
    return tuple(at for at, row in enumerate(islice(rows, MOST_SEARCHED)) if wanted in row_text(row).lower())


def next_place(places: Sequence[int], after: int, step: int) -> int | None:
    """The nearest of these places behind (1) or before (-1) one; round the corner where there is none."""
    if not places:
        return None
    if step > 0:
        return next((place for place in places if place > after), places[0])
    return next((place for place in reversed(places) if place < after), places[-1])


def next_change(rows: Sequence[ChangeRow], after: int, step: int) -> int | None:
    """Where the next (1) or previous (-1) change begins; None where there is no more of them.

    Changed lines that follow one another are one change, fields are one each.
    """
    ahead = range(after + 1, len(rows)) if step > 0 else range(min(after, len(rows)) - 1, -1, -1)
    return next((at for at in ahead if _begins(rows, at)), None)


def next_record(rows: Sequence[ChangeRow], after: int, step: int) -> int | None:
    """Where the next (1) or previous (-1) record of a list begins; None where there is no more of them."""
    here = rows[after].record if 0 <= after < len(rows) else ""
    ahead = range(after + 1, len(rows)) if step > 0 else range(min(after, len(rows)) - 1, -1, -1)
    looked = islice(ahead, MOST_SEARCHED)
    found = next((at for at in looked if rows[at].record not in ("", here)), None)
    while step < 0 and found and rows[found - 1].record == rows[found].record:
        found -= 1
    return found


def changes(rows: Sequence[ChangeRow]) -> Iterator[int]:
    """Where every change begins, from the top."""
    return (at for at in range(len(rows)) if _begins(rows, at))


def _begins(rows: Sequence[ChangeRow], at: int) -> bool:
    if not _is_change(rows[at]):
        return False
    return rows[at].code is None or at == 0 or not _is_change(rows[at - 1])


def _is_change(row: ChangeRow) -> bool:
    return row.sign is not Sign.SAME and (row.code is None or row.code.kind is RowKind.LINE)
