"""A diff of a hundred thousand rows: opened, and scrolled from end to end, in the real card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from statistics import quantiles
from time import thread_time

import pytest
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QVBoxLayout, QWidget

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
BLOCK, BLOCKS = 60, 8
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
    """Of the thread that paints: whatever else the machine does in the meantime is not the window's doing."""
    begun = thread_time()
    work()
    return (thread_time() - begun) * 1e3


def scrolled(
    view: QAbstractItemView, window: QWidget, random: Random, *, jumps: int = 2
) -> tuple[float, float]:
    """Milliseconds to a frame, p50 and p95 of a block: on by a wheel's turn, each so-manieth anywhere."""
    bar, times = view.verticalScrollBar(), []
    for step in range(BLOCK):
        to = random.randrange(bar.maximum()) if step % jumps == 1 else bar.value() + 3 * bar.singleStep()

        def frame(to: int = to) -> None:
            bar.setValue(to)
            painted(window)

        times.append(milliseconds(frame))
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


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
    bare, random = bare_table(), Random(7)
    blocks = [(scrolled(card.list, place, random), scrolled(bare, bare, random)) for _ in range(BLOCKS)]
    bare.close()
    # Noise only ever adds, and meets both in turn: the quietest block of each is what it takes.
    ours, theirs = (tuple(map(min, zip(*side, strict=True))) for side in zip(*blocks, strict=True))
    report_ratio(Ratio("a frame of it while scrolling, p95", "absolute", ours[1], AtMost(FRAME), "ms"))
    what = f"Qt's own table and model, three plain columns, {theirs[0]:.1f} ms"
    report_ratio(Ratio("a frame of it while scrolling, p50", what, ours[0] / theirs[0], AtMost(5)))


def test_code_of_a_hundred_thousand_changed_lines_scrolls_within_a_frame(
    look: Look, place: QWidget, report_ratio: Report
):
    lines = [
        f"    amount_{number} = capture(order, {number}, currency='EUR')  # cents" for number in range(ROWS)
    ]
    before, after = "\n".join(lines), "\n".join(line.replace("order", "orders") for line in lines)
    sheet = changes_sheet({"pay.py": before}, {"pay.py": after}, Shape.CODE, Heading("Changes"))
    card = ChangesCard(look)
    place.layout().addWidget(card)
    card.set_room(760)

    def opened() -> None:
        card.display(sheet)
        painted(place)

    report_ratio(Ratio("open code of 100,000 lines", "absolute", milliseconds(opened), AtMost(OPEN), "ms"))
    random = Random(7)
    wheel = min(scrolled(card.list, place, random, jumps=BLOCK) for _ in range(BLOCKS))[1]
    anywhere = min(scrolled(card.list, place, random) for _ in range(BLOCKS))[1]
    report_ratio(Ratio("a frame of code by the wheel, p95", "absolute", wheel, AtMost(FRAME), "ms"))
    report_ratio(Ratio("a frame of code after a jump, p95", "absolute", anywhere, AtMost(2 * FRAME), "ms"))


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


def bare_table() -> QTableView:
    """What Qt itself offers for as many rows of plain text of one height."""
    model = QStandardItemModel(ROWS, 3)
    for number in range(ROWS):
        for column, text in enumerate(
            (f"customer_{number}.payment_terms", f"{number} days", f"{number} days net")
        ):
            model.setItem(number, column, QStandardItem(text))
    view = QTableView()
    model.setParent(view)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setModel(model)
    view.resize(1_000, 760)
    view.show()
    painted(view)
    return view
