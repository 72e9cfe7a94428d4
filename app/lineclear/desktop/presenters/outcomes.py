"""What became of an action, in words. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.agents.agents_word import is_outside, is_reported
from lineclear.application.executing.inside import is_inside, raises_day
from lineclear.application.reading.formats import local_time, short_digest
from lineclear.desktop.presenters.around import Viewer
from lineclear.desktop.presenters.outcome_sheets import OutcomeKind, OutcomeSheet
from lineclear.desktop.presenters.reasons import deciding
from lineclear.desktop.presenters.sheets import Line, Mark
from lineclear.domain.actions import Action, Run
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus

_CLEARED_BY = {"policy": "Policy cleared it, without a person", "decisions": "Cleared by signed decisions"}
_RAN = {
    ActionStatus.STARTED: (OutcomeKind.RUNNING, "It is running"),
    ActionStatus.SUCCEEDED: (OutcomeKind.DONE, "It happened"),
    ActionStatus.UNDONE: (OutcomeKind.UNDONE, "It happened and was taken back"),
    ActionStatus.FAILED: (OutcomeKind.FAILED, "Nothing was changed"),
}
_NEVER = {
    ActionStatus.EXPIRED: (
        OutcomeKind.EXPIRED,
        "It expired undecided",
        "Nobody decided before its deadline. Nothing was changed.",
    ),
    ActionStatus.STOPPED: (OutcomeKind.STOPPED, "Stopped by {by}", "It never started."),
    ActionStatus.WITHDRAWN: (OutcomeKind.WITHDRAWN, "Withdrawn by the agent", "It never started."),
}
_BY_AGENT = {
    ActionStatus.STARTED: (OutcomeKind.RUNNING, "The agent is at it"),
    ActionStatus.SUCCEEDED: (OutcomeKind.DONE, "The agent says it happened"),
    ActionStatus.FAILED: (OutcomeKind.FAILED, "The agent says it failed"),
}
_KERNEL = "kernel/"


def outcome_sheet(action: Action, viewer: Viewer) -> OutcomeSheet | None:
    """How it ended, and how that is known; None while it waits for people."""
    if action.run is not None and action.status is ActionStatus.UNKNOWN:
        return _unknown(action, action.run, viewer)
    if action.run is not None and action.status in _RAN:
        return _ran(action, action.run, viewer)
    if action.canary or action.status in _NEVER:
        return _canary(action) if action.canary else _never(action)
    if action.status is ActionStatus.DENIED:
        return OutcomeSheet(OutcomeKind.DENIED, "Policy denied it", paintable(deciding(action)))
    if action.status is ActionStatus.REJECTED:
        reason = action.votes[-1].reason if action.votes else ""
        kept = "; the limit stays for today" if raises_day(action) else "; the job ended"
        ended = kept if is_inside(action) else ""
        title = paintable(f"Rejected by {action.ended_by}{ended}").text
        return OutcomeSheet(OutcomeKind.REJECTED, title, paintable(reason))
    return None


def _canary(action: Action) -> OutcomeSheet:
    """What the reviewer learns once it is decided: what was wrong, and that nothing happened."""
    title = "A test, and you caught it" if action.canary == "caught" else "A test, and it was missed"
    wrong = action.wrong or "It was wrong on purpose."
    text = paintable(f"{wrong} Nothing was changed: a test never runs.")
    return OutcomeSheet(OutcomeKind.CANARY, title, text)


def _unknown(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """What was sent, under which key and when, and what is not known of it."""
    if is_outside(action):
        return _never_reported(action, run, viewer)
    target = f" for {action.target.kind} {action.target.id}" if action.target else ""
    at = local_time(run.started_at, viewer.now)
    sent = f"Sent at {at}: {action.tool}{target}"
    under = f"Under idempotency key {run.key}, attempt {run.attempt}, by {run.worker}"
    not_known = f"Not known: whether {action.connector} carried it out"
    lines = (
        Line(Mark.MET, paintable(sent), f"payload {short_digest(action.content.payload)}"),
        Line(Mark.MET, paintable(under)),
        Line(Mark.UNKNOWN, paintable(not_known), paintable(run.detail)),
    )
    text = (
        "Nothing is sent again. Look it up on the other side, by its key or its target, then reconcile:"
        " say whether it happened."
    )
    return OutcomeSheet(OutcomeKind.UNKNOWN, "Sent, and nobody can say yet whether it happened", text, lines)


def _never_reported(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """The agent began, and that is the last that was heard."""
    begun = f"Begun at {local_time(run.started_at, viewer.now)} by {action.agent}: {action.tool}"
    lines = (
        Line(Mark.MET, paintable(begun), f"payload {short_digest(action.content.payload)}"),
        Line(Mark.UNKNOWN, "Not known: whether the agent carried it out", paintable(run.detail)),
    )
    text = "Its clearance is used up: it cannot begin again. Find out what happened, then reconcile."
    return OutcomeSheet(OutcomeKind.UNKNOWN, "The agent began it and never said how it ended", text, lines)


def _by_agent(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    """What the agent says; nobody here saw it."""
    kind, title = _BY_AGENT[action.status]
    if action.status is ActionStatus.STARTED:
        text = f"Begun at {local_time(run.started_at, viewer.now)}. The agent reports how it ends."
    else:
        text = run.detail or f"Reported at {local_time(run.ended_at, viewer.now)}, without a note."
    lines = [Line(Mark.MET, _CLEARED_BY[action.cleared_by])] if action.cleared_by in _CLEARED_BY else []
    lines.append(Line(Mark.MET, f"Its clearance was used once, at {local_time(run.started_at, viewer.now)}"))
    if is_reported(action):
        lines.append(Line(Mark.ATTENTION, "This is the agent's word: nobody here saw it happen"))
    return OutcomeSheet(kind, title, paintable(text), tuple(lines))


def _ran(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    if is_outside(action):
        return _by_agent(action, run, viewer)
    kind, title = _RAN[action.status]
    if run.reference:
        text = f"{action.connector} confirmed it at {local_time(run.ended_at, viewer.now)}."
    elif action.status is ActionStatus.STARTED and run.detail:
        text = f"Trying again: {run.detail}"
    else:
        text = run.detail or "The start is on the ledger."
    return OutcomeSheet(kind, title, paintable(text), _lines(action, run))


def _never(action: Action) -> OutcomeSheet:
    kind, title, text = _NEVER[action.status]
    if action.status is ActionStatus.EXPIRED and action.cleared_at:
        return OutcomeSheet(
            kind, "Cleared, and never begun", "The agent did not begin while its clearance held."
        )
    if action.status is ActionStatus.STOPPED and action.ended_by.startswith(_KERNEL):
        reason = "By then, what it was about to change was changed, taken back, or over."
        return OutcomeSheet(kind, "Stopped before it could start", reason)
    return OutcomeSheet(kind, paintable(title.format(by=action.ended_by)).text, text)


def _lines(action: Action, run: Run) -> tuple[Line, ...]:
    lines = [Line(Mark.MET, _CLEARED_BY[action.cleared_by])] if action.cleared_by in _CLEARED_BY else []
    if is_inside(action):
        lines.append(Line(Mark.MET, "Carried out inside Lineclear, in one transaction with its record"))
    else:
        receipt = f", receipt {run.reference}" if run.reference else ""
        sent = "Sent once" if run.attempt == 1 else f"Sent {run.attempt} times under one key"
        lines.append(Line(Mark.MET, sent, paintable(f"Idempotency key {run.key}{receipt}")))
    if action.undoes:
        lines.append(Line(Mark.MET, "Takes back an earlier action", paintable(action.undoes)))
    if action.undone_by:
        lines.append(Line(Mark.ATTENTION, "Taken back by a later action", paintable(action.undone_by)))
    return tuple(lines)
