"""A queue of many rows, scrolled from end to end, in the real pane."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import quantiles
from time import thread_time

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView

from lineclear.desktop.assets import find_assets
from lineclear.desktop.delegates.queue_delegate import ROW_HEIGHT
from lineclear.desktop.gallery import settle
from lineclear.desktop.presenters.sheets import Chip, QueueRow, QueueSheet, Tone
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.queue import QueueView
from support_benchmarks import AtMost, Ratio

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[[Ratio], None]

ROWS = 2_000
BLOCK, BLOCKS = 60, 8
FRAME = 16.7
SIZE = QSize(340, 760)


def queue_rows(count: int) -> tuple[QueueRow, ...]:
    """Rows in three groups, as the presenter makes them."""
    groups = ("Due within 10 minutes", "Today", "Later")
    return tuple(
        QueueRow(
            f"action-{number}",
            f"Refund ${number}.00 to customer {4_000 + number}",
            "support-agent · duplicate charge of the second capture",
            f"{number % 60} min",
            Chip("Tier 2", Tone.CAUTION),
            groups[number * 3 // count],
        )
        for number in range(count)
    )


def bare_list() -> QListView:
    """Qt's own list, model and delegate: one line of the same words in rows of the same height."""
    model = QStandardItemModel()
    for row in queue_rows(ROWS):
        item = QStandardItem(f"{row.title}\n{row.subtitle}")
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        model.appendRow(item)
    view = QListView()
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    model.setParent(view)
    view.setModel(model)
    view.resize(SIZE)
    view.show()
    settle()
    view.doItemsLayout()
    return view


def scrolled(view: QListView, random: Random) -> tuple[float, float]:
    """Milliseconds of the painting thread to a frame, p50 and p95: on by a wheel's turn, or anywhere."""
    bar, times = view.verticalScrollBar(), []
    for step in range(BLOCK):
        to = random.randrange(bar.maximum()) if step % 8 == 0 else bar.value() + 60
        image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
        begun = thread_time()
        bar.setValue(to)
        settle()
        view.viewport().render(image)
        times.append((thread_time() - begun) * 1e3)
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


def test_a_frame_of_the_queue_while_scrolling(qapp: QApplication, report_ratio: Report):
    qapp.setStyle("Fusion")
    pane = QueueView(Look(find_assets(), ThemeName.LIGHT))
    pane.resize(SIZE)
    pane.show()
    pane.display(QueueSheet("Needs you", ROWS, (), queue_rows(ROWS)))
    settle()
    pane.list.doItemsLayout()
    bare, random = bare_list(), Random(7)
    blocks = [(scrolled(pane.list, random), scrolled(bare, random)) for _ in range(BLOCKS)]
    ours, theirs = (tuple(map(min, zip(*side, strict=True))) for side in zip(*blocks, strict=True))
    what = f"Qt's own list, model and delegate, {theirs[0]:.2f} ms"
    report_ratio(Ratio("a frame of the queue while scrolling, p50", what, ours[0] / theirs[0], AtMost(1.0)))
    report_ratio(Ratio("a frame of it, p95", "absolute", ours[1], AtMost(FRAME), "ms"))
    bare.close()
    pane.close()
