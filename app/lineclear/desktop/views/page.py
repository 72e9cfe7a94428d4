"""What the simple pages share: a heading, a state above or in the place of their content."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from lineclear.desktop.presenters.sheets import Notice
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Hairline, Panel, Text, column, row
from lineclear.desktop.views.states import Banner, StateView

_HEAD: Final = 32
"""The least height of what stands in a head, so that titles stand at one height on every page."""


class Page(Panel):
    """A page with a title; `head` takes what stands beside it, `set_content` what stands below.

    `choices` takes the pills that narrow or turn the page, in two lines where one is too short.
    """

    stepped = Signal(str)

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        heading = Text(look, FontRole.TITLE)
        heading.set_words(title)
        self.head_place = QWidget()
        self.head: QHBoxLayout = row(self.head_place, margins=(20, 14, 20, 14), gap=14)
        self.head.addStrut(_HEAD)
        self.head.addWidget(heading)
        self.choices = Flow()
        held = QWidget()
        held.setLayout(self.choices)
        self.head.addWidget(held, 1, Qt.AlignmentFlag.AlignVCenter)
        self._banner = Banner(look)
        self._banner.stepped.connect(self.stepped)
        self._state = StateView(look)
        self._state.stepped.connect(self.stepped)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._state)
        whole = column(self)
        self._head_line = Hairline(look)
        whole.addWidget(self.head_place)
        whole.addWidget(self._head_line)
        whole.addWidget(self._banner)
        whole.addWidget(self._stack, 1)

    def show_head(self, *, is_shown: bool) -> None:
        """Leave the place to what has a head of its own, or take it back."""
        for part in (self.head_place, self._head_line):
            part.setVisible(is_shown)

    def set_content(self, content: QWidget) -> None:
        """Take what the page shows when there is something to show."""
        self._stack.addWidget(content)

    def display_state(self, notice: Notice | None, *, has_content: bool) -> None:
        """Show a state above the content, or in its place when there is none."""
        is_bare = notice is not None and not has_content
        self._banner.display(None if is_bare else notice)
        if notice is not None and is_bare:
            self._state.display(notice)
        self._stack.setCurrentIndex(0 if is_bare else 1)
