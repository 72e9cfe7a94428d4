"""A queue of many rows, scrolled in the real pane, beside Qt's own list of the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView

from lineclear.desktop.assets import find_assets
from lineclear.desktop.delegates.queue_delegate import ROW_HEIGHT
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.sheets import Chip, QueueRow, QueueSheet, Tone, text_of
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.queue.queue import QueueView
from lineclear.domain.text import paintable
from support_benchmarks import AtMost, Ratio
from support_frames import Frames, Idle, anywhere, back_and_forth, beside, onwards

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[[Ratio], None]

ROWS = 10_000
FRAME = 16.7
WHEEL = 60
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


def hebrew_rows(count: int) -> tuple[QueueRow, ...]:
    """The same, named by agents that write from right to left."""
    return tuple(
        replace(
            row,
            title=paintable(f"החזר ללקוח {number} בסך {number}.00"),
            subtitle=paintable("סוכן תמיכה · חיוב כפול"),
        )
        for number, row in enumerate(queue_rows(count))
    )


def bare_list(rows: tuple[QueueRow, ...]) -> QListView:
    """Qt's own list, model and delegate: one line of the same words in rows of the same height."""
    model = QStandardItemModel()
    for row in rows:
        item = QStandardItem(f"{text_of(row.title)}\n{text_of(row.subtitle)}")
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        model.appendRow(item)
    view = QListView()
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    model.setParent(view)
    view.setModel(model)
    view.resize(SIZE)
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    view.show()
    settle()
    view.doItemsLayout()
    return view


def pane_of(rows: tuple[QueueRow, ...]) -> QueueView:
    pane = QueueView(Look(find_assets(), ThemeName.LIGHT))
    pane.resize(SIZE)
    pane.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    pane.show()
    pane.display(QueueSheet("Needs you", len(rows), (), rows))
    settle()
    pane.list.doItemsLayout()
    return pane


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    qapp.setStyle("Fusion")
    yield qapp
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def tell(report: Report, what: str, found: tuple[Frames, Frames]) -> None:
    """Half of the frames against Qt's own, and how long most of them take at most."""
    ours, theirs = found
    against = f"Qt's own list, model and delegate, {theirs.half:.2f} ms"
    report(Ratio(f"{what}, p50 {ours.half:.2f} ms", against, ours.half / theirs.half, AtMost(0.5)))
    report(Ratio(f"{what}, p95", f"Qt's own, {theirs.most:.2f} ms", ours.most, AtMost(FRAME), "ms"))


def test_a_frame_of_the_queue_while_scrolling(application: QApplication, report_ratio: Report):
    rows = queue_rows(ROWS)
    with closing(pane_of(rows)) as pane, closing(bare_list(rows)) as bare:
        view, idle = pane.list, Idle(pane.list)
        ours, theirs = beside(view, bare, onwards(WHEEL))
        what, against = f"queue by a wheel that never rests, p50 {ours.half:.2f} ms", f"{theirs.half:.2f} ms"
        report_ratio(Ratio(what, f"Qt's own, {against}", ours.half / theirs.half, AtMost(2)))
        unseen = beside(view, bare, onwards(WHEEL), idle)
        tell(report_ratio, "queue by the wheel, rows not seen before", unseen)
        seen = beside(view, bare, back_and_forth(WHEEL), idle)
        tell(report_ratio, "queue by the wheel, rows seen before", seen)
        longest = max(idle.turns)
        report_ratio(Ratio("longest turn of preparing rows", "absolute", longest, AtMost(FRAME), "ms"))
        ours, theirs = beside(view, bare, anywhere(7))
        what, against = f"queue after a jump, p50 {ours.half:.2f} ms", f"Qt's own, {theirs.half:.2f} ms"
        report_ratio(Ratio(what, against, ours.half / theirs.half, AtMost(6)))
        report_ratio(Ratio("queue after a jump, p95", "absolute", ours.most, AtMost(FRAME), "ms"))


def test_a_frame_of_a_queue_that_runs_from_right_to_left(application: QApplication, report_ratio: Report):
    application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    rows = hebrew_rows(ROWS)
    with closing(pane_of(rows)) as pane, closing(bare_list(rows)) as bare:
        what = "queue from right to left, rows not seen before"
        tell(report_ratio, what, beside(pane.list, bare, onwards(WHEEL), Idle(pane.list)))
