"""The ledger page, wired: its presenter to its view, commands, files and what is dropped on the window.

Shows the live ledger where there is one, and a pack in its place while one is open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from lineclear.desktop.background import Background
from lineclear.desktop.presenters.refused import whole_of
from lineclear.desktop.presenters.saying import said_notice
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

if TYPE_CHECKING:
    from lineclear.application.record.reading import OpenLedger
    from lineclear.desktop.presenters.ledger.ledger_presenter import LedgerPresenter
    from lineclear.desktop.views.ledger.ledger import LedgerPage

type OpenPack = Callable[[Path], OpenLedger]
"""Opens a pack; blocking; raises Refusal."""

_PACKS = marked("Audit packs (*.auditpack);;All files (*)")
_PROOFS = marked("Proofs (*.tlog-proof)")
_NOTHING = Notice(
    NoticeKind.EMPTY,
    marked("No ledger is open"),
    marked("Connect to a backend, or open an audit pack: it needs neither a backend nor a network."),
    Step("ledger.open_pack", marked("Open an audit pack")),
)


class Files(QObject):
    """Asks a person for a file, in the system's own dialog."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def pack(self) -> str:
        """A pack to open; empty where they changed their mind."""
        return QFileDialog.getOpenFileName(self._window, say("Open an audit pack"), "", say(_PACKS))[0]

    def proof(self, name: str) -> str:
        """Where a proof shall go; empty where they changed their mind."""
        return QFileDialog.getSaveFileName(self._window, say("Save the proof"), name, say(_PROOFS))[0]


