"""The rows of a change: as high as they need to be while they are few, in a window of their own when many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, override

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.delegates.changes_delegate import (
    FITTED_TO,
    USUAL_HEIGHT,
    ChangesPainter,
    Columns,
    fit_columns,
)
from lineclear.desktop.models.changes_model import ChangesModel
from lineclear.desktop.models.heights import Heights
from lineclear.desktop.painting import stroke_rounded
from lineclear.desktop.presenters.changes.code_parts import RowKind
from lineclear.desktop.presenters.changes.finding import row_text
from lineclear.desktop.presenters.sheets import ChangeRow
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.controls import claims_key
from lineclear.domain.wording import say

MOST_WHOLE: Final = 200
"""Rows up to which the page around them scrolls; more scroll in a window of their own, so that what
stands below them stays within reach."""
_WINDOW: Final = 480
_PAGE_ROWS: Final = 10
_NARROWEST: Final = 200
_AT_A_TURN: Final = 4
"""Rows that are prepared between two events: some milliseconds at most."""
_NO_COLUMNS: Final = Columns(0, (1, 2), 3)


@dataclass(frozen=True, slots=True)
class Shown:
    """How rows are shown: with the folded ones or without, how many states each has, how high most are."""

    is_unfolded: bool = False
    states: int = 2
    usual: int = USUAL_HEIGHT


class ChangesList(QListView):
    """Lays out only what is in sight: a row is taken to be of the usual height until it is.

    It is a list view for the keyboard and for screen readers; layout and painting are its own.
    """

    columns_fitted = Signal(object)
    fold_opened = Signal(str)
    """Key of a fold of code, or of records that change alike, that a person opened or folded."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._fit_to: tuple[ChangeRow, ...] = ()
        self._states = 2
        self._usual = USUAL_HEIGHT
        self._window = _WINDOW
        self._changes = ChangesModel(self)
        self._painter = ChangesPainter(look)
        self._columns = _NO_COLUMNS
        self._heights = Heights(0, USUAL_HEIGHT)
        self._is_measuring = False
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self.prepare_ahead)
        self.setModel(self._changes)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(say("Changes, field by field"))
        self.setObjectName("changes")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._show_more)
        look.changed.connect(self._forget)

    @property
    def is_windowed(self) -> bool:
        """Whether the rows scroll in a window of their own."""
        return self._changes.rowCount() > MOST_WHOLE

    def show_rows(self, rows: Sequence[ChangeRow], folded: Sequence[ChangeRow], show: Shown) -> None:
        """Show rows, and folded ones behind them; the columns suit both, so that unfolding moves nothing."""
        is_other = self._changes.update_changes(rows, folded if show.is_unfolded else ())
        is_other = is_other or show.states != self._states
        self._fit_to = (*rows[:FITTED_TO], *folded[:FITTED_TO])
        self._states, self._usual = show.states, show.usual
        if is_other:
            self._forget()

    def go_to(self, row: int) -> None:
        """Bring a row into sight and put the focus on it."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.setCurrentIndex(self._changes.index(row))
        self.scrollTo(self._changes.index(row))
        self.viewport().update()

    def mark(self, text: str) -> None:
        """Show wherever a text is found; nothing for none."""
        self._painter.mark(text)
        self._forget()

    def copy_row(self) -> None:
        """Put what the current row shows on the clipboard."""
        index = self.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(row_text(self._changes.item(index.row()).row))

    def set_window(self, height: int) -> None:
        """Say how high the window of many rows may be."""
        if height != self._window:
            self._window = height
            self.updateGeometry()

    def prepare_ahead(self) -> bool:
        """Lay out and paint some rows that a turn of the wheel may bring into sight; whether there were any.

        Called while nothing else happens, until a screen of rows on both sides is ready.
        """
        left, bottom = _AT_A_TURN, self._heights.row_at(self.verticalOffset() + self.viewport().height())
        is_grown = False
        for row in self._near():
            left -= self._painter.prepare(row, self._changes.item(row), self._columns)
            if row > bottom and not self._heights.is_measured(row):
                is_grown |= self._heights.correct(row, self._measure(row, self._columns)) != 0
            if not left:
                break
        if is_grown:
            self.updateGeometries()
        if not left:
            return True
        self._idle.stop()
        return left < _AT_A_TURN

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        if self.is_windowed:
            return self._window
        columns = fit_columns(self._look, self._fit_to, width, self._states)
        return max(sum(self._measure(row, columns) for row in range(self._changes.rowCount())), 1)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(max(self.width(), 320)))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, 1)

    @override
    def event(self, event: QEvent, /) -> bool:
        if claims_key(event, (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show_more(self.currentIndex())
            return
        super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Letters are commands, so they never jump to a row."""

    # -- layout: what a list view asks of its rows -----------------------------------------------------

    @override
    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    @override
    def updateGeometries(self) -> None:
        bar, sight = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self._heights.total - sight, 0) if self.is_windowed else 0)
        bar.setPageStep(sight)
        bar.setSingleStep(USUAL_HEIGHT)

    @override
    def visualRect(self, index: QModelIndex | QPersistentModelIndex, /) -> QRect:
        if not index.isValid():
            return QRect()
        row = index.row()
        top = self._heights.top(row) - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._heights.height(row))

    @override
    def indexAt(self, p: QPoint, /) -> QModelIndex:
        place = p.y() + self.verticalOffset()
        if not 0 <= place < self._heights.total:
            return QModelIndex()
        return self._changes.index(self._heights.row_at(place))

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        box = self.visualRect(index)
        if not self.is_windowed:
            self._seek(box)
        elif box.top() < 0 or box.height() > self.viewport().height():
            self.verticalScrollBar().setValue(self.verticalOffset() + box.top())
        elif box.bottom() > self.viewport().height():
            self._heights.correct(index.row(), self._measure(index.row(), self._columns))
            self.updateGeometries()
            down = self.visualRect(index).bottom() + 1 - self.viewport().height()
            self.verticalScrollBar().setValue(self.verticalOffset() + down)

    @override
    def moveCursor(
        self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier, /
    ) -> QModelIndex:
        steps = {
            QAbstractItemView.CursorAction.MoveUp: -1,
            QAbstractItemView.CursorAction.MoveDown: 1,
            QAbstractItemView.CursorAction.MovePageUp: -_PAGE_ROWS,
            QAbstractItemView.CursorAction.MovePageDown: _PAGE_ROWS,
            QAbstractItemView.CursorAction.MoveHome: -self._changes.rowCount(),
            QAbstractItemView.CursorAction.MoveEnd: self._changes.rowCount(),
        }
        current = self.currentIndex()
        step = steps.get(cursorAction, 0)
        row = (current.row() if current.isValid() else -1) + step
        return self._changes.index(min(max(row, 0), self._changes.rowCount() - 1))

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self._refit()
        super().resizeEvent(event)

    @override
    def scrollContentsBy(self, dx: int, dy: int, /) -> None:
        """What stays in sight is moved as it is; only where rows turn out higher or lower is all painted."""
        if self._measure_sight():
            self.viewport().update()
        else:
            self.viewport().scroll(0, dy)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if not self._changes.rowCount():
            return
        painter = QPainter(self.viewport())
        offset, width = self.verticalOffset(), self.viewport().width()
        self._painter.begin(painter, self._columns)
        line, ringed = self._look.colour(Token.LINE), self._ringed_row()
        row = self._heights.row_at(event.rect().top() + offset)
        y = self._heights.top(row) - offset
        while row < self._changes.rowCount() and y <= event.rect().bottom():
            shown, high = self._changes.item(row), self._heights.height(row)
            self._painter.paint(painter, QPoint(0, y), row, shown, self._columns)
            if row and (shown.row.code is None or shown.row.code.kind is not RowKind.LINE):
                painter.fillRect(0, y, width, 1, line)
            if row == ringed:
                ring = QRectF(2, y + 2, width - 4, high - 4)
                stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)
            y += high
            row += 1
        if self.is_windowed:
            self._idle.start()

    def _near(self) -> Iterator[int]:
        """The rows of one screen below what is in sight, then those of one above."""
        if self.is_windowed:
            top, high, last = self.verticalOffset(), self.viewport().height(), self._changes.rowCount()
            row = self._heights.row_at(top + high)
            below = high // self._usual + 1
            yield from range(row, min(row + below, last))
            row = self._heights.row_at(top)
            yield from range(row - 1, max(row - 1 - below, -1), -1)

    def _ringed_row(self) -> int | None:
        """The row that has the keyboard's focus."""
        by_key = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return self.currentIndex().row() if by_key and self.hasFocus() else None

    def _seek(self, box: QRect) -> None:
        """Let the page around show a row."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        page = around.widget() if isinstance(around, QScrollArea) else None
        if isinstance(around, QScrollArea) and page is not None:
            middle = self.viewport().mapTo(page, box.center())
            around.ensureVisible(middle.x(), middle.y(), 0, box.height() // 2 + 8)

    def _show_more(self, index: QModelIndex) -> None:
        row = index.row()
        if not index.isValid():
            return
        place = self._changes.item(row).row.code
        if place is not None and place.kind is RowKind.FOLD:
            self.fold_opened.emit(place.key)
        elif self._changes.item(row).row.opens and not self._changes.item(row).hidden:
            self.fold_opened.emit(self._changes.item(row).row.opens)
        elif self._changes.item(row).hidden:
            self._changes.show_more(row)
            self._painter.forget_row(row)
            self._heights.correct(row, self._measure(row, self._columns))
            self._refit()

    def _forget(self) -> None:
        """Lay everything out anew."""
        self._painter.forget()
        self._columns = _NO_COLUMNS
        self._refit()

    def _refit(self) -> None:
        """Follow the width and the rows; the row at the top of the window stays there."""
        policy = Qt.ScrollBarPolicy
        wanted = policy.ScrollBarAlwaysOn if self.is_windowed else policy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(wanted)
        columns = fit_columns(self._look, self._fit_to, self.viewport().width(), self._states)
        if columns != self._columns:
            top = self._heights.row_at(self.verticalOffset()) if self._heights.total else 0
            self._columns, self._heights = columns, Heights(self._changes.rowCount(), self._usual)
            self.columns_fitted.emit(columns)
            self.updateGeometries()
            self.verticalScrollBar().setValue(top * self._usual)
        self._measure_sight()
        self.updateGeometry()
        self.viewport().update()

    def _measure(self, row: int, columns: Columns) -> int:
        return self._painter.height(row, self._changes.item(row), columns)

    def _measure_sight(self) -> bool:
        """Measure what is in sight. What stands below its top, or at the end of all, stays where it is.

        Whether a row may now stand elsewhere in the window.
        """
        if self._is_measuring or self.viewport().width() < _NARROWEST:
            return True
        self._is_measuring, is_moved = True, False
        bar = self.verticalScrollBar()
        was_at_end = self.is_windowed and 0 < bar.value() == bar.maximum()
        while (above := self._correct_sight()) is not None:
            is_moved = True
            self.updateGeometries()
            bar.setValue(bar.maximum() if was_at_end else bar.value() + above)
        self.updateGeometries()
        self._is_measuring = False
        return is_moved

    def _correct_sight(self) -> int | None:
        """Correct the heights of the rows in sight; how much grew above it, None where nothing did."""
        count, heights = self._changes.rowCount(), self._heights
        offset = self.verticalOffset()
        bottom = offset + self.viewport().height() if self.is_windowed else 1 << 30
        row = heights.row_at(offset) if count else 0
        y = heights.top(row) if count else 0
        above, is_changed = 0, False
        while row < count and y < bottom:
            if not heights.is_measured(row):
                more = heights.correct(row, self._measure(row, self._columns))
                above += more if y < offset else 0
                is_changed = is_changed or more != 0
            y += heights.height(row)
            row += 1
        return above if is_changed else None
