"""The fold that makes an action from its events. Pure."""

from __future__ import annotations

from functools import singledispatch

import msgspec

from lineclear.domain import events as e
from lineclear.domain.actions import (
    ABSENT,
    REPORTED,
    UNREACHABLE,
    Action,
    Content,
    Escalated,
    Judged,
    Run,
    Vote,
)
from lineclear.domain.attention import ATTENTION, attend, released, without_words
from lineclear.domain.erasure import BRIEF, erased_by
from lineclear.domain.records import Recorded
from lineclear.domain.second_looks import SecondLook
from lineclear.domain.vocabulary import ActionStatus, Outcome, Verdict


def open_action(recorded: Recorded) -> Action:
    """The first event of an action's stream makes the action."""
    event = recorded.event
    if not isinstance(event, e.ActionProposed):
        raise ValueError(f"{recorded.stream} does not begin with a proposal")  # noqa: TRY004  # a wrong history
    brief = recorded.brief if isinstance(recorded.brief, e.ActionBrief) else None
    return Action(
        id=recorded.id,
        seq=recorded.seq,
        index=recorded.index,
        status=ActionStatus.PROPOSED,
        job=event.job,
        agent=event.agent,
        owner=event.owner,
        proposer=recorded.actor,
        capability=event.capability,
        tool=event.tool,
        stake=event.stake,
        connector=event.connector,
        mutates=event.mutates,
        title=brief.title if brief else "",
        target=brief.target if brief else None,
        shape=event.shape,
        content=_content(recorded),
        version=event.version,
        undo=event.undo,
        challenge=recorded.leaf,
        proposed_at=recorded.at,
        revised_at=recorded.at,
        updated_at=recorded.at,
        note=brief.note if brief else "",
        why=brief.why if brief else "",
        evidence=brief.evidence if brief else (),
        sources=brief.sources if brief else {},
        environment=event.environment,
        confidence=event.confidence,
        amount=event.amount,
        currency=event.currency,
        deadline=event.deadline,
        undoes=event.undoes,
        place=event.place,
        executor=event.executor,
        source=event.source,
        instance=event.instance,
        submission=recorded.commits.get("submission", ""),
        outcome_within=event.outcome_within,
        records=event.records,
    )


def evolve_action(action: Action, recorded: Recorded) -> Action:
    """The action after one more event of its stream."""
    if isinstance(recorded.event, ATTENTION):
        changed = msgspec.structs.replace(action, attention=attend(action.attention, recorded))
    else:
        changed = _evolved(recorded.event, action, recorded)
    return msgspec.structs.replace(changed, seq=recorded.seq, index=recorded.index, updated_at=recorded.at)


def _content(recorded: Recorded) -> Content:
    commits = recorded.commits
    return Content(payload=commits["payload"], before=commits["before"], after=commits["after"])


def _detail(recorded: Recorded, inline: str) -> str:
    """What was said of an attempt: in the brief, or in entries of older programs in the event itself."""
    return recorded.brief.detail if isinstance(recorded.brief, e.DetailBrief) else inline


def _run(action: Action) -> Run:
    if action.run is None:
        raise ValueError(f"action {action.id} has an outcome and no start")
    return action.run


@singledispatch
def _evolved(event: e.Event, action: Action, recorded: Recorded) -> Action:
    raise ValueError(f"{recorded.type} does not belong to an action's stream")


@_evolved.register
def _(event: e.ActionRevised, action: Action, recorded: Recorded) -> Action:
    brief = recorded.brief if isinstance(recorded.brief, e.ActionBrief) else None
    return msgspec.structs.replace(
        action,
        status=ActionStatus.PROPOSED,
        previous=action.content,
        voided=action.votes,
        edited_by=event.edited_by or action.edited_by,
        edited=recorded.commits.get("edited", action.edited),
        proposed=(action.proposed or action.content.payload) if event.edited_by else action.proposed,
        environment=action.environment if event.environment is None else event.environment,
        revision=event.revision,
        revised_because=brief.because if brief and brief.because else event.because,
        revised_at=recorded.at,
        content=_content(recorded),
        version=event.version,
        undo=event.undo,
        shape=event.shape,
        amount=event.amount,
        currency=event.currency,
        records=event.records,
        title=brief.title if brief else action.title,
        target=brief.target if brief else action.target,
        challenge=recorded.leaf,
        judged=None,
        consulted=None if event.edited_by else action.consulted,
        votes=(),
        clearance="",
        cleared_by="",
        cleared_at="",
        cleared_until="",
        held="",
        run=None,
        escalated=(),
        second_look=None,
    )


