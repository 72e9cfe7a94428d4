"""A process of its own that opens a window, says when its first frame was painted, and ends.

`console` opens the console with no backend to reach; `bare` a window with one table and nothing else.
The moment is in nanoseconds since the epoch, so that whoever started the process can compare it with its own.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstFrame(QObject):
    """Prints when the frame that holds a window's first paint event is done, then closes the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # Children are painted within the same event; what is posted now comes after all of them.
            QTimer.singleShot(0, self._report)
        return False

    def _report(self) -> None:
        print(time.time_ns(), flush=True)
        self._window.close()


def open_bare() -> int:
    from PySide6.QtWidgets import QTableWidget

    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    table = QTableWidget(200, 4)
    table.resize(1440, 900)
    FirstFrame(table)
    table.show()
    return application.exec()


def open_console() -> int:
    from lineclear.desktop.app import Address, run_console

    nobody = Address("http://127.0.0.1:9", "lc_none")
    return run_console(nobody, prepare=lambda console: FirstFrame(console.window) and None)


if __name__ == "__main__":
    sys.exit({"bare": open_bare, "console": open_console}[sys.argv[1]]())
