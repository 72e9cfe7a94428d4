"""What can be decided about an action, and why not where it cannot. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.answers import Detail
from lineclear.application.formats import short_digest
from lineclear.desktop.presenters.differences import Heading, changes_sheet
from lineclear.desktop.presenters.queue_sheet import Viewer
from lineclear.desktop.presenters.sheets import ButtonSheet, DecisionSheet, Tone, UndoSheet
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, JobStatus

REJECT_REASONS = ("Wrong target", "Wrong amount", "Not enough evidence", "Against policy", "Ask me first")


def decision_sheet(detail: Detail, viewer: Viewer) -> DecisionSheet:
    """The buttons that fit the action's state; a disabled one says why."""
    action = detail.action
    buttons: list[ButtonSheet] = []
    if action.status is ActionStatus.PENDING:
        why_not = _why_not_decide(detail, viewer)
        buttons += [
            ButtonSheet("review.approve", "Approve", Tone.OK, why_not),
            ButtonSheet("review.reject", "Reject", why_not=why_not),
        ]
    if action.status in {ActionStatus.SUCCEEDED, ActionStatus.UNDONE} and not action.undoes:
        buttons.append(ButtonSheet("review.undo", "Undo", why_not=_why_not_undo(action)))
    if detail.job.status is JobStatus.RUNNING:
        buttons.append(ButtonSheet("review.stop_job", "Stop job"))
    version = f" · policy v{action.judged.policy_version}" if action.judged else ""
    return DecisionSheet(
        buttons=tuple(buttons),
        digest=f"payload {short_digest(action.content.payload)}{version}",
        reject_reasons=REJECT_REASONS,
        stop_text=_stop_text(detail),
    )


def undo_sheet(action: Action, preview: Preview | None) -> UndoSheet | None:
    """What taking it back would do; without a preview yet, what is known beforehand."""
    if action.status is not ActionStatus.SUCCEEDED or action.undoes:
        return None
    if preview is None:
        return UndoSheet(paintable(action.title), "Reading the target as it is now…")
    changes = changes_sheet(preview.before, preview.after, preview.shape, Heading("What the undo changes"))
    if preview.moved:
        why_not = "These changed since, and an undo would overwrite them: " + ", ".join(preview.moved)
        return UndoSheet(paintable(preview.title), "The target moved.", changes, paintable(why_not).text)
    text = paintable(preview.undo.loses) if preview.undo.loses else "The target is as this action left it."
    return UndoSheet(paintable(preview.title), text, changes)


def _why_not_decide(detail: Detail, viewer: Viewer) -> str:
    person = viewer.person
    if person is None:
        return "You are not enrolled as a reviewer."
    missing = [one.says for one in detail.conditions if not one.met]
    if detail.action.owner == person.id:
        return f"You own agent {detail.action.agent}; your decision never counts for its actions."
    if detail.action.proposer == f"person/{person.id}":
        return "You asked for this undo; somebody else must clear it."
    if any(vote.person == person.id for vote in detail.action.votes):
        return "You have decided; another person must."
    return f"Missing: {missing[0]}" if missing else ""


def _why_not_undo(action: Action) -> str:
    if action.undone_by:
        return "It was undone already."
    if not action.undo.possible:
        return f"It cannot be undone: {action.undo.loses or 'it is final'}."
    return ""


def _stop_text(detail: Detail) -> str:
    return f"No further step of this job starts. {detail.job.agent} is told, and what waits is stopped."
