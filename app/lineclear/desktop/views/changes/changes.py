"""The changes card: every leaf of the payload, changed ones first, unchanged ones folded with their count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.delegates.changes_delegate import USUAL_HEIGHT, Columns
from lineclear.desktop.delegates.code_delegate import LINE_HEIGHT
from lineclear.desktop.painting import draw_line, painter_of
from lineclear.desktop.presenters.changes.code_parts import Layout
from lineclear.desktop.presenters.changes.finding import (
    MOST_SEARCHED,
    found,
    next_change,
    next_place,
    next_record,
)
from lineclear.desktop.presenters.changes.origin_sheets import Origin
from lineclear.desktop.presenters.changes.rows import Joined, Opened
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes.changes_list import ChangesList, Shown
from lineclear.desktop.views.changes.find_bar import FindBar
from lineclear.desktop.views.controls import Button, Link
from lineclear.desktop.views.kit import Card, Hairline, MarkLine, clear, column
from lineclear.domain.wording import marked, marked_n, say, say_n

_BESIDE = 140
"""Pixels that the card needs for all but its rows."""
_LEAST_WINDOW = 180
_AT_ONCE = 2_000
"""Rows up to which each letter of a search is looked for as it is typed; beyond, Enter starts it."""
_ROWS = marked_n("{count:,} row", "{count:,} rows")
_FIELDS = marked_n("{count:,} field", "{count:,} fields")
_OTHER = {
    Layout.UNIFIED: (Layout.BESIDE, marked("Side by side")),
    Layout.BESIDE: (Layout.UNIFIED, marked("Unified")),
}


class ChangesCard(Card):
    """Shows a `ChangesSheet`. Changed fields and lines are never folded."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._sheet: ChangesSheet | None = None
        self._is_unfolded = False
        self._opened: frozenset[str] = frozenset()
        self._layout = Layout.UNIFIED
        self._places: tuple[int, ...] = ()
        self._titles = ColumnTitles(look)
        self.list = ChangesList(look)
        self.list.columns_fitted.connect(self._titles.set_columns)
        self.list.fold_opened.connect(self._open_fold)
        self._fold_line = Hairline(look)
        self._fold = Link(look, "")
        self._fold.clicked.connect(self._turn_fold)
        self._beside = Button(look, say("Side by side"), key=key_of("diff.layout"), is_small=True)
        self._beside.clicked.connect(self._turn_layout)
        self.head.addWidget(self._beside)
        self.finder = FindBar(look)
        self.finder.changed.connect(self._search_live)
        self.finder.stepped.connect(self._go_to_found)
        self.finder.closed.connect(self._end_search)
        self.column.addWidget(self.finder)
        self._omitted_line = Hairline(look)
        self._omitted = column(margins=(15, 0, 15, 0), gap=6)
        self.add(self._titles)
        self.add(self.list)
        self.column.addWidget(self._fold_line)
        self.column.addWidget(self._fold)
        self.column.addWidget(self._omitted_line)
        self.column.addLayout(self._omitted)

    def display(self, sheet: ChangesSheet) -> None:
        """Show the changes of an action; a fold stays open while the heading stays the same."""
        if sheet == self._sheet:
            return
        if self._sheet is None or self._sheet.heading != sheet.heading:
            self._is_unfolded, self._opened = False, frozenset()
            self.finder.close_bar()
            self.list.scrollToTop()
        self._sheet = sheet
        self.list.setAccessibleName(
            say("Changes, line by line") if sheet.code else say("Changes, field by field")
        )
        self.heading.set_words(sheet.heading)
        self.chip.set_chip(sheet.freshness)
        titles = (sheet.before_title, sheet.after_title, sheet.now_title)
        self._titles.set_titles(tuple(filter(None, titles)))
        clear(self._omitted)
        for line in sheet.not_shown:
            self._omitted.addWidget(MarkLine(self._look, line))
        room = 8 if sheet.not_shown else 0
        self._omitted.setContentsMargins(15, room, 15, room)
        self._omitted_line.setVisible(bool(sheet.not_shown))
        self._show_rows(sheet)

    def run_command(self, command_id: str) -> None:
        """Carry out a command of reading: find, next change, fold, side by side, copy."""
        match command_id:
            case "diff.next_record":
                self._go_to_record(1)
            case "diff.previous_record":
                self._go_to_record(-1)
            case "diff.find":
                self.finder.open_bar()
            case "diff.next":
                self._go_to_change(1)
            case "diff.previous":
                self._go_to_change(-1)
            case "diff.fold":
                self._turn_fold()
            case "diff.layout":
                self._turn_layout()
            case "diff.copy":
                self.list.copy_row()

    @property
    def origin(self) -> Origin | None:
        """Where the field came from that has the focus, else the first one of which that is known."""
        if self._sheet is None:
            return None
        rows, here = self._rows(self._sheet), self.list.currentIndex().row()
        if 0 <= here < len(rows):
            return rows[here].origin
        return next((row.origin for row in rows[:_AT_ONCE] if row.origin is not None), None)

    def set_room(self, height: int) -> None:
        """Say how high the place is in which the whole card is to be seen at once."""
        self.list.set_window(max(height - _BESIDE, _LEAST_WINDOW))

    def _turn_fold(self) -> None:
        """Open all folds, or close them again."""
        sheet = self._sheet
        if sheet is None:
            return
        folds = sheet.code.folds if sheet.code is not None else frozenset()
        is_open = self._is_unfolded or bool(folds and self._opened >= folds)
        self._is_unfolded = not is_open
        self._opened = frozenset() if is_open else folds
        self._show_rows(sheet)

    def _open_fold(self, key: str) -> None:
        """Open what is folded; records that change alike fold again."""
        if self._sheet is not None:
            groups = {group.key for group in self._sheet.groups}
            self._opened = self._opened - {key} if key in groups & self._opened else self._opened | {key}
            self._show_rows(self._sheet)

    def _turn_layout(self) -> None:
        if self._sheet is not None and self._sheet.code is not None:
            self._layout = _OTHER[self._layout][0]
            self._show_rows(self._sheet)

    def _rows(self, sheet: ChangesSheet) -> Sequence[ChangeRow]:
        opened = [(one.at, one.members) for one in sheet.groups if one.key in self._opened]
        rows = Opened(sheet.rows, opened) if opened else sheet.rows
        if sheet.code is None:
            return rows
        return Joined((rows, sheet.code.rows(self._layout, self._opened)))

    def _show_rows(self, sheet: ChangesSheet) -> None:
        rows, count = self._rows(sheet), len(sheet.unchanged)
        words = say_n("{count:,} unchanged field", "{count:,} unchanged fields", count)
        self._fold.set_title(words, "chevron-down" if self._is_unfolded else "chevron-right")
        self._fold.setVisible(count > 0)
        self._fold_line.setVisible(count > 0)
        self._titles.setVisible(sheet.code is None or bool(len(sheet.rows)))
        self._beside.setVisible(sheet.code is not None)
        self._beside.set_title(say(_OTHER[self._layout][1]))
        states, usual = 3 if sheet.now_title else 2, LINE_HEIGHT if sheet.code else USUAL_HEIGHT
        self.list.show_rows(rows, sheet.unchanged, Shown(self._is_unfolded, states, usual))
        many = _ROWS if sheet.code else _FIELDS
        counted = say_n(*many, self.list.model().rowCount()) if self.list.is_windowed else ""
        self.remark.set_words(" · ".join(filter(None, (sheet.batch, counted))))

    # -- moving and finding ---------------------------------------------------------------------------

    def _go_to_change(self, step: int) -> None:
        if self._sheet is not None:
            here = self.list.currentIndex().row()
            at = next_change(self._rows(self._sheet), here, step)
            if at is not None:
                self.list.go_to(at)

    def _go_to_record(self, step: int) -> None:
        """To the next record of a list, each for itself: those that change alike open."""
        if self._sheet is None or not self._sheet.batch:
            return
        groups = {group.key for group in self._sheet.groups}
        if not groups <= self._opened:
            self._opened |= groups
            self._show_rows(self._sheet)
        at = next_record(self._rows(self._sheet), self.list.currentIndex().row(), step)
        if at is not None:
            self.list.go_to(at)

    def _search_live(self, text: str) -> None:
        if self._sheet is not None and (not text or self.list.model().rowCount() <= _AT_ONCE):
            self._search(self._sheet, text)

    def _search(self, sheet: ChangesSheet, text: str) -> None:
        """Find a text everywhere, also in what is folded: that opens."""
        if text and sheet.code is not None:
            self._opened |= sheet.code.folds_with(text)
        if text and not self._is_unfolded and found(sheet.unchanged, text):
            self._is_unfolded = True
        self._show_rows(sheet)
        every = Joined((self._rows(sheet), sheet.unchanged if self._is_unfolded else ()))
        self._places = found(every, text) if text else ()
        self.list.mark(text)
        within = (
            say(" in the first {most_searched:,} rows", most_searched=MOST_SEARCHED)
            if len(every) > MOST_SEARCHED
            else ""
        )
        self.finder.tell(
            say("{places:,} found{within}", places=len(self._places), within=within) if text else ""
        )

    def _go_to_found(self, step: int) -> None:
        if self._sheet is None:
            return
        if not self._places:
            self._search(self._sheet, self.finder.field.text())
        at = next_place(self._places, self.list.currentIndex().row(), step)
        if at is not None:
            self.list.go_to(at)
            self.finder.field.setFocus()
            self.finder.tell(
                say("{at:,} of {places:,}", at=self._places.index(at) + 1, places=len(self._places))
            )

    def _end_search(self) -> None:
        self._places = ()
        self.list.mark("")
        if self.finder.field.hasFocus():
            self.list.setFocus()


class ColumnTitles(QWidget):
    """The words above the columns of a change."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = Columns(0, (0, 0), 0)
        self._titles: tuple[str, ...] = (say("Field"), "", "")
        self.setFixedHeight(28)

    def set_titles(self, states: tuple[str, ...]) -> None:
        self._titles = (say("Field"), *states)
        self.setAccessibleName(", ".join(self._titles))
        self.update()

    def set_columns(self, columns: Columns) -> None:
        self._columns = columns
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        at = (self._columns.field, *self._columns.states)
        for x, title, end in zip(at, self._titles, (*at[1:], self.width()), strict=False):
            place = QRectF(x, 0, end - x - 8, self.height())
            draw_line(painter, self._look, place, title, FontRole.SMALL, Token.MUTED)
