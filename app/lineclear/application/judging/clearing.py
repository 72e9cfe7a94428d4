"""What an action takes under the policy in force, and the clearance that lets it start. Free of I/O."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lineclear.application.governing.canaries import is_canary
from lineclear.application.judging.in_force import ACTIVE, policy_for, policy_in_force
from lineclear.application.judging.occasions import occasion_of
from lineclear.application.ports import Snapshot, Task, TaskKind, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.confirming import asks_to_confirm
from lineclear.domain.contracts import ToolContract
from lineclear.domain.control import ActivePolicy, Workspace
from lineclear.domain.events import ActionCleared, ActionEvaluated
from lineclear.domain.identities import Agent
from lineclear.domain.payloads import Change
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.evaluation import Evaluation, Facts, Occasion, evaluate
from lineclear.domain.policy.rules import undo_window
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Executor, Mode, Outcome

__all__ = ["ACTIVE", "KERNEL", "policy_in_force"]

KERNEL = "kernel/policy"


def judge(
    services: Services, snapshot: Snapshot, action: Action, change: Change, agent: Agent
) -> tuple[ActivePolicy, Evaluation]:
    """What policy says now of an action's change; an unknown capability is denied.

    A document on trial never allows, nor asks about, what the one in force denies.
    """
    active, document = policy_in_force(snapshot)
    found = judge_under(services, snapshot, document, action, change, agent)
    trying, tried = policy_for(snapshot, action.job)
    if tried.digest == document.digest or found.outcome is Outcome.DENY:
        return active, found
    return trying, judge_under(services, snapshot, tried, action, change, agent)


def judge_under(
    services: Services,
    snapshot: Snapshot,
    document: CapabilityDocument,
    action: Action,
    change: Change,
    agent: Agent,
) -> Evaluation:
    """What a document says now of an action's change, whether it is in force or not."""
    at = stamp(services.clock.now())
    facts = facts_of(
        document,
        change,
        consulted=action.consulted,
        contract=services.tools.contract(change.tool),
        confidence=action.confidence,
        environment=snapshot.every(Workspace)[0].environment,
        mode=agent.modes.get(change.capability),
        occasion=occasion_of(snapshot, document, action, at),
    )
    return evaluate(document, facts)


def facts_of(
    document: CapabilityDocument,
    change: Change,
    *,
    contract: ToolContract | None,
    confidence: str,
    environment: str,
    mode: Mode | None,
    occasion: Occasion,
    consulted: Consulted | None = None,
) -> Facts:
    """The facts that a document judges; `mode` is the agent's own, which the document's may only narrow."""
    return Facts(
        capability=change.capability,
        tool=change.tool,
        arguments=change.arguments,
        contract=contract,
        workspace_environment=environment,
        confidence=Decimal(confidence) if confidence else None,
        idempotency_key=True,
        mode=_stricter(mode, document.mode_of(change.capability, occasion.agent)),
        occasion=occasion,
        consulted=consulted,
    )


def _stricter(one: Mode | None, other: Mode | None) -> Mode | None:
    """A mode only caps: of the agent's own and the document's, the narrower one counts."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=list(Mode).index)


def evaluate_action(
    services: Services, tx: Transaction, action: Action, change: Change, agent: Agent
) -> Action:
    """Record what the policy in force says of the action's present revision."""
    active, evaluation = judge(services, tx, action, change, agent)
    return record_evaluation(services, tx, action, active, evaluation)


def record_evaluation(
    services: Services, tx: Transaction, action: Action, active: ActivePolicy, evaluation: Evaluation
) -> Action:
    """Put an evaluation of the present revision on the action's stream."""
    event = ActionEvaluated(
        revision=action.revision,
        policy=active.digest,
        policy_version=active.version,
        outcome=evaluation.outcome,
        reasons=evaluation.reasons,
        executes=evaluation.executes,
        tier=evaluation.tier,
        approvals=evaluation.approvals,
        undo_window=_undo_window(services, tx, action),
        stages=evaluation.stages,
        ceilings=evaluation.ceilings,
        escalations=evaluation.escalations,
        second_review=evaluation.second_review,
        confirms=asks_to_confirm(action, evaluation.tier),
    )
    action = Recorder(services, tx, KERNEL).record(Action, action.id, event)
    for one in evaluation.escalations:
        due = moment(action.revised_at) + timedelta(seconds=one.after)
        tx.enqueue(Task(services.ids.new("tsk"), TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    return action


def _undo_window(services: Services, snapshot: Snapshot, action: Action) -> int | None:
    """For how long the policy in force lets an effect of it be taken back; None where it says nothing."""
    _, document = policy_for(snapshot, action.job)
    capability, contract = document.capabilities.get(action.capability), services.tools.contract(action.tool)
    return undo_window(capability, contract) if capability is not None and contract is not None else None


def clear(services: Services, tx: Transaction, action: Action, *, by: str) -> Action:
    """Give the one-time right to execute the present revision, and make the execution due.

    Where the agent executes, the right ends by itself when it was not consumed in time.
    """
    if action.judged is None or action.judged.outcome is Outcome.DENY:
        raise ValueError(f"action {action.id} was not judged to be clearable")
    if is_canary(tx, action):
        raise Refusal(Code.CANARY_NEVER_RUNS, action=action.id)
    event = ActionCleared(
        revision=action.revision,
        clearance=services.ids.new("clr"),
        policy=action.judged.policy,
        by=by,
        until=_until(services, action) if action.judged.executes else "",
    )
    cleared = Recorder(services, tx, KERNEL).record(Action, action.id, event)
    if cleared.cleared_until:
        due = moment(cleared.cleared_until)
        name = services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    elif action.judged.executes:
        now = services.clock.now()
        name = services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.EXECUTE, action.id, now, proposer=action.proposer))
    return cleared


def _until(services: Services, action: Action) -> str:
    contract = services.tools.contract(action.tool)
    if contract is None or action.executor is not Executor.AGENT:
        return ""
    return stamp(services.clock.now() + timedelta(seconds=contract.clearance_lasts))
