"""A judge outside is asked before a transaction; within it, its answer becomes an entry. Free of I/O.

Nothing is decided here: the entry is a fact, and policy judges it like any other. Where the document in force
names no judge, nobody is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.executing.inside import is_inside
from lineclear.application.judging.clearing import facts_of
from lineclear.application.judging.evaluating import payload_of
from lineclear.application.judging.in_force import policy_for, policy_in_force
from lineclear.application.judging.occasions import occasion_of
from lineclear.application.ports import Snapshot, ToolFailed
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, stamp
from lineclear.domain.actions import Action
from lineclear.domain.control import Workspace
from lineclear.domain.effects import Target
from lineclear.domain.events import ActionConsulted
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.payloads import Change
from lineclear.domain.policy.capabilities import CapabilityDocument, OutsideJudge
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.outside import question, read_answer, unanswered
from lineclear.domain.policy.rules import Case, Facts, Occasion
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus

PROPOSAL, EDIT, START = "proposal", "edit", "start"


@dataclass(frozen=True, slots=True)
class Consultation:
    """What was asked and answered, byte for byte; no answer where none came."""

    said: Consulted
    asked: bytes
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent wants to propose, before there is an action."""

    agent: str
    job: str
    change: Change
    confidence: str
    target: Target


def asks_judge(snapshot: Snapshot, job: str) -> bool:
    """Whether the document that judges a job's actions wants a judge asked."""
    return policy_for(snapshot, job)[1].opa is not None


def consult_proposal(services: Services, wanted: Wanted) -> Consultation | None:
    """Ask about what is about to be proposed; None where nobody is to be asked."""

    def work(snapshot: Snapshot) -> _Question | None:
        _, document = policy_for(snapshot, wanted.job)
        if document.opa is None:
            return None
        agent, job = snapshot.load(Agent, wanted.agent), snapshot.load(Job, wanted.job)
        occasion = Occasion(
            agent=wanted.agent,
            owner=agent.owner if agent else "",
            job=wanted.job,
            customer=job.customer if job else "",
            project=job.project if job else "",
            workflow=job.workflow if job else "",
            target=wanted.target,
            workspace=snapshot.every(Workspace)[0].name,
            at=stamp(services.clock.now()),
        )
        return _prepared(services, snapshot, document, wanted.change, wanted.confidence, agent, occasion)

    return _consulted(services, services.store.read(work), PROPOSAL)


def consult_edit(services: Services, action: Action, change: Change) -> Consultation | None:
    """Ask about an action with other arguments."""
    return _consulted(
        services, services.store.read(lambda snapshot: _of_action(services, snapshot, action, change)), EDIT
    )


def names_judge(snapshot: Snapshot) -> bool:
    """Whether the document in force wants a judge asked before a start."""
    return policy_in_force(snapshot)[1].opa is not None


def consult_start(services: Services, identifier: str) -> Consultation | None:
    """Ask about an action that is about to start, from its stored payload."""

    def work(snapshot: Snapshot) -> _Question | None:
        action = snapshot.load(Action, identifier)
        if action is None or action.status not in {ActionStatus.CLEARED, ActionStatus.STARTED}:
            return None
        if not names_judge(snapshot) or action.undoes or is_inside(action):
            return None
        try:
            change = payload_of(snapshot, action)
        except Refusal:
            return None
        return _of_action(services, snapshot, action, change) if isinstance(change, Change) else None

    return _consulted(services, services.store.read(work), START)


def record_consultation(recorder: Recorder, action: Action, found: Consultation | None) -> Action:
    """Put what was said of the present revision on the action's stream; the same again says nothing new."""
    if found is None or found.said == action.consulted:
        return action
    commits = {"asked": recorder.blob(found.asked)}
    if found.answer:
        commits["answer"] = recorder.blob(found.answer)
    return recorder.record(Action, action.id, ActionConsulted(action.revision, found.said), commits=commits)


def silent_judge(document: CapabilityDocument, action: Action) -> str:
    """Why it is not known what the judge says of this start; empty where it is, or where none is named."""
    judge, said = document.opa, action.consulted
    if judge is None or action.undoes or is_inside(action):
        return ""
    if said is None or said.url != judge.url or said.occasion != START:
        return "it was not asked about this start"
    return said.problem


@dataclass(frozen=True, slots=True)
class _Question:
    judge: OutsideJudge
    case: Case


def _of_action(services: Services, snapshot: Snapshot, action: Action, change: Change) -> _Question | None:
    _, document = policy_for(snapshot, action.job)
    occasion = occasion_of(snapshot, document, action, stamp(services.clock.now()))
    agent = snapshot.load(Agent, action.agent)
    return _prepared(services, snapshot, document, change, action.confidence, agent, occasion)


def _prepared(  # what the facts of policy are made of
    services: Services,
    snapshot: Snapshot,
    document: CapabilityDocument,
    change: Change,
    confidence: str,
    agent: Agent | None,
    occasion: Occasion,
) -> _Question | None:
    """The case to put to the judge; None where the document has no rules for the tool, and denies."""
    capability = document.capabilities.get(change.capability)
    tool = capability.tools.get(change.tool) if capability else None
    contract = services.tools.contract(change.tool)
    if document.opa is None or capability is None or tool is None or contract is None:
        return None
    facts: Facts = facts_of(
        document,
        change,
        contract=contract,
        confidence=confidence,
        environment=snapshot.every(Workspace)[0].environment,
        mode=agent.modes.get(change.capability) if agent else None,
        occasion=occasion,
    )
    return _Question(document.opa, Case(facts, capability, tool, contract, document.opa))


def _consulted(services: Services, asking: _Question | None, occasion: str) -> Consultation | None:
    if asking is None:
        return None
    judge, asked = asking.judge, question(asking.case, occasion)
    try:
        answer = services.judge.ask(
            judge.url, asked, seconds=judge.timeout_ms / 1_000, token_env=judge.token_env
        )
    except ToolFailed as error:
        return Consultation(unanswered(judge, occasion, str(error)), asked)
    return Consultation(read_answer(judge, occasion, answer), asked, answer)
