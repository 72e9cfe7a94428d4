"""The shell: top bar, rail and pages. Only the review page is built before the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from lineclear.desktop.actions import Actions
from lineclear.desktop.commands import COMMANDS
from lineclear.desktop.presenters.sheets import (
    ControlSheet,
    JobsSheet,
    LedgerSheet,
    SafeModeSheet,
    SafeModeState,
    TopSheet,
)
from lineclear.desktop.theme import Look
from lineclear.desktop.views.kit import Hairline, column, row
from lineclear.desktop.views.rail import Rail
from lineclear.desktop.views.review import ReviewPage
from lineclear.desktop.views.top_bar import TopBar

if TYPE_CHECKING:
    from lineclear.desktop.views.control import ControlPage
    from lineclear.desktop.views.jobs import JobsPage
    from lineclear.desktop.views.ledger import LedgerPage
    from lineclear.desktop.views.overlays import HelpOverlay, ReasonPopover

_SMALLEST: Final = (1024, 700)


class Window(QWidget):
    """The console's window. It moves between pages and opens overlays; all else it passes on.

    `commanded` carries the commands that it does not carry out itself: refresh, theme, quit, and next steps.
    """

    commanded = Signal(str)
    page_opened = Signal(str)
    safe_mode_asked = Signal(bool, str)
    """Whether it shall be on, and why."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.top = TopBar(look)
        self.rail = Rail(look)
        self.review = ReviewPage(look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.review)
        self._jobs: JobsPage | None = None
        self._ledger: LedgerPage | None = None
        self._control: ControlPage | None = None
        self._help: HelpOverlay | None = None
        self._popover: ReasonPopover | None = None
        self._safe_mode = SafeModeSheet(SafeModeState.UNKNOWN, "Safe mode not known")
        self.actions_of_window = Actions(COMMANDS, self)
        self.setWindowTitle("Lineclear")
        self.setMinimumSize(*_SMALLEST)
        self.resize(1440, 900)
        self._lay_out()
        self._connect()
        self._dress()
        self.open_page("review")

    @property
    def page(self) -> str:
        """The name of the page that is open."""
        return next(name for name, page in self._built().items() if page is self._pages.currentWidget())

    @property
    def jobs(self) -> JobsPage:
        """The jobs page, built on first use."""
        if self._jobs is None:
            from lineclear.desktop.views.jobs import JobsPage  # noqa: PLC0415 - costs nothing until opened

            self._jobs = JobsPage(self._look)
            self._jobs.stepped.connect(self.run_command)
            self._pages.addWidget(self._jobs)
        return self._jobs

    @property
    def ledger(self) -> LedgerPage:
        """The ledger page, built on first use."""
        if self._ledger is None:
            from lineclear.desktop.views.ledger import LedgerPage  # noqa: PLC0415 - costs nothing until opened

            self._ledger = LedgerPage(self._look)
            self._ledger.stepped.connect(self.run_command)
            self._pages.addWidget(self._ledger)
        return self._ledger

    @property
    def control(self) -> ControlPage:
        """The control page, built on first use."""
        if self._control is None:
            from lineclear.desktop.views.control import ControlPage  # noqa: PLC0415 - costs nothing until opened

            self._control = ControlPage(self._look)
            self._control.stepped.connect(self.run_command)
            self._control.safe_mode_asked.connect(self.safe_mode_asked)
            self._pages.addWidget(self._control)
        return self._control

    def display_top(self, sheet: TopSheet) -> None:
        """Show the top bar."""
        self._safe_mode = sheet.safe_mode
        self.top.display(sheet)

    def display_jobs(self, sheet: JobsSheet) -> None:
        """Show the jobs page's content."""
        self.jobs.display(sheet)

    def display_ledger(self, sheet: LedgerSheet) -> None:
        """Show the ledger page's content."""
        self.ledger.display(sheet)

    def display_control(self, sheet: ControlSheet) -> None:
        """Show the control page's content."""
        self.control.display(sheet)

    def open_page(self, name: str) -> None:
        """Open a page by name; `page_opened` tells whoever fills it."""
        pages = {"jobs": lambda: self.jobs, "ledger": lambda: self.ledger, "control": lambda: self.control}
        page: QWidget = pages[name]() if name in pages else self.review
        self._pages.setCurrentWidget(page)
        self.rail.show_page(name)
        self._set_reach()
        self.page_opened.emit(name)

    def run_command(self, command_id: str) -> None:
        """Carry out a command, or pass it on."""
        area, _, verb = command_id.partition(".")
        match area:
            case "go":
                self.open_page(verb)
            case "review":
                self.review.run_command(command_id)
            case "search":
                self.top.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case "help":
                self._show_help()
            case "safe_mode":
                self._ask_safe_mode()
            case _:
                self.commanded.emit(command_id)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        if self._help is not None:
            self._help.setGeometry(self.rect())
        if self._popover is not None and self._popover.isVisible():
            self._close_popover()
        super().resizeEvent(event)

    def _built(self) -> dict[str, QWidget | None]:
        return {
            "review": self.review,
            "jobs": self._jobs,
            "ledger": self._ledger,
            "control": self._control,
        }

    def _lay_out(self) -> None:
        across = row()
        across.addWidget(self.rail)
        across.addWidget(Hairline(self._look, upright=True))
        across.addWidget(self._pages, 1)
        whole = column(self)
        self.top.setFixedHeight(43)
        whole.addWidget(self.top)
        whole.addWidget(Hairline(self._look))
        whole.addLayout(across, 1)

    def _connect(self) -> None:
        self._look.changed.connect(self._dress)
        self.actions_of_window.invoked.connect(self.run_command)
        self.rail.commanded.connect(self.run_command)
        self.review.stepped.connect(self.run_command)
        self.top.safe_mode_asked.connect(self._ask_safe_mode)
        self.top.menu_asked.connect(self._open_menu)
        self.top.search_left.connect(self._focus_queue)

    def _dress(self) -> None:
        self.setPalette(self._look.theme.palette())
        self.setStyleSheet(self._look.stylesheet())

    def _focus_queue(self) -> None:
        self.review.queue.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_menu(self) -> None:
        menu = self.actions_of_window.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.top.product.mapToGlobal(QPoint(0, self.top.product.height() + 4)))

    def _show_help(self) -> None:
        if self._help is None:
            from lineclear.desktop.views.overlays import HelpOverlay  # noqa: PLC0415 - as the pages

            self._help = HelpOverlay(self._look, COMMANDS, self)
            self._help.closed.connect(self._close_help)
        self._help.setGeometry(self.rect())
        self._help.show()
        self._help.raise_()
        self._help.setFocus(Qt.FocusReason.PopupFocusReason)
        self._set_reach()

    def _close_help(self) -> None:
        if self._help is not None:
            self._help.hide()
        self._focus_queue()
        self._set_reach()

    def _ask_safe_mode(self) -> None:
        if self._safe_mode.why_not:
            return
        if self._popover is None:
            from lineclear.desktop.views.overlays import ReasonPopover  # noqa: PLC0415 - as the pages

            self._popover = ReasonPopover(self._look, self)
            self._popover.confirmed.connect(self._confirm_safe_mode)
            self._popover.closed.connect(self._close_popover)
        switch = self.top.safe_mode
        corner = switch.mapTo(self, QPoint(switch.width(), switch.height() + 8))
        self._popover.ask(corner, turns_on=self._safe_mode.state is SafeModeState.OFF)
        self._set_reach()

    def _confirm_safe_mode(self, turns_on: bool, reason: str) -> None:  # noqa: FBT001 - a signal's argument
        self._close_popover()
        self.safe_mode_asked.emit(turns_on, reason)

    def _close_popover(self) -> None:
        if self._popover is not None:
            self._popover.hide()
        self.top.safe_mode.setFocus(Qt.FocusReason.OtherFocusReason)
        self._set_reach()

    def _set_reach(self) -> None:
        """No key decides behind an overlay, and none but on the review page."""
        is_covered = any(part is not None and part.isVisible() for part in (self._help, self._popover))
        is_review = self._pages.currentWidget() is self.review
        self.actions_of_window.set_reach(window=not is_covered, review=is_review and not is_covered)
