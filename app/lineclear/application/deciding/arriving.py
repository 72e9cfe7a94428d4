"""Whether a decision that arrives may still count, by the backend's clock. Free of I/O.

Deny beats allow: a rejection counts until the start, however late it comes; an approval only while nothing
that it rests on has changed. No outcome depends on the clock of the device that signed (I44).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from lineclear.application.governing.scopes import safe_mode_over
from lineclear.application.judging.evaluating import evaluated_again
from lineclear.application.ports import Snapshot
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.control import Workspace
from lineclear.domain.ledger.statements import DecisionStatement
from lineclear.domain.offline import Bar, OfflineRule, bar_of, words_of
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Executor, Outcome, Tier, Verdict

_CLOCKS: Final = timedelta(minutes=1)
"""How far apart the clocks of two servers of one workspace may be."""

_HAS_STARTED: Final = frozenset(
    {ActionStatus.STARTED, ActionStatus.SUCCEEDED, ActionStatus.FAILED, ActionStatus.UNKNOWN}
)


def check_open(services: Services, action: Action, verdict: str = Verdict.APPROVE) -> None:
    """Refuse a decision on an action that no longer waits for one; a rejection counts until the start."""
    is_rejected = verdict == Verdict.REJECT
    if is_rejected and action.status is ActionStatus.CLEARED:
        return
    if is_rejected and action.status in _HAS_STARTED:
        raise Refusal(Code.REJECTION_LATE, action=action.id, status=action.status, job=action.job)
    if action.status is not ActionStatus.PENDING:
        raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
    if action.deadline and moment(action.deadline) <= services.clock.now():
        raise Refusal(Code.DEADLINE_PASSED, deadline=action.deadline)


def check_arrival(
    services: Services, snapshot: Snapshot, action: Action, statement: DecisionStatement
) -> None:
    """Refuse what came too late, and approvals without the backend beyond what the workspace allows."""
    if statement.verdict != Verdict.REJECT or not _stands_still(snapshot, action):
        check_open(services, action, statement.verdict)
    if statement.verdict != Verdict.APPROVE:
        return
    if moment(statement.not_after) <= services.clock.now():
        raise Refusal(Code.DECISION_EXPIRED, until=statement.not_after)
    if statement.offline:
        _check_offline(services, snapshot, action, statement)


def _stands_still(snapshot: Snapshot, action: Action) -> bool:
    """Whether its deadline stands still, however late it seems: then a rejection still finds it waiting."""
    is_waiting = action.status is ActionStatus.PENDING and action.executor is Executor.BACKEND
    return is_waiting and safe_mode_over(snapshot, action) is not None


def _check_offline(
    services: Services, snapshot: Snapshot, action: Action, statement: DecisionStatement
) -> None:
    rule, now = offline_rule(snapshot), services.clock.now()
    seen = moment(statement.seen_at) if statement.seen_at is not None else None
    # How long ago it was when it was signed, only the device knows: what counts here is when it arrives.
    bar = bar_of(rule, action.tier, None if seen is None or seen > now + _CLOCKS else timedelta())
    if bar is not None or seen is None:
        raise Refusal(Code.OFFLINE_APPROVAL, problem=words_of(bar or Bar.UNCONFIRMED, rule))
    end = seen + rule.within
    if end <= now:
        raise Refusal(Code.DECISION_EXPIRED, until=stamp(end))
    _check_policy(services, snapshot, action)


def _check_policy(services: Services, snapshot: Snapshot, action: Action) -> None:
    """What was signed rests on the policy that was known then; a stricter one has to be looked at first."""
    active, asked = evaluated_again(services, snapshot, action)
    judged = action.judged
    if judged is None or active.digest == judged.policy:
        return
    if asked.outcome is Outcome.DENY:
        raise Refusal(Code.POLICY_STRICTER, problem=f"policy v{active.version} denies it")
    tier = asked.tier or Tier.ONE
    asks_more = tier > (judged.tier or Tier.ONE) or asked.approvals > judged.approvals
    if asked.outcome is Outcome.ASK and (asks_more or asked.stages != judged.stages):
        raise Refusal(Code.POLICY_STRICTER, problem=f"policy v{active.version} asks for tier {int(tier)} now")


def offline_rule(snapshot: Snapshot) -> OfflineRule:
    """What this workspace allows without its backend."""
    found = snapshot.every(Workspace)
    return found[0].offline if found else OfflineRule(tier=0)
