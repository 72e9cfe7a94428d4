"""The changes card: every leaf of the payload, changed ones first, unchanged ones folded with their count."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from lineclear.desktop.delegates.changes_delegate import ChangesDelegate, Columns, fit_columns
from lineclear.desktop.models.changes_model import ChangesModel
from lineclear.desktop.painting import draw_line
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Link, claims_key
from lineclear.desktop.views.kit import Card, Hairline, MarkLine, clear, column


class ChangesCard(Card):
    """Shows a `ChangesSheet`. Changed fields are never folded."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._sheet: ChangesSheet | None = None
        self._is_unfolded = False
        self._titles = ColumnTitles(look)
        self.list = ChangesList(look)
        self.list.columns_fitted.connect(self._titles.set_columns)
        self._fold_line = Hairline(look)
        self._fold = Link(look, "")
        self._fold.clicked.connect(self._turn_fold)
        self._omitted = column(margins=(15, 0, 15, 0), gap=6)
        self.add(self._titles)
        self.add(self.list)
        self.column.addWidget(self._fold_line)
        self.column.addWidget(self._fold)
        self.column.addLayout(self._omitted)

    def display(self, sheet: ChangesSheet) -> None:
        """Show the changes of an action; a fold stays open while the heading stays the same."""
        if sheet == self._sheet:
            return
        if self._sheet is None or self._sheet.heading != sheet.heading:
            self._is_unfolded = False
        self._sheet = sheet
        self.heading.set_words(sheet.heading)
        self.chip.set_chip(sheet.freshness)
        self._titles.set_titles(sheet.before_title, sheet.after_title)
        clear(self._omitted)
        for line in sheet.not_shown:
            self._omitted.addWidget(MarkLine(self._look, line))
        self._omitted.setContentsMargins(15, 0, 15, 10 if sheet.not_shown else 0)
        self._show_rows(sheet)

    def _turn_fold(self) -> None:
        self._is_unfolded = not self._is_unfolded
        if self._sheet is not None:
            self._show_rows(self._sheet)

    def _show_rows(self, sheet: ChangesSheet) -> None:
        count = len(sheet.unchanged)
        words = f"{count:,} unchanged field{'' if count == 1 else 's'}"
        self._fold.set_title(words, "chevron-down" if self._is_unfolded else "chevron-right")
        self._fold.setVisible(count > 0)
        self._fold_line.setVisible(count > 0)
        rows = sheet.rows + (sheet.unchanged if self._is_unfolded else ())
        self.list.show_rows(rows, sheet.rows + sheet.unchanged)


class ColumnTitles(QWidget):
    """The words above the columns of a change."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = Columns(0, 0, 0, 0)
        self._titles = ("Field", "", "")
        self.setFixedHeight(28)

    def set_titles(self, before: str, after: str) -> None:
        self._titles = ("Field", before, after)
        self.setAccessibleName(", ".join(self._titles))
        self.update()

    def set_columns(self, columns: Columns) -> None:
        self._columns = columns
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        at = (self._columns.field, self._columns.before, self._columns.after)
        for x, title in zip(at, self._titles, strict=True):
            place = QRectF(x, 0, self.width() - x, self.height())
            draw_line(painter, self._look, place, title, FontRole.SMALL, Token.MUTED)


class ChangesList(QListView):
    """The rows, as high as they need to be; the page around it scrolls."""

    columns_fitted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._all: tuple[ChangeRow, ...] = ()
        self._changes = ChangesModel(self)
        self._delegate = ChangesDelegate(look, self)
        self.setModel(self._changes)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Changes, field by field")
        self.setObjectName("changes")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._show_more)
        look.changed.connect(self._refit)

    def show_rows(self, rows: tuple[ChangeRow, ...], fit_to: tuple[ChangeRow, ...]) -> None:
        """Show rows in columns that also suit the folded ones, so that unfolding moves nothing."""
        self._all = fit_to
        self._delegate.forget()
        self._changes.update_changes(rows)
        self._refit()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        columns = fit_columns(self._look, self._all, width)
        items = (self._changes.item(at) for at in range(self._changes.rowCount()))
        return max(sum(self._delegate.row_height(item, columns) for item in items), 1)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(max(self.width(), 320)))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(200, 1)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self._refit()
        super().resizeEvent(event)

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

    def _show_more(self, index: QModelIndex) -> None:
        if index.isValid() and self._changes.item(index.row()).hidden:
            self._changes.show_more(index.row())
            self._refit()

    def _refit(self) -> None:
        columns = fit_columns(self._look, self._all, self.width())
        self._delegate.set_columns(columns)
        self.columns_fitted.emit(columns)
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
