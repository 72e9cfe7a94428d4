"""Lays out and paints changed fields: sign, field, states. Interprets nothing; signs double colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from lineclear.desktop.delegates.code_delegate import lay_code
from lineclear.desktop.models.changes_model import ShownChange, shown_part
from lineclear.desktop.painting import Laid, Run, advance, draw_line, turned
from lineclear.desktop.pictures import Pictures, setting_of
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.changes.gloss_sign import SIGN
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, Value, Words, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.domain.wording import say

USUAL_HEIGHT: Final = 31
"""Of a row whose values take one line each."""
FITTED_TO: Final = 60
"""Rows by which the columns are fitted."""
_PAD: Final = 6
_EDGE: Final = 15
_SIGN_ROOM: Final = 23
_GAP: Final = 20
_STEP_IN: Final = 16
"""How far a field stands in under the heading of its record."""
_LEAST_SHARE: Final = 0.24
_MOST_SHARE: Final = 0.4
_SLACK: Final = 2
_EVENLY: Final = 0.54
"""How much of what the field leaves is shared evenly among the states, whatever they hold."""
_LEAST_STATE: Final = 112
"""So that a state's title has room."""
_HIGHEST_KEPT: Final = 200
_MOST_LAID: Final = 1_000
_MOST_WIDTHS: Final = 4
_SIGNS: Final = {
    Sign.CHANGED: Token.CAUTION,
    Sign.ADDED: Token.ADDED,
    Sign.REMOVED: Token.REMOVED,
    Sign.SAME: Token.MUTED,
    Sign.CONFLICT: Token.REMOVED,
}
_BEFORE: Final = (Token.REMOVED, Token.REMOVED_SOFT)
_AFTER: Final = (Token.ADDED, Token.ADDED_SOFT)
_NOW: Final = (Token.CAUTION, Token.CAUTION_SOFT)
_BREAK: Final = "\u200b"
"""Lets a line break and paints nothing; outside text cannot hold one, as its own are shown as escapes."""
_HARD_SPACE: Final = "\N{NO-BREAK SPACE}"
_BREAKS: Final = str.maketrans({sign: f"{sign}{_BREAK}" for sign in "._[]/:-"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a change stand, from the left edge of the card: the field, then each state."""

    field: int
    states: tuple[int, ...]
    right: int

    @property
    def field_width(self) -> int:
        return self.states[0] - self.field - _GAP

    def state_width(self, number: int) -> int:
        """How wide a state's column is."""
        is_last = number == len(self.states) - 1
        return (
            self.right - self.states[number]
            if is_last
            else self.states[number + 1] - self.states[number] - _GAP
        )


def fit_columns(look: Look, rows: Sequence[ChangeRow], width: int, states: int = 2) -> Columns:
    """Share a width among the columns by what they hold, so that none starves."""
    first, right = _EDGE + _SIGN_ROOM, width - _EDGE
    room = max(right - first, 3)
    some = [one for one in rows[:FITTED_TO] if one.code is None]
    names = (_indent(r) + advance(look, FontRole.BODY, _name(r)[:60]) for r in some)
    wide = max(names, default=0) + _GAP + _SLACK
    needs = [max((_natural(look, _states(r)[at]) for r in some), default=1.0) for at in range(states)]
    needs = [max(need, _LEAST_STATE) for need in needs]
    field = min(max(wide, room * _LEAST_SHARE), max(room * _MOST_SHARE, room - sum(needs)))
    left, even = room - field, _EVENLY / states
    shares = [max(need / sum(needs), even) for need in needs]
    at, places = first + field, []
    for share in shares:
        places.append(int(at))
        at += left * share / sum(shares)
    return Columns(first, tuple(places), right)


def _states(row: ChangeRow) -> tuple[Value | None, Value | None, Value | None]:
    return row.before, row.after, row.now


def _natural(look: Look, value: Value | None) -> float:
    if value is None:
        return 60
    text = "".join(text_of(segment.text) for segment in value.segments[:20])[:80]
    gloss = advance(look, FontRole.SMALL, f"  {SIGN} {value.gloss}") if value.gloss else 0
    return advance(look, FontRole.MONO if value.is_mono else FontRole.BODY, text) + gloss + 12


class Cells(Protocol):
    """A row laid out."""

    height: int

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Paint with the top left corner at a point."""


class FieldCells:
    """One field: sign, name, and what it holds in each state."""

    def __init__(
        self, look: Look, row: ChangeRow, columns: Columns, field: Laid, states: tuple[Laid, ...]
    ) -> None:
        self._look = look
        self._sign = row.sign
        self._indent = _indent(row)
        self._columns = columns
        self.field = field
        self.states = states
        self.height = max(field.height, *(state.height for state in states)) + 2 * _PAD

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Paint with the top left corner at a point."""
        y = at.y() + _PAD
        sign = QRectF(at.x() + _EDGE, y, _SIGN_ROOM, 19)
        draw_line(painter, self._look, sign, self._sign.value, FontRole.SMALL_STRONG, _SIGNS[self._sign])
        self.field.draw(painter, QPointF(at.x() + self._columns.field + self._indent, y), Token.MUTED)
        for place, state in zip(self._columns.states, self.states, strict=False):
            state.draw(painter, QPointF(at.x() + place, y), Token.TEXT)


class ChangesPainter:
    """Rows are as high as their words need; nothing is cut off without saying how much.

    Drawing shaped words again takes longer than all else of a frame, so rows are kept as they were painted.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._marked = ""
        self._columns: Columns | None = None
        self._pictures = Pictures()
        self._laid: dict[Columns, dict[int, tuple[ChangeRow, Cells]]] = {}

    def mark(self, text: str) -> None:
        """Show where a text is found."""
        self._marked = text
        self.forget()

    def forget(self) -> None:
        """Drop what was laid out, as after a change of theme or of rows."""
        self._laid.clear()
        self._pictures.forget()

    def forget_row(self, position: int) -> None:
        """Drop one row, as after more of it is shown."""
        self._pictures.drop(position)
        for laid in self._laid.values():
            laid.pop(position, None)

    def height(self, position: int, shown: ShownChange, columns: Columns) -> int:
        """Return the height that a row has, or would have, in some columns."""
        return self._cells(position, shown, columns).height

    def begin(self, painter: QPainter, columns: Columns) -> None:
        """What is painted next, in which columns."""
        if self._pictures.enter(setting_of(self._look, painter, columns.right + _EDGE)):
            self._laid.clear()
        if columns is not self._columns:
            self._pictures.forget()
            self._columns = columns

    def paint(
        self, painter: QPainter, at: QPoint, position: int, shown: ShownChange, columns: Columns
    ) -> None:
        """Paint a row with its top left corner at a point, after `begin` with these columns."""
        picture = self._picture(position, shown, columns)
        if picture is not None:
            painter.drawPixmap(at, picture)
            return
        cells = self._cells(position, shown, columns)
        with turned(painter, QRectF(at.x(), at.y(), columns.right + _EDGE, cells.height)):
            cells.draw(painter, QPointF(at))

    def prepare(self, position: int, shown: ShownChange, columns: Columns) -> bool:
        """Lay a row out and paint it for when it comes into sight; whether that was still to be done.

        Nothing is done before the first frame in these columns.
        """
        if columns is not self._columns or self._pictures.find(position, shown.row) is not None:
            return False
        is_new = position not in self._laid.get(columns, {})
        return self._picture(position, shown, columns) is not None or is_new

    def _picture(self, position: int, shown: ShownChange, columns: Columns) -> QPixmap | None:
        """A row as it was painted; None of one so high that it is painted anew each time."""
        kept = self._pictures.find(position, shown.row)
        if kept is not None:
            return kept
        cells = self._cells(position, shown, columns)
        if cells.height > _HIGHEST_KEPT:
            return None
        picture = self._painted(cells)
        self._pictures.keep(position, shown.row, picture)
        return picture

    def _painted(self, cells: Cells) -> QPixmap:
        """Paint a row for itself; the card's ground shows through."""
        pixmap = self._pictures.blank(cells.height)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        with turned(painter, QRectF(0, 0, self._pictures.width, cells.height)):
            cells.draw(painter, QPointF(0, 0))
        painter.end()
        return pixmap

    def _cells(self, position: int, shown: ShownChange, columns: Columns) -> Cells:
        laid = self._laid.get(columns)
        if laid is None:
            laid = self._laid[columns] = {}
        known = laid.get(position)
        if known is not None and known[0] is shown.row:
            return known[1]
        if len(self._laid) > _MOST_WIDTHS:
            self._laid = {columns: laid}
        if len(laid) > _MOST_LAID:
            del laid[next(iter(laid))]
        cells = self._lay(shown, columns)
        laid[position] = shown.row, cells
        return cells

    def _lay(self, shown: ShownChange, columns: Columns) -> Cells:
        place = shown.row.code
        if place is not None:
            return lay_code(self._look, shown, place, columns.right + _EDGE, self._marked)
        if shown.row.across is not None:
            return self._lay_across(shown.row, shown.row.across, shown.limit, columns)
        count = len(columns.states)
        tones = (_BEFORE, _AFTER, _NOW)
        runs = [
            tuple(_side(value, shown.limit, *tone))
            for value, tone in zip(_states(shown.row)[:count], tones[:count], strict=True)
        ]
        if shown.hidden:
            runs[-1] += (
                Run(
                    say(" … {hidden:,} more characters, Enter shows them", hidden=shown.hidden),
                    ink=Token.ACCENT,
                ),
            )
        states = (
            Laid(self._look, each, FontRole.BODY, columns.state_width(number), marked=self._marked)
            for number, each in enumerate(runs)
        )
        return FieldCells(self._look, shown.row, columns, self._lay_field(shown.row, columns), tuple(states))

    def _lay_field(self, row: ChangeRow, columns: Columns) -> Laid:
        room = columns.field_width - _indent(row)
        return Laid(self._look, tuple(_field(row)), FontRole.BODY, room, marked=self._marked)

    def _lay_across(self, row: ChangeRow, value: Value, limit: int, columns: Columns) -> Cells:
        room = columns.right - columns.states[0]
        runs = tuple(_side(value, limit, *_AFTER))
        if row.opens:
            runs += (Run(say("  Enter shows or hides each"), FontRole.SMALL, Token.ACCENT),)
        words = Laid(self._look, runs, FontRole.BODY, room, marked=self._marked)
        return FieldCells(self._look, row, columns, self._lay_field(row, columns), (words,))


def _name(row: ChangeRow) -> str:
    """The field's path, without what the heading over it says."""
    return text_of(row.field)[row.told :]


def _indent(row: ChangeRow) -> int:
    return row.depth * _STEP_IN


def _field(row: ChangeRow) -> Iterator[Run]:
    """The field's path, which breaks where a name does."""
    caution = caution_of(row.field, *_texts(row.before), *_texts(row.after), *_texts(row.now))
    origin = row.origin
    yield Run(_name(row).translate(_BREAKS), ends_line=bool(caution or origin))
    if caution:
        yield Run(f"! {caution}", FontRole.SMALL, Token.CAUTION, ends_line=origin is not None)
    if origin is not None:
        yield Run(say("from step {number}", number=origin.number), FontRole.SMALL, Token.ACCENT)


def _texts(value: Value | None) -> Iterator[Words]:
    for segment in value.segments if value else ():
        yield segment.text


def _side(value: Value | None, limit: int, ink: Token, ground: Token) -> Iterator[Run]:
    if value is None:
        yield Run(say("absent"), ink=Token.MUTED)
        return
    role = FontRole.MONO if value.is_mono else None
    for segment in shown_part(value, limit):
        changed = segment.is_changed
        yield Run(
            text_of(segment.text),
            role,
            ink if changed else None,
            ground if changed else None,
            segment.ends_line,
        )
    if value.gloss:
        yield Run(f"  {SIGN}{_HARD_SPACE}{value.gloss}", FontRole.SMALL, Token.MUTED)
