"""Lays out and paints rows of code: file, hunk, fold, line. Interprets nothing; signs double every colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from lineclear.desktop.models.changes_model import ShownChange, shown_part
from lineclear.desktop.painting import Laid, Run, draw_icon_at, draw_line, upright
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.changes.code_parts import Layout, Part, Place, RowKind
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, Value, text_of
from lineclear.desktop.theme import CODE_INKS, FontRole, Look, Token
from lineclear.domain.wording import figure, say

LINE_HEIGHT: Final = 19
_HEAD_HEIGHT: Final = 30
_NUMBER: Final = 44
"""Room for a line's number on one side: five digits."""
_SIGN: Final = 20
_AT_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_EDGE: Final = 15
_GROUNDS: Final = {Sign.ADDED: Token.ADDED_SOFT, Sign.REMOVED: Token.REMOVED_SOFT}
_MARKS: Final = {Sign.ADDED: Token.ADDED_MARK, Sign.REMOVED: Token.REMOVED_MARK}
_INKS: Final = {Sign.ADDED: Token.ADDED, Sign.REMOVED: Token.REMOVED}


def lay_code(look: Look, shown: ShownChange, place: Place, width: int, marked: str = "") -> CodeCells:
    """Lay a row of code out in the whole width of a card; `marked` is what somebody searches for."""
    if place.kind is not RowKind.LINE:
        return HeadCells(look, shown.row, place, width)
    if place.layout is Layout.BESIDE:
        return LineCells(look, tuple(_beside(look, shown, place, width, marked)), width)
    return LineCells(look, (_unified(look, shown, place, width, marked),), width)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a line: where it stands, its numbers, its sign, and its laid out text."""

    left: int
    right: int
    numbers: tuple[tuple[int, str], ...]
    """Each with its right edge."""
    sign: Sign
    text: Laid
    at: int


class LineCells:
    """A line of code, on one side or on both."""

    def __init__(self, look: Look, sides: tuple[_Side, ...], width: int) -> None:
        self._look = look
        self._sides = sides
        self._width = width
        self.height = max((side.text.height for side in sides), default=look.leading(FontRole.MONO))

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Paint with the top left corner at a point. Code runs from left to right in every language."""
        with upright(painter, QRectF(at.x(), at.y(), self._width, self.height)):
            self._draw(painter, at)

    def _draw(self, painter: QPainter, at: QPointF) -> None:
        look, y = self._look, at.y()
        for side in self._sides:
            ground = _GROUNDS.get(side.sign)
            if ground is not None:
                box = QRectF(at.x() + side.left, y, side.right - side.left, self.height)
                painter.fillRect(box, look.colour(ground))
            painter.setFont(look.font(FontRole.KEY))
            painter.setPen(look.colour(Token.MUTED))
            for right, number in side.numbers:
                box = QRectF(at.x() + side.left, y, right - side.left, look.leading(FontRole.MONO))
                painter.drawText(box, _AT_RIGHT, number)
            if side.sign in _INKS:
                box = QRectF(at.x() + side.at - _SIGN + 4, y, _SIGN, look.leading(FontRole.MONO))
                draw_line(painter, look, box, side.sign.value, FontRole.SMALL_STRONG, _INKS[side.sign])
            side.text.draw(painter, QPointF(at.x() + side.at, y), Token.TEXT)


