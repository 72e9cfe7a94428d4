"""A reviewer takes an effect back, by an action of its own. Free of frameworks and databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lineclear.application.deciding.loading import load_action, load_person
from lineclear.application.executing.effects import load_effect
from lineclear.application.executing.undoing import judge_undo
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import clear, policy_in_force, record_evaluation
from lineclear.application.ports import ActionQuery, Snapshot, ToolFailed, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.diffing.touching import touched_records
from lineclear.domain.effects import Effect, Preview
from lineclear.domain.events import ActionBrief, ActionProposed
from lineclear.domain.payloads import undo_payload
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import ActionStatus, Outcome

_UNDER_WAY = frozenset(status for status in ActionStatus if status.is_open)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """What a reviewer asks for: the version of the target that the preview showed, and why."""

    version: str
    reason: str


def preview_undo(services: Services, principal: Principal, identifier: str) -> Preview:
    """What taking it back would do to the target as it is now; Refusal where it cannot be done."""
    principal.require(Deed.UNDO)
    action, effect = services.store.read(lambda snapshot: _undoable(services, snapshot, identifier))
    return _preview(services, action, effect)


def undo(
    services: Services, principal: Principal, identifier: str, wanted: UndoRequest, request: Request
) -> tuple[Action, bool]:
    """Propose the undo that was previewed; True where this was answered before.

    Raises Refusal(TARGET_MOVED) where the target is no longer as previewed.
    """
    principal.require(Deed.UNDO)
    earlier = services.store.read(lambda snapshot: replayed(snapshot, principal, request))
    if earlier is not None:
        return services.store.read(lambda snapshot: load_action(snapshot, earlier)), True
    require_reason(wanted.reason, "Undoing")
    original, effect = services.store.read(lambda snapshot: _undoable(services, snapshot, identifier))
    preview = _preview(services, original, effect)
    if preview.version != wanted.version:
        raise Refusal(Code.TARGET_MOVED, target=f"{preview.target.kind} {preview.target.id}")
    if not preview.undo.possible:
        raise Refusal(Code.NOT_REVERSIBLE, title=original.title, problem=moved_words(preview))

    def work(tx: Transaction) -> tuple[Action, bool]:
        again = replayed(tx, principal, request)
        if again is not None:
            return load_action(tx, again), True
        current, _ = _undoable(services, tx, identifier)
        _check_first(tx, current)
        action = _record(services, tx, principal, current, preview, wanted.reason)
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)


def moved_words(preview: Preview) -> str:
    """Why the target as it is now cannot be taken back; drift that is in nobody's way is no reason."""
    return preview.undo.loses or "these changed since: " + ", ".join(preview.moved)


def _undoable(services: Services, snapshot: Snapshot, identifier: str) -> tuple[Action, Effect]:
    action = load_action(snapshot, identifier)
    if action.status is not ActionStatus.SUCCEEDED or action.run is None:
        raise Refusal(Code.NOT_UNDOABLE_NOW, action=action.id, status=action.status)
    if not action.undo.possible:
        problem = action.undo.loses or "its connector cannot take it back"
        raise Refusal(Code.NOT_REVERSIBLE, title=action.title, problem=problem)
    if not action.run.effect:
        problem = "it was reconciled by hand, and nothing tells what it changed"
        raise Refusal(Code.NOT_REVERSIBLE, title=action.title, problem=problem)
    window = action.undo.window
    if window is not None and services.clock.now() > moment(action.run.ended_at) + timedelta(seconds=window):
        raise Refusal(Code.NOT_REVERSIBLE, title=action.title, problem="its undo window is over")
    return action, load_effect(snapshot, action.run.effect)


def _check_first(snapshot: Snapshot, original: Action) -> None:
    """An effect is taken back once: an undo that is under way must end before another is asked for."""
    query = ActionQuery(statuses=_UNDER_WAY, job=original.job)
    for action in snapshot.actions(query, limit=_MOST).items:
        if action.undoes == original.id:
            raise Refusal(Code.STATE_CHANGED, what=f"it is being undone by {action.id} already")


def _preview(services: Services, action: Action, effect: Effect) -> Preview:
    try:
        return services.tools.connector(action.tool).preview_undo(action.tool, effect.receipt)
    except ToolFailed as error:
        if error.code == "unreachable":
            raise Refusal(Code.CONNECTOR_DOWN, connector=action.connector, problem=error) from error
        raise Refusal(Code.NOT_REVERSIBLE, title=action.title, problem=error) from error


def _record(
    services: Services, tx: Transaction, principal: Principal, original: Action, preview: Preview, reason: str
) -> Action:
    load_person(tx, principal)
    assert original.run is not None
    recorder = Recorder(services, tx, principal.actor)
    commits = {
        "payload": recorder.blob(undo_payload(original, original.run.effect)),
        "before": recorder.blob(canonical(preview.before)),
        "after": recorder.blob(canonical(preview.after)),
    }
    event = ActionProposed(
        job=original.job,
        agent=original.agent,
        owner=original.owner,
        capability=original.capability,
        tool=original.tool,
        stake=original.stake,
        connector=original.connector,
        mutates=True,
        version=preview.version,
        undo=preview.undo,
        shape=preview.shape,
        environment=original.environment,
        records=touched_records(preview.before, preview.after),
        amount=original.amount,
        currency=original.currency,
        undoes=original.id,
    )
    brief = ActionBrief(preview.title, preview.target, note="", why=reason)
    action = recorder.record(Action, services.ids.new("act"), event, brief=brief, commits=commits)
    active, _ = policy_in_force(tx)
    evaluation = judge_undo(tx, original, principal.actor)
    action = record_evaluation(services, tx, action, active, evaluation)
    if evaluation.outcome is Outcome.ALLOW:
        return clear(services, tx, action, by="policy")
    return action
