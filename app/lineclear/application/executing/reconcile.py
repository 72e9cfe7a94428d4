"""A person finds out what became of an attempt of unknown outcome. Free of frameworks and databases."""

from __future__ import annotations

from lineclear.application.budgeting.days import settle_start
from lineclear.application.deciding.loading import load_action, load_person
from lineclear.application.executing.undoing import tier_of
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.events import ActionUndone, DecisionBrief, ExecutionReconciled
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus


def reconcile(
    services: Services,
    principal: Principal,
    identifier: str,
    request: Request,
    *,
    happened: bool,
    reason: str,
) -> tuple[Action, bool]:
    """Record whether it happened, and how that is known; True where this was answered before.

    Takes the tier that the action took, of an undo that of what it takes back, and never the agent's owner or
    who asked for an undo. Raises Refusal.
    """
    principal.require(Deed.DECIDE)
    require_reason(reason, "Reconciling")

    def work(tx: Transaction) -> tuple[Action, bool]:
        if replayed(tx, principal, request) is not None:
            return load_action(tx, identifier), True
        action, person = load_action(tx, identifier), load_person(tx, principal)
        if action.status is not ActionStatus.UNKNOWN:
            raise Refusal(Code.NOT_UNKNOWN, action=action.id, status=action.status)
        if person.id == action.owner:
            raise Refusal(Code.OWNER_CANNOT_DECIDE, person=person.id, agent=action.agent)
        if action.proposer == f"person/{person.id}":
            raise Refusal(Code.AUTHORITY_MISSING, person=person.id, problem="you asked for this undo.")
        tier = tier_of(tx, action)
        if person.tier < tier:
            needed = int(tier)
            raise Refusal(Code.TIER_INSUFFICIENT, person=person.id, tier=int(person.tier), needed=needed)
        event = ExecutionReconciled(person.id, happened)
        recorder = Recorder(services, tx, principal.actor)
        action = recorder.record(Action, action.id, event, brief=DecisionBrief(reason))
        settle_start(tx, recorder, action, happened=happened)
        if happened and action.undoes:
            recorder.record(Action, action.undoes, ActionUndone(action.id))
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)
