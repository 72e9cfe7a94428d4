"""The shell: top bar, rail and pages. Only the review page is built before the first frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from lineclear.desktop.actions import Actions
from lineclear.desktop.commands import COMMANDS, Scope
from lineclear.desktop.presenters.palette import Entry, EntryKind
from lineclear.desktop.presenters.sheets import SafeModeSheet, SafeModeState, TopSheet
from lineclear.desktop.theme import Look
from lineclear.desktop.views.kit import Hairline, column, row
from lineclear.desktop.views.review.review import ReviewPage
from lineclear.desktop.views.shell.alarm import AlarmBar
from lineclear.desktop.views.shell.lock_host import LockHost
from lineclear.desktop.views.shell.overlay_host import Overlays
from lineclear.desktop.views.shell.rail import Rail
from lineclear.desktop.views.shell.top_bar import TopBar
from lineclear.desktop.views.tabbing import step_focus
from lineclear.domain.wording import say

if TYPE_CHECKING:
    from lineclear.desktop.views.connect.connect import ConnectPage
    from lineclear.desktop.views.control.control import ControlPage
    from lineclear.desktop.views.insights.insights import InsightsPage
    from lineclear.desktop.views.jobs.jobs import JobsPage
    from lineclear.desktop.views.ledger.ledger import LedgerPage

_SMALLEST: Final = (1024, 700)


class Window(QWidget):
    """The console's window. It moves between pages and opens overlays; all else it passes on.

    `commanded` carries the commands that it does not carry out itself: refresh, theme, quit, and next steps.
    """

    commanded = Signal(str)
    page_opened = Signal(str)
    safe_mode_asked = Signal(bool, str)
    """Whether it shall be on in the whole workspace, and why."""
    scope_asked = Signal(bool, str, str)
    """Whether it shall be on, why, and for which scope."""
    agent_asked = Signal(str, bool, str)
    """Which agent, whether it shall stop, and why."""
    leave_answered = Signal(bool)
    """It shall close: with what is unsent sent first, or without."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = self._look = look
        self.top = TopBar(look)
        self.alarm = AlarmBar(look)
        self._glass_place = QWidget()
        self.glass = AlarmBar(look, self._glass_place)
        self.rail = Rail(look)
        self.review = ReviewPage(look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.review)
        self._jobs: JobsPage | None = None
        self._ledger: LedgerPage | None = None
        self._control: ControlPage | None = None
        self._connecting: ConnectPage | None = None
        self._others: dict[str, QWidget] = {}
        self._insights: InsightsPage | None = None
        self.overlays = Overlays(look, self)
        self.locking = LockHost(look, self, (self.top, self._glass_place, self.rail, self._pages))
        self._safe_mode = SafeModeSheet(SafeModeState.UNKNOWN, say("Safe mode not known"))
        self.actions_of_window = Actions(COMMANDS, self)
        self.setWindowTitle("Lineclear")
        self.setMinimumSize(*_SMALLEST)
        self.resize(1440, 900)
        self._lay_out()
        self._connect()
        self._dress()
        self.open_page("review")
        self.review.queue.list.setFocus()

    @property
    def page(self) -> str:
        """The name of the page that is open."""
        return next(name for name, page in self._built().items() if page is self._pages.currentWidget())

    @property
    def jobs(self) -> JobsPage:
        """The jobs page, built on first use."""
        if self._jobs is None:
            from lineclear.desktop.views.jobs.jobs import JobsPage  # noqa: PLC0415 - costs nothing until opened

            self._jobs = JobsPage(self._look)
            self._jobs.stepped.connect(self.run_command)
            self._jobs.timeline_focused.connect(self._set_reach)
            self._jobs.agent_asked.connect(self.agent_asked)
            self._pages.addWidget(self._jobs)
        return self._jobs

    @property
    def ledger(self) -> LedgerPage:
        """The ledger page, built on first use."""
        if self._ledger is None:
            from lineclear.desktop.views.ledger.ledger import LedgerPage  # noqa: PLC0415 - costs nothing until opened

            self._ledger = LedgerPage(self._look)
            self._ledger.stepped.connect(self.run_command)
            self._pages.addWidget(self._ledger)
        return self._ledger

    @property
    def control(self) -> ControlPage:
        """The control page, built on first use."""
        if self._control is None:
            from lineclear.desktop.views.control.control import ControlPage  # noqa: PLC0415 - costs nothing until opened

            self._control = ControlPage(self._look)
            self._control.stepped.connect(self.run_command)
            self._control.scope_asked.connect(self.scope_asked)
            self._control.agent_asked.connect(self.agent_asked)
            self._pages.addWidget(self._control)
        return self._control

    @property
    def connecting(self) -> ConnectPage:
        """The page on which agents are connected, built on first use."""
        if self._connecting is None:
            from lineclear.desktop.views.connect.connect import ConnectPage  # noqa: PLC0415 - costs nothing until opened

            self._connecting = ConnectPage(self._look)
            self._connecting.stepped.connect(self.run_command)
            self._pages.addWidget(self._connecting)
        return self._connecting

    @property
    def insights(self) -> InsightsPage:
        """The page on how people decide, built on first use."""
        if self._insights is None:
            from lineclear.desktop.views.insights.insights import InsightsPage  # noqa: PLC0415 - costs nothing until opened

            self._insights = InsightsPage(self._look)
            self._insights.stepped.connect(self.run_command)
            self._pages.addWidget(self._insights)
        return self._insights

    def display_top(self, sheet: TopSheet) -> None:
        """Show the top bar."""
        self._safe_mode = sheet.safe_mode
        self.top.display(sheet)

    def open_page(self, name: str) -> None:
        """Open a page by name; `page_opened` tells whoever fills it."""
        page = _page_of(self, name, self._others)
        is_new = page.focusWidget() is None
        self._pages.setCurrentWidget(page)
        self.rail.show_page("control" if name == "connect" else name)
        self.top.show_page(name)
        self._set_reach()
        self.page_opened.emit(name)
        first = page.focusProxy()
        if is_new and first is not None and first.isVisible():
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def run_command(self, command_id: str) -> None:
        """Carry out a command, or pass it on."""
        area, _, verb = command_id.partition(".")
        match area:
            case "go":
                self.open_page(verb)
            case "review" | "diff" | "jobs" | "timeline" | "insights":
                _owner_of(self, area).run_command(command_id)
            case "search":
                pages, shown = (self._ledger, self._jobs), self._pages.currentWidget()
                _search_of(pages, shown, self.top.search).setFocus(Qt.FocusReason.ShortcutFocusReason)
            case "queue" if verb == "save_view":
                self.overlays.ask_name()
            case "queue" if verb in {"views", "sort"}:
                self.review.queue.open_menu(verb)
            case "help":
                self.overlays.show_help()
            case "palette":
                queue = self.review.queue
                self.overlays.show_palette(queue.model.rows(), queue.narrowing.filters)
            case "safe_mode":
                self._ask_safe_mode()
            case _:
                self.commanded.emit(command_id)

    def add_page(self, name: str, page: QWidget) -> None:
        """Take a page that somebody else fills."""
        self._others[name] = page
        self._pages.addWidget(page)

    def _go_to(self, entry: Entry) -> None:
        """Carry out what was chosen in the palette."""
        match entry.kind:
            case EntryKind.COMMAND:
                self.run_command(entry.id)
            case EntryKind.ACTION:
                self.open_page("review")
                self.review.chosen.emit(entry.id)
            case EntryKind.VIEW:
                self.open_page("review")
                self.review.filtered.emit(entry.id)
            case EntryKind.SEARCH:
                self.open_page("review")
                self.top.search.setText(entry.id)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self.overlays.fit()
        self.locking.fit()
        super().resizeEvent(event)

    @override
    def focusNextPrevChild(self, next: bool, /) -> bool:  # Qt's own name and flag
        """Tab, as one reads; while something lies over the window, only there."""
        self.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return step_focus(self.overlays.front or self, 1 if next else -1)

    def _built(self) -> dict[str, QWidget | None]:
        return {
            "review": self.review,
            "jobs": self._jobs,
            "ledger": self._ledger,
            "control": self._control,
            "connect": self._connecting,
            **self._others,
            "insights": self._insights,
        }

    def _lay_out(self) -> None:
        across = row()
        across.addWidget(self.rail)
        across.addWidget(Hairline(self._look, upright=True))
        across.addWidget(self._pages, 1)
        whole = column(self)
        whole.addWidget(self.top)
        whole.addWidget(Hairline(self._look))
        whole.addWidget(self.alarm)
        column(self._glass_place).addWidget(self.glass)
        whole.addWidget(self._glass_place)
        whole.addLayout(across, 1)

    def _connect(self) -> None:
        self._look.changed.connect(self._dress)
        self.actions_of_window.invoked.connect(self.run_command)
        self.rail.commanded.connect(self.run_command)
        self.review.stepped.connect(self.run_command)
        self.overlays.changed.connect(self._set_reach)
        self.overlays.left.connect(self._leave_overlay)
        self.overlays.safe_mode_asked.connect(self.safe_mode_asked)
        self.overlays.entry_chosen.connect(self._go_to)
        self.overlays.leave_answered.connect(self.leave_answered)
        self.locking.changed.connect(self._set_reach)
        self.top.safe_mode_asked.connect(self._ask_safe_mode)
        self.top.menu_asked.connect(self._open_menu)
        self.top.search_left.connect(lambda: self._leave_overlay("search"))
        self.top.search_entered.connect(partial(_go_to_finds, self))

    def _dress(self) -> None:
        # Under a style sheet Qt puts the palette from before it back.
        self.top.setFixedHeight(self._look.px(43))
        self.setStyleSheet("")
        self.setPalette(self._look.theme.palette())
        self.setStyleSheet(self._look.stylesheet())

    def _open_menu(self) -> None:
        menu = self.actions_of_window.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.top.product.mapToGlobal(QPoint(0, self.top.product.height() + 4)))

    def _ask_safe_mode(self) -> None:
        if not self._safe_mode.why_not:
            switch = self.top.safe_mode
            end = 0 if self.isRightToLeft() else switch.width()
            corner = switch.mapTo(self, QPoint(end, switch.height() + 8))
            self.overlays.ask_reason(corner, self._safe_mode.state)

    def _leave_overlay(self, name: str) -> None:
        """To where the focus was; after a decision on several, to the queue that they left."""
        back = None if name == "bulk" else self.overlays.behind.back
        page = self._built()[self.page]
        usual = page if page is not None and page is not self.review else self.review.queue.list
        (back or usual).setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_reach(self) -> None:
        """No key decides behind an overlay, and none but on the review page."""
        if self.overlays.is_open or self.locking.is_locked:
            self.actions_of_window.set_reach(frozenset())
            return
        scopes = {Scope.WINDOW}
        if self._pages.currentWidget() is self.review:
            scopes.add(Scope.REVIEW)
        elif self._jobs is not None and self._pages.currentWidget() is self._jobs:
            scopes |= {Scope.JOBS, Scope.TIMELINE} if self._jobs.has_timeline_focus else {Scope.JOBS}
        elif self._insights is not None and self._pages.currentWidget() is self._insights:
            scopes.add(Scope.INSIGHTS)
        elif self._ledger is not None and self._pages.currentWidget() is self._ledger:
            scopes.add(Scope.LEDGER)
        self.actions_of_window.set_reach(frozenset(scopes))


def _owner_of(window: Window, area: str) -> ReviewPage | JobsPage | InsightsPage:
    """The page that carries out the commands of an area."""
    match area:
        case "jobs" | "timeline":
            return window.jobs
        case "insights":
            return window.insights
        case _:
            return window.review


def _go_to_finds(window: Window) -> None:
    """From the search to what it found in the queue, whatever page is open."""
    if window.page != "review":
        window.open_page("review")
    window.review.queue.list.take_focus()


def _search_of(
    pages: Iterable[LedgerPage | JobsPage | None], shown: QWidget | None, usual: QWidget
) -> QWidget:
    """Where words are looked for on the page that is shown."""
    return next((page.search for page in pages if page is not None and page is shown), usual)


def _page_of(window: Window, name: str, others: Mapping[str, QWidget]) -> QWidget:
    """A page by its name, built where it is asked for first."""
    match name:
        case "jobs":
            return window.jobs
        case "ledger":
            return window.ledger
        case "control":
            return window.control
        case "connect":
            return window.connecting
        case "insights":
            return window.insights
        case _:
            return others.get(name, window.review)
