"""What is decided about the action on screen, and asked for besides. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.outbox.outgoing import Outgoing, Taken
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingSheet
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.review.hasty import Patience
from lineclear.desktop.presenters.sending import Sending
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Verdict


class Deciding(QObject):
    """All methods on the GUI thread; everything that waits runs in the background.

    A decision names the action that was on screen at the press, by id, and is taken only when that has
    been there for a second. It is signed and sent five seconds later, on what was on screen at the press.
    """

    decided = Signal(str)
    """Id of an action on which a decision was taken; the next one need not wait for it."""
    stopped = Signal(str)
    """Id of an action whose job was stopped, or will be as soon as the backend answers."""
    taken_back = Signal(str)
    """Id of an action whose decision was taken back before it was sent."""
    unsaid = Signal(object)
    """By action id, the reasons of rejections that were taken back."""
    kept = Signal()
    """Something was decided that waits on this device for the backend."""
    taken_back_further = Signal()
    """Somebody wants to take something back, and nothing waits here: what is signed may."""
    outgoing_changed = Signal(object)
    """OutgoingSheet."""
    taken_changed = Signal(object)
    """By id, what was decided about an action that may still look undecided."""

    def __init__(self, with_: Collaborators, action: ActionPresenter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._action = action
        self._sending = Sending(with_.sending, action.refuse)
        self._out = Outgoing(with_.ticks.steady)
        self._said: object = {}
        self._patience = Patience()

    @property
    def outgoing(self) -> OutgoingSheet:
        """What is not on the ledger yet."""
        return self._out.sheet()

    def approve(self, action_id: str, typed: str) -> None:
        """The same as `decide`, of an approval that was confirmed by typing what it is of."""
        self.decide(action_id, Verdict.APPROVE, "", typed)

    def decide(self, action_id: str, verdict: str, reason: str, typed: str = "") -> None:
        """Take a decision on what is on screen, if it is this action and has been there long enough."""
        if action_id in self._out or self._sending.is_deciding(action_id):
            return
        shown = self._action.armed(action_id)
        if self._with.reviewer is None or shown is None:
            return
        looked, action = self._action.looked(shown, typed), shown.detail.action
        question = self._patience.question(action, looked) if verdict == Verdict.APPROVE else None
        if question is not None:
            self._action.say(question, arms_anew=True)
            return
        self._out.hold(action, Verdict(verdict), reason, looked)
        self.decided.emit(action_id)
        self._show()

    def approve_together(self, actions: Sequence[Action]) -> None:
        """Take an approval of each, as it was on screen; each is signed and sent by itself."""
        free = [one for one in actions if one.id not in self._out and not self._sending.is_deciding(one.id)]
        if self._with.reviewer is not None and free:
            self._out.hold_together(free)
            for one in free:
                self.decided.emit(one.id)
            self._show()

    def take_back(self) -> None:
        """Forget the newest decision that was not sent; of those at one look, all that still wait."""
        taken = self._out.take_back_newest()
        if taken:
            self._show()
            self.unsaid.emit(_reasons(*taken))
            self.taken_back.emit(taken[0].action.id)
        else:
            self.taken_back_further.emit()

    def mark_kept(self, words: Mapping[str, str]) -> None:
        """By action, what was decided about it and waits on this device."""
        self._out.mark_kept(words)
        self._show()

    def look_at(self, action_id: str) -> None:
        """Somebody saw that a decision was refused: it goes, and its action comes, with the refusal."""
        taken = self._out.take_back(action_id)
        if taken is not None:
            self._show()
            self.unsaid.emit(_reasons(taken))
            self.taken_back.emit(action_id)
            if taken.refusal is not None:
                self._action.refuse(action_id, taken.refusal)

    def send_again(self, action_id: str) -> None:
        """Sign and send anew what did not get through."""
        taken = self._out.again(action_id)
        if taken is not None:
            self._send(taken)
            self._show()

    def send_all(self) -> None:
        """Send at once what still waits."""
        for taken in self._out.due(at_once=True):
            self._send(taken)
        self._show()

    def drop_all(self) -> None:
        """Forget what was not sent, because somebody said so; what is being sent goes on."""
        while self._out.take_back() is not None:
            pass
        self._show()

    def wait_anew(self) -> None:
        """Give what still waits its five seconds again."""
        self._out.wait_anew()
        self._show()

    def on_tick(self) -> None:
        """A moment has gone by: what is due is signed and sent."""
        for taken in self._out.due():
            self._send(taken)
        self._show()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        self._out.heard(frozenset(one.partition("/")[2] for one in streams if one.startswith("action/")))
        self._show()

    def reconcile(self, action_id: str, happened: bool, reason: str) -> None:  # noqa: FBT001  # a signal's argument
        """Say what became of an attempt of unknown outcome; it arms as decisions do, and is sent at once."""
        if self._sending.is_deciding(action_id):
            return
        shown, reviewer = self._action.armed(action_id), self._with.reviewer

        def done(action: Action) -> None:
            self.decided.emit(action.id)
            self._action.settled(action.id)

        if reviewer is not None and shown is not None:
            work = partial(reviewer.reconcile, action_id, happened=happened, reason=reason)
            self._sending.decide(action_id, work, done)

    def stop_job(self, action_id: str, reason: str) -> None:
        """Stop the job of the action that is on screen."""
        shown, reviewer = self._action.on_screen(action_id), self._with.reviewer

        def failed(error: Exception) -> None:
            if isinstance(error, Refusal) and error.code is Code.DECISION_KEPT:
                self.kept.emit()
                self.stopped.emit(action_id)
            else:
                self._action.refuse(action_id, error)

        def done(_job: Job) -> None:
            self._action.settled(action_id)
            self.stopped.emit(action_id)

        if reviewer is not None and shown is not None:
            work = partial(reviewer.stop, shown.detail.job.id, reason, action_id, shown.detail.action.title)
            self._with.sending.run(work, done=done, failed=failed)

    def open_undo(self, action_id: str) -> None:
        """Read what an undo would do to the target as it is now."""
        gateway = self._with.gateway

        def done(preview: Preview) -> None:
            self._action.show_undo(action_id, preview)

        self._sending.send(action_id, lambda: gateway.preview_undo(action_id), done)

    def confirm_undo(self, action_id: str, reason: str) -> None:
        """Ask for the undo that was shown."""
        preview, reviewer = self._action.undo, self._with.reviewer
        if reviewer is not None and preview is not None and self._action.on_screen(action_id) is not None:
            work = partial(reviewer.undo, action_id, preview.version, reason)
            self._sending.send(action_id, work, lambda _undo: self._action.settled(action_id))

    def _send(self, taken: Taken) -> None:
        reviewer, action_id = self._with.reviewer, taken.action.id
        if reviewer is None:
            return

        def done(action: Action) -> None:
            self._out.sent(action.id)
            self._show()
            self._action.settled(action.id)

        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if error.code is Code.DECISION_KEPT:
                self._out.kept(action_id)
                self.kept.emit()
                self._show()
                return
            self._out.refused(action_id, error)
            self._show()
            self._action.refuse(action_id, error)

        work = partial(reviewer.decide, taken.action, taken.verdict, taken.reason, taken.looked)
        self._with.sending.run(work, done=done, failed=failed)

    def _show(self) -> None:
        said = self._out.words()
        if said != self._said:
            self._said = said
            self.taken_changed.emit(said)
        self.outgoing_changed.emit(self._out.sheet())


def _reasons(*taken: Taken) -> dict[str, str]:
    return {each.action.id: each.reason for each in taken if each.verdict is Verdict.REJECT}
