"""A page that scrolls down where it is long, and never sideways."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from lineclear.desktop.painting import runs_from_right


def scrolled(page: QWidget) -> QScrollArea:
    """The area takes no focus: keys go to what the page holds."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    layout = page.layout()
    if layout is not None:
        keep_width(area, layout)
    return area


def keep_width(area: QScrollArea, layout: QLayout) -> None:
    """Let the scroll bar take its room from the margin, so that what is shown stays as wide as it is."""
    _Room(area, layout)


class _Room(QObject):
    """Gives a page's margin to the scroll bar of its area, and takes it back. Lives as long as the area."""

    def __init__(self, area: QScrollArea, layout: QLayout) -> None:
        super().__init__(area)
        self._layout, self._usual = layout, layout.contentsMargins()
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._give)

    def _give(self, _least: int, most: int) -> None:
        usual, taken = self._usual, self._bar.sizeHint().width() if most else 0
        left, right = (taken, 0) if runs_from_right() else (0, taken)
        self._layout.setContentsMargins(
            max(usual.left() - left, 0), usual.top(), max(usual.right() - right, 0), usual.bottom()
        )
