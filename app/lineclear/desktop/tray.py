"""How the console calls while it is not in front: a count, a notice, a sound. Never a decision.

A notice says how many need somebody and opens one of them; it names no action's words, as those are from
outside, and has no button.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from lineclear.desktop.painting import advance, draw_line, fill_rounded
from lineclear.desktop.presenters.calling import Call, Caller, Waiting, need
from lineclear.desktop.presenters.sheets import QueueSheet
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.theme import FontRole, Look, Token

_ICON: Final = 32
_MOST_SAID: Final = 99
_BETWEEN_BEEPS: Final = 260
"""Milliseconds: so far apart that they can be counted."""


class Calls(QObject):
    """Hears the queue and the time, and says what to tell. Free of the tray itself."""

    counted = Signal(int)
    """How many need somebody."""
    called = Signal(object)
    """Call."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.caller = Caller()
        self._ticks: Ticks | None = None
        self._count = 0

    def begin(self, ticks: Ticks) -> None:
        """A backend was connected: what waits there already calls nobody."""
        self._ticks = ticks
        self.caller.begin()

    def hear(self, sheet: QueueSheet) -> None:
        """The queue changed; only the person's own queue counts, however it is narrowed at the moment."""
        from lineclear.desktop.presenters.queue.queue_sheet import NEEDS_ME  # noqa: PLC0415  # after the first frame
        from lineclear.desktop.presenters.queue.queue_views import FOR_ME  # noqa: PLC0415  # as above

        is_mine = any(one.id == FOR_ME and one.is_on for one in sheet.filters)
        if not is_mine or sheet.count is None or self._ticks is None:
            return
        self._count = sheet.count
        self.counted.emit(sheet.count)
        mine = (Waiting(row.id, row.tier) for row in sheet.rows if row.group in NEEDS_ME)
        self._tell(self.caller.hear(mine, sheet.count, self._ticks.now(), self._ticks.steady()))

    def on_tick(self) -> None:
        """Some time has gone by."""
        if self._ticks is not None:
            self._tell(self.caller.tick(self._count, self._ticks.now(), self._ticks.steady()))

    def _tell(self, call: Call | None) -> None:
        if call is not None:
            self.called.emit(call)


class Tray(QObject):
    """The icon in the system's tray, where there is one, and the number on the program's own."""

    opened = Signal(str)
    """Somebody wants to look: at the action with this id, or at the window."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._action = ""
        self._icon = QSystemTrayIcon(counted_icon(look, 0), self)
        self._icon.activated.connect(lambda _reason: self.opened.emit(""))
        self._icon.messageClicked.connect(self._open)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon.show()

    def tell(self, count: int) -> None:
        """Say how many there are."""
        self._icon.setToolTip(f"Lineclear: {need(count)}")
        self._icon.setIcon(counted_icon(self._look, count))
        QGuiApplication.setWindowIcon(counted_icon(self._look, count))
        set_badge(count)

    def call(self, call: Call) -> None:
        """Show a notice and beep; the notice opens its action."""
        self._action = call.action
        if self._icon.isVisible():
            self._icon.showMessage("Lineclear", call.text, self._icon.icon())
        for beep in range(call.beeps):
            QTimer.singleShot(beep * _BETWEEN_BEEPS, QApplication.beep)

    def _open(self) -> None:
        self.opened.emit(self._action)


def counted_icon(look: Look, count: int) -> QIcon:
    """The program's icon with the number that needs somebody; without one where nothing does."""
    base = look.icon("shield-check", Token.ACCENT, _ICON, 2.0)
    if not count:
        return QIcon(base)
    pixmap = QPixmap(base)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    said = str(count) if count <= _MOST_SAID else f"{_MOST_SAID}+"
    width = max(advance(look, FontRole.BADGE, said) + 8, 17)
    spot = QRectF(_ICON - width, _ICON - 17, width, 17)
    fill_rounded(painter, spot, look.colour(Token.REMOVED), 8)
    inside = spot.adjusted((width - advance(look, FontRole.BADGE, said)) / 2, 0, 0, 0)
    draw_line(painter, look, inside, said, FontRole.BADGE, Token.ON_REMOVED)
    painter.end()
    return QIcon(pixmap)


def set_badge(count: int) -> None:
    """The number on the program's icon in a dock or task bar, where the platform has it."""
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        application.setBadgeNumber(count)
