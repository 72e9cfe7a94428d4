"""I6: outside text is never interpreted: nothing on the desktop is handed text to read as mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from support_source import APP, Finding, Source, is_within, report, sources, write

INTERPRETING = re.compile(
    r"setHtml|insertHtml|appendHtml|setMarkdown|insertMarkdown|QTextBrowser|RichText|AutoText|MarkdownText"
)

# A QLabel guesses whether its text is mark-up; the kit's label is told that it is not.
LABELS = re.compile(r"QLabel|QMessageBox")

# So does a tool tip, and whatever else shows a text of a widget in a label of Qt's own.
TIPS = re.compile(r"setToolTip|showText|setWhatsThis|setStatusTip")

# The files that may make what guesses, and why.
MAKERS = {
    "lineclear/desktop/views/kit.py": "makes the tool tip of all views",
    "lineclear/desktop/views/plain_labels.py": "makes the plain-text label of all views",
    "lineclear/desktop/tray.py": "the tray's tip says a count of its own and no text from outside",
}


def interprets(files: Iterable[Source], makers: Iterable[str] = MAKERS) -> list[Finding]:
    """The last part of a name decides: what a method is called on is not known here."""
    return [
        Finding(file.path, line, name)
        for file in files
        for line, name in file.uses()
        for last in [name.rpartition(".")[2]]
        if INTERPRETING.fullmatch(last) or (_guesses(last) and not is_within(file.path, makers))
    ]


def _guesses(name: str) -> bool:
    return bool(LABELS.fullmatch(name) or TIPS.fullmatch(name))


def test_nothing_on_the_desktop_interprets_outside_text():
    assert report(interprets(sources(APP, ["lineclear/desktop"]))) == ""


@pytest.mark.parametrize(
    "code",
    [
        "def show(page, text):\n    page.setHtml(text)",
        "def show(page, text):\n    page.document().setMarkdown(text)",
        "from PySide6.QtWidgets import QTextBrowser",
        "from PySide6.QtCore import Qt\nkind = Qt.TextFormat.RichText",
        "from PySide6.QtWidgets import QLabel\nQLabel('text')",
        "from PySide6 import QtWidgets\nQtWidgets.QLabel('text')",
        "def show(button, text):\n    button.setToolTip(text)",
        "from PySide6.QtWidgets import QToolTip\nQToolTip.showText(None, 'text')",
    ],
)
def test_every_interpreting_widget_is_found(tmp_path: Path, code: str):
    write(tmp_path, {"lineclear/desktop/views/sample.py": code})
    assert interprets(sources(tmp_path))


def test_the_kit_may_make_its_label_and_its_tool_tip(tmp_path: Path):
    code = "from PySide6.QtWidgets import QLabel\nQLabel('text').setToolTip('text')"
    write(tmp_path, {"lineclear/desktop/views/kit.py": code})
    assert report(interprets(sources(tmp_path))) == ""
