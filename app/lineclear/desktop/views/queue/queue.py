"""The queue pane: heading, filters, the list, and its states. Tells which action was chosen, by id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, override

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHoverEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStackedWidget, QWidget

from lineclear.desktop.delegates.queue_delegate import HEAD_HEIGHT, Ground, QueueDelegate, QueuePainter
from lineclear.desktop.models.keyed_model import Index
from lineclear.desktop.models.queue_model import QueueModel, key_of_row
from lineclear.desktop.presenters.queue.narrowing_sheets import Offer
from lineclear.desktop.presenters.sheets import QueueRow, QueueSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import Fit, Hairline, Panel, Text, column, row
from lineclear.desktop.views.outbox.outgoing import OutgoingStrip
from lineclear.desktop.views.queue.queue_narrowing import QueueNarrowingBar
from lineclear.desktop.views.states import Banner, StateView
from lineclear.domain.wording import figure, say, say_n

_AT_A_TURN: Final = 4
"""Rows that are prepared between two events: a millisecond or two."""


class QueueView(Panel):
    """Shows a `QueueSheet`. Focus and selection follow an action by its id, never by its row."""

    chosen = Signal(str)
    opened = Signal(str)
    filtered = Signal(str)
    stepped = Signal(str)
    ended = Signal()
    """The last of the rows at hand came into sight."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self._heading = Text(look, FontRole.HEADING)
        self._count = Text(look, FontRole.HEADING, Token.MUTED)
        self._aside = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self._banner = Banner(look, is_narrow=True)
        self._banner.stepped.connect(self.stepped)
        self._state = StateView(look)
        self._state.stepped.connect(self.stepped)
        self.model = QueueModel(self)
        self.list = QueueList(self.model, look)
        self.list.chosen.connect(self.chosen)
        self.list.opened.connect(self.opened)
        self.list.verticalScrollBar().valueChanged.connect(self._tell_end)
        self.narrowing = QueueNarrowingBar(look)
        self.narrowing.viewed.connect(self.filtered)
        self.narrowing.commanded.connect(self.stepped)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._state)
        self.outgoing = OutgoingStrip(look)
        self._lay_out()

    def display(self, sheet: QueueSheet) -> None:
        """Show the queue. Says nothing about the selection that it sets itself."""
        self._heading.set_words(sheet.heading)
        self._count.set_words("" if sheet.count is None else figure(sheet.count))
        self._count.setAccessibleName(
            "" if sheet.count is None else say_n("{count:,} action", "{count:,} actions", sheet.count)
        )
        self._aside.set_words(sheet.aside)
        self._aside.setVisible(bool(sheet.aside))
        self.narrowing.display(sheet.filters, sheet.narrowing)
        is_bare = sheet.notice is not None and not sheet.rows
        self._banner.display(None if is_bare else sheet.notice)
        if sheet.notice is not None and is_bare:
            self._state.display(sheet.notice)
        self._stack.setCurrentWidget(self._state if is_bare else self.list)
        self.list.display(sheet)

    def choose_next(self, step: int) -> None:
        """Choose the row after (1) or before (-1) the chosen one."""
        self.list.choose_next(step)

    def open_menu(self, name: str) -> None:
        """Open the menu of views, or of orders."""
        bar = self.narrowing
        bar.pop_up(bar.views_menu() if name == "views" else bar.sort_menu())

    def offer(self, offer: Offer) -> None:
        """Open the menu of filters with what there is to narrow to."""
        self.narrowing.pop_up(self.narrowing.filter_menu(offer))

    def _tell_end(self, value: int) -> None:
        if value and value == self.list.verticalScrollBar().maximum():
            self.ended.emit()

    def _lay_out(self) -> None:
        head = row(gap=8)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._count)
        top = column(margins=(14, 12, 15, 10), gap=8)
        top.addLayout(head)
        top.addWidget(self.narrowing)
        top.addWidget(self._aside)
        whole = column(self)
        whole.addLayout(top)
        whole.addWidget(Hairline(self._look))
        whole.addWidget(self._banner)
        whole.addWidget(self._stack, 1)
        whole.addWidget(self.outgoing)


