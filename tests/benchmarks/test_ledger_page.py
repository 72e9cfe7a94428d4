"""The ledger page over a million entries (ten behind the long marker): opened, searched, scrolled."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator
from itertools import batched, count, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import override

import msgspec
import pytest
from PySide6.QtCore import QAbstractTableModel, QSortFilterProxyModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTableView

from lineclear.adapters.ledgers.index import Item, LedgerIndex
from lineclear.application.record.query import LedgerQuery, Order, parse_query
from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.models.keyed_model import ROOT
from lineclear.desktop.presenters.ledger.entries_presenter import BLOCK
from lineclear.desktop.presenters.ledger.ledger_words import entries_sheet, entry_row
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.ledger.entries import EntriesTable
from support_benchmarks import AtLeast, AtMost, Ratio

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(7_200),
    pytest.mark.qt_log_ignore("does not support propagateSizeHints"),
]

type Report = Callable[[Ratio], None]

SIZES = [1_000_000, pytest.param(10_000_000, marks=pytest.mark.long)]
KEY = b"k" * 32
PROXY = 100_000
FRAMES = 400
MIB = 1_048_576
ENCODE = msgspec.json.Encoder().encode
TYPES = (
    "action.proposed",
    "action.evaluated",
    "decision.recorded",
    "execution.started",
    "execution.succeeded",
)


def entries(size: int) -> Iterator[Item]:
    """Actions of five entries each; one in fifty is about a zebra."""
    made = (item for number in count() for item in story(number))
    return islice(made, size)


def story(number: int) -> Iterator[Item]:
    bodies: tuple[dict[str, object], ...] = (
        {
            "job": f"job-{number // 3}", "agent": f"agent-{number % 7}", "capability": f"cap_{number % 5}",
            "tool": "crm.refund", "amount": f"{number % 500}.00", "currency": "USD",
        },
        {"outcome": "ask"},
        {"verdict": "reject" if number % 50 == 0 else "approve", "person": f"ops-{number % 4}"},
        {"worker": "w1", "key": f"key-{number}"},
        {"reference": f"re_{number}"},
    )  # fmt: skip
    about = "zebra" if number % 50 == 0 else "customer"
    title = ENCODE({"title": f"Refund to {about} {number % 9_999}", "note": "Billed twice, says the ticket"})
    for seq, (kind, body) in enumerate(zip(TYPES, bodies, strict=True)):
        entry = {
            "v": 1, "type": kind, "stream": f"action/act-{number:016d}", "seq": seq, "body": body,
            "at": "2026-01-31T09:30:00.000Z",
            "actor": f"person/ops-{number % 4}", "commits": {"brief": "0" * 64},
        }  # fmt: skip
        yield ENCODE(entry), title if seq == 0 else None


@pytest.fixture(scope="module", params=SIZES)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of that size, made in batches as the page makes it."""
    made = tmp_path_factory.mktemp("bench") / "ledger.index"
    index = LedgerIndex(made, KEY)
    for batch in batched(entries(request.param), 4_096):
        index.take(batch)
    index.close()
    return made


@pytest.fixture
def index(path: Path) -> Iterator[LedgerIndex]:
    opened = LedgerIndex(path, KEY)
    yield opened
    opened.close()


@pytest.fixture
def table(qapp: QApplication) -> Iterator[EntriesTable]:
    qapp.setStyle("Fusion")
    view = EntriesTable(Look(find_assets(), ThemeName.LIGHT))
    view.resize(900, 760)
    view.show()
    settle()
    yield view
    view.close()


def painted(view: QTableView) -> None:
    """Lay out and paint one whole frame now."""
    settle()
    view.render(QImage(view.size(), QImage.Format.Format_ARGB32_Premultiplied))


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """The best of several: noise only ever adds."""
    found = []
    for _ in range(times):
        begun = perf_counter()
        work()
        found.append((perf_counter() - begun) * 1e3)
    return min(found)


def test_the_first_screen_of_an_indexed_ledger_is_there_at_once(
    path: Path, table: EntriesTable, report_ratio: Report
):
    def opened() -> None:
        index = LedgerIndex(path, KEY)
        size = index.size()
        lines = index.page(LedgerQuery(), size, 0, BLOCK)
        table.display(entries_sheet(LedgerQuery(), size, lines, size, is_counted=True))
        painted(table)
        index.close()

    report_ratio(
        Ratio(
            "open an indexed ledger to its first screen", "absolute", milliseconds(opened), AtMost(200), "ms"
        )
    )


