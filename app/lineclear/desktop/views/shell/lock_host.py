"""Locks and unlocks a window, building the screen that covers it on first use. Knows no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.theme import Look

if TYPE_CHECKING:
    from lineclear.desktop.views.shell.lock import LockScreen


class LockHost(QObject):
    """While it is locked every part of the window is hidden, for eyes and screen readers alike."""

    asked = Signal()
    """Somebody wants to go on."""
    changed = Signal()

    def __init__(self, look: Look, window: QWidget, parts: tuple[QWidget, ...]) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._parts = parts
        self._screen: LockScreen | None = None
        self._left: QWidget | None = None
        """The part that had the focus; it knows which of its widgets."""

    @property
    def is_locked(self) -> bool:
        """Whether nothing can be read here."""
        return self._screen is not None and not self._screen.isHidden()

    def lock(self, unsent: int) -> None:
        """Let nothing be read or pressed; `unsent` decisions wait."""
        if self._screen is None:
            from lineclear.desktop.views.shell.lock import LockScreen  # noqa: PLC0415 - built on first use

            self._screen = LockScreen(self._look, self._window)
            self._screen.asked.connect(self.asked)
        focused = self._window.focusWidget()
        self._left = next((part for part in self._parts if _holds(part, focused)), None)
        for part in self._parts:
            part.hide()
        self.fit()
        self._screen.cover(unsent)
        self.changed.emit()

    def unlock(self, problem: str = "") -> None:
        """Show everything again; with a problem, stay locked and say it."""
        if self._screen is None:
            return
        if problem:
            self._screen.say(problem)
            return
        self._screen.hide()
        for part in self._parts:
            part.show()
        back = self._left.focusWidget() if self._left is not None else None
        if back is not None:
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def fit(self) -> None:
        """Follow the window's size."""
        if self._screen is not None:
            self._screen.setGeometry(self._window.rect())


def _holds(part: QWidget, focused: QWidget | None) -> bool:
    return focused is not None and part.isAncestorOf(focused)
