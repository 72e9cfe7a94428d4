"""Frames of a scrolled view, measured beside those of another one. Free of what the views show."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from time import thread_time
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from lineclear.desktop.gallery.pictures import settle

type Scroll = Callable[[QAbstractItemView], Iterator[int]]
"""Where the bar goes, frame by frame."""

FRAMES, BLOCKS = 40, 8


@dataclass(frozen=True, slots=True)
class Frames:
    """Milliseconds to a frame, of the thread that paints: whatever else the machine does is not counted."""

    half: float
    most: float
    """Of 95 in a hundred."""


def onwards(step: int) -> Scroll:
    """A wheel's turn further each time, to rows that nobody has seen."""

    def places(view: QAbstractItemView) -> Iterator[int]:
        for _ in range(FRAMES):
            yield view.verticalScrollBar().value() + step

    return places


def back_and_forth(step: int) -> Scroll:
    """Over the same rows again: all of them were seen in the block before."""

    def places(view: QAbstractItemView) -> Iterator[int]:
        bar = view.verticalScrollBar()
        turns = [step] * (FRAMES // 2) + [-step] * (FRAMES // 2)
        for turn in turns:
            yield bar.value() + turn

    return places


def anywhere(seed: int) -> Scroll:
    """As the bar is dragged: no row in sight was in sight before."""
    random = Random(seed)

    def places(view: QAbstractItemView) -> Iterator[int]:
        for _ in range(FRAMES):
            yield random.randrange(view.verticalScrollBar().maximum())

    return places


class Prepares(Protocol):
    """A view that paints rows before they come into sight, some at a turn of the event loop."""

    def prepare_ahead(self) -> bool: ...


class Idle:
    """What the event loop does between two frames, and how many milliseconds each turn of it took."""

    def __init__(self, view: Prepares) -> None:
        self._view = view
        self.turns: list[float] = []

    def __call__(self) -> None:
        is_busy = True
        while is_busy:
            begun = thread_time()
            is_busy = self._view.prepare_ahead()
            self.turns.append((thread_time() - begun) * 1e3)


def frames(view: QAbstractItemView, scroll: Scroll, idle: Callable[[], object] = lambda: None) -> Frames:
    """A block of frames, each the whole of what the view shows; between two the event loop is `idle`.

    The bar is not painted, as it is Qt's own in every view, and takes as long as some rows. What earlier work
    left behind is out of the collector's sight, as in a console that has caught up.
    """
    assert view.window().testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen), "else nothing is painted"
    bar, port, times = view.verticalScrollBar(), view.viewport(), []
    bar.setUpdatesEnabled(False)
    gc.freeze()
    for to in scroll(view):
        begun = thread_time()
        bar.setValue(to)
        port.update()
        settle()
        times.append((thread_time() - begun) * 1e3)
        idle()
    gc.unfreeze()
    cuts = quantiles(times, n=100, method="inclusive")
    return Frames(cuts[49], cuts[94])


def beside(
    ours: QAbstractItemView,
    theirs: QAbstractItemView,
    scroll: Scroll,
    idle: Callable[[], object] = lambda: None,
) -> tuple[Frames, Frames]:
    """Blocks of both in turn. Noise only ever adds: a block of each counts than which a quarter is quicker.

    No block repeats the places of another.
    """
    blocks = [(frames(ours, scroll, idle), frames(theirs, scroll)) for _ in range(BLOCKS)]
    one, other = zip(*blocks, strict=True)
    return _quieter(one), _quieter(other)


def _quieter(blocks: tuple[Frames, ...]) -> Frames:
    quarter = len(blocks) // 4
    return Frames(
        sorted(block.half for block in blocks)[quarter], sorted(block.most for block in blocks)[quarter]
    )
