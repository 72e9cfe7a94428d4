"""A process of its own that opens a window, says when its first frame was painted, and ends.

`console` opens the console with no backend to reach, `furnished` waits for its first page; `model` a window
with one table over a model written in Python, as every window on live rows has one; `table` the barest that
Qt has, a table of empty cells.
The moment is in nanoseconds since the epoch, so that whoever started the process can compare it.
"""

from __future__ import annotations

import sys
import time
from typing import override

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QTableView, QWidget

# Late imports: what is imported is what is measured.

_ROWS, _COLUMNS = 200, 4


class FirstFrame(QObject):
    """Prints when the frame that holds a window's first paint event is done, then closes the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The parts of a frame are painted within one event; what is posted now comes after the last.
            QTimer.singleShot(0, self._report)
        return False

    def _report(self) -> None:
        print(time.time_ns(), flush=True)  # noqa: T201  # the answer
        self._window.window().close()


def open_bare(make: type[QTableView]) -> int:
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    table = make()
    table.resize(1440, 900)
    FirstFrame(table)
    table.show()
    return application.exec()


def open_table() -> int:
    from PySide6.QtWidgets import QTableWidget  # noqa: PLC0415  # each window imports its own and no more

    class Table(QTableWidget):
        def __init__(self) -> None:
            super().__init__(_ROWS, _COLUMNS)

    return open_bare(Table)


def open_model() -> int:
    from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt  # noqa: PLC0415

    class Model(QAbstractTableModel):
        def rowCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex(), /) -> int:  # noqa: B008, N802  # Qt's
            return _ROWS

        def columnCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex(), /) -> int:  # noqa: B008, N802  # Qt's
            return _COLUMNS

        def data(
            self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole, /
        ):
            return f"row {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None

    class Table(QTableView):
        def __init__(self) -> None:
            super().__init__()
            self.setModel(Model(self))

    return open_bare(Table)


def open_console() -> int:
    from lineclear.desktop.address import Address  # noqa: PLC0415
    from lineclear.desktop.app import run_console  # noqa: PLC0415

    return run_console(Address("http://127.0.0.1:9", "nobody"), framed=FirstFrame)


def open_furnished() -> int:
    from lineclear.desktop.address import Address  # noqa: PLC0415
    from lineclear.desktop.app import run_console  # noqa: PLC0415
    from lineclear.desktop.console import Console  # noqa: PLC0415

    def prepare(console: Console) -> None:
        FirstFrame(console.window)

    return run_console(Address("http://127.0.0.1:9", "nobody"), prepare=prepare)


if __name__ == "__main__":
    OPENS = {"console": open_console, "furnished": open_furnished, "model": open_model, "table": open_table}
    sys.exit(OPENS[sys.argv[1]]())
