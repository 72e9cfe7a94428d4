"""Turns the declared commands into keys and menu entries of a window. Holds no rules."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from lineclear.desktop.commands import Command, Scope
from lineclear.domain.wording import say

_REPEATED = frozenset({"review.next", "review.previous", "jobs.next", "jobs.previous"})


class Actions(QObject):
    """One `QAction` for each command. A key that is held down asks once."""

    invoked = Signal(str)

    def __init__(self, commands: Iterable[Command], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands = tuple(commands)
        self._made = {command.id: self._make(command) for command in self._commands}
        window.addActions(list(self._made.values()))

    def set_reach(self, scopes: frozenset[Scope]) -> None:
        """Say where the keys reach now: nowhere behind an overlay, no decisions outside the review page."""
        for command in self._commands:
            self._made[command.id].setEnabled(command.scope in scopes)

    def menu(self) -> QMenu:
        """Return a menu of all commands, in their sections."""
        menu = QMenu(self._window)
        section = None
        for command in self._commands:
            if section is not None and command.section is not section:
                menu.addSeparator()
            section = command.section
            menu.addAction(self._made[command.id])
        return menu

    def _make(self, command: Command) -> QAction:
        action = QAction(say(command.title), self)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(command.id in _REPEATED or command.scope is Scope.TIMELINE)
        # triggered carries `checked`; a handler must never see it.
        action.triggered.connect(lambda _checked=False, asked=command.id: self.invoked.emit(asked))
        return action