class LedgerDesk(QObject):
    """Lives as long as its window; `close` ends what it opened. The page is filled when it is first shown."""

    def __init__(
        self,
        window: Window,
        reads: Background,
        works: Background,
        open_pack: OpenPack,
        files: Files | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._reads = reads
        self._works = works
        self._open_pack = open_pack
        self._files = files or Files(window)
        self._live: OpenLedger | None = None
        self._pack: OpenLedger | None = None
        self._page: LedgerPage | None = None
        self._index: int | None = None
        self._is_refused = False
        """A pack that could not be opened stands in front of the live ledger."""
        self._presenter: LedgerPresenter | None = None
        window.page_opened.connect(self._opened)
        window.commanded.connect(self.run_command)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @property
    def presenter(self) -> LedgerPresenter:
        """What fills the page, made on first use."""
        if self._presenter is None:
            from lineclear.desktop.presenters.ledger.ledger_presenter import (  # noqa: PLC0415  # costs as much as a page
                LedgerPresenter,
            )

            self._presenter = LedgerPresenter(self._reads, self._works, self)
        return self._presenter

    def show_live(self, ledger: OpenLedger | None) -> None:
        """The connection's own ledger, or none; a pack that is open stays in front of it."""
        self._live = ledger
        if self._pack is None and self._page is not None:
            self.presenter.open(ledger)
            if ledger is None:
                self._show_nothing(_NOTHING)

    def on_grown(self) -> None:
        """The live ledger grew."""
        if self._pack is None and self._page is not None:
            self.presenter.follow()

    def open_pack(self, file: str) -> None:
        """Open a pack in the place of whatever is shown; what cannot be opened says why, and is not shown."""
        self._window.open_page("ledger")
        opening = Notice(NoticeKind.LOADING, say("Opening the audit pack"), paintable(file))
        self._made().display_nothing(opening)
        self._works.run(lambda: self._open_pack(Path(file)), done=self._show_pack, failed=self._refuse)

    def close(self) -> None:
        """End what was opened here."""
        if self._presenter is not None:
            self._presenter.open(None)
        if self._pack is not None:
            self._pack.close()
            self._pack = None

    def run_command(self, command_id: str) -> None:
        """Carry out what the window passes on, as far as it is about the ledger."""
        match command_id:
            case "ledger.open_pack":
                if file := self._files.pack():
                    self.open_pack(file)
            case "ledger.close_pack":
                self._close_pack()
            case "ledger.next" | "ledger.previous" if self._page is not None:
                self._page.entries.step(1 if command_id == "ledger.next" else -1)
            case "ledger.verify":
                self._verify()
            case "ledger.export_proof":
                self._export()
            case "view.refresh" if self._page is not None and self._window.page == "ledger":
                self.presenter.refresh()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is not self._window:
            return super().eventFilter(watched, event)
        match event:
            case QDragEnterEvent() if _local_file(event.mimeData().urls()):
                event.acceptProposedAction()
                return True
            case QDropEvent() if event.type() is QEvent.Type.Drop:
                if file := _local_file(event.mimeData().urls()):
                    event.acceptProposedAction()
                    self.open_pack(file)
                return True
        return super().eventFilter(watched, event)

    def _opened(self, name: str) -> None:
        if name == "ledger" and self._page is None:
            page = self._made()
            if self._live is not None:
                self.presenter.open(self._live)
            else:
                page.display_nothing(said_notice(_NOTHING))

    def _made(self) -> LedgerPage:
        """The page, connected when it is first needed."""
        if self._page is None:
            self._page = self._window.ledger
            self._connect(self._page)
        return self._page

    def _connect(self, page: LedgerPage) -> None:
        presenter, entries = self.presenter, self.presenter.entries
        presenter.head_changed.connect(page.display_head)
        presenter.story_changed.connect(page.display_story)
        presenter.verdicts.changed.connect(page.display_verdict)
        entries.changed.connect(page.display_entries)
        entries.counted.connect(page.display_count)
        entries.rows_came.connect(page.entries.take)
        entries.facets_changed.connect(page.display_facets)
        entries.query_changed.connect(page.display_query)
        entries.place_found.connect(page.entries.show_place)
        page.entries.rows.wanted.connect(entries.want)
        page.entries.chosen.connect(self._choose)
        page.entries.scrolled.connect(presenter.on_scrolled)
        page.facets.narrowed.connect(entries.narrow)
        page.searched.connect(entries.search)
        page.order.clicked.connect(entries.turn)
        page.news.clicked.connect(presenter.show_news)
        page.verdict.stopped.connect(presenter.verdicts.stop)

    def _choose(self, index: int) -> None:
        self._index = index
        self.presenter.choose(index)

    def _verify(self) -> None:
        self._window.open_page("ledger")
        if self.presenter.verdicts.is_running:
            self.presenter.verdicts.stop()
        else:
            self.presenter.verdicts.start()

    def _export(self) -> None:
        if self._index is not None and self.presenter.ledger is not None:
            file = self._files.proof(f"entry-{self._index}.tlog-proof")
            if file:
                self.presenter.export_proof(file)

    def _show_pack(self, ledger: OpenLedger) -> None:
        before, self._pack, self._is_refused = self._pack, ledger, False
        self._forget_choice()
        self.presenter.open(ledger)
        self._let_go(before)

    def _forget_choice(self) -> None:
        """What was chosen is an entry of another ledger."""
        self._index = None
        self._made().entries.forget_choice()

    def _close_pack(self) -> None:
        if self._pack is None and not self._is_refused:
            return
        before, self._pack, self._is_refused = self._pack, None, False
        self._forget_choice()
        self.presenter.open(self._live)
        self._let_go(before)
        if self._live is None:
            self._show_nothing(said_notice(_NOTHING))

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        if self._pack is not None:
            before, self._pack = self._pack, None
            self.presenter.open(None)
            self._let_go(before)
        step = Step("ledger.open_pack", say("Open another one"))
        text = paintable(whole_of(error))
        self._is_refused = True
        self._show_nothing(Notice(NoticeKind.FAILED, say("This audit pack cannot be opened"), text, step))
        self._made().close_pack.setVisible(self._live is not None)

    def _let_go(self, ledger: OpenLedger | None) -> None:
        """Close a ledger elsewhere: it waits for whoever is reading it."""
        if ledger is not None:
            self._works.run(ledger.close, done=lambda _none: None, failed=_raise)

    def _show_nothing(self, notice: Notice) -> None:
        self._made().display_nothing(notice)


def _raise(error: Exception) -> None:
    raise error


def _local_file(urls: list[QUrl]) -> str:
    """The one file that is dragged; empty for anything else."""
    return urls[0].toLocalFile() if len(urls) == 1 else ""
