"""The checks inside the transaction that starts an execution. Free of I/O beyond the snapshot.

Nothing here trusts that an earlier check still holds: what was true at the decision is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lineclear.application.budgeting.days import name_of, reserve_start, used_text
from lineclear.application.deciding.authorising import judgement
from lineclear.application.deciding.decide import verify_votes
from lineclear.application.deciding.holding import votes_that_hold
from lineclear.application.executing.breakers import open_breaker
from lineclear.application.executing.inside import is_inside
from lineclear.application.governing.canaries import is_canary
from lineclear.application.governing.scopes import safe_mode_over
from lineclear.application.judging.clearing import policy_in_force
from lineclear.application.judging.consulting import silent_judge
from lineclear.application.judging.evaluating import evaluate_again
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder, content_of
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.budgets import DayBudget, Shortage, renewal
from lineclear.domain.control import Breaker, SafeMode
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.policy.conditions import Then
from lineclear.domain.policy.reasons import Evaluation
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import stream_of
from lineclear.domain.vocabulary import JobStatus, Outcome, Tier

BY_DECISIONS = "decisions"
ASKED_AGAIN = timedelta(seconds=30)
"""After which a judge that was silent is asked about a start again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an execution may not start now.

    Where that can end, `waits_for` is the stream of which an event may end it, and `until` the latest moment.
    """

    code: Code
    detail: str
    waits_for: str = ""
    until: datetime | None = None


def check_start(services: Services, snapshot: Snapshot, action: Action) -> Refused | None:
    """None where everything that the clearance rests on still holds."""
    if is_canary(snapshot, action):
        return Refused(Code.CANARY_NEVER_RUNS, "it is a canary")
    held = _held(services, snapshot, action)
    if held is not None:
        return held
    silent = _judge_is_silent(services, snapshot, action)
    if silent is not None:
        return silent
    if action.starts_by and moment(action.starts_by) <= services.clock.now():
        return Refused(Code.DEADLINE_PASSED, action.starts_by)
    try:
        content_of(snapshot.blob(action.content.payload), action.content.payload)
        if action.cleared_by == BY_DECISIONS:
            verify_votes(services, snapshot, action)
            votes_that_hold(snapshot, action, services.clock.now())
        return _policy_holds(services, snapshot, action)
    except Refusal as refusal:
        return Refused(refusal.code, refusal.sentence)


def _judge_is_silent(services: Services, snapshot: Snapshot, action: Action) -> Refused | None:
    """Where silence denies, a start waits for the judge's word: what is cleared is not lost."""
    _, document = policy_in_force(snapshot)
    problem = silent_judge(document, action)
    if not problem or document.opa is None or document.opa.unreachable is Then.ASK:
        return None
    return Refused(
        Code.JUDGE_UNREACHABLE, f"{document.opa.url}: {problem}", until=services.clock.now() + ASKED_AGAIN
    )


def set_aside(services: Services, tx: Transaction, recorder: Recorder, action: Action) -> str | Refused:
    """Set a first attempt aside of its day's budget, whose id this is; Refused where it does not fit."""
    found = reserve_start(services, tx, recorder, action)
    if not isinstance(found, Shortage):
        return found
    until = renewal(found.budget)
    if action.deadline:
        until = min(until, moment(action.deadline))
    detail = f"{name_of(found.budget, found.kind)}: {used_text(found)}"
    return Refused(Code.BUDGET_SPENT, detail, stream_of(DayBudget, found.budget), until)


def _held(services: Services, snapshot: Snapshot, action: Action) -> Refused | None:
    """Safe mode, an open breaker, and what its job and agent say; an undo heeds the first two alone."""
    safe_mode = safe_mode_over(snapshot, action)
    if safe_mode is not None:
        detail = f"{safe_mode.id}: {safe_mode.reason}"
        return Refused(Code.SAFE_MODE_ON, detail, stream_of(SafeMode, safe_mode.id))
    breaker = open_breaker(services, snapshot, action.connector)
    if breaker is not None:
        detail = f"{breaker.failures} failures in a row: {breaker.detail}"
        return Refused(Code.BREAKER_OPEN, detail, stream_of(Breaker, breaker.id), moment(breaker.until))
    return None if action.undoes or is_inside(action) else _job_holds(snapshot, action)


def _job_holds(snapshot: Snapshot, action: Action) -> Refused | None:
    """A paused job and a stopped agent start no further step, cleared or not."""
    job, agent = snapshot.load(Job, action.job), snapshot.load(Agent, action.agent)
    if job is not None and job.starts_nothing:
        over = f"was stopped by {job.stopped_by}" if job.stopped_by else "ended, with a budget spent"
        return Refused(Code.JOB_CLOSED, f"its job {over}")
    if job is not None and job.status is JobStatus.PAUSED:
        return Refused(Code.JOB_PAUSED, f"its {job.paused_by} budget is spent", stream_of(Job, job.id))
    if agent is not None and agent.stopped_by:
        return Refused(Code.AGENT_STOPPED, f"by {agent.stopped_by}", stream_of(Agent, agent.id))
    return None


def _policy_holds(services: Services, snapshot: Snapshot, action: Action) -> Refused | None:
    """The stricter of decision-time and start-time policy decides; a looser one widens nothing."""
    active, _ = policy_in_force(snapshot)
    evaluation = evaluate_again(services, snapshot, action)
    if evaluation.outcome is Outcome.DENY:
        return Refused(Code.POLICY_STRICTER, f"policy v{active.version} denies it")
    if not evaluation.executes:
        return Refused(Code.POLICY_STRICTER, "the agent is in draft mode now")
    if evaluation.outcome is Outcome.ASK and not _suffices(services, snapshot, action, evaluation):
        tier = int(evaluation.tier or Tier.ONE)
        return Refused(Code.POLICY_STRICTER, f"policy v{active.version} asks for tier {tier} now")
    return None


def _suffices(services: Services, snapshot: Snapshot, action: Action, evaluation: Evaluation) -> bool:
    """Whether the votes that still count would clear the action under a newer evaluation as well."""
    if action.cleared_by != BY_DECISIONS:
        return False
    votes = votes_that_hold(snapshot, action, services.clock.now())
    return judgement(action, votes).met and judgement(action, votes, evaluation).met
