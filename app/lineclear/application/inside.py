"""What Lineclear does to itself at a person's word: tools without an outside, class A. Free of I/O.

Such an action is proposed by the kernel, decided like any other, and carried out in the very transaction
that starts it, so that its effect and its record cannot part.
"""

from __future__ import annotations

from typing import Final

from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect
from lineclear.domain.events import BudgetKind, BudgetRaised, JobResumed
from lineclear.domain.jobs import LIMITS, Job
from lineclear.domain.payloads import Change
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, JobStatus, Outcome, Stake, Tier

INSIDE: Final = "lineclear"
RAISE_BUDGET: Final = "budget.raise"
CONTRACT: Final = ToolContract(
    tool=RAISE_BUDGET, connector=INSIDE, effect=EffectClass.TRANSACTIONAL, stake=Stake.MONEY
)


def is_inside(action: Action) -> bool:
    """Whether the action changes Lineclear itself."""
    return action.connector == INSIDE


def judge_inside(action: Action) -> Evaluation:
    """A budget is raised by a person at tier 2, whatever the capability document says."""
    params = {"tool": action.tool, "tier": str(int(Tier.TWO))}
    reason = Reason(ReasonCode.BUDGET_SPENT, ReasonEffect.ASK, "budget", params=params)
    return Evaluation(Outcome.ASK, Tier.TWO, 1, (reason,))


def raising(change: Change) -> tuple[str, BudgetKind, int]:
    """The job, the kind and the new limit that a payload names."""
    match change.arguments:
        case {"job": str(job), "kind": str(kind), "limit": int(limit)}:
            return job, BudgetKind(kind), limit
        case _:
            raise Refusal(Code.BODY_INVALID, problem="the payload raises no budget")


def version_of(job: Job, kind: BudgetKind) -> str:
    """What must still be so when the budget is raised."""
    return f"{kind}:{limit_of(job, kind)}"


def limit_of(job: Job, kind: BudgetKind) -> int:
    """The present limit, in the unit of its kind."""
    limit: int = getattr(job.budget, LIMITS[kind])
    return limit


def has_moved(snapshot: Snapshot, action: Action, change: Change) -> bool:
    """Whether the budget was changed since the raise was shown, or the job is over."""
    identifier, kind, _ = raising(change)
    job = snapshot.load(Job, identifier)
    return job is None or job.status is not JobStatus.PAUSED or version_of(job, kind) != action.version


def carry_out(tx: Transaction, recorder: Recorder, action: Action, change: Change) -> Effect:
    """Raise the limit and let the job go on, in the caller's transaction."""
    identifier, kind, limit = raising(change)
    job = tx.load(Job, identifier)
    assert job is not None  # `has_moved` was asked in this transaction
    before: Json = {"job": job.id, "kind": kind.value, "limit": limit_of(job, kind)}
    after: Json = {"job": job.id, "kind": kind.value, "limit": limit}
    recorder.record(Job, job.id, BudgetRaised(kind, limit, action.id))
    job = recorder.record(Job, job.id, JobResumed(action.id))
    return Effect(reference=f"job {job.id}", before=before, after=after, version=version_of(job, kind))
