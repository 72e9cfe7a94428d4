"""What the window shows while no backend is connected: one state, on every page. Holds no rules."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingSheet
from lineclear.desktop.presenters.outbox.waiting_sheets import WaitingSheet
from lineclear.desktop.presenters.sheets import (
    Chip,
    Notice,
    NoticeKind,
    QueueSheet,
    SafeModeSheet,
    SafeModeState,
    Step,
    TopSheet,
)
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.wording import say


class StandBy(QObject):
    """Shows a state until `over`; pages that are built later show it when they are opened."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._notice: Notice | None = None
        window.page_opened.connect(self._opened)

    def show(self, notice: Notice) -> None:
        """Nothing of any backend stays in sight. What is shown already stays, and what is over it too."""
        if notice == self._notice:
            return
        self._notice = notice
        window = self._window
        window.overlays.close_all()
        window.locking.unlock()
        window.alarm.display(None)
        window.glass.display(None)
        window.top.search.clear()
        window.display_top(_top(notice))
        window.review.action.leave_edit()
        window.review.queue.outgoing.display(OutgoingSheet())
        window.review.queue.outgoing.display_waiting(WaitingSheet())
        is_loading = notice.kind is NoticeKind.LOADING
        aside = (
            say("The queue shows up here.")
            if is_loading
            else say("Whether anything waits for you is not known.")
        )
        window.review.display_queue(
            QueueSheet(say("Needs you"), notice=replace(notice, text=aside, step=None))
        )
        window.review.display_no_action(notice)
        self._opened(window.page)

    def over(self) -> None:
        """Somebody else fills the pages from now on."""
        self._notice = None

    def _opened(self, name: str) -> None:
        if self._notice is None:
            return
        match name:
            case "jobs":
                from lineclear.desktop.presenters.jobs.list_sheets import JobsSheet  # noqa: PLC0415  # brings budgets

                self._window.jobs.display(JobsSheet(notice=self._notice))
            case "control":
                from lineclear.desktop.presenters.control.control_sheets import ControlSheet  # noqa: PLC0415  # as above

                self._window.control.leave_lab()
                self._window.control.display(ControlSheet(notice=self._notice))


def no_backend() -> Notice:
    """Nothing was named, and nothing is known."""
    return Notice(
        NoticeKind.EMPTY,
        say("No backend is connected"),
        say("Try the sample, connect to a backend, or open an audit pack."),
        Step("connections.open", say("Show the ways in")),
    )


def _top(notice: Notice) -> TopSheet:
    known = {NoticeKind.LOADING: say("Connecting"), NoticeKind.EMPTY: say("No backend")}
    freshness = Chip(known.get(notice.kind, say("Not connected")))
    safe_mode = SafeModeSheet(
        SafeModeState.UNKNOWN, say("Safe mode not known"), why_not=say("Not connected.")
    )
    return TopSheet("", Chip(""), freshness, safe_mode, "", Chip(""))
