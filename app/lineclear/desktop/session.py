"""One connection, wired: presenters to views, the ledger's growth to presenters. Holds no rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import override

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from lineclear.application.reading.answers import Me
from lineclear.application.record.witnessing import Witnessed
from lineclear.desktop.desks.connect_desk import ConnectDesk
from lineclear.desktop.desks.control_desk import ControlDesk
from lineclear.desktop.desks.desk import Desk
from lineclear.desktop.desks.insights_desk import InsightsDesk
from lineclear.desktop.desks.jobs_desk import JobsDesk
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.control.control_sheets import ControlSheet
from lineclear.desktop.presenters.ledger.alarms import alarm_sheet, witness_line
from lineclear.desktop.presenters.queue.bulk import BulkPresenter
from lineclear.desktop.presenters.queue.queue_narrowing import QueueNarrowing
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.refused import whole_of
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.sync import Contact, Sync
from lineclear.desktop.views.shell.window import Window
from lineclear.desktop.witnessing import Witnessing
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable

_TICK = 1_000
_IDLE_TICKS = 600
"""Seconds without a key, a press or a wheel after which the session locks itself, unless other is chosen."""
_ACTIVITY = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class Session(QObject):
    """Lives as long as its connection; `close` ends its thread and timer."""

    outdated = Signal()
    """What was kept of who this is holds no more: the connection is to be opened anew."""

    def __init__(self, window: Window, with_: Collaborators, me: Me) -> None:
        super().__init__(window)
        self._window = window
        self._with = with_
        self._idle = 0
        self.lock_after = _IDLE_TICKS
        """Seconds without anybody."""
        self._is_over = False
        self.replica = with_.replica
        self.queue = QueuePresenter(with_, self)
        self.narrowing = QueueNarrowing(with_, self.queue, self)
        self.action = ActionPresenter(with_, self)
        self.console = ConsolePresenter(with_, me, self)
        self.sync = Sync(with_.gateway, with_.replica, self, with_.hearing, with_.kept.is_same)
        self.ticks = with_.ticks
        self.witnessing = Witnessing(with_.witness, with_.replica, self) if with_.witness else None
        self.followers = tuple(one for one in (self.sync, self.witnessing) if one is not None)
        """What has a thread of its own; after `leave` they are whoever's who waits for them."""
        self._is_alarmed = False
        self._witness_line = witness_line(None)
        self.desk = Desk(window, with_, me, self.queue, self.action, self)
        self.deciding, self.editing = self.desk.deciding, self.desk.editing
        self.bulk = BulkPresenter(with_, self.queue, self.deciding, self)
        self.control_desk = ControlDesk(window, with_, me, self)
        self.jobs_desk = JobsDesk(window, with_, me, self.console, self)
        self.connect_desk = ConnectDesk(window, with_, me, self)
        self.insights_desk = InsightsDesk(window, with_, me, self.console, self.queue)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._connect_review()
        self._connect_console()
        self._connect_sync()
        self._frame = window.window()
        self._frame.installEventFilter(self)

    def start(self) -> None:
        """Begin to follow the ledger and to show it."""
        self.console.start()
        self.control_desk.start()
        self.queue.refresh()
        self.desk.waiting.refresh()
        if self._with.kept.away is not None:
            self.sync.contacted.emit(Contact(self._with.kept.away))
        self.sync.start()
        if self.witnessing is not None:
            self.witnessing.start()
        self._timer.start()
        self._opened(self._window.page)
        handle = self._frame.windowHandle()
        if handle is not None:  # what people do arrives there first, and nothing else does
            handle.installEventFilter(self)

    def close(self) -> None:
        """Stop following; returns when the threads have ended."""
        self.leave()()

    def leave(self) -> Callable[[], None]:
        """From now on follow, show and hear nothing; what it gives waits for the threads, on any thread."""
        self._is_over = True
        self._timer.stop()
        self.desk.close()
        self.control_desk.close()
        self.connect_desk.close()
        self._frame.removeEventFilter(self)
        handle = self._frame.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        for part in self.findChildren(QObject):
            part.blockSignals(True)  # noqa: FBT003  # Qt's
        for one in self.followers:
            one.setParent(None)  # they live until their threads have ended
            one.stop()
        self.deleteLater()
        return partial(_wait, self.followers)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in _ACTIVITY:
            self._idle = 0
        if watched is self._frame and event.type() == QEvent.Type.WindowActivate:
            self.action.on_front()
            self.bulk.on_front()
        if watched is self._frame and event.type() == QEvent.Type.WindowDeactivate:
            self.action.on_presence(is_active=False)
        if watched is self._frame and event.type() == QEvent.Type.Close and self.desk.asks_to_leave():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def lock(self) -> None:
        """Read and sign nothing more; decisions that were not sent are kept and wait (I21)."""
        reviewer = self._with.reviewer
        if reviewer is None or self._window.locking.is_locked:
            return
        reviewer.lock()
        self.action.on_presence(is_active=False)
        self.sync.pause()
        self._timer.stop()
        self.desk.close()
        self.control_desk.close()
        self.connect_desk.close()
        self._window.overlays.close_all()
        self._window.locking.lock(self.deciding.outgoing.unsent)

    def unlock(self) -> None:
        """Go on, once the signing key could be opened again."""
        reviewer, reopen = self._with.reviewer, self._with.reopen
        if reviewer is None or reopen is None:
            return

        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            self._window.locking.unlock(paintable(whole_of(error)).text)

        self._with.background.run(lambda: reviewer.unlock(reopen()), done=self._unlocked, failed=failed)

    def _unlocked(self, _done: None) -> None:
        self._window.locking.unlock()
        self.sync.resume()
        self._timer.start()
        self._idle = 0
        self.deciding.wait_anew()
        self.desk.waiting.refresh()
        self.desk.waiting.send()
        self.queue.refresh()
        self.action.refresh()
        self.action.on_front()

    def run_command(self, command_id: str) -> None:
        """Carry out what the window passes on to whoever is connected."""
        match command_id:
            case "view.refresh":
                self.queue.refresh()
                self.action.refresh()
                self.console.open_page(self._window.page)
                self.connect_desk.opened(self._window.page)
                self.insights_desk.opened(self._window.page)
            case "session.lock":
                self.lock()
            case "decision.take_back":
                self.deciding.take_back()
            case "outbox.open":
                self.desk.waiting.open()
            case "queue.mark":
                self.bulk.toggle()
            case "queue.bulk":
                self.bulk.open()
            case "queue.clear":
                self.narrowing.clear()
            case "queue.filter":
                self.narrowing.offer()
            case "queue.forget_view":
                self.narrowing.forget()

    def _on_idle(self) -> None:
        """A second without anybody."""
        self._idle += 1
        if self._idle >= self.lock_after:
            self.lock()

    def _connect_review(self) -> None:
        page, queue, action = self._window.review, self.queue, self.action
        queue.changed.connect(page.display_queue)
        queue.emptied.connect(page.display_no_action)
        queue.chosen.connect(action.open)
        action.changed.connect(page.display_action)
        action.emptied.connect(page.display_no_action)
        page.chosen.connect(queue.choose)
        page.filtered.connect(queue.filter)
        page.span_asked.connect(self._show_span)
        page.queue.ended.connect(queue.more)
        self._window.top.searched.connect(queue.search)
        self.narrowing.typed.connect(self._window.top.show_search)
        self.narrowing.offered.connect(page.queue.offer)
        page.queue.narrowing.narrowed.connect(self.narrowing.narrow)
        overlays = self._window.overlays
        overlays.view_named.connect(self.narrowing.save)
        self.bulk.changed.connect(overlays.show_bulk)
        self.bulk.ended.connect(overlays.close_all)
        overlays.bulk_approved.connect(self.bulk.approve)
        overlays.left.connect(self._overlay_left)

    def _overlay_left(self, name: str) -> None:
        if name == "bulk":
            self.bulk.close()
        if name == "waiting":
            self.desk.waiting.close()

    def _show_span(self, span: str) -> None:
        """Show a step of the job behind the action that is open."""
        shown = self.action.shown
        if shown is not None:
            self.jobs_desk.open_job(shown.detail.job.id, span)

    def _connect_console(self) -> None:
        window, presenter = self._window, self.console
        presenter.top_changed.connect(window.display_top)
        presenter.control_changed.connect(self._show_control)
        presenter.state_changed.connect(self.queue.on_state)
        presenter.refused.connect(self.action.say)
        window.page_opened.connect(self._opened)
        window.safe_mode_asked.connect(presenter.switch_safe_mode)
        window.scope_asked.connect(presenter.switch_safe_mode)
        window.agent_asked.connect(presenter.switch_agent)

    def _opened(self, name: str) -> None:
        self.jobs_desk.opened(name)
        if name == "ledger":
            self._window.ledger.display_witness(self._witness_line)
        if name == "control":
            self.control_desk.opened()
        self.connect_desk.opened(name)
        self.insights_desk.opened(name)
        self.console.open_page(name)

    # Pages are built when they are first shown, so these cannot be connected to the pages themselves.

    def _show_control(self, sheet: ControlSheet) -> None:
        self._window.control.display(sheet)

    def _connect_sync(self) -> None:
        self.sync.changed.connect(self._grown)
        self.sync.changed.connect(self.action.on_changed)
        self.sync.changed.connect(self.deciding.on_changed)
        self.sync.changed.connect(self.bulk.on_changed)
        self.sync.changed.connect(self.console.on_changed)
        self.sync.changed.connect(self.control_desk.on_changed)
        self.sync.changed.connect(self.jobs_desk.jobs.on_changed)
        self.sync.changed.connect(self.connect_desk.on_changed)
        self.sync.changed.connect(self.insights_desk.insights.on_changed)
        self.sync.contacted.connect(self.console.on_contact)
        self.sync.contacted.connect(self.action.on_contact)
        self.sync.contacted.connect(self.desk.waiting.on_contact)
        self.desk.waiting.changed.connect(self.console.on_waiting)
        self.deciding.outgoing_changed.connect(self.console.on_outgoing)
        self.sync.broken.connect(self._broken)
        self.sync.outdated.connect(self.outdated)
        self._timer.timeout.connect(self._on_idle)
        self._window.locking.asked.connect(self.unlock)
        self._timer.timeout.connect(self.queue.on_tick)
        self._timer.timeout.connect(self.action.on_tick)
        self._timer.timeout.connect(self.console.on_tick)
        self._timer.timeout.connect(self.desk.on_tick)
        self._timer.timeout.connect(self.control_desk.on_tick)
        self._timer.timeout.connect(self.jobs_desk.jobs.on_tick)
        self._timer.timeout.connect(self.connect_desk.on_tick)
        self._timer.timeout.connect(self.insights_desk.insights.on_tick)

        if self.witnessing is not None:
            self.sync.changed.connect(self.witnessing.wake)
            self.witnessing.witnessed.connect(self._witnessed)

    def _witnessed(self, witnessed: Witnessed) -> None:
        """The log was checked: what is shown of it, and what may be approved, follow."""
        if self._is_over:  # it was on its way when this ended
            return
        alarm = alarm_sheet(witnessed.alarm) if witnessed.alarm is not None else None
        self._window.alarm.display(alarm)
        self._witness_line = witness_line(witnessed)
        if self._window.page == "ledger":
            self._window.ledger.display_witness(self._witness_line)
        if (alarm is not None) is not self._is_alarmed:
            self._is_alarmed = alarm is not None
            self.action.refresh()

    def _grown(self, _streams: frozenset[str]) -> None:
        self.queue.refresh()

    def _broken(self, error: ValueError) -> None:
        """The feed does not fold: nothing that it would show can be trusted, so it goes to the funnel."""
        raise error


def _wait(followers: tuple[Sync | Witnessing, ...]) -> None:
    for one in followers:
        one.wait()
