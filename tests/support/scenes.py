"""Every scene of the gallery in the smallest window, laid out by a process of its own.

Qt takes its scale once for a process, and the scenes take their words when they are imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import lineclear

APP, TESTS = Path(lineclear.__file__).parent.parent, Path(__file__).parent.parent

PROGRAM = """
import json, sys
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from lineclear.desktop.assets import find_assets
from lineclear.desktop.languages import speak

application = QApplication([])
application.setStyle("Fusion")
speak(sys.argv[1], find_assets(), application)

from lineclear.desktop.gallery.pictures import SCENES, settle, show_scene
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.shell.window import Window
from support_layout import faults

look = Look(find_assets(), ThemeName.LIGHT)
found = {}
for name in SCENES:
    window = Window(look)
    window.resize(1024, 700)
    window.show()
    show_scene(window, name)
    settle()
    found[name] = faults(window)
    window.close()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
print(json.dumps([application.devicePixelRatio(), found]))
"""


def faults_by_scene(language: str, scale: int) -> dict[str, dict[str, list[str]]]:
    """What is clipped, overlaps or scrolls sideways in each scene; empty where nothing does."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, language],
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": str(scale),
            "PYTHONPATH": os.pathsep.join(map(str, (APP, TESTS))),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    ratio, found = json.loads(run.stdout)
    assert ratio == scale
    return found
