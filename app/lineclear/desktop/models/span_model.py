"""Every step of a timeline as a row, read from the track when it comes into sight. Holds no copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QAbstractTableModel, Qt

from lineclear.application.reading.formats import dollars
from lineclear.desktop.models.keyed_model import ITEM, ROOT, Index
from lineclear.desktop.plotting.axis import elapsed
from lineclear.desktop.presenters.jobs.span_sheets import KIND_WORDS, took_text
from lineclear.desktop.presenters.sheets import Chip, Tone, Words, text_of
from lineclear.domain.events import Span
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

if TYPE_CHECKING:
    from lineclear.desktop.plotting.track import Track

TITLES: Final = (
    marked("Step"),
    marked("Kind"),
    marked("Begins after"),
    marked("Took"),
    marked("Cost"),
    marked("Tokens"),
    marked("Failed"),
)
SHARES: Final = (30, 13, 12, 12, 10, 10, 13)
MONO: Final = frozenset({2, 3, 4, 5})


class SpanModel(QAbstractTableModel):
    """Rows in the order of their start."""

    def __init__(self) -> None:
        super().__init__()
        self._track: Track | None = None

    def display(self, track: Track | None) -> None:
        """Show the spans of another track."""
        self.beginResetModel()
        self._track = track
        self.endResetModel()

    def step(self, row: int) -> Span:
        """The span of a row that there is."""
        assert self._track is not None
        return self._track.spans[int(self._track.by_start[row])]

    def row_of(self, span: str) -> int | None:
        """Where a span stands, or None."""
        track = self._track
        at = track.places.get(span) if track is not None else None
        if track is None or at is None:
            return None
        return int((track.by_start == at).argmax())

    @override
    def rowCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() or self._track is None else len(self._track.spans)

    @override
    def columnCount(self, parent: Index = ROOT, /) -> int:
        return 0 if parent.isValid() else len(TITLES)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid() or self._track is None:
            return None
        cell = self._cell(index.row(), index.column())
        if role == ITEM:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text_of(cell.text if isinstance(cell, Chip) else cell)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> object:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return say(TITLES[section]) if is_title else None

    def _cell(self, row: int, column: int) -> Words | Chip:
        assert self._track is not None
        at = int(self._track.by_start[row])
        span, start = self._track.spans[at], int(self._track.starts[at])
        cells: tuple[Callable[[], Words | Chip], ...] = (
            lambda: paintable(span.name),
            lambda: say(KIND_WORDS[span.kind]),
            lambda: elapsed(start, 1_000 if start % 1_000 == 0 else 1),
            lambda: took_text(span),
            lambda: dollars(span.cost_micros) if span.cost_micros else "",
            lambda: f"{span.tokens:,}" if span.tokens else "",
            lambda: Chip(paintable(span.error), Tone.STOP) if span.error else "",
        )
        return cells[column]()
