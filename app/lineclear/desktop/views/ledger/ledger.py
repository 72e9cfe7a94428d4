"""The ledger page: what is open, a search with a side list, the entries, and the story of the chosen one."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.ledger.ledger_sheets import (
    EntriesSheet,
    FacetSheet,
    LedgerHead,
    StorySheet,
    VerdictKind,
    VerdictSheet,
)
from lineclear.desktop.presenters.sheets import Line, Notice, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.kit import ChipLabel, Fit, Hairline, Panel, Text, column, row, set_tip
from lineclear.desktop.views.ledger.entries import EntriesTable
from lineclear.desktop.views.ledger.facets import FacetList
from lineclear.desktop.views.ledger.story import StoryView
from lineclear.desktop.views.ledger.verdict import VerdictView
from lineclear.desktop.views.states import Banner, StateView
from lineclear.domain.wording import marked, say

_HINT: Final = marked("Words, or agent:… type:decision by:… amount>100 after:2026-11-01")
_HELP: Final = marked(
    "Plain words, all of them; quotes keep some together, a * ends a beginning.\n"
    "Filters: type: by: agent: capability: job: action: verdict:\n"
    "amount>100 (also >= < <= =), after: before: on: a day or a time (UTC)."
)
_PAUSE: Final = 180
"""Milliseconds after the last letter before the list is read anew."""
_WIDE: Final = 1_250
_STORY: Final = (400, 468)


class LedgerPage(Panel):
    """Shows a ledger's sheets. What is asked of it goes out by the signals of its parts."""

    stepped = Signal(str)
    searched = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        self.entries = EntriesTable(look)
        self.facets = FacetList(look)
        self.story = StoryView(look)
        self.verdict = VerdictView(look)
        self.search = Field(look, say("Search the ledger"), say(_HINT))
        self._banner = Banner(look)
        self._state, self._nothing = StateView(look), StateView(look)
        self._make_head()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._is_wide = True
        self._has_verdict = False
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.entries)

    # -- what is shown ----------------------------------------------------------------------------

    def display_head(self, head: LedgerHead) -> None:
        """Show what is open and how far it was verified."""
        self._title.set_words(head.title)
        self._said.set_words(head.said)
        self._kind.set_chip(head.kind)
        self._verified.set_chip(head.verified)
        self.verify.set_title(head.verify_title)
        self.close_pack.setVisible(head.is_pack)
        self._witness.setVisible(not head.is_pack)
        self.news.setVisible(bool(head.news))
        if head.news:
            self.news.set_title(head.news)
        self._banner.display(head.notice)
        self.verify.show()
        if self._whole.currentIndex() == 0:
            self._whole.setCurrentIndex(1)
            if self.isVisible():  # opened before there was anything to go to
                self.entries.setFocus(Qt.FocusReason.OtherFocusReason)

    def display_entries(self, sheet: EntriesSheet) -> None:
        """Show another list, or the reason why there is none."""
        self._count.set_words(sheet.said)
        self.order.set_title(say("Newest first") if sheet.is_newest_first else say("Oldest first"))
        if sheet.notice is not None:
            self._state.display(sheet.notice)
        self._list.setCurrentIndex(0 if sheet.notice is not None else 1)
        self.entries.display(sheet)

    def display_count(self, count: int, said: str) -> None:
        """How many there are after all."""
        self._count.set_words(said)
        self.entries.rows.set_count(count)

    def display_facets(self, sheets: tuple[FacetSheet, ...]) -> None:
        self.facets.display(sheets)

    def display_story(self, sheet: StorySheet | None) -> None:
        """Show a story in the place of a verdict."""
        self.story.display(sheet)
        self._turn_to(self.story)

    def display_verdict(self, sheet: VerdictSheet | None) -> None:
        """Show a verdict in the place of a story; without one the story."""
        is_moving = self._has_verdict and sheet is not None and sheet.kind is VerdictKind.RUNNING
        self._has_verdict = sheet is not None
        if sheet is not None:
            self.verdict.display(sheet)
        if not is_moving:  # who reads a story meanwhile goes on reading
            self._turn_to(self.story if sheet is None else self.verdict)

    def display_query(self, text: str) -> None:
        """Write the search as it reads now, without looking for it again."""
        self.search.blockSignals(True)  # noqa: FBT003  # Qt's
        self.search.setText(text)
        self.search.blockSignals(False)  # noqa: FBT003  # Qt's

    def display_nothing(self, notice: Notice) -> None:
        """Show a state in the place of everything: nothing is open."""
        self._title.set_words(say("Ledger"))
        self._said.set_words("")
        for chip in (self._kind, self._verified):
            chip.set_chip(None)
        self._banner.display(None)
        self._nothing.display(notice)
        self.verify.hide()
        self.close_pack.hide()
        self._whole.setCurrentIndex(0)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._is_wide = self.width() >= _WIDE
        self.filters.setVisible(not self._is_wide)
        self._fit_facets()
        self._detail.setFixedWidth(_STORY[self._is_wide])

    def display_witness(self, line: Line) -> None:
        """What this console itself verified of the live log; a pack has a verdict of its own."""
        source = f" · {text_of(line.source)}" if line.source else ""
        self._witness.set_words(f"{text_of(line.text)}{source}")

    # -- how it is made ---------------------------------------------------------------------------

    def _make_head(self) -> None:
        look = self._look
        self._title = Text(look, FontRole.TITLE, fit=Fit.ELIDE)
        self._said = Text(look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        self._witness = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self._kind, self._verified = ChipLabel(look), ChipLabel(look)
        self.show_verdict = Button(look, say("Show the verdict"), is_small=True)
        self.show_verdict.hide()
        self.verify = Button(look, say("Verify"), key=key_of("ledger.verify"))
        self.open_pack = Button(look, say("Open audit pack…"), key=key_of("ledger.open_pack"))
        self.close_pack = Button(look, say("Close"), key=key_of("ledger.close_pack"))
        self.close_pack.hide()
        self.news = Button(look, "", is_small=True)
        self.news.hide()
        self._count = Text(look, FontRole.SMALL, Token.MUTED)
        self.order = Button(look, say("Newest first"), is_small=True)
        self.filters = Pill(look, say("Filters"))
        set_tip(self.search, say(_HELP))

    def _lay_out(self) -> None:
        look = self._look
        names = row(gap=10)
        names.addWidget(self._title)
        names.addWidget(self._kind)
        names.addWidget(self._verified)
        names.addWidget(self.show_verdict)
        names.addStretch(1)
        titles = column(gap=3)
        titles.addLayout(names)
        titles.addWidget(self._said)
        titles.addWidget(self._witness)
        head = row(margins=(20, 12, 20, 12), gap=10)
        head.addLayout(titles, 1)
        for button in (self.verify, self.open_pack, self.close_pack):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        whole = column(self)
        whole.addLayout(head)
        whole.addWidget(Hairline(look))
        whole.addWidget(self._banner)
        content = QWidget()
        across = row(content)
        across.addWidget(self.facets)
        self._facet_line = Hairline(look, upright=True)
        across.addWidget(self._facet_line)
        across.addWidget(self._make_list(), 1)
        across.addWidget(Hairline(look, upright=True))
        self._detail = QStackedWidget()
        self._detail.addWidget(self.story)
        self._detail.addWidget(self.verdict)
        across.addWidget(self._detail)
        self._whole = QStackedWidget()
        self._whole.addWidget(self._nothing)
        self._whole.addWidget(content)
        whole.addWidget(self._whole, 1)

    def _make_list(self) -> QWidget:
        place = Panel(self._look, Token.SURFACE)
        bar = row(margins=(14, 8, 14, 8), gap=8)
        bar.addWidget(self.filters)
        bar.addWidget(self.search, 1)
        below = row(margins=(15, 0, 14, 7), gap=8)
        below.addWidget(self._count)
        below.addWidget(self.news)
        below.addStretch(1)
        below.addWidget(self.order)
        self._list = QStackedWidget()
        self._list.addWidget(self._state)
        self._list.addWidget(self.entries)
        stack = column(place)
        stack.addLayout(bar)
        stack.addLayout(below)
        stack.addWidget(Hairline(self._look))
        stack.addWidget(self._list, 1)
        return place

    def _connect(self) -> None:
        self.search.textChanged.connect(self._pause.start)
        self.search.entered.connect(self._search_now)
        self.search.left.connect(self._leave_search)
        self._pause.timeout.connect(self._search_now)
        self.filters.toggled.connect(self._fit_facets)
        self._banner.stepped.connect(self.stepped)
        self._state.stepped.connect(self.stepped)
        self._nothing.stepped.connect(self.stepped)
        self.verdict.left.connect(lambda: self._turn_to(self.story))
        self.show_verdict.clicked.connect(lambda: self._turn_to(self.verdict))
        for button, command in (
            (self.verify, "ledger.verify"),
            (self.open_pack, "ledger.open_pack"),
            (self.close_pack, "ledger.close_pack"),
        ):
            button.clicked.connect(lambda _checked=False, asked=command: self.stepped.emit(asked))
        self.story.export_asked.connect(lambda: self.stepped.emit("ledger.export_proof"))

    def _fit_facets(self) -> None:
        is_shown = self._is_wide or self.filters.isChecked()
        self.facets.setVisible(is_shown)
        self._facet_line.setVisible(is_shown)

    def _turn_to(self, part: QWidget) -> None:
        self._detail.setCurrentWidget(part)
        self.show_verdict.setVisible(self._has_verdict and part is self.story)

    def _search_now(self) -> None:
        self._pause.stop()
        self.searched.emit(self.search.text())

    def _leave_search(self) -> None:
        self.search.clear()
        self._search_now()
        self.entries.setFocus(Qt.FocusReason.ShortcutFocusReason)
