"""The action that is chosen: what it shows, and what is decided about it. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.contents import AlteredError
from lineclear.application.reviewer import Reviewer
from lineclear.desktop.presenters.action_sheet import Shown, show
from lineclear.desktop.presenters.arming import Arming
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.queue_sheet import Viewer
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, Verdict

_LOOK_FIRST = Notice(
    NoticeKind.INFO, "Look first", "A decision is taken only a second after what is shown has changed."
)
_ALTERED = "It is not shown, because what is shown must be what runs. Tell an administrator."


class ActionPresenter(QObject):
    """All methods on the GUI thread; everything that waits runs in the background.

    A decision names the action that was on screen at the press, by id, and is taken only when that has
    been there for a second. What is refused says why and what to do, over the action as it is now.
    """

    changed = Signal(object)
    """ActionSheet."""
    emptied = Signal(object)
    """Notice for the place where an action would be."""
    decided = Signal(str)
    """Id of an action on which a decision was recorded."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._id: str | None = None
        self._undo: Preview | None = None
        self._banner: Notice | None = None
        self._generation = 0
        self._deciding: set[str] = set()
        self._arming = Arming(with_.ticks.steady)
        self.shown: Shown | None = None

    @property
    def is_armed(self) -> bool:
        """Whether a decision would be taken now."""
        return self._arming.is_armed()

    def open(self, action_id: str) -> None:
        """Show another action."""
        self._id, self.shown, self._undo, self._banner = action_id, None, None, None
        self.emptied.emit(Notice(NoticeKind.LOADING, "Reading the action"))
        self.refresh()

    def refresh(self) -> None:
        """Read the action anew; what is on screen stays until the answer is there."""
        if self._id is None:
            return
        self._generation += 1
        asked, action_id, undo, with_ = self._generation, self._id, self._undo, self._with

        def work() -> Shown:
            detail = with_.gateway.detail(action_id)
            is_done = detail.action.status is ActionStatus.SUCCEEDED
            return show(detail, Viewer(with_.person, with_.ticks.now(), {}), undo=undo if is_done else None)

        def done(shown: Shown) -> None:
            if asked == self._generation:
                self._show(shown)

        def failed(error: Exception) -> None:
            if asked == self._generation:
                self._unreadable(error)

        with_.background.run(work, done=done, failed=failed)

    def decide(self, action_id: str, verdict: str, reason: str) -> None:
        """Take a decision on what is on screen, if it is this action and has been there long enough."""
        shown, reviewer = self._on_screen(action_id), self._with.reviewer
        if reviewer is None or shown is None or action_id in self._deciding:
            return
        if not self._arming.is_armed():
            self.say(_LOOK_FIRST)
            return
        self._deciding.add(action_id)
        action = shown.detail.action
        self._send(action_id, lambda: reviewer.decide(action, Verdict(verdict), reason), self._decided)

    def stop_job(self, action_id: str) -> None:
        """Stop the job of the action that is on screen."""
        shown, reviewer = self._on_screen(action_id), self._with.reviewer
        if reviewer is not None and shown is not None:
            job = shown.detail.job.id
            self._send(action_id, lambda: reviewer.stop(job, "Stopped from the console"), self._refreshed)

    def open_undo(self, action_id: str) -> None:
        """Read what an undo would do to the target as it is now."""
        gateway = self._with.gateway

        def done(preview: Preview) -> None:
            if self._id == action_id:
                self._undo = preview
                self.refresh()

        self._send(action_id, lambda: gateway.preview_undo(action_id), done)

    def confirm_undo(self, action_id: str) -> None:
        """Ask for the undo that was shown."""
        preview, reviewer = self._undo, self._with.reviewer
        if reviewer is not None and preview is not None and self._on_screen(action_id) is not None:
            version = preview.version
            self._send(action_id, _undoing(reviewer, action_id, version), self._refreshed)

    def say(self, notice: Notice) -> None:
        """Show a banner over the action until something else is chosen or decided."""
        self._banner = notice
        if self.shown is not None:
            self.changed.emit(replace(self.shown.sheet, banner=notice))

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: read again if it is about this action."""
        job = f"job/{self.shown.detail.job.id}" if self.shown else ""
        if streams & {f"action/{self._id}", job, "policy/active"}:
            self.refresh()

    def on_front(self) -> None:
        """The window came to the front: what is on screen arms again."""
        self._arming.hold()

    def _on_screen(self, action_id: str) -> Shown | None:
        return self.shown if self.shown is not None and self.shown.detail.action.id == action_id else None

    def _send[T](self, action_id: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._with.sending.run(work, done=done, failed=lambda error: self._refused(action_id, error))

    def _show(self, shown: Shown) -> None:
        action = shown.detail.action
        self._arming.touch((action.id, action.revision, action.content, action.judged, action.status))
        self.shown = shown
        self.changed.emit(replace(shown.sheet, banner=self._banner) if self._banner else shown.sheet)

    def _decided(self, action: Action) -> None:
        self._deciding.discard(action.id)
        self._banner = None
        self.decided.emit(action.id)
        if self._id == action.id:
            self.refresh()

    def _refreshed(self, _answer: object) -> None:
        self._banner = None
        self.refresh()

    def _refused(self, action_id: str, error: Exception) -> None:
        self._deciding.discard(action_id)
        if not isinstance(error, Refusal):
            raise error
        if self._id == action_id:
            is_offline = error.code is Code.UNREACHABLE
            kind = NoticeKind.OFFLINE if is_offline else NoticeKind.FORBIDDEN
            self.say(Notice(kind, paintable(error.sentence).text, paintable(error.remedy)))
            if not is_offline:
                self.refresh()

    def _unreadable(self, error: Exception) -> None:
        match error:
            case AlteredError():
                self.shown = None
                self.emptied.emit(Notice(NoticeKind.FAILED, str(error), _ALTERED))
            case Refusal():
                kind = NoticeKind.OFFLINE if error.code is Code.UNREACHABLE else NoticeKind.FAILED
                step = Step("view.refresh", "Try again")
                notice = Notice(kind, paintable(error.sentence).text, paintable(error.remedy), step)
                if self.shown is None:
                    self.emptied.emit(notice)
                else:
                    self.say(notice)
            case _:
                raise error


def _undoing(reviewer: Reviewer, action_id: str, version: str) -> Callable[[], Action]:
    return lambda: reviewer.undo(action_id, version, "Undone from the console")
