"""The action that is chosen, and whether it has been looked at for long enough. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.reviewing import Looked
from lineclear.application.governing.scopes import scopes_of
from lineclear.application.judging.clearing import ACTIVE
from lineclear.application.reading.contents import AlteredError
from lineclear.desktop.presenters.arming import Arming
from lineclear.desktop.presenters.away import away_decision
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.ledger.alarms import APPROVING_OFF
from lineclear.desktop.presenters.outbox.waiting_words import ways_without
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.review.action_sheet import Shown, changed_fields, show
from lineclear.desktop.presenters.review.around import read_around, viewer_of
from lineclear.desktop.presenters.review.at_hand import AtHand
from lineclear.desktop.presenters.review.decisions import withheld
from lineclear.desktop.presenters.review.dwelling import Dwelling
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.desktop.sync import Contact
from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy, Breaker, ConnectorHealth, SafeMode
from lineclear.domain.effects import Preview
from lineclear.domain.identities import Agent, Person
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import stream_of
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import marked, say

_LOOK_FIRST = marked("Look first: this changed just now.")
_MOST_SEEN = 20
_ALTERED = marked("It is not shown, because what is shown must be what runs. Tell an administrator.")


class ActionPresenter(QObject):
    """All methods on the GUI thread; everything that waits runs in the background.

    A decision is taken only on what `armed` returns. What is refused says why and what to do, over the
    action as it is now.
    """

    changed = Signal(object)
    """ActionSheet."""
    emptied = Signal(object)
    """Notice for the place where an action would be."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._id: str | None = None
        self.undo: Preview | None = None
        self._banner: Notice | None = None
        self._hint = ""
        self._is_away = False
        self._taken: Mapping[str, str] = {}
        self._unsaved: frozenset[str] = frozenset()
        self._generation = 0
        self.at_hand = AtHand(with_)
        self._arming = Arming(with_.ticks.steady)
        self._dwelling = Dwelling(with_.ticks.steady)
        self.shown: Shown | None = None
        self._seen: dict[str, Shown] = {}
        """What was on screen last of each action, so that a new revision can be held against it."""

    @property
    def is_armed(self) -> bool:
        """Whether a decision would be taken now."""
        return self._arming.is_armed()

    def open(self, action_id: str) -> None:
        """Show another action."""
        self._id, self.shown, self.undo, self._banner, self._hint = action_id, None, None, None, ""
        self._dwelling.touch(None)
        self.emptied.emit(Notice(NoticeKind.LOADING, say("Reading the action")))
        self.refresh()

    def refresh(self) -> None:
        """Read the action anew; what is on screen stays until the answer is there."""
        if self._id is None:
            return
        self._generation += 1
        asked, action_id, undo, with_ = self._generation, self._id, self.undo, self._with
        at_hand = self.at_hand
        earlier = self.shown or self._seen.get(action_id)

        def work() -> Shown:
            detail = at_hand.read(action_id)
            is_done = detail.action.status is ActionStatus.SUCCEEDED
            off = say(APPROVING_OFF) if with_.alarm is not None else ""
            viewer = viewer_of(with_.person, with_.ticks.now(), with_.replica.store.read(read_around), off)
            return show(detail, viewer, undo=undo if is_done else None, earlier=earlier)

        def done(shown: Shown) -> None:
            if asked == self._generation:
                action = shown.detail.action
                self._arming.touch(_mark(action))
                self._dwelling.touch((action.id, action.revision))
                self.shown = shown
                self.at_hand.keep(shown.detail)
                self._seen = {**dict([*self._seen.items()][-_MOST_SEEN:]), action.id: shown}
                self._emit()

        def failed(error: Exception) -> None:
            if asked == self._generation:
                self._unreadable(error)

        with_.background.run(work, done=done, failed=failed)

    def show_undo(self, action_id: str, preview: Preview) -> None:
        """Show what an undo would do to the target as it is now."""
        if self._id == action_id:
            self.undo = preview
            self.refresh()

    def mark_taken(self, taken: Mapping[str, str]) -> None:
        """By id, what was decided about actions that still look undecided."""
        self._taken = taken
        self._emit()

    def mark_unsaved(self, unsaved: Iterable[str]) -> None:
        """By id, the actions with an edit that was left and is not saved."""
        marked_before, self._unsaved = self._unsaved, frozenset(unsaved)
        if marked_before != self._unsaved:
            self._emit()

    def say(self, notice: Notice, *, arms_anew: bool = False) -> None:
        """Show a banner over the action until something else is chosen or decided.

        Where it arms anew, only a press that comes a second later counts.
        """
        if arms_anew:
            self._arming.hold()
        self._banner = notice
        self._emit()

    def on_contact(self, contact: Contact) -> None:
        """The backend answers again, or no more: nothing that needs it can be pressed meanwhile."""
        is_away = contact.refusal is not None
        if is_away is not self._is_away:
            self._is_away = is_away
            self._emit()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: read again if it is about this action, what stands around it, or who looks."""
        about = _about(self.shown.detail.action) if self.shown else {stream_of(Action, self._id or "")}
        me = self._with.person
        if streams & about or (me is not None and stream_of(Person, me.id) in streams):
            self.refresh()

    def on_tick(self) -> None:
        """A second has gone by: what was said of a press that came too soon goes when it would be taken."""
        if self._hint and self._arming.is_armed():
            self._hint = ""
            self._emit()

    def on_front(self) -> None:
        """The window came to the front: what is on screen arms again."""
        self._arming.hold()
        self.on_presence(is_active=True)

    def on_presence(self, *, is_active: bool) -> None:
        """Whether the window is active, so that somebody can be looking."""
        self._dwelling.attend(is_active=is_active)

    def looked(self, shown: Shown, typed: str = "") -> Looked:
        """How what is on screen was looked at, up to now."""
        dwell = round(self._dwelling.seconds() * 1_000)
        return Looked(shown.detail.payload or "", typed, dwell, changed_fields(shown.sheet))

    def on_screen(self, action_id: str) -> Shown | None:
        """What is shown, if it is this action."""
        return self.shown if self.shown is not None and self.shown.detail.action.id == action_id else None

    def armed(self, action_id: str) -> Shown | None:
        """What is on screen, if it is this action and has been there long enough; else a hint says so."""
        shown = self.on_screen(action_id)
        if shown is None:
            return None
        if not self._arming.is_armed():
            self._hint = say(_LOOK_FIRST)
            self._emit()
            return None
        self.on_tick()
        return shown

    def settled(self, action_id: str) -> None:
        """Something that was asked for about an action was done."""
        if self._id == action_id:
            self._banner = None
            self.refresh()

    def refuse(self, action_id: str, error: Exception) -> None:
        """Something that was asked for about an action was refused: say so over it."""
        if not isinstance(error, Refusal):
            raise error
        if self._id == action_id:
            is_offline = error.code is Code.UNREACHABLE
            kind = NoticeKind.OFFLINE if is_offline else NoticeKind.FORBIDDEN
            self.say(notice_of(error, kind))
            if not is_offline:
                self.refresh()

    def _emit(self) -> None:
        """What is on screen, with what there is to say about it now."""
        if self.shown is None:
            return
        sheet = self.shown.sheet
        decision = replace(withheld(sheet.decision, self._taken.get(sheet.id, "")), hint=self._hint)
        if self._is_away:
            decision = away_decision(decision, ways_without(self._with.reviewer, self.shown.detail.action))
        left = _left_edit() if sheet.id in self._unsaved and not sheet.is_over else None
        self.changed.emit(replace(sheet, banner=self._banner or left or sheet.banner, decision=decision))

    def _unreadable(self, error: Exception) -> None:
        match error:
            case AlteredError():
                self.shown = None
                self.emptied.emit(Notice(NoticeKind.FAILED, str(error), say(_ALTERED)))
            case Refusal():
                kind = NoticeKind.OFFLINE if error.code is Code.UNREACHABLE else NoticeKind.FAILED
                step = Step("view.refresh", say("Try again"))
                notice = notice_of(error, kind, step)
                if self.shown is None:
                    self.emptied.emit(notice)
                else:
                    self.say(notice)
            case _:
                raise error


def _left_edit() -> Notice:
    """What is approved now is not what was typed."""
    text = say("What you typed is kept, and nobody else sees it. Approving approves what stands below.")
    step = Step("review.edit", say("Go on editing"))
    return Notice(NoticeKind.INFO, say("Your edit is not saved"), text, step)


def _mark(action: Action) -> object:
    """What a decision binds, and what the agent answered: where it changes, look first."""
    questions = action.attention.questions
    return action.id, action.revision, action.content, action.judged, action.status, questions


def _about(action: Action) -> frozenset[str]:
    """The streams whose growth changes what is shown of an action."""
    safe_modes = (stream_of(SafeMode, scope) for scope in scopes_of(action))
    others = (
        stream_of(Action, action.id),
        stream_of(Job, action.job),
        stream_of(Agent, action.agent),
        stream_of(Breaker, action.connector),
        stream_of(ConnectorHealth, action.connector),
        stream_of(ActivePolicy, ACTIVE),
    )
    return frozenset((*safe_modes, *others))
