"""What became of an execution in the agent's hands: its own word, or nothing in time. Free of frameworks."""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.budgeting.days import settle_start
from lineclear.application.executing.consume import TOKEN, own_action
from lineclear.application.executing.settling import Settlement
from lineclear.application.ports import Transaction
from lineclear.application.reasons import require_short
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import REPORTED, Action
from lineclear.domain.events import (
    ActionExpired,
    DetailBrief,
    ExecutionReported,
    ExecutionUnknown,
    OutcomeBrief,
)
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus

NOTE_LIMIT = 20_000
_OPEN = frozenset({ActionStatus.STARTED, ActionStatus.UNKNOWN})


def report(
    services: Services, principal: Principal, identifier: str, *, succeeded: bool, note: str = ""
) -> Action:
    """Record the agent's word on its execution; the same word again changes nothing. Raises Refusal.

    It is taken late as well, until a person has found out what happened.
    """
    principal.require(Deed.PROPOSE)
    require_short(note, "a note", NOTE_LIMIT)

    def work(tx: Transaction) -> Action:
        action = own_action(tx, principal, identifier)
        if action.run is None:
            raise Refusal(Code.NOT_CONSUMED, action=action.id)
        if action.status not in _OPEN:
            return _same(action, succeeded=succeeded, note=note)
        recorder = Recorder(services, tx, principal.actor)
        action = recorder.record(
            Action, action.id, ExecutionReported(succeeded), brief=OutcomeBrief(note) if note else None
        )
        settle_start(tx, recorder, action, happened=True)  # a budget is not given back on an agent's word
        Settlement(services, tx, principal.actor).confirm_safe_mode()
        return action

    return services.store.transact(work)


def report_unknown(services: Services, principal: Principal, identifier: str, note: str) -> Action:
    """Record that the agent cannot say whether it took effect: a person finds out. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    require_short(note, "a note", NOTE_LIMIT)

    def work(tx: Transaction) -> Action:
        action = own_action(tx, principal, identifier)
        if action.run is None:
            raise Refusal(Code.NOT_CONSUMED, action=action.id)
        if action.status is ActionStatus.UNKNOWN:
            return action
        if action.status is not ActionStatus.STARTED:
            raise Refusal(Code.OUTCOME_KNOWN, action=action.id, status=action.status)
        detail = note or "the agent cannot say whether it took effect"
        action = Recorder(services, tx, principal.actor).record(
            Action, action.id, ExecutionUnknown(TOKEN), brief=DetailBrief(detail)
        )
        Settlement(services, tx, principal.actor).confirm_safe_mode()
        return action

    return services.store.transact(work)


def _same(action: Action, *, succeeded: bool, note: str) -> Action:
    assert action.run is not None
    status = ActionStatus.SUCCEEDED if succeeded else ActionStatus.FAILED
    if (action.status, action.run.code, action.run.detail) != (status, REPORTED, note):
        raise Refusal(Code.OUTCOME_KNOWN, action=action.id, status=action.status)
    return action


def run_out(services: Services, tx: Transaction, recorder: Recorder, action: Action) -> None:
    """A time of an action in its agent's hands may be over: of the decision, the clearance or the outcome."""
    now = services.clock.now()
    match action.status:
        case ActionStatus.PENDING | ActionStatus.CLEARED:
            if action.starts_by and moment(action.starts_by) <= now:
                recorder.record(Action, action.id, ActionExpired(action.starts_by))
        case ActionStatus.STARTED if action.run is not None:
            due = moment(action.run.started_at) + timedelta(seconds=action.outcome_within)
            if due <= now:
                detail = "the agent began, and reported no outcome in time"
                recorder.record(Action, action.id, ExecutionUnknown(TOKEN), brief=DetailBrief(detail))
                Settlement(services, tx, "worker/timer").confirm_safe_mode()