class HeadCells:
    """A row without numbers: a file with its counts, the head of a hunk, or a closed fold."""

    def __init__(self, look: Look, row: ChangeRow, place: Place, width: int) -> None:
        self._look = look
        self._place = place
        self._row = row
        is_file = place.kind is RowKind.FILE
        counts = tuple(_counts(place)) if is_file else ()
        self._counts = Laid(look, counts, FontRole.MONO)
        room = max(width - 2 * _EDGE - int(self._counts.width) - 24, 40)
        role = FontRole.MONO if place.kind is not RowKind.FOLD else FontRole.BODY
        self._text = Laid(look, tuple(_heading(row, place)), role, room)
        self._width = width
        least = _HEAD_HEIGHT if place.kind is not RowKind.HUNK else 24
        self.height = max(self._text.height + 10, look.px(least))

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Paint with the top left corner at a point."""
        look, kind = self._look, self._place.kind
        if kind is not RowKind.FOLD:
            painter.fillRect(QRectF(at.x(), at.y(), self._width, self.height), look.colour(Token.RAISED))
        y = at.y() + (self.height - self._text.height) / 2
        left = at.x() + _EDGE
        if kind is RowKind.FOLD:
            draw_icon_at(painter, look, QPointF(left, y + 2), "chevron-right", Token.MUTED, 14)
        ink = Token.TEXT if kind is RowKind.FILE else Token.MUTED
        self._text.draw(painter, QPointF(left + (22 if kind is RowKind.FOLD else 0), y), ink)
        right = at.x() + self._width - _EDGE - self._counts.width
        self._counts.draw(
            painter, QPointF(right, at.y() + (self.height - self._counts.height) / 2), Token.MUTED
        )


type CodeCells = LineCells | HeadCells


def _heading(row: ChangeRow, place: Place) -> Iterator[Run]:
    yield Run(text_of(row.field))
    if place.told:
        yield Run(f"   {place.told}", FontRole.SMALL, Token.MUTED)
    caution = caution_of(row.field)
    if caution:
        yield Run(f"   ! {caution}", FontRole.SMALL, Token.CAUTION)


def _counts(place: Place) -> Iterator[Run]:
    if place.came:
        yield Run(f"+{figure(place.came)}", ink=Token.ADDED)
    if place.went:
        yield Run(f"{' ' if place.came else ''}{Sign.REMOVED.value}{figure(place.went)}", ink=Token.REMOVED)


def _unified(look: Look, shown: ShownChange, place: Place, width: int, marked: str) -> _Side:
    row = shown.row
    value = row.after if row.after is not None else row.before
    numbers = ((_NUMBER, _digits(place.before)), (2 * _NUMBER, _digits(place.after)))
    at = 2 * _NUMBER + _SIGN
    text = _lay(look, shown, value, row.sign, width - at - _EDGE, marked)
    return _Side(0, width, numbers, row.sign, text, at)


def _beside(look: Look, shown: ShownChange, place: Place, width: int, marked: str) -> Iterator[_Side]:
    row, half = shown.row, width // 2
    is_changed = row.sign is not Sign.SAME
    sides = (
        (0, half, row.before, place.before, Sign.REMOVED),
        (half, width, row.after, place.after, Sign.ADDED),
    )
    for left, right, value, number, sign in sides:
        at = left + _NUMBER + _SIGN
        own = sign if is_changed and value is not None else Sign.SAME
        text = _lay(look, shown, value, own, right - at - 8, marked)
        yield _Side(left, right, ((left + _NUMBER, _digits(number)),), own, text, at)


def _digits(number: int | None) -> str:
    return "" if number is None else str(number)


def _lay(look: Look, shown: ShownChange, value: Value | None, sign: Sign, room: int, marked: str) -> Laid:
    runs = tuple(_runs(value, sign, shown.limit)) if value is not None else ()
    if value is not None and shown.hidden:
        runs = (
            *runs,
            Run(
                say(" … {hidden:,} more characters, Enter shows them", hidden=shown.hidden), ink=Token.ACCENT
            ),
        )
    caution = caution_of(*(one.text for one in value.segments)) if value is not None else ""
    if caution:
        runs = (*runs, Run(f"   ! {caution}", FontRole.SMALL, Token.CAUTION))
    return Laid(look, runs, FontRole.MONO, room, marked=marked, is_code=True)


def _runs(value: Value, sign: Sign, limit: int) -> Iterator[Run]:
    for segment in shown_part(value, limit):
        ground = _MARKS.get(sign) if segment.is_changed else None
        ink = None if segment.is_changed or segment.part is Part.PLAIN else CODE_INKS[segment.part]
        yield Run(text_of(segment.text), None, ink, ground)
