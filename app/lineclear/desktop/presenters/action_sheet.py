"""One action as a sheet: five questions, the real change, why, authority, job. Pure: free of Qt and I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.answers import Detail
from lineclear.desktop.presenters.decisions import decision_sheet, undo_sheet
from lineclear.desktop.presenters.differences import Heading, changes_sheet, summary
from lineclear.desktop.presenters.formats import age_text, length_text, seconds_between
from lineclear.desktop.presenters.outcomes import outcome_sheet
from lineclear.desktop.presenters.queue_sheet import Viewer
from lineclear.desktop.presenters.reasons import authority_lines, check_lines, reason_lines
from lineclear.desktop.presenters.sheets import (
    ActionSheet,
    ChangesSheet,
    Chip,
    EvidenceSheet,
    Line,
    Mark,
    Notice,
    NoticeKind,
    Segment,
    Source,
    Value,
    Words,
    five_questions,
)
from lineclear.desktop.presenters.steps import job_brief, timeline_sheet
from lineclear.desktop.presenters.stored import Contents, open_contents
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, JobStatus

_DOING = {
    ActionStatus.PENDING: "Waiting for you",
    ActionStatus.CLEARED: "Cleared, about to run",
    ActionStatus.STARTED: "Running now",
    ActionStatus.SUCCEEDED: "Done",
    ActionStatus.UNDONE: "Done, then undone",
    ActionStatus.FAILED: "Failed, nothing changed",
    ActionStatus.UNKNOWN: "Sent, outcome unknown",
    ActionStatus.DENIED: "Denied by policy",
    ActionStatus.REJECTED: "Rejected",
    ActionStatus.EXPIRED: "Expired undecided",
    ActionStatus.STOPPED: "Stopped with its job",
    ActionStatus.WITHDRAWN: "Withdrawn by the agent",
    ActionStatus.AGREED: "Agreed, draft mode runs nothing",
}
HAS_RUN = frozenset({ActionStatus.SUCCEEDED, ActionStatus.UNDONE})


@dataclass(frozen=True, slots=True)
class Shown:
    """A sheet with the action that it was made from: what a decision will name."""

    sheet: ActionSheet
    detail: Detail


def show(
    detail: Detail, viewer: Viewer, *, undo: Preview | None = None, banner: Notice | None = None
) -> Shown:
    """Make the sheet of an action; raises AlteredError where stored parts do not have their digests."""
    action, contents = detail.action, open_contents(detail)
    changes = _changes(detail, contents, viewer)
    sheet = ActionSheet(
        id=action.id,
        title=paintable(action.title or f"{action.tool} (text erased)"),
        byline=_byline(action, viewer),
        questions=five_questions(_answers(detail, contents, viewer), has_run=action.status in HAS_RUN),
        decision=decision_sheet(detail, viewer),
        banner=banner or _banner(action),
        outcome=outcome_sheet(action, viewer),
        changes=changes,
        evidence=_evidence(detail),
        timeline=timeline_sheet(detail, viewer),
        reasons=reason_lines(action),
        authority=authority_lines(detail, viewer),
        job=job_brief(detail),
        checks=check_lines(detail, viewer),
        note=paintable(action.note) if action.note else None,
        undo=undo_sheet(action, undo),
    )
    return Shown(sheet, detail)


def _changes(detail: Detail, contents: Contents, viewer: Viewer) -> ChangesSheet:
    action = detail.action
    ran = action.status in HAS_RUN and contents.effect is not None
    target = f"{action.target.kind} {action.target.id}" if action.target else action.tool
    heading = Heading(
        title=f"Changed in {target}" if ran else f"Changes to {target}",
        freshness=_freshness(action, viewer),
        before_title="Before" if ran else "Now",
    )
    before, after = _states(action, contents)
    sheet = changes_sheet(before, after, action.shape, heading)
    if not contents.missing:
        return sheet
    erased = Line(Mark.ATTENTION, f"Erased under retention, so not shown: {', '.join(contents.missing)}")
    return ChangesSheet(
        sheet.heading, (), (), (erased,), sheet.freshness, sheet.before_title, sheet.after_title
    )


def _states(action: Action, contents: Contents) -> tuple[Json, Json]:
    """What was proposed to change, or what an execution did change."""
    if action.status in HAS_RUN and contents.effect is not None:
        return contents.effect.before, contents.effect.after
    return contents.before, contents.after


def _freshness(action: Action, viewer: Viewer) -> Chip | None:
    if action.status is not ActionStatus.PENDING:
        return None
    return Chip(f"read {age_text(seconds_between(action.revised_at, viewer.now))}")


def _byline(action: Action, viewer: Viewer) -> tuple[Value, ...]:
    age = age_text(seconds_between(action.proposed_at, viewer.now))
    target = f" on {action.target.kind} " if action.target else ""
    who = (
        "asked for by " + action.proposer.partition("/")[2]
        if action.undoes
        else f"proposed by {action.agent}"
    )
    return (
        _plain(f"{action.capability} → "),
        _mono(action.tool),
        _plain(target),
        _mono(action.target.id if action.target else ""),
        _plain(f", {who} {age}"),
    )


def _plain(text: str) -> Value:
    return Value((Segment(paintable(text)),), is_mono=False)


def _mono(text: str) -> Value:
    return Value((Segment(paintable(text)),), is_mono=True)


def _answers(detail: Detail, contents: Contents, viewer: Viewer) -> tuple[Words, Words, Words, Words, Words]:
    action = detail.action
    doing = _DOING.get(action.status, action.status.value)
    if action.status is ActionStatus.PENDING and detail.job.steps:
        doing = f"Step {detail.job.steps + 1}, {doing[0].lower()}{doing[1:]}"
    why = paintable(action.why or detail.job.goal or "The agent gave no reason")
    before, after = _states(action, contents)
    change = summary(before, after, action.shape)
    return doing, why, change, _stop_answer(detail), _undo_answer(action, viewer)


def _stop_answer(detail: Detail) -> str:
    if detail.action.status in HAS_RUN or detail.job.status is not JobStatus.RUNNING:
        over = {JobStatus.STOPPED: "Stopped", JobStatus.ENDED: "The job has ended"}
        return over.get(detail.job.status, "It has already happened")
    return "Yes, before the next step starts"


def _undo_answer(action: Action, viewer: Viewer) -> str:
    if action.undone_by:
        return "It was undone"
    if not action.undo.possible:
        return f"No, {action.undo.loses}" if action.undo.loses else "No, it is final"
    if action.undo.window is None:
        return "Yes, at any time"
    if action.run is None or not action.run.ended_at:
        return f"Yes, for {length_text(action.undo.window)}"
    left = action.undo.window - seconds_between(action.run.ended_at, viewer.now)
    return f"Yes, {length_text(left)} left" if left > 0 else "No, its time is over"


def _evidence(detail: Detail) -> EvidenceSheet | None:
    evidence = detail.action.evidence
    if not evidence:
        return None
    steps = {span.id: number for number, span in enumerate(detail.spans, 1)}
    sources = tuple(
        Source(
            paintable(one.source),
            paintable(one.excerpt),
            f"step {steps[one.span]}" if one.span in steps else "",
        )
        for one in evidence
    )
    return EvidenceSheet(sources)


def _banner(action: Action) -> Notice | None:
    if action.revision > 1 and action.status is ActionStatus.PENDING:
        title = f"Revision {action.revision}: look again"
        return Notice(NoticeKind.INFO, title, paintable(f"Earlier votes are void: {action.revised_because}"))
    if action.held:
        return Notice(
            NoticeKind.SAFE_MODE, "Cleared and waiting", "Safe mode is on; it runs when safe mode is left."
        )
    return None
