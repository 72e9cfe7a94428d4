"""The label that all others are made of: plain text, in whatever size words have. Paints nothing itself."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """Reads nothing as markup, and asks for its room anew when the look, so perhaps its size, changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._forget_sizes()
            self.updateGeometry()

    def _forget_sizes(self) -> None:
        """Let go of what was measured; may come while the label is still being made."""
