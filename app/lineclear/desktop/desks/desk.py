"""Deciding and editing, wired: decision bar, form, and the strip of unsent decisions. Holds no rules."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.console_presenter import refusal_notice
from lineclear.desktop.presenters.outbox.outgoing_sheets import Leaving, OutgoingSheet
from lineclear.desktop.presenters.outbox.waiting import Waiting
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.review.attending import Attending
from lineclear.desktop.presenters.review.beside import Beside
from lineclear.desktop.presenters.review.deciding import Deciding
from lineclear.desktop.presenters.review.edit_sheets import EditSheet
from lineclear.desktop.presenters.review.editing import Editing
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.refusals import Refusal

_SWIFT_TICK = 200
_TYPING_PAUSE = 300


class Desk(QObject):
    """What a person does about actions, in one window. Lives as long as its session."""

    def __init__(
        self,
        window: Window,
        with_: Collaborators,
        me: Me,
        queue: QueuePresenter,
        action: ActionPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self.queue, self.action = queue, action
        self.deciding = Deciding(with_, action, self)
        self.waiting = Waiting(with_, self)
        self.editing = Editing(with_, action, self)
        self.attending = Attending(with_, action, self)
        self.beside = Beside(with_, me, action, self)
        self.beside.changed.connect(window.review.action.head.display_beside)
        self._frame = window.window()
        self._swift = QTimer(self)
        self._swift.setInterval(_SWIFT_TICK)
        self._typing = QTimer(self)
        self._typing.setInterval(_TYPING_PAUSE)
        self._typing.setSingleShot(True)
        self._is_leaving = False
        self._then: Callable[[], object] = self._frame.close
        self._has_edit = False
        self._following: tuple[str, str | None] = ("", None)
        """What was passed on, and the action to which its person goes on from there."""
        self._connect_deciding()
        self._connect_waiting()
        self._connect_editing()

    def on_tick(self) -> None:
        """A second has gone by: a claim is renewed, and others are told, while somebody is there."""
        is_active = self._frame.isActiveWindow()
        self.attending.on_tick(is_active=is_active)
        self.action.on_presence(is_active=is_active)
        self.beside.on_tick(is_active=is_active, is_in_front=self._window.page == "review")

    def close(self) -> None:
        """Let no time go by any more."""
        self._swift.stop()
        self._typing.stop()

    def _connect_deciding(self) -> None:
        bar, deciding = self._window.review.bar, self.deciding
        bar.decided.connect(deciding.decide)
        bar.approved_as.connect(deciding.approve)
        bar.reconciled.connect(deciding.reconcile)
        bar.claim_toggled.connect(self.attending.toggle)
        bar.handed_over.connect(self._remember_next)  # where it stands now: then it goes to the end
        bar.asked.connect(self._remember_next)
        self.attending.passed_on.connect(self._go_on)
        bar.handed_over.connect(self.attending.hand_over)
        bar.escalated.connect(self.attending.escalate)
        bar.asked.connect(self.attending.ask)
        bar.stop_confirmed.connect(self._remember_next)
        bar.stop_confirmed.connect(deciding.stop_job)
        deciding.stopped.connect(self._go_on)
        bar.undo_opened.connect(deciding.open_undo)
        bar.undo_confirmed.connect(deciding.confirm_undo)
        deciding.decided.connect(self.queue.choose_next)
        deciding.decided.connect(self._focus_queue)
        deciding.taken_back.connect(self._come_back)
        deciding.unsaid.connect(bar.drafts.keep_rejections)
        deciding.taken_changed.connect(self.queue.mark_taken)
        deciding.taken_changed.connect(self.action.mark_taken)
        deciding.outgoing_changed.connect(self._show_outgoing)
        strip = self._window.review.queue.outgoing
        strip.taken_back.connect(deciding.take_back)
        strip.looked_at.connect(deciding.look_at)
        strip.waiting_asked.connect(self.waiting.open)
        strip.sent_again.connect(deciding.send_again)
        self._window.leave_answered.connect(self._leave)
        self._swift.timeout.connect(deciding.on_tick)

    def _connect_waiting(self) -> None:
        waiting, overlays = self.waiting, self._window.overlays
        self.deciding.kept.connect(waiting.refresh)
        self.deciding.taken_back_further.connect(waiting.take_back_newest)
        waiting.marked.connect(self.deciding.mark_kept)
        waiting.marked.connect(self.queue.mark_kept)
        waiting.changed.connect(overlays.show_waiting)
        waiting.changed.connect(self._window.review.queue.outgoing.display_waiting)
        waiting.taken_back.connect(self._come_back)
        waiting.opened.connect(self._open)
        waiting.refused.connect(self._refuse)
        overlays.waiting_taken_back.connect(waiting.take_back)
        overlays.waiting_followed.connect(waiting.follow)
        overlays.waiting_read.connect(waiting.read)
        self.queue.changed.connect(self._read_ahead)

    def _read_ahead(self) -> None:
        self.action.at_hand.follow(self.queue.listed)

    def _open(self, action_id: str) -> None:
        self._window.overlays.close_all()
        self._come_back(action_id)

    def _refuse(self, action_id: str, refusal: Refusal) -> None:
        if action_id:
            self._open(action_id)
        self.action.say(refusal_notice(refusal))

    def _connect_editing(self) -> None:
        editing = self.editing
        self._window.review.bar.edit_opened.connect(editing.open)
        editing.changed.connect(self._show_edit)
        editing.closed.connect(self._leave_edit)
        editing.paused.connect(self._typing.start)
        self._typing.timeout.connect(editing.evaluate)
        self.queue.chosen.connect(editing.leave)

    def _show_edit(self, sheet: EditSheet) -> None:
        if not self._has_edit:
            self._has_edit = True  # the form is built when it is first opened
            view, editing = self._window.review.action.edit, self.editing
            view.typed.connect(editing.typed)
            view.grown.connect(editing.grow)
            view.shrunk.connect(editing.shrink)
            view.saved.connect(editing.save)
            view.left.connect(editing.leave)
        self._window.review.action.display_edit(sheet)

    def _leave_edit(self) -> None:
        self._typing.stop()
        if self._window.review.action.is_editing:
            self._focus_queue()  # before its fields go: Qt would give the focus to whatever comes next
        self._window.review.action.leave_edit()
        self.action.on_front()

    def _remember_next(self, action_id: str) -> None:
        self._following = action_id, self.queue.next_after(action_id)

    def _go_on(self, action_id: str) -> None:
        """It needs this person no more, who goes on to the next; not who is elsewhere since."""
        left, following = self._following
        if action_id == left == self.queue.selected and following is not None:
            self.queue.choose(following)

    def _focus_queue(self) -> None:
        self._window.review.queue.list.setFocus()

    def _come_back(self, action_id: str) -> None:
        if self._window.page != "review":
            self._window.open_page("review")
        self.queue.choose(action_id)
        self._focus_queue()

    def _show_outgoing(self, sheet: OutgoingSheet) -> None:
        self._window.review.queue.outgoing.display(sheet)
        if sheet.is_counting != self._swift.isActive():
            (self._swift.start if sheet.is_counting else self._swift.stop)()
        if self._is_leaving and not any(not row.problem for row in sheet.rows):
            self._is_leaving = False
            if not sheet.rows:
                self._then()

    def asks_to_leave(
        self, leaving: Leaving = Leaving.WINDOW, then: Callable[[], object] | None = None
    ) -> bool:
        """Whether something would be lost; then the window asks and stays. `then` is what leaving does."""
        unsent = self.deciding.outgoing.unsent
        if unsent:
            self._then = then or self._frame.close
            self._window.overlays.ask_leave(unsent, leaving)
        return bool(unsent)

    def _leave(self, sends: bool) -> None:  # noqa: FBT001  # a signal's argument
        if sends:
            self._is_leaving = True
            self.deciding.send_all()
        else:
            self.deciding.drop_all()
            self._then()
