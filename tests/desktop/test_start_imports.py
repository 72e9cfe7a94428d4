"""What the console imports up to its first frame, seen in a process of its own, and what it leaves out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import lineclear

APP = Path(lineclear.__file__).parent.parent

# Named by the design: each costs more than the window itself.
NAMED = {"sqlalchemy", "httpx", "keyring", "pydantic", "cryptography"}
# What else is kept out: it reads or writes messages, documents, databases and secrets, or waits for them.
AS_WELL = {"msgspec", "platformdirs", "sqlcipher3", "ruamel", "rapidfuzz", "typer", "rich", "asyncio", "ssl"}
# Of our own only what is painted: nothing that knows the backend, its messages or its rules.
PAINTED = ("lineclear.desktop", "lineclear.domain.text")

PROBE = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from lineclear.desktop.address import Address
from lineclear.desktop.app import run_console

class FirstFrame(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # All parts of a frame are painted within one event; what is posted now comes after the last.
            QTimer.singleShot(0, self.report)
        return False

    def report(self):
        print(*sys.modules, sep="\\n")
        self.parent().window().close()

def watch(window):
    window.installEventFilter(FirstFrame(window))

if sys.argv[1] == "frame":
    run_console(Address("http://127.0.0.1:9", "nobody"), framed=watch)
else:
    from PySide6.QtWidgets import QApplication
    from lineclear.desktop.console import Console

    application = QApplication([])
    # Without an address no thread begins to import what a backend needs.
    console = Console(Address("", ""))
    console.connect_backend()
    watch(console.window)
    console.window.show()
    application.exec()
    console.close()
"""


@pytest.fixture(scope="module")
def painted() -> set[str]:
    """The modules that were imported when the first frame was on the screen."""
    return imported("frame")


def imported(until: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", PROBE, until],
        env={"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(APP)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_the_first_frame_of_the_console_imports_nothing_that_reaches_a_backend(painted):
    assert painted & NAMED == set()
    assert painted & AS_WELL == set()


def test_the_first_frame_of_the_console_imports_only_what_is_painted(painted):
    ours = {name for name in painted if name.startswith("lineclear.")} - {"lineclear.domain"}
    assert {name for name in ours if not name.startswith(PAINTED)} == set()


def test_the_window_and_its_session_are_imported_after_the_first_frame(painted):
    later = {"views.shell.window", "session", "sync", "background", "console"}
    assert "lineclear.desktop.app" in painted
    assert painted & {f"lineclear.desktop.{name}" for name in later} == set()


def test_the_first_page_of_the_console_imports_neither_rules_nor_what_reads_messages():
    """On the GUI thread: it holds the page up for as long as it takes. A worker thread imports the rest."""
    paged = imported("page")
    assert paged & (NAMED | AS_WELL) == set()
    ruled = ("lineclear.application", "lineclear.adapters", "lineclear.domain.policy", "cel")
    assert {name for name in paged if name.startswith(ruled)} == set()
    assert "lineclear.desktop.views.shell.window" in paged
