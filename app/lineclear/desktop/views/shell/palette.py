"""The command palette: words in, commands and actions out. Chooses nothing by itself; Enter does, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, override

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from lineclear.desktop.commands import COMMANDS, Command
from lineclear.desktop.delegates.row_delegate import RowDelegate
from lineclear.desktop.models.keyed_model import ITEM, KeyedModel
from lineclear.desktop.painting import advance, draw_line, fill_rounded
from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow
from lineclear.desktop.presenters.palette import Entry, EntryKind, entries
from lineclear.desktop.presenters.sheets import Filter, QueueRow, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Field, draw_key
from lineclear.desktop.views.covering import Covering
from lineclear.domain.wording import say

_ROW: Final = 34
_SHOWN: Final = 12
_STEPS: Final[dict[int, int]] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _SHOWN,
    Qt.Key.Key_PageUp: -_SHOWN,
}


class Palette(Covering):
    """Over the window until something is chosen."""

    chosen = Signal(object)
    """The entry."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Commands and actions"), 620, parent)
        self._rows: Sequence[QueueRow] = ()
        self._connections: Sequence[ConnectionRow] = ()
        self._views: Sequence[Filter] = ()
        self._commands: Sequence[Command] = COMMANDS
        self.field = PaletteField(look)
        self.model: KeyedModel[Entry] = KeyedModel(_key, _spoken, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(look, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(say("What was found"))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(self._look.px(_ROW) * _SHOWN)
        self.inside.addWidget(self.field)
        self.inside.addWidget(self.list)
        self.field.textChanged.connect(self._look_up)
        self.field.moved.connect(self._move)
        self.field.entered.connect(self._choose)
        self.field.left.connect(self.closed)
        self.list.clicked.connect(self._choose)

    def ask(
        self,
        rows: Sequence[QueueRow],
        connections: Sequence[ConnectionRow] = (),
        views: Sequence[Filter] = (),
    ) -> None:
        """Open over what is in the queue now, its views, and the backends that are known."""
        self._rows, self._connections, self._views, self._commands = rows, connections, views, COMMANDS
        self._ask(say("Find a command or an action…"))

    def ask_place(self, connections: Sequence[ConnectionRow], commands: Sequence[Command]) -> None:
        """Open over the backends that are known, and what leads to others; no higher than they need."""
        self._rows, self._connections, self._views, self._commands = (), connections, (), commands
        self._ask(say("Find a workspace…"))
        self.list.setFixedHeight(self._look.px(_ROW) * min(self.model.rowCount(), _SHOWN))

    def _ask(self, looked_for: str) -> None:
        self.field.setPlaceholderText(looked_for)
        self.field.clear()
        self._look_up("")
        self.list.setFixedHeight(self._look.px(_ROW) * _SHOWN)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _look_up(self, text: str) -> None:
        self.model.update_items(entries(self._commands, self._rows, text, self._connections, self._views))
        self.list.setCurrentIndex(self.model.index(0))

    def _move(self, step: int) -> None:
        row = min(max(self.list.currentIndex().row() + step, 0), self.model.rowCount() - 1)
        self.list.setCurrentIndex(self.model.index(row))

    def _choose(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            entry = self.model.item(index.row())
            self.closed.emit()
            self.chosen.emit(entry)


class PaletteField(Field):
    """Input that moves through what was found by the arrow keys."""

    moved = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            look, say("Find a command or an action"), say("Find a command or an action…"), parent
        )

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _SHOWN,
            Qt.Key.Key_PageUp: -_SHOWN,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
            return
        super().keyPressEvent(event)


class PaletteDelegate(RowDelegate):
    """Paints an entry on one line: its title, what it is about, and its key."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(look, _ROW, parent)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        entry, look, box = index.data(ITEM), self._look, QRectF(option.rect)
        if not isinstance(entry, Entry):
            return
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            fill_rounded(painter, box.adjusted(0, 1, -2, -1), look.colour(Token.ACCENT_SOFT), 7)
        inside = box.adjusted(10, 0, -12, 0)
        if entry.key:
            width = advance(look, FontRole.KEY, entry.key) + 12
            cap = QRectF(inside.right() - width, inside.center().y() - 9, width, 18)
            draw_key(painter, look, cap, entry.key, Token.MUTED)
            inside.setRight(cap.left() - 10)
        title = text_of(entry.title)
        told = min(advance(look, FontRole.BODY, title), inside.width() * 0.62)
        named = QRectF(inside.left(), box.top(), told + 1, box.height())
        draw_line(painter, look, named, title, FontRole.BODY, Token.TEXT)
        about = inside.adjusted(told + 12, 0, 0, 0)
        draw_line(painter, look, about, text_of(entry.about), FontRole.SMALL, Token.MUTED)
        painter.restore()


def _key(entry: Entry) -> str:
    return entry.kind if entry.kind is EntryKind.SEARCH else f"{entry.kind}:{entry.id}"


def _spoken(entry: Entry) -> str:
    parts = (text_of(entry.title), text_of(entry.about), say("key {key}", key=entry.key) if entry.key else "")
    return ", ".join(filter(None, parts))
