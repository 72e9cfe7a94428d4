"""Back to review: a new revision of the same change, seen anew. Free of I/O; votes never carry over."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.judging.clearing import KERNEL, clear, record_evaluation
from lineclear.application.judging.consulting import Consultation, record_consultation
from lineclear.application.judging.evaluating import evaluated_again
from lineclear.application.ports import Task, TaskKind, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.diffing.touching import touched_records
from lineclear.domain.effects import Preview
from lineclear.domain.events import ActionBrief, ActionRevised, ActionStopped
from lineclear.domain.jobs import Job
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import ActionStatus, Outcome

LAST_REVISION = 20


@dataclass(frozen=True, slots=True)
class Edited:
    """Another payload in the place of the present one, and the arguments as its editor sent them.

    `amount`, `currency` and `environment` are read from the new arguments.
    """

    by: str
    actor: str
    payload: bytes
    sent: bytes
    amount: str = ""
    currency: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Why an action goes back, and the target as it is now where that was read again.

    `consultation` is what a judge outside said of edited arguments.
    """

    because: str
    preview: Preview | None = None
    edited: Edited | None = None
    consultation: Consultation | None = None


def return_to_review(services: Services, tx: Transaction, action: Action, returned: Returned) -> Action:
    """Make the next revision and judge it; it may wait for people, be cleared by policy, or be denied."""
    edited = returned.edited
    recorder = Recorder(services, tx, edited.actor if edited else KERNEL)
    job = tx.load(Job, action.job)
    if job is not None and job.starts_nothing:
        return recorder.record(Action, action.id, ActionStopped(job.stopped_by or KERNEL))
    content, preview = action.content, returned.preview
    commits = {"payload": content.payload, "before": content.before, "after": content.after}
    if edited is not None:
        commits["payload"] = recorder.blob(edited.payload)
        commits["edited"] = recorder.blob(edited.sent)
    if preview is not None:
        commits["before"] = recorder.blob(canonical(preview.before))
        commits["after"] = recorder.blob(canonical(preview.after))
    event = ActionRevised(
        revision=action.revision + 1,
        because="",
        version=preview.version if preview else action.version,
        undo=preview.undo if preview else action.undo,
        shape=preview.shape if preview else action.shape,
        amount=edited.amount if edited else action.amount,
        currency=edited.currency if edited else action.currency,
        edited_by=edited.by if edited else "",
        environment=edited.environment if edited else None,
        records=touched_records(preview.before, preview.after) if preview else action.records,
    )
    action = recorder.record(Action, action.id, event, brief=_brief(action, returned), commits=commits)
    action = record_consultation(Recorder(services, tx, KERNEL), action, returned.consultation)
    action = record_evaluation(services, tx, action, *evaluated_again(services, tx, action))
    if action.judged is not None and action.judged.outcome is Outcome.ALLOW:
        return clear(services, tx, action, by="policy")
    if action.deadline and action.status is ActionStatus.PENDING:
        due = moment(action.deadline)
        tx.enqueue(Task(services.ids.new("tsk"), TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    return action


def _brief(action: Action, returned: Returned) -> ActionBrief:
    """What it is about now, and why there is a new revision."""
    title = returned.preview.title if returned.preview else action.title
    target = returned.preview.target if returned.preview else action.target
    assert target is not None, "what is open was not erased"
    return ActionBrief(
        title, target, action.note, action.why, action.evidence, returned.because, action.sources
    )
