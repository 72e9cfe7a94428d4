"""The ledger page: what is open, how much of it is indexed, which entry was chosen. Knows no widget."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from lineclear.application.record.reading import Cancelled, LedgerStory, OpenLedger
from lineclear.desktop.background import Background
from lineclear.desktop.presenters.ledger.entries_presenter import EntriesPresenter
from lineclear.desktop.presenters.ledger.ledger_story import story_sheet
from lineclear.desktop.presenters.ledger.ledger_words import head_sheet, kept_back_notice, verdict_chip
from lineclear.desktop.presenters.ledger.verdict_presenter import VerdictPresenter
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

_TOLD_EVERY = 20_000
"""Entries between two words about how far indexing is."""


class LedgerPresenter(QObject):
    """All methods on the GUI thread. `reads` answers soon; `works` takes minutes, two things at once.

    Who opened a ledger closes it, when another one is shown.
    """

    head_changed = Signal(object)
    story_changed = Signal(object)
    """StorySheet, or None where no entry is chosen."""
    _told = Signal(object, int, int)

    def __init__(self, reads: Background, works: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reads = reads
        self._works = works
        self._ledger: OpenLedger | None = None
        self._size = 0
        self._is_following = self._has_more = False
        self._is_at_top = True
        self._forgotten = 0
        self._chosen: int | None = None
        self._notice: Notice | None = None
        self._search_notice: Notice | None = None
        self._kept_back: Notice | None = None
        self.entries = EntriesPresenter(reads, self)
        self.verdicts = VerdictPresenter(works, self)
        self._told.connect(self._hear)
        self.entries.noticed.connect(self._say_of_search)
        self.entries.kept_back.connect(self._say_of_kept_back)
        self.entries.failed.connect(self._fail)
        self.verdicts.changed.connect(lambda _sheet: self._show_head())

    @property
    def ledger(self) -> OpenLedger | None:
        """What is open."""
        return self._ledger

    def open(self, ledger: OpenLedger | None) -> None:
        """Show another ledger from its newest entry, and index it; or none."""
        self._ledger, self._size, self._chosen = ledger, 0, None
        self._is_following, self._has_more, self._is_at_top = False, False, True
        self._notice = self._search_notice = self._kept_back = None
        self._forgotten = ledger.forgotten if ledger is not None else 0
        self.entries.show(ledger)
        self.verdicts.show(ledger)
        self.story_changed.emit(None)
        if ledger is not None:
            self._reads.run(ledger.size, done=lambda size: self._sized(ledger, size), failed=self._fail)
            self.follow()

    def follow(self) -> None:
        """Index what has come; what comes in the meantime is indexed after it."""
        ledger = self._ledger
        self._has_more = self._is_following
        if ledger is None or self._is_following:
            return
        self._is_following, heard = True, 0

        def progress(done: int, total: int) -> None:
            nonlocal heard
            if ledger is not self._ledger:
                raise Cancelled
            if done - heard >= _TOLD_EVERY:
                heard = done
                self._told.emit(ledger, done, total)

        self._works.run(
            lambda: ledger.follow(progress),
            done=lambda size: self._followed(ledger, size),
            failed=lambda error: self._not_followed(ledger, error),
        )

    def on_scrolled(self, is_at_top: bool) -> None:  # noqa: FBT001  # a signal's argument
        """Where somebody reads: at the top of the newest, what comes is shown at once."""
        self._is_at_top = is_at_top
        if is_at_top and self._size > self.entries.until:
            self.show_news()

    def show_news(self) -> None:
        """Read the list anew with all that came."""
        self.entries.refresh(self._size)
        self._show_head()

    def choose(self, index: int) -> None:
        """Tell the story around an entry."""
        self._chosen = index
        self.entries.choose(index)
        self._tell("")

    def refresh(self) -> None:
        """Read all that is shown anew."""
        self.follow()
        self.show_news()
        self._tell("")

    def export_proof(self, file: str) -> None:
        """Write the proof of the chosen entry, and beside it what it proves."""
        ledger, index = self._ledger, self._chosen
        if ledger is None or index is None:
            return

        def done(files: tuple[str, ...]) -> None:
            names = ", ".join(one.replace("\\", "/").rpartition("/")[2] for one in files)
            self._tell(paintable(say("Written: {names}", names=names)).text)

        self._works.run(lambda: ledger.export_proof(index, file), done=done, failed=self._fail)

    def _tell(self, said: str) -> None:
        ledger, chosen = self._ledger, self._chosen
        if ledger is None or chosen is None:
            return

        def done(story: LedgerStory) -> None:
            if ledger is self._ledger and chosen == self._chosen:
                self.story_changed.emit(story_sheet(story, said))

        self._reads.run(lambda: ledger.story(chosen), done=done, failed=self._fail)

    def _sized(self, ledger: OpenLedger, size: int) -> None:
        if ledger is self._ledger:
            self._size = max(size, self._size)
            self.show_news()

    def _hear(self, ledger: OpenLedger, done: int, total: int) -> None:
        if ledger is not self._ledger:
            return
        percent = done * 100 // max(total, 1)
        text = say(
            "{done:,} of {total:,} entries can be searched so far. Of a pack it is kept for the next time.",
            done=done,
            total=total,
        )
        self._notice = (
            Notice(NoticeKind.LOADING, say("Indexing, {percent} %", percent=percent), text)
            if done < total
            else None
        )
        self._grown(done)

    def _followed(self, ledger: OpenLedger, size: int) -> None:
        if ledger is not self._ledger:
            return
        self._is_following, self._notice = False, None
        self._grown(size)
        if ledger.forgotten != self._forgotten:
            self._forgotten = ledger.forgotten
            self.show_news()  # no line and no story may show words that were erased
            self._tell("")
        if self._has_more:
            self.follow()

    def _not_followed(self, ledger: OpenLedger, error: Exception) -> None:
        if ledger is self._ledger:
            self._is_following = False
            self._fail(error)

    def _grown(self, size: int) -> None:
        self._size = size
        if self._is_at_top and size != self.entries.until:
            self.show_news()
        else:
            self._show_head()

    def _say_of_search(self, notice: Notice | None) -> None:
        self._search_notice = notice
        self._show_head()

    def _say_of_kept_back(self, is_kept_back: bool) -> None:  # noqa: FBT001  # a signal's argument
        notice = kept_back_notice() if is_kept_back else None
        if notice != self._kept_back:
            self._kept_back = notice
            self._show_head()

    def _fail(self, error: Exception) -> None:
        """What cannot be read is said over what is shown."""
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, Refusal):
            raise error
        self._notice = notice_of(error)
        self._show_head()

    def _show_head(self) -> None:
        if self._ledger is not None:
            sheet = head_sheet(
                self._ledger.about,
                self._size,
                verdict_chip(self.verdicts.sheet),
                self._search_notice or self._notice or self._kept_back,
                news=max(self._size - self.entries.until, 0),
                is_verifying=self.verdicts.is_running,
            )
            self.head_changed.emit(sheet)
