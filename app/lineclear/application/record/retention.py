"""How long policy lets contents be kept, and the due work that ends it. Free of frameworks and databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from lineclear.application.judging.in_force import ACTIVE, policy_in_force
from lineclear.application.ports import Snapshot, Task, TaskKind, Transaction
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy
from lineclear.domain.events import ErasureCause
from lineclear.domain.jobs import Job
from lineclear.domain.policy.capabilities import Audit
from lineclear.domain.vocabulary import JobStatus

RETENTION = "retention"
GOING = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})


def plan_erasure(services: Services, tx: Transaction, before: Action, after: Action) -> None:
    """Make the erasure of an action's contents due when it ends, if policy says how long they last."""
    if not before.status.is_open or after.status.is_open:
        return
    due = erased_at(tx, after)
    if due is not None:
        name = services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.ERASE, after.id, due[0], proposer=RETENTION))


def plan_steps_erasure(services: Services, tx: Transaction, before: Job, after: Job) -> None:
    """Make the erasure of what a job's steps held due when it is over; the keeper asks policy then."""
    if after.has_contents and before.status in GOING and after.status not in GOING:
        name = services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.ERASE, after.id, services.clock.now(), proposer=RETENTION))


def erased_at(snapshot: Snapshot, action: Action) -> tuple[datetime, ErasureCause] | None:
    """From when contents are not kept under the policy in force, and why; None for as long as wanted.

    Counted from the outcome, or from the erasure before: what no longer happens to an action moves nothing.
    """
    audit = audit_of(snapshot, action.capability)
    if audit is None:
        return None
    if is_unkept(audit):
        return moment(action.updated_at), ErasureCause.NOT_KEPT
    if audit.retention_days is None:
        return None
    return moment(action.updated_at) + timedelta(days=audit.retention_days.value), ErasureCause.RETENTION


def is_unkept(audit: Audit | None) -> bool:
    """Whether contents are kept only for as long as reviewing and executing takes them."""
    return audit is not None and audit.log_payload is not None and not audit.log_payload.value


def audit_of(snapshot: Snapshot, capability: str) -> Audit | None:
    """What the policy in force says of keeping; None where there is no policy or no such capability."""
    if snapshot.load(ActivePolicy, ACTIVE) is None:
        return None
    known = policy_in_force(snapshot)[1].capabilities.get(capability)
    return known.audit if known is not None else None
