"""A label whose words may take another size while it is shown. Paints nothing itself."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel


class Growing(QLabel):
    """Asks for its room anew when the look is another one, as words may be of another size then."""

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._forget_sizes()
            self.updateGeometry()

    def _forget_sizes(self) -> None:
        """Let go of what was measured; may come while the label is still being made."""
