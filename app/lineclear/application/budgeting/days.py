"""Budgets of a day: reserved and settled with the work itself, and a question when nothing fits. Free of I/O.

The workspace's day counts what agents' work costs and its steps, as jobs reserve and report them. The day of
an agent with a capability counts the money that its actions move, and how many of them start. Whatever does
not fit waits until midnight UTC, or until a person raises the limit for the day.
"""

from __future__ import annotations

from decimal import Decimal

from lineclear.application.budgeting.allowances import allowance, workspace_day
from lineclear.application.executing.inside import (
    CONTRACT,
    INSIDE,
    RAISE_DAY,
    asked_about,
    day_version,
    is_inside,
    judge_inside,
)
from lineclear.application.judging.clearing import KERNEL, policy_in_force, record_evaluation
from lineclear.application.ports import Snapshot, Task, TaskKind, Transaction
from lineclear.application.reading.formats import dollars
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.budgets import (
    DayBudget,
    Shortage,
    day_of,
    micros_of,
    of_agent,
    of_workspace,
    parts_of,
    renewal,
)
from lineclear.domain.effects import Shape, Target, UndoPlan
from lineclear.domain.events import (
    ActionBrief,
    ActionProposed,
    BudgetKind,
    DayAsked,
    DayKept,
    DayReleased,
    DayReserved,
    DaySpent,
    SpansRecorded,
)
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import MAX_INTEGER, Json, canonical

# -- the work of jobs, which the workspace's day counts -------------------------------------------


def refuse_spent(services: Services, tx: Transaction, job: Job, recorder: Recorder) -> Refusal | None:
    """What an agent meets that proposes when nothing is left of the workspace's day; people are asked."""
    shortage = workspace_day(tx, recorder.at).exhausted()
    return None if shortage is None else refuse(services, tx, job, shortage)


def refuse(services: Services, tx: Transaction, job: Job, shortage: Shortage) -> Refusal:
    """The refusal of what does not fit, once people have been asked to raise the limit."""
    ask(services, tx, job, shortage)
    return Refusal(
        Code.BUDGET_SPENT,
        budget=_sentence_name(shortage),
        used=amount_text(shortage.budget, shortage.kind, shortage.held),
        limit=amount_text(shortage.budget, shortage.kind, shortage.limit),
        left=amount_text(shortage.budget, shortage.kind, shortage.left),
        renews=stamp(renewal(shortage.budget)),
    )


def reserve_day(
    tx: Transaction, recorder: Recorder, name: str, *, cost_micros: int, steps: int
) -> str | Shortage:
    """Set part of the workspace's day aside; its budget, or nothing where the day is without limit."""
    day = workspace_day(tx, recorder.at)
    shortage = day.exhausted() or day.shortage(cost_micros=cost_micros, steps=steps)
    if shortage is not None or not day.is_limited:
        return shortage or ""
    recorder.record(DayBudget, day.day.id, DayReserved(name, cost_micros, steps))
    return day.day.id


def settle_spans(
    services: Services, tx: Transaction, recorder: Recorder, job: Job, spans: SpansRecorded
) -> None:
    """Count what was reported, on the day on which it was set aside; ask where nothing is left of today.

    `job` is the one before the report. What happened is counted whole, whatever was set aside for it.
    """
    today = workspace_day(tx, recorder.at)
    held = job.reserved.get(spans.reservation)
    budget = held.day if held is not None and held.day else today.day.id if today.is_limited else ""
    if not budget:
        return
    reservation = spans.reservation if held is not None and held.day else ""
    if spans.cost_micros or spans.steps or reservation:
        recorder.record(DayBudget, budget, DaySpent(spans.cost_micros, spans.steps, reservation))
    shortage = workspace_day(tx, recorder.at).exhausted()
    if shortage is not None:
        ask(services, tx, job, shortage)


def release_job(tx: Transaction, recorder: Recorder, job: Job) -> None:
    """A job is over: what it had set aside of any day is free again."""
    for name, held in job.reserved.items():
        if held.day:
            _release(tx, recorder, held.day, name)


def _release(tx: Transaction, recorder: Recorder, budget: str, reservation: str) -> None:
    day = tx.load(DayBudget, budget)
    if day is not None and reservation in day.reserved:
        recorder.record(DayBudget, budget, DayReleased(reservation))


# -- executions, which the day of their agent and capability counts ----------------------------------


def reserve_start(services: Services, tx: Transaction, recorder: Recorder, action: Action) -> str | Shortage:
    """Set a first attempt aside; its budget, nothing where that is without limit, or what does not fit."""
    if action.undoes or is_inside(action):
        return ""
    day, cost = day_of(moment(recorder.at)), _moved(action)
    own = allowance(tx, of_agent(day, action.capability, action.agent))
    shortage = allowance(tx, of_workspace(day)).exhausted() or own.shortage(cost_micros=cost, steps=1)
    if shortage is not None:
        job = tx.load(Job, action.job)
        if job is not None:
            ask(services, tx, job, shortage)
        return shortage
    if not own.is_limited:
        return ""
    recorder.record(DayBudget, own.day.id, DayReserved(action.clearance, cost, 1))
    return own.day.id


def settle_start(tx: Transaction, recorder: Recorder, action: Action, *, happened: bool) -> None:
    """An attempt is over: what was set aside for it was used, or is free again."""
    if action.run is None or not action.run.budget:
        return
    day = tx.load(DayBudget, action.run.budget)
    held = day.reserved.get(action.clearance) if day is not None else None
    if held is None:
        return
    if happened:
        spent = DaySpent(held.cost_micros, held.steps, action.clearance)
        recorder.record(DayBudget, action.run.budget, spent)
    else:
        recorder.record(DayBudget, action.run.budget, DayReleased(action.clearance))


