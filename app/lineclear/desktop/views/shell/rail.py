"""The left rail: one icon for each page, with its words for whoever cannot see it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.commands import find_command, tip_of
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.controls import RailButton
from lineclear.desktop.views.kit import Panel, column, set_tip
from lineclear.domain.wording import marked, say

PAGES: Final = (
    ("review", marked("Review"), "list-checks"),
    ("jobs", marked("Jobs"), "chart-gantt"),
    ("ledger", marked("Ledger"), "scroll-text"),
    ("insights", marked("Insights"), "chart-column"),
    ("control", marked("Control"), "shield"),
)
"""Each page's name, title and icon. One without a command that leads to it cannot be pressed."""


class Rail(Panel):
    """Tells which page was asked for, by the command that leads to it."""

    commanded = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self.setFixedWidth(51)
        self._buttons: dict[str, RailButton] = {}
        stack = column(self, margins=(0, 10, 0, 10), gap=6)
        for name, title, icon in PAGES:
            stack.addWidget(self._button(name, say(title), icon), 0, Qt.AlignmentFlag.AlignHCenter)
        stack.addStretch(1)

    def show_page(self, name: str) -> None:
        """Mark the page that is open."""
        for each, button in self._buttons.items():
            button.setChecked(each == name)

    def _button(self, name: str, title: str, icon: str) -> RailButton:
        button = RailButton(self._look, title, icon)
        command = find_command(f"go.{name}")
        if command is None:
            button.setEnabled(False)
            reason = say("{title} has no page in this version.", title=title)
            button.setAccessibleDescription(reason)
            set_tip(button, reason)
        else:
            set_tip(button, tip_of(command))
            button.clicked.connect(lambda _checked=False, asked=command.id: self.commanded.emit(asked))
        self._buttons[name] = button
        return button
