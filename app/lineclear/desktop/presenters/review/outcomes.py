"""What became of an action, in words. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.agents.agents_word import is_outside, is_reported
from lineclear.application.executing.inside import ends_job, is_inside, raises_day
from lineclear.application.reading.formats import local_time, short_digest
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeKind, OutcomeSheet
from lineclear.desktop.presenters.review.reasons import deciding
from lineclear.desktop.presenters.sheets import Line, Mark
from lineclear.domain.actions import Action, Run
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import marked, say

_CLEARED_BY = {
    "policy": marked("Policy cleared it, without a person"),
    "decisions": marked("Cleared by signed decisions"),
}
_RAN = {
    ActionStatus.STARTED: (OutcomeKind.RUNNING, marked("It is running")),
    ActionStatus.SUCCEEDED: (OutcomeKind.DONE, marked("It happened")),
    ActionStatus.UNDONE: (OutcomeKind.UNDONE, marked("It happened and was taken back")),
    ActionStatus.FAILED: (OutcomeKind.FAILED, marked("Nothing was changed")),
}
_NEVER = {
    ActionStatus.EXPIRED: (
        OutcomeKind.EXPIRED,
        marked("It expired undecided"),
        marked("Nobody decided before its deadline. Nothing was changed."),
    ),
    ActionStatus.STOPPED: (OutcomeKind.STOPPED, marked("Stopped by {by}"), marked("It never started.")),
    ActionStatus.WITHDRAWN: (
        OutcomeKind.WITHDRAWN,
        marked("Withdrawn by the agent"),
        marked("It never started."),
    ),
}
_BY_AGENT = {
    ActionStatus.STARTED: (OutcomeKind.RUNNING, marked("The agent is at it")),
    ActionStatus.SUCCEEDED: (OutcomeKind.DONE, marked("The agent says it happened")),
    ActionStatus.FAILED: (OutcomeKind.FAILED, marked("The agent says it failed")),
}
_KERNEL = "kernel/"


def outcome_sheet(action: Action, viewer: Viewer, job: Job | None = None) -> OutcomeSheet | None:
    """How it ended, and how that is known; None while it waits for people. `job` is its own, where known."""
    if action.run is not None and action.status is ActionStatus.UNKNOWN:
        return _unknown(action, action.run, viewer)
    if action.run is not None and action.status in _RAN:
        return _ran(action, action.run, viewer)
    if action.canary or action.status in _NEVER:
        return _canary(action) if action.canary else _never(action, job)
    if action.status is ActionStatus.DENIED:
        return OutcomeSheet(OutcomeKind.DENIED, say("Policy denied it"), paintable(deciding(action)))
    if action.status is ActionStatus.REJECTED:
        reason = action.votes[-1].reason if action.votes else ""
        kept = say("; the job ended") if ends_job(action) else say("; the limit stays")
        kept = say("; the limit stays for today") if raises_day(action) else kept
        ended = kept if is_inside(action) else ""
        title = paintable(say("Rejected by {ended_by}{ended}", ended_by=action.ended_by, ended=ended)).text
        return OutcomeSheet(OutcomeKind.REJECTED, title, paintable(reason))
    return None


def _canary(action: Action) -> OutcomeSheet:
    """What the reviewer learns once it is decided: what was wrong, and that nothing happened."""
    title = (
        say("A test, and you caught it") if action.canary == "caught" else say("A test, and it was missed")
    )
    wrong = action.wrong or say("It was wrong on purpose.")
    text = paintable(say("{wrong} Nothing was changed: a test never runs.", wrong=wrong))
    return OutcomeSheet(OutcomeKind.CANARY, title, text)


def _unknown(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """What was sent, under which key and when, and what is not known of it."""
    if is_outside(action):
        return _never_reported(action, run, viewer)
    target = say(" for {kind} {id}", kind=action.target.kind, id=action.target.id) if action.target else ""
    at = local_time(run.started_at, viewer.now)
    sent = say("Sent at {at}: {tool}{target}", at=at, tool=action.tool, target=target)
    under = say(
        "Under idempotency key {key}, attempt {attempt}, by {worker}",
        key=run.key,
        attempt=run.attempt,
        worker=run.worker,
    )
    not_known = say("Not known: whether {connector} carried it out", connector=action.connector)
    lines = (
        Line(Mark.MET, paintable(sent), say("payload {digest}", digest=short_digest(action.content.payload))),
        Line(Mark.MET, paintable(under)),
        Line(Mark.UNKNOWN, paintable(not_known), paintable(run.detail)),
    )
    text = say(
        "Nothing is sent again. Look it up on the other side, by its key or its target, then reconcile:"
        " say whether it happened."
    )
    return OutcomeSheet(
        OutcomeKind.UNKNOWN, say("Sent, and nobody can say yet whether it happened"), text, lines
    )


def _never_reported(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """The agent began, and that is the last that was heard."""
    begun = say(
        "Begun at {time} by {agent}: {tool}",
        time=local_time(run.started_at, viewer.now),
        agent=action.agent,
        tool=action.tool,
    )
    lines = (
        Line(
            Mark.MET, paintable(begun), say("payload {digest}", digest=short_digest(action.content.payload))
        ),
        Line(Mark.UNKNOWN, say("Not known: whether the agent carried it out"), paintable(run.detail)),
    )
    text = say("Its clearance is used up: it cannot begin again. Find out what happened, then reconcile.")
    return OutcomeSheet(
        OutcomeKind.UNKNOWN, say("The agent began it and never said how it ended"), text, lines
    )


def _by_agent(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """What the agent says; nobody here saw it."""
    kind, title = _BY_AGENT[action.status]
    if action.status is ActionStatus.STARTED:
        text = say(
            "Begun at {time}. The agent reports how it ends.", time=local_time(run.started_at, viewer.now)
        )
    else:
        text = run.detail or say(
            "Reported at {time}, without a note.", time=local_time(run.ended_at, viewer.now)
        )
    lines = [Line(Mark.MET, say(_CLEARED_BY[action.cleared_by]))] if action.cleared_by in _CLEARED_BY else []
    lines.append(
        Line(
            Mark.MET,
            say("Its clearance was used once, at {time}", time=local_time(run.started_at, viewer.now)),
        )
    )
    if is_reported(action):
        lines.append(Line(Mark.ATTENTION, say("This is the agent's word: nobody here saw it happen")))
    return OutcomeSheet(kind, say(title), paintable(text), tuple(lines))


def _ran(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    if is_outside(action):
        return _by_agent(action, run, viewer)
    kind, title = _RAN[action.status]
    if run.reference:
        text = say(
            "{connector} confirmed it at {time}.",
            connector=action.connector,
            time=local_time(run.ended_at, viewer.now),
        )
    elif action.status is ActionStatus.STARTED and run.detail:
        text = say("Trying again: {detail}", detail=run.detail)
    else:
        text = run.detail or say("The start is on the ledger.")
    return OutcomeSheet(kind, say(title), paintable(text), _lines(action, run))


def _never(action: Action, job: Job | None) -> OutcomeSheet:
    kind, title, text = _NEVER[action.status]
    if action.status is ActionStatus.EXPIRED and action.cleared_at:
        return OutcomeSheet(
            kind, say("Cleared, and never begun"), say("The agent did not begin while its clearance held.")
        )
    if action.status is ActionStatus.STOPPED and action.ended_by.startswith(_KERNEL):
        reason = say("By then, what it was about to change was changed, taken back, or over.")
        return OutcomeSheet(kind, say("Stopped before it could start"), reason)
    return OutcomeSheet(
        kind, paintable(say(title, by=action.ended_by)).text, say(text), _why_stopped(action, job)
    )


def _why_stopped(action: Action, job: Job | None) -> tuple[Line, ...]:
    """The reason that whoever stopped its job gave."""
    if action.status is not ActionStatus.STOPPED or job is None or not job.stop_reason:
        return ()
    return (Line(Mark.ATTENTION, paintable(job.stop_reason), say("Why the job was stopped")),)


def _lines(action: Action, run: Run) -> tuple[Line, ...]:
    lines = [Line(Mark.MET, say(_CLEARED_BY[action.cleared_by]))] if action.cleared_by in _CLEARED_BY else []
    if is_inside(action):
        lines.append(Line(Mark.MET, say("Carried out inside Lineclear, in one transaction with its record")))
    else:
        receipt = say(", receipt {reference}", reference=run.reference) if run.reference else ""
        sent = (
            say("Sent once")
            if run.attempt == 1
            else say("Sent {attempt} times under one key", attempt=run.attempt)
        )
        lines.append(
            Line(
                Mark.MET, sent, paintable(say("Idempotency key {key}{receipt}", key=run.key, receipt=receipt))
            )
        )
    if action.undoes:
        lines.append(Line(Mark.MET, say("Takes back an earlier action"), paintable(action.undoes)))
    if action.undone_by:
        lines.append(Line(Mark.ATTENTION, say("Taken back by a later action"), paintable(action.undone_by)))
    return tuple(lines)
