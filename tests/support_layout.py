"""What is clipped, overlaps or scrolls sideways in a window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from lineclear.desktop.views.controls import Pressable
from lineclear.desktop.views.kit import ChipLabel, Text


def shown(window: QWidget, kind: type[QWidget]) -> Iterator[QWidget]:
    return (part for part in window.findChildren(kind) if part.isVisible() and part.width() > 0)


def cut_texts(window: QWidget) -> list[str]:
    """Texts that do not fit and do not say so, or lie outside of what holds them."""
    return [
        part.text()
        for part in shown(window, Text)
        if (part.is_cut and not part.toolTip())
        or part.height() < part.heightForWidth(part.width())
        or not inside(part)
    ]


def cut_controls(window: QWidget) -> list[str]:
    pressed = [
        part.title
        for part in shown(window, Pressable)
        if part.width() < part.minimumSizeHint().width()  # a name that may be shortened says so in its tip
        or part.height() < part.sizeHint().height()
        or not inside(part)
    ]
    chips = [
        part.text()
        for part in shown(window, ChipLabel)
        if (part.width() < part.sizeHint().width() and not part.toolTip()) or not inside(part)
    ]
    return pressed + chips


def inside(part: QWidget) -> bool:
    parent = part.parentWidget()
    return parent is None or parent.rect().contains(part.geometry())


def overlaps(window: QWidget) -> list[tuple[str, str]]:
    """Pairs of siblings with words that cover each other."""
    found = []
    for parent in {
        part.parentWidget() for kind in (Text, Pressable, ChipLabel) for part in shown(window, kind)
    }:
        worded = [
            part
            for part in parent.children()
            if isinstance(part, Text | Pressable | ChipLabel) and part.isVisible()
        ]
        found += [
            (type(one).__name__, type(other).__name__)
            for one, other in combinations(worded, 2)
            if one.geometry().intersects(other.geometry())
        ]
    return found


def faults(window: QWidget) -> dict[str, list]:
    every = {
        "texts": cut_texts(window),
        "controls": cut_controls(window),
        "overlaps": overlaps(window),
        "sideways": sideways(window),
    }
    return {name: found for name, found in every.items() if found}


def sideways(window: QWidget) -> list[str]:
    """Scroll areas whose content is wider than they are."""
    return [
        type(area).__name__
        for area in shown(window, QAbstractScrollArea)
        if area.horizontalScrollBar().maximum() > 0
    ]