@_evolved.register
def _(event: e.ActionEvaluated, action: Action, recorded: Recorded) -> Action:
    judged = Judged(
        outcome=event.outcome,
        policy=event.policy,
        policy_version=event.policy_version,
        reasons=event.reasons,
        executes=event.executes,
        tier=event.tier,
        approvals=event.approvals,
        stages=event.stages,
        ceilings=event.ceilings,
        escalations=event.escalations,
        second_review=event.second_review,
        confirms=event.confirms,
    )
    status = {
        Outcome.DENY: ActionStatus.DENIED,
        Outcome.ASK: ActionStatus.PENDING,
        Outcome.ALLOW: ActionStatus.PROPOSED,
    }[event.outcome]
    windows = [each for each in (action.undo.window, event.undo_window) if each is not None]
    undo = msgspec.structs.replace(action.undo, window=min(windows, default=None))
    return msgspec.structs.replace(
        action, judged=judged, status=status, undo=undo, clearance="", cleared_by=""
    )


@_evolved.register
def _(event: e.ActionConsulted, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, consulted=event.said)


@_evolved.register
def _(event: e.ActionCleared, action: Action, recorded: Recorded) -> Action:
    executes = action.judged is None or action.judged.executes
    return msgspec.structs.replace(
        action,
        status=ActionStatus.CLEARED if executes else ActionStatus.AGREED,
        clearance=event.clearance,
        cleared_by=event.by,
        cleared_at=recorded.at,
        cleared_until=event.until,
    )


@_evolved.register
def _(event: e.DecisionRecorded, action: Action, recorded: Recorded) -> Action:
    brief = recorded.brief if isinstance(recorded.brief, e.DecisionBrief) else None
    vote = Vote(
        person=event.person,
        tier=event.tier,
        verdict=event.verdict,
        device=event.device,
        statement=recorded.commits["statement"],
        at=recorded.at,
        reason=brief.reason if brief else "",
        grounds=event.grounds,
        giver=event.giver,
        groups=event.groups,
        dwell_ms=event.dwell_ms,
        changes_seen=event.changes_seen,
    )
    rejected = event.verdict is Verdict.REJECT
    return msgspec.structs.replace(
        action,
        votes=(*action.votes, vote),
        attention=released(action.attention),
        status=ActionStatus.REJECTED if rejected else action.status,
        ended_by=event.person if rejected else action.ended_by,
    )


@_evolved.register
def _(event: e.ActionEscalated, action: Action, recorded: Recorded) -> Action:
    reason = recorded.brief.reason if isinstance(recorded.brief, e.EscalationBrief) else ""
    one = Escalated(event.to, recorded.at, event.by, reason, event.after, event.stage)
    return msgspec.structs.replace(action, escalated=(*action.escalated, one))


@_evolved.register
def _(event: e.SecondLookDrawn, action: Action, recorded: Recorded) -> Action:
    look = SecondLook(event.share, event.draw, event.drawn, event.after, recorded.at)
    return msgspec.structs.replace(action, second_look=look)


@_evolved.register
def _(event: e.CanaryRevealed, action: Action, recorded: Recorded) -> Action:
    brief = recorded.brief if isinstance(recorded.brief, e.DecisionBrief) else None
    return msgspec.structs.replace(
        action,
        status=action.status if event.caught else ActionStatus.STOPPED,
        canary="caught" if event.caught else "missed",
        wrong=brief.reason if brief else "",
        ended_by=action.ended_by if event.caught else recorded.actor,
    )


@_evolved.register
def _(event: e.ExecutionStarted, action: Action, recorded: Recorded) -> Action:
    before = action.run if action.run is not None and action.run.key == event.key else None
    run = Run(
        key=event.key,
        token=event.token,
        started_at=recorded.at,
        worker=event.worker,
        attempt=before.attempt + 1 if before else 1,
        asked=before.asked if before else 0,
        doubt=before is not None and (before.doubt or before.code != UNREACHABLE),
        budget=before.budget if before else event.budget,
        first_at=(before.first_at or before.started_at) if before else recorded.at,
    )
    return msgspec.structs.replace(action, status=ActionStatus.STARTED, run=run, held="")


@_evolved.register
def _(event: e.ExecutionAsked, action: Action, recorded: Recorded) -> Action:
    before = _run(action)
    run = msgspec.structs.replace(before, token=event.token, worker=event.worker, asked=before.asked + 1)
    return msgspec.structs.replace(action, run=run, held="")


