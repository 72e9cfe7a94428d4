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

# The files that may make what guesses, and why.
MAKERS = {"lineclear/desktop/views/kit.py": "makes the plain-text label and message that all views use"}


def interprets(files: Iterable[Source], makers: Iterable[str] = MAKERS) -> list[Finding]:
    """The last part of a name decides: what a method is called on is not known here."""
    return [
        Finding(file.path, line, name)
        for file in files
        for line, name in file.uses()
        for last in [name.rpartition(".")[2]]
        if INTERPRETING.fullmatch(last) or (LABELS.fullmatch(last) and not is_within(file.path, makers))
    ]


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
    ],
)
def test_every_interpreting_widget_is_found(tmp_path: Path, code: str):
    write(tmp_path, {"lineclear/desktop/views/sample.py": code})
    assert interprets(sources(tmp_path))


def test_the_kit_may_make_its_label(tmp_path: Path):
    write(
        tmp_path, {"lineclear/desktop/views/kit.py": "from PySide6.QtWidgets import QLabel\nQLabel('text')"}
    )
    assert report(interprets(sources(tmp_path))) == ""
