"""What must hold of budgets by the ledger before it: of jobs, and of days. Pure; a rule yields problems."""

from __future__ import annotations

from collections.abc import Iterator

from lineclear.application.executing.inside import INSIDE, RAISE_BUDGET, RAISE_DAY, raising
from lineclear.application.record.rules import States
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.budgets import Allowance, DayBudget, day_of, limits_of
from lineclear.domain.identities import Person
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.ledger.sealing import SealError, unseal
from lineclear.domain.payloads import Change, read_payload
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus

type Raised = e.BudgetRaised | e.DayRaised


def reservation_problems(job: Job, event: e.BudgetReserved) -> Iterator[str]:
    """Whether what was set aside fitted into what the job had left (I31)."""
    if job.status is not JobStatus.RUNNING:
        yield f"something was set aside for a job that is {job.status}"
    if min(event.cost_micros, event.steps) < 0 or event.reservation in job.reserved:
        yield "it is less than nothing, or was set aside before"
    for kind, held, more in (
        (e.BudgetKind.COST, job.cost_held, event.cost_micros),
        (e.BudgetKind.STEPS, job.steps_held, event.steps),
    ):
        if held + more > limit_of(job, kind):
            yield f"{more} of the {kind} was set aside beside {held}, and the limit was {limit_of(job, kind)}"


def day_problems(
    day: DayBudget, recorded: Recorded, event: e.DayReserved, document: CapabilityDocument | None
) -> Iterator[str]:
    """Whether what was set aside fitted into its day, by the document in force where that is known."""
    if not recorded.id.startswith(f"{day_of(moment(recorded.at))}:"):
        yield "it was set aside on another day"
    if min(event.cost_micros, event.steps) < 0 or event.reservation in day.reserved:
        yield "it is less than nothing, or was set aside before"
    if document is None:
        return
    allowance = Allowance(day, limits_of(document, recorded.id))
    short = allowance.shortage(cost_micros=event.cost_micros, steps=event.steps)
    if short is not None:
        had = f"beside {short.held}, and the limit was {short.limit}"
        yield f"{short.wanted} of the {short.kind} was set aside {had}"


def cut_problems(job: Job, recorded: Recorded, event: e.BudgetCut, states: States) -> Iterator[str]:
    """Whether a job's limit was cut by somebody who may (I31)."""
    present, person = limit_of(job, event.kind), states.get(f"person/{event.by}")
    if recorded.actor != f"person/{event.by}":
        yield f"it is said to be by {event.by}, and was recorded by {recorded.actor}"
    if not isinstance(person, Person) or person.left or person.role not in MAY[Deed.SET_BUDGET]:
        yield f"{event.by} could not change budgets at this point of the ledger"
    if event.was != present or not 0 < event.limit < present:
        yield f"it is from {event.was} to {event.limit}, and the limit was {present}"


def raise_problems(recorded: Recorded, event: Raised, action: Action | None) -> Iterator[str]:
    """Whether a limit was raised by the action that asked for it and had started (I31)."""
    tool = RAISE_BUDGET if isinstance(event, e.BudgetRaised) else RAISE_DAY
    is_started = action is not None and action.status is ActionStatus.STARTED
    if action is None or not is_started or (action.connector, action.tool) != (INSIDE, tool):
        yield f"{event.by_action} had not started to raise it"
    elif isinstance(event, e.BudgetRaised) and action.job != recorded.id:
        yield f"{event.by_action} was to raise the budget of {action.job}"


def raised_problems(
    recorded: Recorded,
    event: Raised,
    sealed: bytes,
    day: DayBudget | None,
    document: CapabilityDocument | None,
) -> Iterator[str]:
    """Whether a limit was raised to what the content says that people approved."""
    try:
        payload = read_payload(unseal(sealed))
        asked = raising(payload) if isinstance(payload, Change) else None
    except (Refusal, SealError, ValueError) as error:
        yield f"what was asked for cannot be read: {error}"
        return
    limit = _limit(recorded, event, day, document)
    if limit is not None and asked != (recorded.id, event.kind, limit):
        yield f"the {event.kind} of {recorded.id} was raised to {limit}, and people approved something else"


def _limit(
    recorded: Recorded, event: Raised, day: DayBudget | None, document: CapabilityDocument | None
) -> int | None:
    """The limit after it; None where the document that states the one of a day is unknown."""
    if isinstance(event, e.BudgetRaised):
        return event.limit
    if document is None:
        return None
    stated = Allowance(day or DayBudget(recorded.id, -1), limits_of(document, recorded.id)).limit(event.kind)
    return None if stated is None else stated + event.by
