"""What Lineclear does to itself at a person's word: tools without an outside, class A. Free of I/O.

Such an action is proposed by the kernel, decided like any other, and carried out in the very transaction
that starts it, so that its effect and its record cannot part.
"""

from __future__ import annotations

from typing import Final

from lineclear.application.budgeting.allowances import allowance
from lineclear.application.budgeting.room import require_room
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder, content_of
from lineclear.domain.actions import Action
from lineclear.domain.budgets import DayBudget
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect
from lineclear.domain.events import BudgetKind, BudgetRaised, DayRaised, JobResumed
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.payloads import Change, read_payload
from lineclear.domain.policy.reasons import Evaluation, Reason, ReasonCode, ReasonEffect
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, JobStatus, Outcome, Stake, Tier

INSIDE: Final = "lineclear"
RAISE_BUDGET: Final = "budget.raise"
RAISE_DAY: Final = "budget.raise_day"
CONTRACT: Final = ToolContract(
    tool=RAISE_BUDGET, connector=INSIDE, effect=EffectClass.TRANSACTIONAL, stake=Stake.MONEY
)


def is_inside(action: Action) -> bool:
    """Whether the action changes Lineclear itself."""
    return action.connector == INSIDE


def raises_day(action: Action) -> bool:
    """Whether the action asks to raise a budget of a day, and not the one of a job."""
    return is_inside(action) and action.tool == RAISE_DAY


def is_asked_for(action: Action) -> bool:
    """Whether a person asked to raise a job's budget, and not the breach that paused it."""
    return is_inside(action) and action.tool == RAISE_BUDGET and action.proposer.startswith("person/")


def ends_job(action: Action) -> bool:
    """Whether rejecting it ends its job: the job is paused, and would wait for ever."""
    return is_inside(action) and not raises_day(action) and not is_asked_for(action)


def judge_inside(action: Action) -> Evaluation:
    """A budget is raised by a person at tier 2, whatever the capability document says."""
    params = {"tool": action.tool, "tier": str(int(Tier.TWO))}
    code = ReasonCode.DAY_BUDGET_SPENT if raises_day(action) else ReasonCode.BUDGET_SPENT
    if is_asked_for(action):
        code, params = ReasonCode.BUDGET_ASKED, {**params, "who": action.proposer.partition("/")[2]}
    reason = Reason(code, ReasonEffect.ASK, "budget", params=params)
    return Evaluation(Outcome.ASK, Tier.TWO, 1, (reason,))


def raising(change: Change) -> tuple[str, BudgetKind, int]:
    """The job, or the budget of a day, with the kind and the new limit that a payload names."""
    match change.arguments:
        case {"job": str(name), "kind": str(kind), "limit": int(limit)}:
            return name, BudgetKind(kind), limit
        case {"budget": str(name), "kind": str(kind), "limit": int(limit)}:
            return name, BudgetKind(kind), limit
        case _:
            raise Refusal(Code.BODY_INVALID, problem="the payload raises no budget")


def asked_about(snapshot: Snapshot, action: Action) -> tuple[str, BudgetKind]:
    """The budget of a day that an action asks about, with the kind."""
    sealed = content_of(snapshot.blob(action.content.payload), action.content.payload)
    change = read_payload(sealed)
    assert isinstance(change, Change)  # the kernel wrote it
    budget, kind, _ = raising(change)
    return budget, kind


def version_of(job: Job, kind: BudgetKind) -> str:
    """What must still be so when the budget is raised."""
    return f"{kind}:{limit_of(job, kind)}"


def day_version(kind: BudgetKind, limit: int) -> str:
    """What must still be so when the budget of a day is raised."""
    return f"{kind}:{limit}"


def has_moved(snapshot: Snapshot, action: Action, change: Change) -> bool:
    """Whether the budget was changed since the raise was shown, or the job is over."""
    identifier, kind, _ = raising(change)
    if raises_day(action):
        limit = allowance(snapshot, identifier).limit(kind)
        return limit is None or day_version(kind, limit) != action.version
    job = snapshot.load(Job, identifier)
    fits = frozenset({JobStatus.PAUSED, JobStatus.RUNNING} if is_asked_for(action) else {JobStatus.PAUSED})
    return job is None or job.status not in fits or version_of(job, kind) != action.version


def check_room(snapshot: Snapshot, at: str, action: Action) -> None:
    """Refusal(BUDGET_BEYOND_DAY) where a person's raise is more than the day has left by now."""
    if not is_asked_for(action):
        return
    change = read_payload(content_of(snapshot.blob(action.content.payload), action.content.payload))
    assert isinstance(change, Change)  # the kernel wrote it
    identifier, kind, limit = raising(change)
    job = snapshot.load(Job, identifier)
    if job is not None:
        require_room(snapshot, at, job, kind, limit)


def carry_out(tx: Transaction, recorder: Recorder, action: Action, change: Change) -> Effect:
    """Raise the limit and let the job go on, or what waits for the day, in the caller's transaction.

    Refusal(BUDGET_BEYOND_DAY), before anything is recorded, where the day has no room for it any more.
    """
    check_room(tx, recorder.at, action)
    identifier, kind, limit = raising(change)
    if raises_day(action):
        return _raise_day(tx, recorder, action, change)
    job = tx.load(Job, identifier)
    assert job is not None  # `has_moved` was asked in this transaction
    before: Json = {"job": job.id, "kind": kind.value, "limit": limit_of(job, kind)}
    after: Json = {"job": job.id, "kind": kind.value, "limit": limit}
    job = recorder.record(Job, job.id, BudgetRaised(kind, limit, action.id))
    if not is_asked_for(action):
        job = recorder.record(Job, job.id, JobResumed(action.id))
    return Effect(reference=f"job {job.id}", before=before, after=after, version=version_of(job, kind))


def _raise_day(tx: Transaction, recorder: Recorder, action: Action, change: Change) -> Effect:
    identifier, kind, limit = raising(change)
    present = allowance(tx, identifier).limit(kind)
    assert present is not None  # `has_moved` was asked in this transaction
    before: Json = {"budget": identifier, "kind": kind.value, "limit": present}
    after: Json = {"budget": identifier, "kind": kind.value, "limit": limit}
    recorder.record(DayBudget, identifier, DayRaised(kind, limit - present, action.id))
    return Effect(f"budget {identifier}", before=before, after=after, version=day_version(kind, limit))
