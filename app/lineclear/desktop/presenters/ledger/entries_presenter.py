"""The list of a ledger's entries: what was looked for, in which order, and its pages. Knows no widget."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.record.query import Facet, LedgerQuery, Order, parse_query, written_query
from lineclear.application.record.reading import FacetCounts, LedgerLine, OpenLedger
from lineclear.desktop.background import Background
from lineclear.desktop.presenters.ledger.ledger_words import entries_sheet, entry_row, facet_sheets
from lineclear.desktop.presenters.refused import notice_of
from lineclear.domain.refusals import Refusal

BLOCK = 128
"""Entries that are read at once."""


class EntriesPresenter(QObject):
    """All methods on the GUI thread. A list is of one moment: what comes later is seen when it is read anew.

    What comes in after something else was asked is dropped.
    """

    changed = Signal(object)
    """EntriesSheet: another list."""
    counted = Signal(int, str)
    """How many the list has after all, and the words for that."""
    rows_came = Signal(int, object)
    """Position of the first, and the rows."""
    facets_changed = Signal(object)
    query_changed = Signal(str)
    """The search as it reads now, after a value was chosen in the side list."""
    place_found = Signal(int)
    """At which position the chosen entry is in the list."""
    noticed = Signal(object)
    """Notice about a search that cannot be read, or None."""
    kept_back = Signal(bool)
    """Whether entries are left out because finding them would tell of them."""
    failed = Signal(object)
    """What went wrong."""

    def __init__(self, reads: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reads = reads
        self._ledger: OpenLedger | None = None
        self._query = LedgerQuery()
        self._asked = 0
        self._chosen: int | None = None
        self.until = 0
        """How many entries there were when the list was read."""

    def show(self, ledger: OpenLedger | None) -> None:
        """Another ledger, of which nothing was looked for yet."""
        self._ledger, self._query, self._chosen, self.until = ledger, LedgerQuery(), None, 0
        self._asked += 1
        self.query_changed.emit("")

    def choose(self, index: int) -> None:
        """Keep an entry in sight when the list is read anew."""
        self._chosen = index

    def search(self, text: str) -> None:
        """Look for something else; what cannot be read is said, and the list stays."""
        try:
            self._query = parse_query(text, self._query.order)
        except Refusal as refusal:
            self.noticed.emit(notice_of(refusal))
            return
        self.noticed.emit(None)
        self.refresh(self.until)

    def narrow(self, facet: str, value: str) -> None:
        """Choose a value of a facet, or let it go where it is chosen."""
        one = Facet(facet)
        self._query = self._query.narrowed(one, "" if self._query.chosen(one) == value else value)
        self.query_changed.emit(written_query(self._query))
        self.refresh(self.until)

    def turn(self) -> None:
        """The other order."""
        order = Order.OLDEST if self._query.order is Order.NEWEST else Order.NEWEST
        self._query = replace(self._query, order=order)
        self.refresh(self.until)

    def refresh(self, size: int) -> None:
        """Read the list of so many entries anew: its first page first, then how many there are."""
        ledger = self._ledger
        if ledger is None:
            return
        self._asked += 1
        self.until = size
        asked, query = self._asked, self._query

        def read() -> tuple[tuple[LedgerLine, ...], bool]:
            return ledger.page(query, size, 0, BLOCK), ledger.keeps_back(query, size)

        def done(came: tuple[tuple[LedgerLine, ...], bool]) -> None:
            if asked == self._asked:
                self.kept_back.emit(came[1])
                self._show_first(ledger, query, came[0])

        self._reads.run(read, done=done, failed=self.failed.emit)

    def want(self, start: int, limit: int) -> None:
        """Rows are about to be seen."""
        ledger, asked, query, until = self._ledger, self._asked, self._query, self.until
        if ledger is None:
            return

        def done(lines: tuple[LedgerLine, ...]) -> None:
            if asked == self._asked:
                self.rows_came.emit(start, tuple(map(entry_row, lines)))

        self._reads.run(lambda: ledger.page(query, until, start, limit), done=done, failed=self.failed.emit)

    def _show_first(self, ledger: OpenLedger, query: LedgerQuery, lines: tuple[LedgerLine, ...]) -> None:
        is_known = query.is_everything or len(lines) < BLOCK
        count = self.until if query.is_everything else len(lines)
        self.changed.emit(entries_sheet(query, count, lines, self.until, is_counted=is_known))
        if not is_known:
            self._count(ledger, query)
        self._read_facets(ledger, query)
        if self._chosen is not None:
            self._find_place(ledger, query, self._chosen)

    def _count(self, ledger: OpenLedger, query: LedgerQuery) -> None:
        asked, until = self._asked, self.until

        def done(count: int) -> None:
            if asked == self._asked:
                said = entries_sheet(query, count, (), until, is_counted=True).said
                self.counted.emit(count, said)

        self._reads.run(lambda: ledger.count(query, until), done=done, failed=self.failed.emit)

    def _read_facets(self, ledger: OpenLedger, query: LedgerQuery) -> None:
        asked, until = self._asked, self.until

        def done(facets: tuple[FacetCounts, ...]) -> None:
            if asked == self._asked:
                self.facets_changed.emit(facet_sheets(query, facets))

        self._reads.run(lambda: ledger.facets(query, until), done=done, failed=self.failed.emit)

    def _find_place(self, ledger: OpenLedger, query: LedgerQuery, chosen: int) -> None:
        asked, until = self._asked, self.until

        def done(place: int | None) -> None:
            if asked == self._asked and place is not None:
                self.place_found.emit(place)

        self._reads.run(lambda: ledger.place(query, until, chosen), done=done, failed=self.failed.emit)
