"""Editing the action on screen before deciding: a form, asked about as it is typed. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.editing import Edit
from lineclear.application.deciding.forms import Draft
from lineclear.application.reading.answers import EditPreview
from lineclear.application.reading.contents import open_contents
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.values import named
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.refused import whole_of
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.review.edit_sheets import EditSheet
from lineclear.desktop.presenters.review.form_glosses import form_glosses
from lineclear.desktop.presenters.review.reasons import judged_lines
from lineclear.desktop.presenters.saying import said_line
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Tone
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.refusals import Refusal
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Outcome, Tier
from lineclear.domain.wording import marked, say, say_n

MOST_ROWS = 300
_WORDS = {
    Outcome.ALLOW: Line(
        Mark.ATTENTION, marked("Policy allows it: saving runs it at once, without another decision")
    ),
    Outcome.DENY: Line(Mark.REFUSED, marked("Policy denies it like this")),
}


@dataclass(frozen=True, slots=True)
class _Open:
    """An edit under way: the revision that it is of, the form, and what was last said about it."""

    action: Action
    proposed: Json
    draft: Draft
    answer: EditPreview | None = None
    problems: Mapping[str, str] | None = None
    problem: str = ""


class Editing(QObject):
    """All methods on the GUI thread. `evaluate` is called when typing has paused.

    What was typed about an action is kept until it is saved, or a newer revision comes.
    """

    changed = Signal(object)
    """EditSheet."""
    closed = Signal()
    """Back to the action."""
    paused = Signal()
    """Something was typed that nobody was asked about yet."""

    def __init__(self, with_: Collaborators, action: ActionPresenter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._action = action
        self._kept: dict[str, _Open] = {}
        self._id = ""
        self._generation = 0

    def open(self, action_id: str) -> None:
        """Begin, or go on where it was left."""
        shown, reviewer = self._action.on_screen(action_id), self._with.reviewer
        if shown is None or reviewer is None:
            return
        action, payload = shown.detail.action, open_contents(shown.detail).payload
        if not isinstance(payload, dict) or "arguments" not in payload:
            return
        arguments = payload["arguments"]
        self._id = action_id
        kept = self._kept.get(action_id)
        if kept is not None and kept.action.revision == action.revision:
            self._emit()
            if kept.answer is None:  # it was left before anybody was asked about it
                self.paused.emit()
            return

        def done(contract: ToolContract) -> None:
            if self._id == action_id:
                self._kept[action_id] = _Open(action, arguments, Draft(contract, arguments))
                self._emit()

        work = partial(reviewer.contract, action_id)
        self._with.background.run(work, done=done, failed=partial(self._action.refuse, action_id))

    def typed(self, path: str, text: str) -> None:
        """Another text stands in a place."""
        self._change(lambda draft: draft.typed(path, text))

    def grow(self, path: str) -> None:
        """An item more, or an absent member."""
        self._change(lambda draft: draft.grown(path))

    def shrink(self, path: str) -> None:
        """Without an item or member."""
        self._change(lambda draft: draft.shrunk(path))

    def evaluate(self) -> None:
        """Ask what the edit would come to, as it stands now; late answers about earlier ones are dropped."""
        opened, reviewer = self._kept.get(self._id), self._with.reviewer
        if opened is None or reviewer is None or opened.draft.unread or not _is_changed(opened):
            return
        self._generation += 1
        asked, action_id = self._generation, self._id
        edit = Edit(opened.draft.sent(), opened.action.revision)

        def done(answer: EditPreview) -> None:
            if asked == self._generation and action_id in self._kept:
                self._kept[action_id] = replace(self._kept[action_id], answer=answer)
                self._emit()

        def failed(error: Exception) -> None:
            if asked == self._generation:
                self._refused(action_id, error)

        work = partial(reviewer.preview_edit, action_id, edit)
        self._with.background.run(work, done=done, failed=failed)

    def save(self, action_id: str, reason: str) -> None:
        """Make the edited revision, if what is on screen is what was asked about."""
        opened, reviewer = self._kept.get(action_id), self._with.reviewer
        if opened is None or reviewer is None or action_id != self._id or _why_not(opened):
            return
        edit = Edit(opened.draft.sent(), opened.action.revision, reason)

        def done(_action: Action) -> None:
            self._kept.pop(action_id, None)
            self.leave()
            self._action.settled(action_id)

        work = partial(reviewer.edit, action_id, edit)
        self._with.sending.run(work, done=done, failed=partial(self._refused, action_id))

    def leave(self) -> None:
        """Back to the action; what was typed is kept."""
        self._id = ""
        self._generation += 1
        self._action.mark_unsaved({one for one, opened in self._kept.items() if _is_changed(opened)})
        self.closed.emit()

    def _change(self, make: Callable[[Draft], Draft]) -> None:
        opened = self._kept.get(self._id)
        if opened is not None:
            self._generation += 1
            draft = make(opened.draft)
            self._kept[self._id] = replace(opened, draft=draft, answer=None, problems=None, problem="")
            self._emit()
            self.paused.emit()

    def _refused(self, action_id: str, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        opened = self._kept.get(action_id)
        if opened is not None:
            places = {name: words for name, words in error.params.items() if name.startswith("/")}
            problem = "" if places else whole_of(error)
            self._kept[action_id] = replace(opened, problems=places, problem=problem)
            self._emit()

    def _emit(self) -> None:
        opened = self._kept.get(self._id)
        if opened is not None:
            self.changed.emit(edit_sheet(opened, self._with.ticks.now()))


def edit_sheet(opened: _Open, now: datetime) -> EditSheet:
    """An edit as it stands."""
    answer, action = opened.answer, opened.action
    problems = opened.problems or (answer.problems if answer else {})
    rows = opened.draft.rows(problems)
    heading = Heading(say("Changed by you"), before_title=say("Proposed"), after_title=say("Edited"), now=now)
    effect = None
    if answer is not None and answer.preview is not None:
        seen = answer.preview
        title = say("What it would change in {kind} {id}", kind=seen.target.kind, id=seen.target.id)
        effect = changes_sheet(seen.before, seen.after, seen.shape, Heading(title, now=now))
    return EditSheet(
        id=action.id,
        title=named(action.title),
        rows=rows[:MOST_ROWS],
        save=say("Save as revision {revision}", revision=action.revision + 1),
        why_not=_why_not(opened),
        state=_state(opened),
        verdict=tuple(_verdict(opened)),
        edited=changes_sheet(opened.proposed, opened.draft.arguments, "", heading),
        effect=effect,
        left_out=max(0, len(rows) - MOST_ROWS),
        glosses=form_glosses(opened.draft, rows[:MOST_ROWS], now),
    )


def _is_changed(opened: _Open) -> bool:
    return opened.draft.sent() != Draft(opened.draft.contract, opened.proposed).sent()


def _why_not(opened: _Open) -> str:
    answer = opened.answer
    if opened.draft.unread:
        number = say_n("{count:,} place", "{count:,} places", len(opened.draft.unread))
        return say("{number} cannot be read yet.", number=number)
    if not _is_changed(opened):
        return say("Nothing is changed yet.")
    if answer is None:
        return say("Policy is being asked.")
    if answer.problems or answer.problem:
        return say("It does not fit yet.")
    is_denied = answer.evaluation is not None and answer.evaluation.outcome is Outcome.DENY
    return say("Policy denies it like this.") if is_denied else ""


def _state(opened: _Open) -> Chip | None:
    answer = opened.answer
    if answer is None or answer.evaluation is None:
        return None
    evaluation = answer.evaluation
    if evaluation.outcome is not Outcome.ASK:
        return (
            Chip(say("Denied"), Tone.STOP)
            if evaluation.outcome is Outcome.DENY
            else Chip(say("Runs"), Tone.OK)
        )
    tier = int(evaluation.tier or Tier.ONE)
    was = int(opened.action.tier)
    moved = say(", was {was}", was=was) if tier != was else ""
    return Chip(
        say("Tier {tier}{moved}", tier=tier, moved=moved), Tone.CAUTION if tier > was else Tone.NEUTRAL
    )


def _verdict(opened: _Open) -> Iterator[Line]:
    if opened.problem:
        yield Line(Mark.REFUSED, paintable(opened.problem))
    answer, action = opened.answer, opened.action
    if answer is None:
        return
    if answer.problem:
        yield Line(Mark.REFUSED, paintable(answer.problem))
    if answer.evaluation is not None:
        evaluation = answer.evaluation
        people = say_n("{count:,} approver", "{count:,} approvers", max(1, evaluation.approvals))
        asks = say("{people} at tier {tier} or above", people=people, tier=int(evaluation.tier or Tier.ONE))
        known = _WORDS.get(evaluation.outcome)
        yield said_line(known) if known else Line(Mark.MISSING, asks)
        yield from judged_lines(evaluation.reasons)
        if action.votes:
            voters = ", ".join(vote.person for vote in action.votes)
            yield Line(
                Mark.ATTENTION,
                paintable(say("Saving voids what was decided so far: {voters}", voters=voters)),
            )
