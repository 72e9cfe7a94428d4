"""How the console calls while it is not in front: a count in the tray, a notice, a sound. Never a decision.

A notice says how many need somebody and opens the window; it names no action's words, as those are from
outside, and has no button.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from lineclear.desktop.presenters.queue_sheet import FOR_ME
from lineclear.desktop.presenters.sheets import QueueSheet


class Calls(QObject):
    """Hears what waits and says what to tell. Free of the tray itself."""

    counted = Signal(str)
    """What the tray says now."""
    called = Signal(str, str)
    """Title and text of a notice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: frozenset[str] | None = None

    def begin(self) -> None:
        """Another backend: what waits there already calls nobody."""
        self._known = None

    def hear(self, sheet: QueueSheet) -> None:
        """The queue changed; only the person's own queue counts, however it is narrowed at the moment."""
        if not any(one.id == FOR_ME and one.is_on for one in sheet.filters) or sheet.count is None:
            return
        self.counted.emit(f"Lineclear: {_need(sheet.count)}")
        ids = frozenset(row.id for row in sheet.rows)
        new = ids - self._known if self._known is not None else frozenset()
        self._known = ids if self._known is None else self._known | ids
        if new:
            self.called.emit("Lineclear", f"{len(new):,} new. {_need(sheet.count).capitalize()}.")


class Tray(QObject):
    """The icon in the system's tray, where there is one."""

    opened = Signal()

    def __init__(self, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.activated.connect(lambda _reason: self.opened.emit())
        self._icon.messageClicked.connect(self.opened)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon.show()

    def tell(self, count: str) -> None:
        """Say how many there are."""
        self._icon.setToolTip(count)

    def call(self, title: str, text: str, *, sounds: bool) -> None:
        """Show a notice, with the system's sound where it is wanted."""
        if self._icon.isVisible():
            self._icon.showMessage(title, text, self._icon.icon())
        if sounds:
            QApplication.beep()


def _need(count: int) -> str:
    return "nothing needs you" if not count else f"{count:,} {'needs' if count == 1 else 'need'} you"
