"""Opens and closes what lies over the window, building it on first use. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.commands import COMMANDS
from lineclear.desktop.presenters.outbox.outgoing_sheets import Leaving
from lineclear.desktop.presenters.sheets import Filter, QueueRow, SafeModeState
from lineclear.desktop.theme import Look
from lineclear.desktop.views.tabbing import Behind

if TYPE_CHECKING:
    from lineclear.desktop.preferences import Choices
    from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow
    from lineclear.desktop.presenters.jobs.step_sheets import StepSheet
    from lineclear.desktop.presenters.outbox.waiting_sheets import WaitingSheet
    from lineclear.desktop.presenters.queue.bulk_sheets import BulkSheet
    from lineclear.desktop.views.covering import Covering
    from lineclear.desktop.views.jobs.step_view import StepView
    from lineclear.desktop.views.outbox.leaving import LeaveQuestion
    from lineclear.desktop.views.outbox.waiting import WaitingView
    from lineclear.desktop.views.queue.bulk import BulkView
    from lineclear.desktop.views.queue.naming import NameView
    from lineclear.desktop.views.shell.overlays import HelpOverlay, ReasonPopover
    from lineclear.desktop.views.shell.palette import Palette
    from lineclear.desktop.views.shell.settings import Settings


class Overlays(QObject):
    """At most one overlay is open. While one is, `is_open` is true and the window's keys rest."""

    changed = Signal()
    left = Signal(str)
    """An overlay closed: `help`, `reason`, `palette`, `settings`, `leave`, `naming`, `bulk`, `step` or
    `waiting`."""
    safe_mode_asked = Signal(bool, str)
    entry_chosen = Signal(object)
    """Entry of the palette."""
    choices_made = Signal(object)
    """Choices."""
    bulk_approved = Signal()
    """What the sheet of several actions shows shall be approved."""
    waiting_taken_back = Signal(int)
    """The decision of this number, which waits on this device, shall be forgotten."""
    waiting_followed = Signal(int, str)
    """Of the decision of this number that was answered: which of its offers."""
    waiting_read = Signal()
    """All that was answered was read."""
    step_asked = Signal()
    """What was recorded of the step that is open shall be read again."""
    view_named = Signal(str)
    """What the queue is looked through shall be kept under this name."""
    leave_answered = Signal(bool)
    """What was asked about shall be left: with what is unsent sent first, or without."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._help: HelpOverlay | None = None
        self._reason: ReasonPopover | None = None
        self._leave: LeaveQuestion | None = None
        self.naming: NameView | None = None
        self.bulk: BulkView | None = None
        self.step: StepView | None = None
        self.waiting: WaitingView | None = None
        self.palette: Palette | None = None
        self.connections: Sequence[ConnectionRow] = ()
        """The backends that are known here."""
        self.settings: Settings | None = None
        self.is_open = False
        self.behind = Behind()

    @property
    def front(self) -> QWidget | None:
        """What lies over the window, if anything does."""
        return next((one for one in self._named().values() if one is not None and not one.isHidden()), None)

    def show_help(self) -> None:
        """Show every command with its keys."""
        if self._help is None:
            from lineclear.desktop.views.shell.overlays import HelpOverlay  # noqa: PLC0415 - built on first use

            self._help = HelpOverlay(self._look, COMMANDS, self._window)
            self._help.closed.connect(self.close_all)
        self._cover(self._help)
        self._help.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_palette(self, rows: Sequence[QueueRow], views: Sequence[Filter] = ()) -> None:
        """Find a command, a backend, one of these actions, or a view of the queue."""
        self._cover_palette().ask(rows, self.connections, views)

    def show_places(self) -> None:
        """Find a backend."""
        places = tuple(one for one in COMMANDS if one.id == "connections.open")
        self._cover_palette().ask_place(self.connections, places)

    def _cover_palette(self) -> Palette:
        if self.palette is None:
            from lineclear.desktop.views.shell.palette import Palette  # noqa: PLC0415 - built on first use

            self.palette = Palette(self._look, self._window)
            self.palette.closed.connect(self.close_all)
            self.palette.chosen.connect(self.entry_chosen)
        self._cover(self.palette)
        return self.palette

    def show_settings(self, choices: Choices, file: str) -> None:
        """Show what is chosen now, and where it is kept."""
        if self.settings is None:
            from lineclear.desktop.views.shell.settings import Settings  # noqa: PLC0415 - built on first use

            self.settings = Settings(self._look, self._window)
            self.settings.closed.connect(self.close_all)
            self.settings.chosen.connect(self.choices_made)
        self._cover(self.settings)
        self.settings.ask(choices, file)

    def ask_name(self) -> None:
        """Ask for the name of a view of the queue."""
        if self.naming is None:
            from lineclear.desktop.views.queue.naming import NameView  # noqa: PLC0415 - built on first use

            self.naming = NameView(self._look, self._window)
            self.naming.closed.connect(self.close_all)
            self.naming.named.connect(self.view_named)
        self._cover(self.naming)
        self.naming.ask()

    def show_bulk(self, sheet: BulkSheet) -> None:
        """Show what would be approved together; opens the sheet where it is not."""
        if self.bulk is None:
            from lineclear.desktop.views.queue.bulk import BulkView  # noqa: PLC0415 - built on first use

            self.bulk = BulkView(self._look, self._window)
            self.bulk.closed.connect(self.close_all)
            self.bulk.approved.connect(self.bulk_approved)
        is_new = self.bulk.isHidden()
        self.bulk.display(sheet)
        if is_new:
            self._cover(self.bulk)
            self.bulk.ask()

    def show_step(self, sheet: StepSheet) -> None:
        """Show what went into a step and what came out; opens the sheet where it is not."""
        if self.step is None:
            from lineclear.desktop.views.jobs.step_view import StepView  # noqa: PLC0415 - built on first use

            self.step = StepView(self._look, self._window)
            self.step.closed.connect(self.close_all)
            self.step.again.connect(self.step_asked)
        is_new = self.step.isHidden()
        self.step.display(sheet)
        if is_new:
            self._cover(self.step)
            self.step.ask()

    def show_waiting(self, sheet: WaitingSheet) -> None:
        """Show the decisions on this device; opens them where somebody asked for that."""
        if self.waiting is None:
            if not sheet.is_open:
                return
            from lineclear.desktop.views.outbox.waiting import WaitingView  # noqa: PLC0415 - built on first use

            self.waiting = WaitingView(self._look, self._window)
            self.waiting.closed.connect(self.close_all)
            self.waiting.taken_back.connect(self.waiting_taken_back)
            self.waiting.followed.connect(self.waiting_followed)
            self.waiting.read.connect(self.waiting_read)
        self.waiting.display(sheet)
        if sheet.is_open and self.waiting.isHidden():
            self._cover(self.waiting)
            self.waiting.ask()

    def _cover(self, covering: Covering) -> None:
        self.behind.remember(is_covered=self.is_open)
        self.close_all()
        covering.setGeometry(self._window.rect())
        covering.show()
        covering.raise_()
        self._set_open(is_open=True)

    def ask_reason(self, below: QPoint, state: SafeModeState) -> None:
        """Ask why safe mode shall change from the state that it is in."""
        if self._reason is None:
            from lineclear.desktop.views.shell.overlays import ReasonPopover  # noqa: PLC0415 - built on first use

            self._reason = ReasonPopover(self._look, self._window)
            self._reason.confirmed.connect(self._confirm)
            self._reason.closed.connect(self.close_all)
        self.behind.remember(is_covered=self.is_open)
        self.close_all()
        self._reason.ask(below, state)
        self._set_open(is_open=True)

    def ask_leave(self, unsent: int, leaving: Leaving = Leaving.WINDOW) -> None:
        """Ask what becomes of so many decisions that were not sent, before something is left."""
        if self._leave is None:
            from lineclear.desktop.views.outbox.leaving import LeaveQuestion  # noqa: PLC0415 - built on first use

            self._leave = LeaveQuestion(self._look, self._window)
            self._leave.sends.connect(lambda: self._answer_leave(sends=True))
            self._leave.drops.connect(lambda: self._answer_leave(sends=False))
            self._leave.closed.connect(self.close_all)
        self._cover(self._leave)
        self._leave.ask(unsent, leaving)

    def fit(self) -> None:
        """Follow the window's size; a question that hangs on a control is dropped."""
        for name, overlay in self._named().items():
            if overlay is not None and name != "reason":
                overlay.setGeometry(self._window.rect())
        if self._reason is not None and self._reason.isVisible():
            self.close_all()

    def close_all(self) -> None:
        """Close whatever is open."""
        for name, overlay in self._named().items():
            if overlay is not None and not overlay.isHidden():
                overlay.hide()
                self._set_open(is_open=False)
                self.left.emit(name)

    def _named(self) -> dict[str, QWidget | None]:
        return {
            "help": self._help,
            "reason": self._reason,
            "palette": self.palette,
            "settings": self.settings,
            "leave": self._leave,
            "naming": self.naming,
            "bulk": self.bulk,
            "step": self.step,
            "waiting": self.waiting,
        }

    def _confirm(self, turns_on: bool, reason: str) -> None:  # noqa: FBT001 - a signal's argument
        self.close_all()
        self.safe_mode_asked.emit(turns_on, reason)

    def _answer_leave(self, *, sends: bool) -> None:
        self.close_all()
        self.leave_answered.emit(sends)

    def _set_open(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.changed.emit()