@pytest.mark.parametrize("words", ["refund", "zebra", '"billed twice"', "zebra agent:agent-3"])
def test_the_newest_fifty_that_have_a_word_are_found_at_once(
    index: LedgerIndex, words: str, report_ratio: Report
):
    size, query = index.size(), parse_query(words)
    took = milliseconds(lambda: index.page(query, size, 0, 50), 20)
    report_ratio(Ratio(f"newest 50 of {size:,}: {words}", "absolute", took, AtMost(5), "ms"))


def test_the_rows_at_any_place_are_read_within_a_frame(index: LedgerIndex, report_ratio: Report):
    size, random = index.size(), Random(7)
    for order in Order:
        query, times = LedgerQuery(order=order), []
        for _ in range(100):
            start = random.randrange(size - BLOCK)
            begun = perf_counter()
            index.page(query, size, start, BLOCK)
            times.append((perf_counter() - begun) * 1e3)
        what = f"{BLOCK} rows anywhere in {size:,}, {order} first, median"
        report_ratio(Ratio(what, "absolute", median(times), AtMost(16.7), "ms"))


class Rows(QAbstractTableModel):
    """What a proxy sorts: plain numbers and texts in a model of Python, as ours is."""

    def __init__(self, size: int) -> None:
        super().__init__()
        random = Random(7)
        self._rows = [(random.randrange(size), TYPES[number % 5]) for number in range(size)]

    @override
    def rowCount(self, parent=ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent=ROOT) -> int:
        return 0 if parent.isValid() else 2

    @override
    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def test_another_order_or_filter_is_painted_long_before_a_proxy_has_sorted(
    index: LedgerIndex, table: EntriesTable, report_ratio: Report
):
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(Rows(PROXY))
    sorted_in = milliseconds(lambda: proxy.sort(0), 1)
    size = index.size()

    def click(query: LedgerQuery) -> Callable[[], None]:
        def work() -> None:
            lines = index.page(query, size, 0, BLOCK)
            table.display(entries_sheet(query, size, lines, size, is_counted=False))
            painted(table)

        return work

    # A proxy's sort grows faster than its rows; as if it grew with them, it gets the better of it.
    proxied = sorted_in * size / PROXY
    for what, query in (
        ("the other order", LedgerQuery(order=Order.OLDEST)),
        ("one type", parse_query("type:decision.recorded")),
        ("one agent's largest", parse_query("agent:agent-3 amount>400")),
    ):
        took = milliseconds(click(query))
        reference = f"a proxy's sort of {PROXY:,}, scaled to as many"
        report_ratio(Ratio(f"{what} of {size:,}, to a painted page", reference, proxied / took, AtLeast(100)))
        report_ratio(Ratio(f"{what} of {size:,}, to a painted page", "absolute", took, AtMost(50), "ms"))


def test_a_frame_of_scrolling_anywhere_in_it_stays_within_a_frame(
    index: LedgerIndex, table: EntriesTable, report_ratio: Report
):
    """The program reads on another thread; here rows come right after the frame that wants them."""
    size, wanted = index.size(), list[tuple[int, int]]()
    table.rows.wanted.connect(lambda start, limit: wanted.append((start, limit)))
    first = index.page(LedgerQuery(), size, 0, BLOCK)
    table.display(entries_sheet(LedgerQuery(), size, first, size, is_counted=True))
    painted(table)
    random, bar, times = Random(7), table.verticalScrollBar(), []
    for step in range(FRAMES):
        to = random.randrange(bar.maximum()) if step % 4 == 0 else bar.value() + 96
        begun = thread_time()
        bar.setValue(to)
        painted(table)
        times.append((thread_time() - begun) * 1e3)
        for start, limit in wanted:
            table.take(start, tuple(map(entry_row, index.page(LedgerQuery(), size, start, limit))))
        wanted.clear()
    p95 = quantiles(times, n=100, method="inclusive")[94]
    report_ratio(Ratio(f"a frame of scrolling {size:,} entries, p95", "absolute", p95, AtMost(16.7), "ms"))


def test_the_whole_stays_small(index: LedgerIndex, report_ratio: Report):
    """The most that this process ever held, making the index and everything above included."""
    assert index.size()
    scale = 1 if sys.platform == "darwin" else 1_024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / MIB
    report_ratio(Ratio(f"memory with {index.size():,} entries", "absolute", most, AtMost(512), "MiB"))
