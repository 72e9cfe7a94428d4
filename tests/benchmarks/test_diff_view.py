"""A diff of a hundred thousand rows: opened, and scrolled from end to end, in the real card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from statistics import quantiles
from time import perf_counter

import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QVBoxLayout, QWidget

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery import settle
from lineclear.desktop.presenters.differences import Heading, changes_sheet
from lineclear.desktop.presenters.sheets import ChangesSheet
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.changes import ChangesCard
from lineclear.domain.effects import Shape
from support_benchmarks import AtMost, Ratio

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[[Ratio], None]

ROWS = 100_000
FRAMES = 240
FRAME = 16.7
OPEN = 200


@pytest.fixture
def look(qapp: QApplication) -> Look:
    qapp.setStyle("Fusion")
    return Look(find_assets(), ThemeName.LIGHT)


@pytest.fixture
def place(qapp: QApplication) -> Iterator[QWidget]:
    """A window of the size of the action's cards."""
    window = QWidget()
    QVBoxLayout(window)
    window.resize(1_000, 760)
    window.show()
    yield window
    window.close()


def many_changes(sign: str) -> ChangesSheet:
    """A hundred thousand changed fields, every hundredth of them long; as the presenter makes it."""
    before = {f"customer_{number}.payment_terms": f"{number} days" for number in range(ROWS)}
    after = {
        name: f"{text} {sign} "
        + ("as soon as the goods have arrived " * 12 if text.endswith("00 days") else "")
        for name, text in before.items()
    }
    return changes_sheet(before, after, Shape.FIELDS, Heading("Changes"))


def painted(window: QWidget) -> None:
    """Lay out and paint one whole frame now."""
    settle()
    window.render(QImage(window.size(), QImage.Format.Format_ARGB32_Premultiplied))


def milliseconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1e3


def scrolled(view: QAbstractItemView, window: QWidget, steps: int = FRAMES) -> list[float]:
    """Milliseconds to each frame: half of them on by a wheel's turn, half anywhere."""
    bar, random = view.verticalScrollBar(), Random(7)
    times = []
    for step in range(steps):
        to = random.randrange(bar.maximum()) if step % 2 else bar.value() + 3 * bar.singleStep()

        def frame(to: int = to) -> None:
            bar.setValue(to)
            painted(window)

        times.append(milliseconds(frame))
    return times


def test_a_hundred_thousand_changes_open_at_once_and_scroll_within_a_frame(
    look: Look, place: QWidget, report_ratio: Report
):
    sheet = many_changes("net")
    card = ChangesCard(look)
    place.layout().addWidget(card)
    card.set_room(760)
    painted(place)

    def opened() -> None:
        card.display(sheet)
        painted(place)

    report_ratio(Ratio("open a diff of 100,000 rows", "absolute", milliseconds(opened), AtMost(OPEN), "ms"))
    changes = card.list
    scrolled(changes, place, 8)
    ours = scrolled(changes, place)
    report_ratio(Ratio("a frame of it while scrolling, p95", "absolute", at95(ours), AtMost(FRAME), "ms"))
    theirs = bare_frames([f"customer_{number}: {number} days" for number in range(ROWS)])
    what = f"a bare list of as many lines, one column, {at95(theirs):.1f} ms"
    report_ratio(Ratio("a frame of it while scrolling, p95", what, at95(ours) / at95(theirs), AtMost(3)))


def test_another_hundred_thousand_take_their_place_as_fast(look: Look, place: QWidget, report_ratio: Report):
    first, second = many_changes("net"), many_changes("gross")
    card = ChangesCard(look)
    place.layout().addWidget(card)
    card.display(first)
    painted(place)

    def shown_anew() -> None:
        card.display(second)
        painted(place)

    took = milliseconds(shown_anew)
    report_ratio(Ratio("show another 100,000 rows in their place", "absolute", took, AtMost(OPEN), "ms"))


def bare_frames(lines: list[str]) -> list[float]:
    """What Qt's own list takes for as many lines of plain text of one height."""
    view = QListView()
    view.setUniformItemSizes(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setModel(QStringListModel(lines, view))
    view.resize(1_000, 760)
    view.show()
    painted(view)
    scrolled(view, view, 8)
    frames = scrolled(view, view)
    view.close()
    return frames


def at95(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[94]
