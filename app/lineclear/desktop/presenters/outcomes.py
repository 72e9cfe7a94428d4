"""What became of an action, in words. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.formats import local_time
from lineclear.desktop.presenters.queue_sheet import Viewer
from lineclear.desktop.presenters.reasons import deciding
from lineclear.desktop.presenters.sheets import Line, Mark, OutcomeKind, OutcomeSheet
from lineclear.domain.actions import Action, Run
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus

_CLEARED_BY = {"policy": "Policy cleared it, without a person", "decisions": "Cleared by signed decisions"}

_RAN = {
    ActionStatus.STARTED: (OutcomeKind.RUNNING, "It is running"),
    ActionStatus.SUCCEEDED: (OutcomeKind.DONE, "It happened"),
    ActionStatus.UNDONE: (OutcomeKind.UNDONE, "It happened and was taken back"),
    ActionStatus.FAILED: (OutcomeKind.FAILED, "Nothing was changed"),
    ActionStatus.UNKNOWN: (OutcomeKind.UNKNOWN, "Sent, and nobody can say yet whether it happened"),
}
_NEVER = {
    ActionStatus.EXPIRED: ("It expired undecided", "Nobody decided before its deadline."),
    ActionStatus.STOPPED: ("Stopped by {by}", "It never started."),
    ActionStatus.WITHDRAWN: ("Withdrawn by the agent", "It never started."),
}


def outcome_sheet(action: Action, viewer: Viewer) -> OutcomeSheet | None:
    """How it ended, and how that is known; None while it waits for people."""
    if action.run is not None and action.status in _RAN:
        return _ran(action, action.run, viewer)
    if action.status in _NEVER:
        title, text = _NEVER[action.status]
        return OutcomeSheet(OutcomeKind.REFUSED, title.format(by=action.ended_by), text)
    if action.status is ActionStatus.DENIED:
        return OutcomeSheet(OutcomeKind.REFUSED, "Policy denied it", paintable(deciding(action)))
    if action.status is ActionStatus.REJECTED:
        reason = action.votes[-1].reason if action.votes else ""
        return OutcomeSheet(OutcomeKind.REFUSED, f"Rejected by {action.ended_by}", paintable(reason))
    return None


def _ran(action: Action, run: Run, viewer: Viewer) -> OutcomeSheet:
    kind, title = _RAN[action.status]
    if run.reference:
        text = f"{run.reference}, {local_time(run.ended_at, viewer.now)}"
    else:
        text = run.detail or "The start is on the ledger."
    return OutcomeSheet(kind, title, paintable(text), _lines(action))


def _lines(action: Action) -> tuple[Line, ...]:
    lines = [Line(Mark.MET, _CLEARED_BY[action.cleared_by])] if action.cleared_by in _CLEARED_BY else []
    if action.run is not None:
        lines.append(
            Line(Mark.MET, paintable(f"Idempotency key {action.run.key}, attempt {action.run.token}"))
        )
    if action.undoes:
        lines.append(Line(Mark.MET, paintable(f"Takes back {action.undoes}")))
    if action.undone_by:
        lines.append(Line(Mark.ATTENTION, paintable(f"Taken back by {action.undone_by}")))
    return tuple(lines)
