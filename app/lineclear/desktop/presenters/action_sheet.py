"""One action as a sheet: five questions, the real change, why, authority, job. Pure: free of Qt and I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.answers import Detail
from lineclear.application.contents import Contents, open_contents
from lineclear.application.formats import age_text, seconds_between
from lineclear.application.questions import HAS_RUN, answer_questions
from lineclear.desktop.presenters.decisions import decision_sheet, undo_sheet
from lineclear.desktop.presenters.differences import Heading, changes_sheet, summary
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
    Question,
    Segment,
    Source,
    Value,
)
from lineclear.desktop.presenters.steps import job_brief, timeline_sheet
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus


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
        questions=_questions(detail, contents, viewer),
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


def _questions(detail: Detail, contents: Contents, viewer: Viewer) -> tuple[Question, ...]:
    before, after = _states(detail.action, contents)
    changed = summary(before, after, detail.action.shape)
    return tuple(
        Question(ask, paintable(says)) for ask, says in answer_questions(detail, changed, viewer.now)
    )


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
