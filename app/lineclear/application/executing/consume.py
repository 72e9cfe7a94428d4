"""The agent executes: it consumes its clearance, once, by the same checks as any start. Free of frameworks.

What follows is out of our hands, so the entry comes first: a clearance that was consumed is a start without
an outcome until the agent reports one.
"""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.deciding.loading import load_action
from lineclear.application.executing.starting import Refused, check_start, set_aside
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import KERNEL
from lineclear.application.judging.consulting import consult_start, record_consultation
from lineclear.application.ports import Snapshot, Task, TaskKind, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.events import DetailBrief, ExecutionHeld, ExecutionStarted
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Executor

TOKEN = 1
"""There is one attempt and one holder: a clearance that the agent consumed is never given again."""


def consume(
    services: Services, principal: Principal, identifier: str, request: Request
) -> tuple[Action, bool]:
    """Start the execution in the agent's hands; True where the same request did so before.

    Raises Refusal; then the agent must not execute.
    """
    principal.require(Deed.PROPOSE)
    said = consult_start(services, identifier)

    def work(tx: Transaction) -> tuple[Action, bool] | Refusal:
        action = own_action(tx, principal, identifier)
        if replayed(tx, principal, request) is not None:
            return action, True
        principal.require_capability(action.capability)
        _check(services, action)
        action = record_consultation(Recorder(services, tx, KERNEL), action, said)
        refused = check_start(services, tx, action)
        if refused is not None:
            return _held(services, tx, action, refused)
        budget = set_aside(services, tx, Recorder(services, tx, principal.actor), action)
        if isinstance(budget, Refused):
            return _held(services, tx, action, budget)
        action = _start(services, tx, principal, action, budget)
        tx.remember(request.answered(principal, action.id))
        return action, False

    found = services.store.transact(work)
    if isinstance(found, Refusal):
        raise found  # why it was held is committed; the agent learns of it
    return found


def own_action(snapshot: Snapshot, principal: Principal, identifier: str) -> Action:
    """The agent's own action that is its own to execute; for all others it does not exist."""
    action = load_action(snapshot, identifier)
    if action.agent != principal.subject or action.executor is not Executor.AGENT:
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return action


def _check(services: Services, action: Action) -> None:
    if action.run is not None:
        raise Refusal(Code.CLEARANCE_CONSUMED, action=action.id)
    is_late = action.cleared_until and moment(action.cleared_until) <= services.clock.now()
    if is_late and action.status in {ActionStatus.CLEARED, ActionStatus.EXPIRED}:
        raise Refusal(Code.CLEARANCE_OVER, action=action.id, until=action.cleared_until)
    if action.status is not ActionStatus.CLEARED:
        raise Refusal(Code.NOT_CLEARED, action=action.id, status=action.status)


def _held(services: Services, tx: Transaction, action: Action, refused: Refused) -> Refusal:
    """It may not start now. It stays cleared, and may be tried again for as long as the clearance holds."""
    if action.held != refused.code:
        event, brief = ExecutionHeld(refused.code), DetailBrief(refused.detail)
        Recorder(services, tx, f"agent/{action.agent}").record(Action, action.id, event, brief=brief)
    return Refusal(Code.START_REFUSED, action=action.id, problem=refused.detail, cause=refused.code)


def _start(services: Services, tx: Transaction, principal: Principal, action: Action, budget: str) -> Action:
    key = services.ids.new("key")
    started = ExecutionStarted(action.revision, action.clearance, key, TOKEN, principal.actor, budget)
    due = services.clock.now() + timedelta(seconds=action.outcome_within)
    name = services.ids.new("tsk")
    tx.enqueue(Task(name, TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    return Recorder(services, tx, principal.actor).record(Action, action.id, started)
