"""Where the Tab key goes: as one reads, and never behind what lies over the window. Holds no rules.

Qt takes the order in which widgets were made, so that whatever is made later would come last.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QWidget
from shiboken6 import isValid


def step_focus(place: QWidget, step: int) -> bool:
    """Give the focus to what comes after (1) or before (-1) in a place; False where nothing takes it."""
    order = list(in_reading_order(place))
    if not order:
        return False
    focused = QApplication.focusWidget()
    if focused in order:
        found = order[(order.index(focused) + step) % len(order)]
    else:
        found = order[0 if step > 0 else -1]
    is_on = step > 0
    found.setFocus(Qt.FocusReason.TabFocusReason if is_on else Qt.FocusReason.BacktabFocusReason)
    _bring_into_sight(found)
    return True


class Behind:
    """What had the focus before something covered it."""

    def __init__(self) -> None:
        self._left: QWidget | None = None

    def remember(self, *, is_covered: bool) -> None:
        """Something covers it now; what follows another cover leads back to the same place."""
        if not is_covered:
            self._left = QApplication.focusWidget()

    @property
    def back(self) -> QWidget | None:
        """It, if it can have the focus again."""
        left = self._left
        return left if left is not None and isValid(left) and left.isVisible() and left.isEnabled() else None


def in_reading_order(place: QWidget) -> Iterator[QWidget]:
    """What takes the focus by Tab inside a place, as its layouts have it."""
    for part in _parts(place):
        if not part.isVisible() or part.isWindow():
            continue
        if part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus:
            yield part
        yield from in_reading_order(part)


def _parts(place: QWidget) -> list[QWidget]:
    """Its children: those of its layout in their order, then the others as they were made."""
    layout = place.layout()
    laid = list(_widgets(layout)) if layout is not None else []
    if isinstance(place, QScrollArea) and (inside := place.widget()) is not None:
        laid.append(inside)
        return laid
    rest = (child for child in place.children() if isinstance(child, QWidget) and child not in laid)
    return [*laid, *rest]


def _widgets(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        if (part := item.widget()) is not None:
            yield part
        elif (inner := item.layout()) is not None:
            yield from _widgets(inner)


def _bring_into_sight(part: QWidget) -> None:
    around = part.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(part)
        around = around.parentWidget()
