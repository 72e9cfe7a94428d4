"""An agent proposes; policy decides what it takes. Free of frameworks and databases.

The connector is asked for the real before and after outside of the transaction; what it read is
named by `version`, and nothing is written unless that is still true when the effect starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from lineclear.application.agents.sources import check_sources
from lineclear.application.budgeting.budgets import Breach, breach_of, pause, paused, repeats_of
from lineclear.application.budgeting.days import refuse_spent
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import KERNEL, clear, evaluate_action
from lineclear.application.judging.consulting import (
    Consultation,
    Wanted,
    asks_judge,
    consult_proposal,
    record_consultation,
)
from lineclear.application.judging.in_force import check_known
from lineclear.application.ports import Snapshot, Task, TaskKind, ToolFailed, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, moment_named, stamp
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.diffing.touching import touched_records
from lineclear.domain.effects import Preview
from lineclear.domain.events import ActionBrief, ActionProposed, BudgetKind, Evidence
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.money import Money, MoneyError, parse_money
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, canonical
from lineclear.domain.vocabulary import ActionStatus, Executor, JobStatus, Outcome, Source

PENDING_LIMIT = 1_000
NOTE_LIMIT = 20_000
_CONFIDENCE = re.compile(r"[01](\.[0-9]{1,30})?")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an agent sends. `payload` is kept byte for byte; `confidence` is a decimal from 0 to 1.

    `sources` names by JSON pointer the span that a part of the arguments or of the state after came from.
    What came by another protocol has the `submission` in that protocol's words, and a `window` that begins
    when the action is recorded in place of a deadline.
    """

    job: str
    payload: bytes
    note: str = ""
    why: str = ""
    confidence: str = ""
    deadline: str = ""
    evidence: tuple[Evidence, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    source: Source = Source.NATIVE
    window: timedelta | None = None
    submission: bytes = b""


@dataclass(frozen=True, slots=True)
class Seen:
    """A payload with its contract and what the connector says it would do."""

    change: Change
    contract: ToolContract
    preview: Preview
    money: Money | None


def propose(
    services: Services, principal: Principal, proposal: Proposal, request: Request
) -> tuple[Action, bool]:
    """Put an action on the ledger and into the queue; True where the same request was answered before.

    Raises Refusal; then nothing was recorded.
    """
    principal.require(Deed.PROPOSE)
    _check(services, proposal)

    def before_looking(snapshot: Snapshot) -> Action | bool:
        earlier = _earlier(snapshot, principal, request)
        if earlier is not None:
            return earlier
        _job(snapshot, principal, proposal.job)
        return asks_judge(snapshot, proposal.job)

    found_before = services.store.read(before_looking)
    if isinstance(found_before, Action):
        return found_before, True
    change = read_payload(proposal.payload)
    if isinstance(change, Undoing):
        raise Refusal(Code.BODY_INVALID, problem="an undo is asked for by a reviewer, not proposed")
    principal.require_capability(change.capability)
    seen = look(services, change)
    wanted = Wanted(principal.subject, proposal.job, seen.change, proposal.confidence, seen.preview.target)
    consultation = consult_proposal(services, wanted) if found_before else None

    def work(tx: Transaction) -> tuple[Action, bool] | Refusal:
        before = _earlier(tx, principal, request)
        if before is not None:
            return before, True
        job = _job(tx, principal, proposal.job)
        breach = _breach(services, tx, job, proposal, seen)
        if breach is not None:
            return paused(pause(services, tx, job, breach))
        spent = refuse_spent(services, tx, job, Recorder(services, tx, principal.actor))
        if spent is not None:
            return spent
        action = _record(services, tx, principal, proposal, seen, consultation)
        tx.remember(request.answered(principal, action.id))
        return action, False

    found = services.store.transact(work)
    if isinstance(found, Refusal):
        raise found  # the pause or the question is committed; the agent learns of it
    return found


def look(services: Services, change: Change) -> Seen:
    """Ask the connector what a payload would change; raises Refusal where that cannot be said."""
    contract = services.tools.contract(change.tool)
    if contract is None:
        raise Refusal(Code.TOOL_UNKNOWN, tool=change.tool)
    problem = services.tools.problem(change.tool, change.arguments)
    if problem is not None:
        raise Refusal(Code.ARGUMENTS_INVALID, tool=change.tool, problem=problem)
    try:
        preview = services.tools.connector(change.tool).preview(change.tool, change.arguments)
    except ToolFailed as error:
        raise tool_refusal(contract, error) from error
    return Seen(change, contract, preview, money_of(contract, change))


def tool_refusal(contract: ToolContract, error: ToolFailed) -> Refusal:
    """A connector's failure as the refusal that its caller meets."""
    if error.code == "unreachable":
        return Refusal(Code.CONNECTOR_DOWN, connector=contract.connector, problem=error)
    return Refusal(Code.ARGUMENTS_INVALID, tool=contract.tool, problem=error)


def money_of(contract: ToolContract, change: Change) -> Money | None:
    """The amount that a change moves, where its contract names one and it can be read."""
    if contract.money is None:
        return None
    arguments = change.arguments
    try:
        return parse_money(arguments.get(contract.money.amount), arguments.get(contract.money.currency))
    except MoneyError:
        return None


def state_bytes(value: Json) -> bytes:
    """A before or after state as the bytes that are kept and diffed."""
    return canonical(value)


def _check(services: Services, proposal: Proposal) -> None:
    if len(proposal.note) > NOTE_LIMIT or len(proposal.why) > NOTE_LIMIT:
        raise Refusal(Code.BODY_INVALID, problem=f"note and why may have {NOTE_LIMIT:,} characters at most")
    said = proposal.confidence
    if said and (not _CONFIDENCE.fullmatch(said) or Decimal(said) > 1):
        raise Refusal(Code.BODY_INVALID, problem='confidence is a decimal from 0 to 1, such as "0.91"')
    if proposal.deadline:
        try:
            due = moment_named(proposal.deadline)
        except ValueError:
            problem = "deadline is a time such as 2026-11-22T14:05:00Z, with its offset"
            raise Refusal(Code.BODY_INVALID, problem=problem) from None
        if due <= services.clock.now():
            raise Refusal(Code.DEADLINE_PASSED, deadline=proposal.deadline)


def _earlier(snapshot: Snapshot, principal: Principal, request: Request) -> Action | None:
    result = replayed(snapshot, principal, request)
    return None if result is None else snapshot.load(Action, result)


def _job(snapshot: Snapshot, principal: Principal, identifier: str) -> Job:
    job = snapshot.load(Job, identifier)
    if job is None or job.agent != principal.subject:
        raise Refusal(Code.JOB_UNKNOWN, job=identifier)
    if job.status is JobStatus.PAUSED:
        raise paused(job)
    if job.status is not JobStatus.RUNNING:
        raise Refusal(Code.JOB_CLOSED, job=identifier, status=job.status)
    return job


def _breach(services: Services, tx: Transaction, job: Job, proposal: Proposal, seen: Seen) -> Breach | None:
    breach = breach_of(job, services.clock.now())
    if breach is not None:
        return breach
    same = repeats_of(tx, job, seen.change.tool, proposal.payload)
    return Breach(BudgetKind.REPEATS, same) if same >= job.budget.repeats else None


def _record(  # what was sent, and what was found out about it before
    services: Services,
    tx: Transaction,
    principal: Principal,
    proposal: Proposal,
    seen: Seen,
    consultation: Consultation | None,
) -> Action:
    agent = tx.load(Agent, principal.subject)
    if agent is None:
        raise Refusal(Code.TOKEN_INVALID)
    if agent.stopped_by:
        raise Refusal(Code.AGENT_STOPPED, agent=agent.id, by=agent.stopped_by)
    waiting = tx.waiting(agent.id)
    if waiting.count >= PENDING_LIMIT:
        raise Refusal(Code.TOO_MANY_PENDING, agent=agent.id, pending=waiting.count, limit=PENDING_LIMIT)
    if proposal.source is Source.NATIVE:  # others cannot read a remedy: there the denial is the answer
        check_known(tx, seen.change.capability)
    recorder = Recorder(services, tx, principal.actor)
    preview = seen.preview
    commits = {
        "payload": recorder.blob(proposal.payload),
        "before": recorder.blob(state_bytes(preview.before)),
        "after": recorder.blob(state_bytes(preview.after)),
    }
    if proposal.submission:
        commits["submission"] = recorder.blob(proposal.submission)
    check_sources(tx, proposal.job, proposal.sources, seen.change.arguments, preview.after)
    brief = ActionBrief(
        preview.title,
        preview.target,
        proposal.note,
        proposal.why,
        proposal.evidence,
        sources=dict(proposal.sources),
    )
    proposed = _proposed(services, proposal, seen, agent, waiting.place)
    action = recorder.record(Action, services.ids.new("act"), proposed, brief=brief, commits=commits)
    action = record_consultation(Recorder(services, tx, KERNEL), action, consultation)
    action = evaluate_action(services, tx, action, seen.change, agent)
    if action.deadline and action.status is ActionStatus.PENDING:
        due, name = moment(action.deadline), services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    if action.judged is not None and action.judged.outcome is Outcome.ALLOW:
        action = clear(services, tx, action, by="policy")
    return action


def _proposed(services: Services, proposal: Proposal, seen: Seen, agent: Agent, place: int) -> ActionProposed:
    contract, change = seen.contract, seen.change
    deadline = stamp(moment(proposal.deadline)) if proposal.deadline else ""
    if proposal.window is not None:
        deadline = stamp(services.clock.now() + proposal.window)
    environment = change.arguments.get(contract.environment) if contract.environment else ""
    return ActionProposed(
        job=proposal.job,
        agent=agent.id,
        owner=agent.owner,
        capability=change.capability,
        tool=change.tool,
        stake=contract.stake,
        connector=contract.connector,
        mutates=contract.mutates,
        version=seen.preview.version,
        undo=seen.preview.undo,
        shape=seen.preview.shape,
        environment=environment if isinstance(environment, str) else "",
        confidence=proposal.confidence,
        amount=f"{seen.money.amount:f}" if seen.money else "",
        currency=seen.money.currency if seen.money else "",
        deadline=deadline,
        place=0 if deadline else place,
        executor=contract.executor,
        source=proposal.source,
        instance=agent.instance,
        outcome_within=contract.outcome_within if contract.executor is Executor.AGENT else 0,
        records=touched_records(seen.preview.before, seen.preview.after),
    )
