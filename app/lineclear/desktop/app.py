"""The console as a program: a first frame at once, then the console in it.

Free of the console's own modules until that frame is painted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QObject, QRect, QSettings, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from lineclear.desktop.assets import find_assets
from lineclear.desktop.languages import VARIABLE, Language, choose, speak, system_languages

if TYPE_CHECKING:
    from lineclear.desktop.address import Address, TryHere
    from lineclear.desktop.console import Console

_BAR: Final = 43
_RAIL: Final = 51


class Frame(QWidget):
    """The program's window. Until the console is in it, it paints the console's ground, bar and rail.

    `furnish` is called once, after the first frame was painted.
    """

    def __init__(self, furnish: Callable[[Frame], None]) -> None:
        super().__init__()
        self._furnish: Callable[[Frame], None] | None = furnish
        self._hints = QApplication.styleHints()
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self.setWindowTitle("Lineclear")
        self.resize(1440, 900)

    def hold(self, window: QWidget) -> None:
        """Take the console's window in, in place of the painted ground."""
        self._room.addWidget(window)
        self.setMinimumSize(window.minimumSize())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if self._furnish is None:
            return
        canvas, surface, line, text = (QColor(one) for one in _ground(self._hints.colorScheme().name))
        painter = QPainter(self)
        painter.fillRect(self.rect(), canvas)
        painter.fillRect(0, 0, self.width(), _BAR, surface)
        is_mirrored = self.isRightToLeft()
        rail = self.width() - _RAIL if is_mirrored else 0
        painter.fillRect(rail, 0, _RAIL, self.height(), surface)
        painter.fillRect(0, _BAR, self.width(), 1, line)
        painter.fillRect(rail - 1 if is_mirrored else _RAIL, _BAR, 1, self.height(), line)
        painter.setPen(text)
        name = QRect(14, 0, self.width() - 28, _BAR)
        side = Qt.AlignmentFlag.AlignRight if is_mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(name, side | Qt.AlignmentFlag.AlignVCenter, "Lineclear")
        painter.end()
        furnish, self._furnish = self._furnish, None
        # The parts of a frame are painted within one event; what is posted now comes after the last.
        QTimer.singleShot(0, lambda: furnish(self))


def run_console(
    address: Address,
    *,
    try_here: TryHere | None = None,
    prepare: Callable[[Console], None] | None = None,
    framed: Callable[[Frame], None] | None = None,
) -> int:
    """Open the window and run until it is closed.

    `try_here` starts a sample workspace of our own; `framed` gets the window before its first frame,
    `prepare` the console when it is in it.
    """
    _scale()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Lineclear")
    application.setStyle("Fusion")
    _choose_language(application)
    previous = sys.excepthook
    sys.excepthook = _report_bug
    held: list[QObject] = []  # a connection to a method keeps nobody alive

    def furnish(frame: Frame) -> None:
        from lineclear.desktop.background import take_short_turns  # noqa: PLC0415  # after the first frame
        from lineclear.desktop.console import Console  # noqa: PLC0415  # as above
        from lineclear.desktop.preferences import Preferences  # noqa: PLC0415  # as above

        take_short_turns()
        console = Console(address, preferences=Preferences(), try_here=try_here)
        held.append(console)
        application.aboutToQuit.connect(console.close)
        frame.hold(console.window)
        console.connect_backend()
        if prepare is not None:
            prepare(console)

    frame = Frame(furnish)
    if framed is not None:
        framed(frame)
    frame.show()
    try:
        return application.exec()
    finally:
        sys.excepthook = previous


def _scale() -> None:
    """Make everything as large as was chosen; Qt reads this before there is an application."""
    if (found := _kept("scale")) in ("125", "150", "200"):
        os.environ.setdefault("QT_SCALE_FACTOR", str(int(found) / 100))


def _choose_language(application: QApplication) -> None:
    """Speak what was demanded or chosen, else what the system speaks."""
    language = choose(os.environ.get(VARIABLE, ""), _kept("language"), system_languages())
    if language != Language.ENGLISH:
        speak(language, find_assets(), application)


def _kept(name: str) -> str:
    """A choice as `preferences` keeps it."""
    stored = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Lineclear", "console")
    return str(stored.value(name, ""))


def _ground(scheme: str) -> tuple[str, str, str, str]:
    """Canvas, surface, line and text of the theme that was chosen, else of the system."""
    stored = json.loads(find_assets().text("theme/tokens.json"))
    tokens = stored.get(_kept("theme")) or stored["dark" if scheme == "Dark" else "light"]
    return tokens["canvas"], tokens["surface"], tokens["line"], tokens["text"]


def _report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The one funnel for what nobody expected: on the log with its trace; the window goes on."""
    import logging  # noqa: PLC0415  # only when something went wrong

    logging.getLogger("lineclear.desktop").error("unexpected", exc_info=(kind, error, trace))
