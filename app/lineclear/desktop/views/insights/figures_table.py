"""A table of figures that stands in the order of one of its columns. As high as its rows, up to a dozen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, override

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.delegates.cell_delegate import ROW_HEIGHT
from lineclear.desktop.models.arranging import Arranged
from lineclear.desktop.models.keyed_model import Index
from lineclear.desktop.models.table_model import Column
from lineclear.desktop.painting import advance, draw_icon_at, draw_line, turned
from lineclear.desktop.presenters.insights.insight_sheets import FigureRow, Way
from lineclear.desktop.presenters.sheets import Meter
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import show_tip
from lineclear.desktop.views.table import Table, Titles
from lineclear.domain.wording import say

_MOST_ROWS: Final = 12
_HEAD: Final = (30, 42)
"""With titles of one line, and where one takes two."""
_LEADING: Final = 16
_SIGN: Final = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One column: its title, its share of the width, and what it counts."""

    title: str
    share: int
    says: str


class FiguresTable(Table[FigureRow]):
    """Shows `FigureRow`s. `opened` carries the way behind a row, by key or by two presses."""

    opened = Signal(object)

    def __init__(
        self, look: Look, name: str, figures: Sequence[Figure], parent: QWidget | None = None
    ) -> None:
        first = figures[0]
        columns: list[Column[FigureRow]] = [Column(first.title, first.share, lambda row: row.name)]
        columns += [
            Column(each.title, each.share, _cell(at), is_mono=True) for at, each in enumerate(figures[1:])
        ]
        super().__init__(look, name, columns, lambda row: row.id, parent)
        self._figures = tuple(figures)
        self._unsorted: tuple[FigureRow, ...] = ()
        self.arranged = Arranged()
        self._titles = SortTitles(look, self._figures, self)
        self.setHorizontalHeader(self._titles)
        self._titles.sectionClicked.connect(self.arrange)
        self._titles.show_order(self.arranged)
        self.activated.connect(self._open)
        self.setObjectName("figures")  # its card shows through, with its round corners
        self._look = look
        look.changed.connect(self._fit)
        self._fit()

    def display(self, rows: tuple[FigureRow, ...]) -> None:
        """Show rows in the order that was chosen; who is chosen stays so."""
        self._unsorted = rows
        self._show()

    def arrange(self, column: int) -> None:
        """Put them in the order of a column; by the same one again, the other way round."""
        self.arranged = self.arranged.by(column)
        self._titles.show_order(self.arranged)
        self._show()

    def arrange_next(self) -> None:
        """Put them in the order of the column after the one that it is by."""
        self.arrange((self.arranged.column + 1) % len(self._figures))

    def turn(self) -> None:
        """The other way round."""
        self.arrange(self.arranged.column)

    def _show(self) -> None:
        at = self.currentIndex()
        chosen = self.rows.row(at.row()).id if at.isValid() else None
        self.show_rows(self.arranged.rows(self._unsorted), chosen)
        self._fit()

    def _fit(self) -> None:
        rows = min(max(self.rows.rowCount(), 1), _MOST_ROWS)
        self._titles.break_titles()
        self.setFixedHeight(self._titles.sizeHint().height() + self._look.row_height(ROW_HEIGHT) * rows)
        self.cells.ends_in_card = self.rows.rowCount() <= _MOST_ROWS

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    def _open(self, index: Index) -> None:
        way: Way | None = self.rows.row(index.row()).way
        if way is not None:
            self.opened.emit(way)


class SortTitles(Titles):
    """Titles that can be pressed; that of the order carries a sign, and each says what it counts."""

    def __init__(self, look: Look, figures: tuple[Figure, ...], parent: QWidget | None = None) -> None:
        super().__init__(look, tuple(say(each.title) for each in figures), parent)
        self._says = tuple(say(each.says) for each in figures)
        self._arranged = Arranged()
        self._breaks = False
        self.setSectionsClickable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_order(self, arranged: Arranged) -> None:
        """Mark the column of the order."""
        self._arranged = arranged
        self.viewport().update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.rect(), self._look.colour(Token.SURFACE))
        for at in range(len(self._titles)):
            left, wide = self.sectionViewportPosition(at), self.sectionSize(at)
            with turned(painter, QRectF(left, 0, wide, self.height())):
                self._paint_title(painter, at, QRectF(left, 0, wide, self.height()))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour(Token.LINE))

    def _paint_title(self, painter: QPainter, at: int, box: QRectF) -> None:
        place = box.adjusted(15 if at == 0 else 8, 0, -2, -6)
        is_order = at == self._arranged.column
        role, ink = (FontRole.SMALL_STRONG, Token.TEXT) if is_order else (FontRole.SMALL, Token.MUTED)
        room = place.width() - (_SIGN + 2 if is_order else 0)
        lines = self._lines(at, place.width())
        top = place.bottom() - _LEADING * len(lines)
        for number, line in enumerate(lines):
            spot = QRectF(place.left(), top + number * _LEADING, room, _LEADING)
            draw_line(painter, self._look, spot, line, role, ink)
        if is_order:
            end = place.left() + min(advance(self._look, role, lines[-1]), room) + 2
            self._paint_sign(painter, QPointF(end, place.bottom() - _LEADING / 2))

    def _lines(self, at: int, width: float) -> tuple[str, ...]:
        """A title in as many lines as it takes; that of the order leaves room for its sign."""
        if at == self._arranged.column:
            return self._broken(self._titles[at], FontRole.SMALL_STRONG, width - _SIGN - 2)
        return self._broken(self._titles[at], FontRole.SMALL, width)

    def _broken(self, title: str, role: FontRole, room: float) -> tuple[str, ...]:
        """One line, or two where it does not fit: the first as long as it can be."""
        if advance(self._look, role, title) <= room or " " not in title:
            return (title,)
        words = title.split(" ")
        fits = [at for at in range(1, len(words)) if advance(self._look, role, " ".join(words[:at])) <= room]
        at = max(fits, default=1)
        return " ".join(words[:at]), " ".join(words[at:])

    def _paint_sign(self, painter: QPainter, middle: QPointF) -> None:
        painter.save()
        painter.translate(middle)
        if not self._arranged.is_falling:
            painter.scale(1, -1)
        draw_icon_at(painter, self._look, QPointF(0, -_SIGN / 2), "chevron-down", Token.TEXT, _SIGN)
        painter.restore()

    def break_titles(self) -> None:
        """Make room for a second line where a title has none in one."""
        self._breaks = any(
            len(self._lines(at, self.sectionSize(at) - (17 if at == 0 else 10))) > 1
            for at in range(len(self._titles))
        )

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._look.px(_HEAD[self._breaks]))

    @override
    def viewportEvent(self, event: QEvent, /) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.logicalIndexAt(event.pos())
            if at >= 0:
                show_tip(event, f"{self._titles[at]}: {self._says[at]}", self)
                return True
        return super().viewportEvent(event)


def _cell(at: int) -> Callable[[FigureRow], str | Meter]:
    return lambda row: row.cells[at].shown
