"""A diff of a hundred thousand rows: opened, and scrolled from end to end, in the real card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QVBoxLayout, QWidget

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.sheets import ChangesSheet
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.changes.changes_list import ChangesList
from lineclear.domain.effects import Shape
from support_benchmarks import AtMost, Ratio
from support_frames import BLOCKS, Idle, anywhere, back_and_forth, beside, frames, onwards

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[[Ratio], None]

ROWS, SOME = 100_000, 5_000
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
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
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


def glossed_changes() -> ChangesSheet:
    """Moments, each with a gloss that says it in the reader's own form."""
    before = {f"invoice_{number}.due_at": moment(number) for number in range(SOME)}
    after = {name: moment(number + 86_400) for number, name in enumerate(before)}
    return changes_sheet(before, after, Shape.FIELDS, Heading("Changes"))


def moment(seconds: int) -> str:
    return (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()


def hebrew_changes() -> ChangesSheet:
    before = {f"customer_{number}.terms": f"תוך {number} ימים" for number in range(SOME)}
    after = {name: f"{text} נטו מיום הקבלה" for name, text in before.items()}
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


def wheel(view: QAbstractItemView) -> int:
    """A turn of the wheel, in pixels."""
    return 3 * view.verticalScrollBar().singleStep()


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
    report_frames(report_ratio, card.list, "diff")


def test_glosses_and_words_from_right_to_left_scroll_as_fast(
    look: Look, place: QWidget, report_ratio: Report
):
    card = ChangesCard(look)
    place.layout().addWidget(card)
    card.set_room(760)
    for kind, sheet in (("glosses", glossed_changes()), ("right-to-left words", hebrew_changes())):
        card.display(sheet)
        painted(place)
        with closing(bare_table()) as bare:
            ours, theirs = beside(card.list, bare, onwards(wheel(card.list)), Idle(card.list))
        against = f"Qt's own table of plain words, {theirs.half:.2f} ms"
        what = f"diff with {kind} by the wheel, p50 {ours.half:.2f} ms"
        report_ratio(Ratio(what, against, ours.half / theirs.half, AtMost(0.5)))


def report_frames(report: Report, view: ChangesList, what: str) -> None:
    """By the wheel to rows not seen before, over rows seen before, and after jumps, each beside Qt's own."""
    idle, step = Idle(view), wheel(view)
    with closing(bare_table()) as bare:
        ours, theirs = beside(view, bare, onwards(step))
        name, against = f"{what} by a wheel that never rests, p50 {ours.half:.2f} ms", f"{theirs.half:.2f} ms"
        report(Ratio(name, f"Qt's own, {against}", ours.half / theirs.half, AtMost(4)))
        for how, scroll in (
            ("rows not seen before", onwards(step)),
            ("rows seen before", back_and_forth(step)),
        ):
            ours, theirs = beside(view, bare, scroll, idle)
            against = f"Qt's own table and model, three plain columns, {theirs.half:.2f} ms"
            name = f"{what} by the wheel, {how}, p50 {ours.half:.2f} ms"
            report(Ratio(name, against, ours.half / theirs.half, AtMost(0.5)))
            report(Ratio(f"{what} by the wheel, {how}, p95", "absolute", ours.most, AtMost(FRAME), "ms"))
        report(Ratio("longest turn of preparing rows", "absolute", max(idle.turns), AtMost(FRAME), "ms"))
        ours, theirs = beside(view, bare, anywhere(7))
        name, against = f"{what} after a jump, every row new, p50 {ours.half:.2f} ms", f"{theirs.half:.2f} ms"
        report(Ratio(name, f"Qt's own, {against}", ours.half / theirs.half, AtMost(6)))
        report(Ratio(f"{what} after a jump, p95", "absolute", ours.most, AtMost(FRAME), "ms"))


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
    idle = Idle(card.list)
    turned = min(frames(card.list, onwards(wheel(card.list)), idle).most for _ in range(BLOCKS))
    jumped = min(frames(card.list, anywhere(7)).most for _ in range(BLOCKS))
    report_ratio(Ratio("a frame of code by the wheel, p95", "absolute", turned, AtMost(FRAME), "ms"))
    report_ratio(Ratio("a frame of code after a jump, p95", "absolute", jumped, AtMost(2 * FRAME), "ms"))
    report_ratio(Ratio("longest turn of preparing code", "absolute", max(idle.turns), AtMost(FRAME), "ms"))


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
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    view.show()
    painted(view)
    return view
