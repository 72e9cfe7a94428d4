"""The arguments of a call as a document: every leaf, nothing compared. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from lineclear.application.agents.agents_word import NOT_KNOWN_BEFORE
from lineclear.desktop.presenters.changes.differences import Heading, compare
from lineclear.desktop.presenters.changes.origins import NO_ORIGINS, Origins
from lineclear.desktop.presenters.changes.rows import rows_of
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet, Line, Mark, Sign
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json
from lineclear.domain.wording import say, say_n


def arguments_sheet(
    arguments: Json, called: str, origins: Origins = NO_ORIGINS, now: datetime | None = None
) -> tuple[ChangesSheet, str]:
    """Each argument in a row of its own, and how many there are in words."""
    title = say("Arguments of {called}", called=called)
    heading = Heading(title, before_title=say("Value"), after_title="", now=now)
    sheet, _ = compare(arguments, arguments, Shape.FIELDS, heading, origins)
    leaves = sheet.unchanged
    rows = rows_of([partial(_argument, leaves, number) for number in range(len(leaves))])
    notes = (*sheet.not_shown, Line(Mark.ATTENTION, say(NOT_KNOWN_BEFORE)))
    return replace(sheet, rows=rows, unchanged=(), not_shown=notes), say_n(
        "{count:,} argument", "{count:,} arguments", len(leaves)
    )


def _argument(leaves: Sequence[ChangeRow], number: int) -> ChangeRow:
    """Its value over the room of both states: there is one only."""
    leaf = leaves[number]
    return ChangeRow(Sign.SAME, leaf.field, None, None, leaf.spoken, across=leaf.after, origin=leaf.origin)
