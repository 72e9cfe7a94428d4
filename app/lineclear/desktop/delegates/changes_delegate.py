"""Paints one changed field: sign, field, before and after. Never interprets, never speaks by colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, override

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lineclear.desktop.models.changes_model import ShownChange, shown_part
from lineclear.desktop.models.keyed_model import ITEM
from lineclear.desktop.painting import Laid, Run, advance, draw_line, stroke_rounded
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, Value, Words, text_of
from lineclear.desktop.theme import FontRole, Look, Token

_PAD: Final = 6
_EDGE: Final = 15
_SIGN_ROOM: Final = 23
_GAP: Final = 20
_MOST_LAID: Final = 4_000
_SIGNS: Final = {
    Sign.CHANGED: Token.CAUTION,
    Sign.ADDED: Token.ADDED,
    Sign.REMOVED: Token.REMOVED,
    Sign.SAME: Token.MUTED,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a change stand, from the left edge of the card."""

    field: int
    before: int
    after: int
    right: int

    @property
    def field_width(self) -> int:
        return self.before - self.field - _GAP

    @property
    def before_width(self) -> int:
        return self.after - self.before - _GAP

    @property
    def after_width(self) -> int:
        return self.right - self.after


def fit_columns(look: Look, rows: Sequence[ChangeRow], width: int) -> Columns:
    """Share a width among the columns by what they hold, so that neither side starves."""
    first, right = _EDGE + _SIGN_ROOM, width - _EDGE
    room = max(right - first, 3)
    some = rows[:60]
    fields = max((advance(look, FontRole.BODY, text_of(r.field)[:40]) for r in some), default=0)
    field = min(max(fields + _GAP, room * 0.28), room * 0.36)
    befores = max((_natural(look, r.before) for r in some), default=0.0)
    afters = max((_natural(look, r.after) for r in some), default=0.0)
    share = min(max(befores / max(befores + afters, 1), 0.27), 0.6)
    after = first + field + (room - field) * share
    return Columns(first, int(first + field), int(after), right)


def _natural(look: Look, value: Value | None) -> float:
    if value is None:
        return 60
    text = "".join(text_of(segment.text) for segment in value.segments[:20])[:80]
    return advance(look, FontRole.MONO if value.is_mono else FontRole.BODY, text) + 12


@dataclass(frozen=True, slots=True)
class _Cells:
    field: Laid
    before: Laid
    after: Laid

    @property
    def height(self) -> int:
        return max(self.field.height, self.before.height, self.after.height) + 2 * _PAD


class ChangesDelegate(QStyledItemDelegate):
    """Rows are as high as their words need; nothing is cut off without saying how much."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = Columns(0, 1, 2, 3)
        self._laid: dict[tuple[Columns, ShownChange], _Cells] = {}
        look.changed.connect(self.forget)

    def set_columns(self, columns: Columns) -> None:
        """Paint in other columns from now on."""
        self._columns = columns

    def forget(self) -> None:
        """Drop what was laid out, as after a change of theme or of rows."""
        self._laid.clear()

    def row_height(self, shown: ShownChange, columns: Columns) -> int:
        """Return the height that a row has, or would have, in some columns."""
        return self._cells(shown, columns).height

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(0, self.row_height(index.data(ITEM), self._columns))

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        shown: ShownChange = index.data(ITEM)
        box = option.rect
        state = option.state
        painter.save()
        if index.row() > 0:
            painter.fillRect(box.x(), box.y(), box.width(), 1, self._look.colour(Token.LINE))
        self._paint_cells(painter, QPointF(box.topLeft()), shown)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            ring = QRectF(box).adjusted(2, 2, -2, -2)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)
        painter.restore()

    def _paint_cells(self, painter: QPainter, at: QPointF, shown: ShownChange) -> None:
        columns = self._columns
        cells = self._cells(shown, columns)
        y = at.y() + _PAD
        sign = QRectF(at.x() + _EDGE, y, _SIGN_ROOM, 19)
        mark = shown.row.sign
        draw_line(painter, self._look, sign, mark.value, FontRole.SMALL_STRONG, _SIGNS[mark])
        cells.field.draw(painter, QPointF(at.x() + columns.field, y), Token.MUTED)
        cells.before.draw(painter, QPointF(at.x() + columns.before, y), Token.TEXT)
        cells.after.draw(painter, QPointF(at.x() + columns.after, y), Token.TEXT)

    def _cells(self, shown: ShownChange, columns: Columns) -> _Cells:
        if (columns, shown) not in self._laid:
            if len(self._laid) > _MOST_LAID:
                self.forget()
            row = shown.row
            before = tuple(_side(row.before, shown.limit, Token.REMOVED, Token.REMOVED_SOFT))
            after = tuple(_side(row.after, shown.limit, Token.ADDED, Token.ADDED_SOFT))
            if shown.hidden:
                after += (Run(f" … {shown.hidden:,} more characters, Enter shows them", ink=Token.ACCENT),)
            self._laid[columns, shown] = _Cells(
                Laid(self._look, tuple(_field(row)), FontRole.BODY, columns.field_width),
                Laid(self._look, before, FontRole.BODY, columns.before_width),
                Laid(self._look, after, FontRole.BODY, columns.after_width),
            )
        return self._laid[columns, shown]


def _field(row: ChangeRow) -> Iterator[Run]:
    caution = caution_of(row.field, *_texts(row.before), *_texts(row.after))
    yield Run(text_of(row.field), ends_line=bool(caution))
    if caution:
        yield Run(f"! {caution}", FontRole.SMALL, Token.CAUTION)


def _texts(value: Value | None) -> Iterator[Words]:
    for segment in value.segments if value else ():
        yield segment.text


def _side(value: Value | None, limit: int, ink: Token, ground: Token) -> Iterator[Run]:
    if value is None:
        yield Run("absent", ink=Token.MUTED)
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