def _moved(action: Action) -> int:
    """The money that an action moves; policy has denied what is not in dollars where a day is limited."""
    return micros_of(Decimal(action.amount)) if action.amount and action.currency == "USD" else 0


def keep(tx: Transaction, recorder: Recorder, action: Action, person: str) -> None:
    """A person would not raise the limit that this action asks about: nobody is asked again that day."""
    budget, kind = asked_about(tx, action)
    recorder.record(DayBudget, budget, DayKept(kind, person))


# -- the question ----------------------------------------------------------------------------------


def ask(services: Services, tx: Transaction, job: Job, shortage: Shortage) -> None:
    """Ask people to raise the limit for the day: one question at a time, none after they kept it."""
    day = tx.load(DayBudget, shortage.budget)
    if day is not None and (shortage.kind in day.kept or _is_open(tx, day, shortage.kind)):
        return
    wanted = min(max(shortage.limit * 2, shortage.held + shortage.wanted), MAX_INTEGER)
    recorder = Recorder(services, tx, KERNEL)
    arguments: dict[str, Json] = {"budget": shortage.budget, "kind": shortage.kind.value, "limit": wanted}
    payload = canonical({"capability": INSIDE, "tool": RAISE_DAY, "arguments": arguments})
    before, after = _states(shortage, wanted)
    commits = {"payload": recorder.blob(payload)}
    commits |= {"before": recorder.blob(canonical(before)), "after": recorder.blob(canonical(after))}
    action = recorder.record(
        Action,
        services.ids.new("act"),
        _question(tx, job, shortage),
        brief=_brief(shortage, wanted),
        commits=commits,
    )
    recorder.record(DayBudget, shortage.budget, DayAsked(shortage.kind, shortage.limit, action.id))
    action = record_evaluation(services, tx, action, policy_in_force(tx)[0], judge_inside(action))
    due = renewal(shortage.budget)
    tx.enqueue(Task(services.ids.new("tsk"), TaskKind.EXPIRE, action.id, due, proposer=action.proposer))


def _is_open(snapshot: Snapshot, day: DayBudget, kind: BudgetKind) -> bool:
    asked = snapshot.load(Action, day.asked.get(kind, ""))
    return asked is not None and asked.status.is_open


def _question(snapshot: Snapshot, job: Job, shortage: Shortage) -> ActionProposed:
    """Asked for the agent that met the limit, whose owner therefore does not decide on it."""
    agent = snapshot.load(Agent, job.agent)
    return ActionProposed(
        job=job.id,
        agent=job.agent,
        owner=agent.owner if agent else "",
        capability=INSIDE,
        tool=RAISE_DAY,
        stake=CONTRACT.stake,
        connector=INSIDE,
        mutates=False,
        version=day_version(shortage.kind, shortage.limit),
        undo=UndoPlan(possible=False, loses="what was raised may be spent at once"),
        shape=Shape.FIELDS,
        deadline=stamp(renewal(shortage.budget)),
    )


def _brief(shortage: Shortage, wanted: int) -> ActionBrief:
    name, amount = (
        name_of(shortage.budget, shortage.kind),
        amount_text(shortage.budget, shortage.kind, wanted),
    )
    why = f"{used_text(shortage)}; it renews at 00:00 UTC, rejecting keeps it until then"
    return ActionBrief(
        f"Raise {name} to {amount} for today", Target(INSIDE, "budget", shortage.budget), why=why
    )


def _states(shortage: Shortage, wanted: int) -> tuple[Json, Json]:
    def text(amount: int) -> str:
        return amount_text(shortage.budget, shortage.kind, amount)

    before: dict[str, Json] = {
        "budget": name_of(shortage.budget, shortage.kind),
        "day": shortage.budget.partition(":")[0],
        "limit": text(shortage.limit),
        "used or set aside": text(shortage.held),
    }
    return before, {**before, "limit": text(wanted)}


# -- words -------------------------------------------------------------------------------------


def name_of(budget: str, kind: BudgetKind) -> str:
    """Which budget it is, as people say it."""
    capability, agent = parts_of(budget)
    if not agent:
        return f"the workspace's {'cost' if kind is BudgetKind.COST else 'step'} budget"
    counted = "budget" if kind is BudgetKind.COST else "number of actions"
    return f"{agent}'s {counted} for {capability}"


def amount_text(budget: str, kind: BudgetKind, amount: int) -> str:
    """An amount of a budget in its unit."""
    if kind is BudgetKind.COST:
        return dollars(amount)
    noun = "action" if parts_of(budget)[1] else "step"
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def used_text(shortage: Shortage) -> str:
    """How much is used or set aside, and how much is left."""
    return _used_text(shortage.budget, shortage.kind, shortage.held, shortage.limit)


def _used_text(budget: str, kind: BudgetKind, held: int, limit: int) -> str:
    used = dollars(held) if kind is BudgetKind.COST else f"{held:,}"
    left = dollars(max(0, limit - held)) if kind is BudgetKind.COST else f"{max(0, limit - held):,}"
    return f"{used} of {amount_text(budget, kind, limit)} used or set aside, {left} left"


def _sentence_name(shortage: Shortage) -> str:
    name = name_of(shortage.budget, shortage.kind)
    return name[0].upper() + name[1:]