class QueueList(QListView):
    """The list itself. Arrow keys and clicks choose; letters belong to the commands."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, model: QueueModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = model
        self._is_updating = False
        self._chosen: str | None = None
        self._gap: int | None = None
        """Where the chosen row stood that left the list."""
        self._under_pointer = QPersistentModelIndex()
        self._painter = QueuePainter(look)
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self.prepare_ahead)
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(look, self))
        look.changed.connect(self.doItemsLayout)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(say("Actions that need a decision"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._open)

    def display(self, sheet: QueueSheet) -> None:
        """Update the rows and choose the sheet's row, without a signal.

        What is read stays where it is: at the top new rows come into sight, further down the row at the top
        stays there. Only another choice scrolls, also when the chosen row leaves the list.
        """
        top, current = self._top_row(), self.currentIndex()
        place = current.row() if current.isValid() else self._gap
        self._is_updating = True
        self.setAutoScroll(False)
        self._queue.update_rows(sheet.rows)
        at = None if sheet.selected is None else self._queue.row_of(key_of_row(sheet.selected))
        if at is None:
            self.selectionModel().clear()
        elif self.currentIndex().row() != at or not self.selectionModel().isRowSelected(at):
            self.setCurrentIndex(self._queue.index(at))
        self.setAutoScroll(True)
        self._is_updating = False
        self._gap = place if at is None else None
        is_other = sheet.selected != self._chosen
        self._chosen = sheet.selected
        if at is not None and is_other:
            self.scrollTo(self._queue.index(at))
        elif top is not None:
            self._hold(*top)

    def choose_next(self, step: int) -> None:
        """Choose the next row in a direction; at the end nothing happens.

        Where the chosen row left the list, what came into its place is the next one.
        """
        current = self.currentIndex()
        gap = -1 if self._gap is None else self._gap - (step > 0)
        start = current.row() if current.isValid() else gap
        found = self._queue.next_id(start, step)
        at = None if found is None else self._queue.row_of(key_of_row(found))
        if at is not None:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._queue.index(at), flag)

    def take_focus(self) -> None:
        """Go to the chosen row; where it was left out, to the first."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.currentIndex().isValid():
            self.choose_next(1)

    def prepare_ahead(self) -> bool:
        """Paint some rows that a turn of the wheel may bring into sight; whether there were any.

        Called while nothing else happens, until a screen of rows on both sides is ready.
        """
        left = _AT_A_TURN
        for at in self._near():
            left -= self._painter.prepare(self._queue.item(at))
            if not left:
                return True
        self._idle.stop()
        return left < _AT_A_TURN

    def _near(self) -> Iterator[int]:
        """The rows of one screen below what is in sight, then those of one above."""
        high, count = self.viewport().height(), self._queue.rowCount()
        first = self.indexAt(QPoint(0, 0)).row()
        if first >= 0:
            many = high // HEAD_HEIGHT + 1
            last = self.indexAt(QPoint(0, high - 1)).row()
            below = range(last + 1, min(last + many, count)) if last >= 0 else ()
            yield from below
            yield from range(first - 1, max(first - many, -1), -1)

    def _top_row(self) -> tuple[str, int] | None:
        """The row at the top of what is in sight and where it stands; None where nothing is scrolled."""
        index = self.indexAt(self.viewport().rect().topLeft())
        if not index.isValid() or self.verticalScrollBar().value() == 0:
            return None
        entry = self._queue.item(index.row())
        return (entry.id, self.visualRect(index).top()) if isinstance(entry, QueueRow) else None

    def _hold(self, row_id: str, top: int) -> None:
        """Scroll so that a row stands where it stood."""
        at = self._queue.row_of(key_of_row(row_id))
        if at is not None:
            moved = self.visualRect(self._queue.index(at)).top() - top
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    @override
    def currentChanged(self, current: Index, previous: Index, /) -> None:
        super().currentChanged(current, previous)
        if not self._is_updating and current.isValid():
            entry = self._queue.item(current.row())
            if isinstance(entry, QueueRow):
                self.chosen.emit(entry.id)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """What comes in below or above the list takes its room, and not the chosen row out of sight."""
        before = QRect(QPoint(), event.oldSize())
        chosen = self.visualRect(self.currentIndex())
        was_in_sight = not chosen.isEmpty() and before.contains(QPoint(0, chosen.bottom()))
        super().resizeEvent(event)
        if was_in_sight and chosen.bottom() >= self.viewport().height():
            self.scrollTo(self.currentIndex())

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Letters are commands, so they never jump to a row."""

    @override
    def viewportEvent(self, event: QEvent, /) -> bool:
        if isinstance(event, QHoverEvent):
            self._under_pointer = QPersistentModelIndex(
                QModelIndex()
                if event.type() == QEvent.Type.HoverLeave
                else self.indexAt(event.position().toPoint())
            )
        return super().viewportEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Paint what is exposed: in C++ a list asks its model and its delegate five things for each row."""
        first = self.indexAt(QPoint(0, max(event.rect().top(), 0)))
        if not first.isValid():
            return
        painter = QPainter(self.viewport())
        top = self.visualRect(first).top()
        box = QRect(0, top, self.viewport().width(), event.rect().bottom() - top + 1)
        entries = self._queue.entries_from(first.row())
        self._painter.paint(painter, box, entries, self._grounds(first.row()))
        if self._is_ringed():
            self._painter.paint_ring(painter, self.visualRect(self.currentIndex()))
        self._idle.start()

    def _grounds(self, first: int) -> dict[int, Ground]:
        """The rows that do not stand on the plain ground, counted from one of them."""
        grounds = {self._under_pointer.row() - first: Ground.UNDER_POINTER}
        chosen = self.selectionModel().selectedIndexes()
        return grounds | {index.row() - first: Ground.SELECTED for index in chosen}

    def _is_ringed(self) -> bool:
        by_key = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return by_key and self.hasFocus() and self.currentIndex().isValid()

    def _open(self, index: QModelIndex) -> None:
        entry = self._queue.item(index.row())
        if isinstance(entry, QueueRow):
            self.opened.emit(entry.id)
