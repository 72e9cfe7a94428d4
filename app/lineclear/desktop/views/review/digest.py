"""What a decision binds, in the foot of an action: with its words where they have room. Holds no rules."""

from __future__ import annotations

from typing import override

from PySide6.QtWidgets import QWidget

from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import Fit, Text, set_tip


class Digest(Text):
    """What a decision binds; without its words where they have no room, and then its tool tip has them."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, FontRole.KEY, Token.MUTED, Fit.ELIDE, parent=parent)
        self._full, self._brief = "", ""

    def display(self, full: str, brief: str) -> None:
        """Show a digest; without a brief form it has only one."""
        self._full, self._brief = full, brief or full
        self.setAccessibleName(full)
        self.shorten(is_brief=False)

    def shorten(self, *, is_brief: bool) -> None:
        """Turn to the brief form, or back."""
        self.set_words(self._brief if is_brief else self._full)

    @override
    def _tell_the_rest(self) -> None:
        set_tip(self, self._full if self.is_cut or self.text() != self._full else "")