@_evolved.register
def _(event: e.ExecutionSucceeded, action: Action, recorded: Recorded) -> Action:
    run = msgspec.structs.replace(
        _run(action), ended_at=recorded.at, reference=event.reference, effect=recorded.commits["effect"]
    )
    return msgspec.structs.replace(action, status=ActionStatus.SUCCEEDED, run=run)


@_evolved.register
def _(event: e.ExecutionFailed, action: Action, recorded: Recorded) -> Action:
    detail = _detail(recorded, event.detail)
    run = msgspec.structs.replace(_run(action), ended_at=recorded.at, code=event.code, detail=detail)
    return msgspec.structs.replace(action, status=ActionStatus.FAILED, run=run)


@_evolved.register
def _(event: e.ExecutionUnknown, action: Action, recorded: Recorded) -> Action:
    detail = _detail(recorded, event.detail)
    run = msgspec.structs.replace(_run(action), ended_at=recorded.at, code="unknown", detail=detail)
    return msgspec.structs.replace(action, status=ActionStatus.UNKNOWN, run=run)


@_evolved.register
def _(event: e.ExecutionHeld, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, held=event.code)


@_evolved.register
def _(event: e.ExecutionDelayed, action: Action, recorded: Recorded) -> Action:
    before = _run(action)
    misses = before.misses + 1 if event.code == ABSENT else before.misses
    detail = _detail(recorded, event.detail)
    told = {"code": event.code, "detail": detail, "misses": misses, "again_at": event.until}
    run = msgspec.structs.replace(before, **told)
    return msgspec.structs.replace(action, run=run)


@_evolved.register
def _(event: e.ExecutionCancelled, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, run=msgspec.structs.replace(_run(action), cancelled_by=event.by))


@_evolved.register
def _(event: e.ExecutionReconciled, action: Action, recorded: Recorded) -> Action:
    brief = recorded.brief if isinstance(recorded.brief, e.DecisionBrief) else None
    status = ActionStatus.SUCCEEDED if event.happened else ActionStatus.FAILED
    found = f"{event.person} found that it {'happened' if event.happened else 'did not happen'}"
    detail = f"{found}: {brief.reason}" if brief else found
    run = msgspec.structs.replace(_run(action), ended_at=recorded.at, code="reconciled", detail=detail)
    return msgspec.structs.replace(action, status=status, run=run)


@_evolved.register
def _(event: e.ExecutionReported, action: Action, recorded: Recorded) -> Action:
    brief = recorded.brief if isinstance(recorded.brief, e.OutcomeBrief) else None
    status = ActionStatus.SUCCEEDED if event.succeeded else ActionStatus.FAILED
    detail = brief.note if brief else ""
    run = msgspec.structs.replace(_run(action), ended_at=recorded.at, code=REPORTED, detail=detail)
    return msgspec.structs.replace(action, status=status, run=run)


@_evolved.register
def _(event: e.DeadlineMoved, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, deadline=event.deadline)


@_evolved.register
def _(event: e.ActionExpired, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, status=ActionStatus.EXPIRED)


@_evolved.register
def _(event: e.ActionWithdrawn, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, status=ActionStatus.WITHDRAWN, ended_by=recorded.actor)


@_evolved.register
def _(event: e.ActionStopped, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, status=ActionStatus.STOPPED, ended_by=event.by)


@_evolved.register
def _(event: e.ActionUndone, action: Action, recorded: Recorded) -> Action:
    return msgspec.structs.replace(action, status=ActionStatus.UNDONE, undone_by=event.by_action)


@_evolved.register
def _(event: e.ContentErased, action: Action, recorded: Recorded) -> Action:
    erased = erased_by(action.erased, event, recorded.at)
    action = msgspec.structs.replace(action, erased=erased)
    return _without_words(action) if BRIEF in event.parts else action


def _without_words(action: Action) -> Action:
    """As the fold makes it of entries whose briefs are gone."""
    run = action.run
    if run is not None:
        is_finding = run.code == "reconciled"
        run = msgspec.structs.replace(run, detail=run.detail.partition(": ")[0] if is_finding else "")
    votes = tuple(msgspec.structs.replace(vote, reason="") for vote in action.votes)
    return msgspec.structs.replace(
        action,
        title="",
        target=None,
        note="",
        why="",
        evidence=(),
        sources={},
        votes=votes,
        run=run,
        wrong="",
        revised_because="",
        attention=without_words(action.attention),
        escalated=tuple(msgspec.structs.replace(one, reason="") for one in action.escalated),
    )
