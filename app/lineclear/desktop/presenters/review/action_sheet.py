"""One action as a sheet: five questions, the real change, why, authority, job. Pure: free of Qt and I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lineclear.application.agents.agents_word import is_outside
from lineclear.application.executing.inside import is_asked_for, is_inside
from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import Contents, open_contents
from lineclear.application.reading.formats import age_text, erased_words, seconds_between
from lineclear.application.reading.questions import HAS_RUN, NEVER_RAN, answer_questions
from lineclear.desktop.presenters.changes.arguments import arguments_sheet
from lineclear.desktop.presenters.changes.differences import Heading, compare
from lineclear.desktop.presenters.changes.origins import argument_sources, origins_of
from lineclear.desktop.presenters.changes.values import named
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.decisions import decision_sheet, undo_sheet
from lineclear.desktop.presenters.review.holds import hold_notice
from lineclear.desktop.presenters.review.outcomes import outcome_sheet
from lineclear.desktop.presenters.review.passing import handed_notice
from lineclear.desktop.presenters.review.reasons import authority_lines, check_lines, reason_lines
from lineclear.desktop.presenters.review.steps import job_brief, timeline_sheet
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
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say

_HARD_SPACE = "\N{NO-BREAK SPACE}"
"""Keeps a figure and its unit on one line."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of a comparison, and which stored parts they are of: equal parts need no second look."""

    of: tuple[object, ...]
    sheet: ChangesSheet
    said: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A sheet with the action that it was made from: what a decision will name."""

    sheet: ActionSheet
    detail: Detail
    compared: Compared


def show(
    detail: Detail, viewer: Viewer, *, undo: Preview | None = None, earlier: Shown | None = None
) -> Shown:
    """Make the sheet of an action; raises AlteredError where stored parts do not have their digests.

    What was compared for `earlier` is taken from there where the stored parts are the same.
    """
    action, contents = detail.action, open_contents(detail)
    compared = _compare(detail, contents, earlier, viewer.now)
    sheet = ActionSheet(
        id=action.id,
        title=named(action.title or say("{tool} (text erased)", tool=action.tool)),
        byline=_byline(action, viewer),
        questions=_questions(detail, compared.said, viewer),
        decision=decision_sheet(detail, viewer),
        banner=handed_notice(action, viewer) or _revised(action) or hold_notice(detail, viewer),
        outcome=outcome_sheet(action, viewer, detail.job),
        changes=replace(compared.sheet, freshness=_freshness(action, viewer)),
        evidence=_evidence(detail, contents),
        timeline=timeline_sheet(detail, viewer),
        reasons=reason_lines(action),
        authority=authority_lines(detail, viewer),
        job=job_brief(detail, viewer),
        checks=(*check_lines(detail, viewer), *_unkept(detail)),
        note=paintable(action.note) if action.note else None,
        answers=_answers(action),
        undo=undo_sheet(action, undo, contents.effect, viewer.now),
        is_over=action.status in HAS_RUN | NEVER_RAN,
        edited=_edited(action, contents, viewer.now),
        since=_since(detail, contents, earlier, viewer.now),
    )
    return Shown(sheet, detail, compared)


def changed_fields(sheet: ActionSheet) -> int:
    """How many changed fields, or lines of code, a sheet shows."""
    if sheet.changes is None:
        return 0
    code = sheet.changes.code
    return len(sheet.changes.rows) + (code.changed_lines if code is not None else 0)


def _unkept(detail: Detail) -> tuple[Line, ...]:
    """That contents go with the outcome, said before anybody approves."""
    if detail.keeps_payload or detail.action.erased is not None:
        return ()
    said = say("Policy keeps no payload: it is erased when the action has ended, and cannot be undone then")
    return (Line(Mark.ATTENTION, said),)


def _compare(detail: Detail, contents: Contents, earlier: Shown | None, now: datetime) -> Compared:
    action = detail.action
    effect = action.run.effect if action.run else ""
    of = (action.id, action.content, effect, _stage(action), contents.missing, now.date())
    if earlier is not None and earlier.compared.of == of:
        return earlier.compared
    before, after = _states(action, contents)
    if is_outside(action):
        called = action.target.id if action.target else action.tool
        sheet, said = arguments_sheet(after, called, origins_of(detail, "arguments"), now)
    else:
        origins = origins_of(detail, "after")
        heading = replace(_heading(action, contents), now=now)
        sheet, said = compare(before, after, action.shape, heading, origins)
    if contents.missing:
        erased = paintable(erased_words(action.erased, contents.missing, now))
        sheet = ChangesSheet(sheet.heading, (), (), (Line(Mark.ATTENTION, erased),))
    return Compared(of, sheet, said)


def _stage(action: Action) -> str:
    """What the headings of a comparison say of when it was made."""
    return (
        say("ran")
        if action.status in HAS_RUN
        else say("never ran")
        if action.status in NEVER_RAN
        else say("waits")
    )


def _answers(action: Action) -> tuple[Line, ...]:
    """What the agent was asked and what it said; nobody has verified that."""
    return tuple(
        Line(
            Mark.UNKNOWN,
            paintable(say("{by} asked: {text}", by=one.by, text=one.text)),
            paintable(one.answer) if one.answered_at else say("Not answered yet"),
        )
        for one in action.attention.questions
    )


def _edited(action: Action, contents: Contents, now: datetime) -> ChangesSheet | None:
    """What people changed of the agent's own proposal."""
    if contents.proposed is None or contents.payload is None:
        return None
    heading = Heading(
        say("Edited by {edited_by}", edited_by=action.edited_by),
        before_title=say("Proposed"),
        after_title=say("Edited"),
        now=now,
    )
    return compare(contents.proposed, contents.payload, "", heading)[0]


def _since(detail: Detail, contents: Contents, earlier: Shown | None, now: datetime) -> ChangesSheet | None:
    """What differs from the revision that was on screen before, for as long as this one is."""
    action = detail.action
    if earlier is None or earlier.detail.action.id != action.id:
        return None
    seen = earlier.detail.action
    if seen.revision == action.revision:
        return earlier.sheet.since
    before = open_contents(earlier.detail)
    if before.missing or contents.missing:
        return None
    of, states = say("What it would write"), (before.after, contents.after)
    if states[0] == states[1]:
        of, states = say("The target"), (before.before, contents.before)
    if states[0] == states[1]:
        return None
    title = say(
        "{of} changed since you looked: revision {old} to {new}",
        of=of,
        old=seen.revision,
        new=action.revision,
    )
    heading = Heading(title, before_title=say("You saw"), after_title=say("It is now"), now=now)
    return replace(compare(*states, action.shape, heading)[0], unchanged=())


def _heading(action: Action, contents: Contents) -> Heading:
    has_run, is_known = action.status in HAS_RUN, contents.effect is not None
    target = f"{action.target.kind} {action.target.id}" if action.target else action.tool
    if has_run and is_known:
        return Heading(say("Changed in {target}", target=target), before_title=say("Before"))
    if has_run:
        return Heading(
            say("Asked for in {target}", target=target),
            before_title=say("Before"),
            after_title=say("Asked for"),
        )
    if action.status in NEVER_RAN:
        return Heading(
            say("Proposed for {target}", target=target), before_title=say("Then"), after_title=say("Proposed")
        )
    return Heading(say("Changes to {target}", target=target))


def _states(action: Action, contents: Contents) -> tuple[Json, Json]:
    """What was proposed to change, or what an execution did change."""
    if action.status in HAS_RUN and contents.effect is not None:
        return contents.effect.before, contents.effect.after
    return contents.before, contents.after


def _freshness(action: Action, viewer: Viewer) -> Chip | None:
    if action.status is not ActionStatus.PENDING or is_outside(action):
        return None
    return Chip(say("read {age}", age=age_text(seconds_between(action.revised_at, viewer.now))))


def _byline(action: Action, viewer: Viewer) -> tuple[Value, ...]:
    age = age_text(seconds_between(action.proposed_at, viewer.now))
    seen = None if is_outside(action) else action.target
    target = say(" on {kind} ", kind=seen.kind) if seen else ""
    return (
        _plain("" if is_inside(action) else f"{action.capability} → "),
        _mono(action.tool),
        _plain(target),
        _mono(seen.id if seen else ""),
        _plain(f", {_proposer(action)} "),
        Value((Segment(age.replace(" ", _HARD_SPACE)),), is_mono=False),
    )


def _proposer(action: Action) -> str:
    if is_inside(action) and not is_asked_for(action):
        return say("asked by Lineclear for {agent}", agent=action.agent)
    return (
        say("asked for by {proposer}", proposer=action.proposer.partition("/")[2])
        if action.undoes or is_asked_for(action)
        else say("proposed by {agent}", agent=action.agent)
    )


def _plain(text: str) -> Value:
    return Value((Segment(paintable(text)),), is_mono=False)


def _mono(text: str) -> Value:
    return Value((Segment(paintable(text)),), is_mono=True)


def _questions(detail: Detail, changed: str, viewer: Viewer) -> tuple[Question, ...]:
    answers = answer_questions(detail, changed, viewer.now)
    return tuple(Question(ask, paintable(says)) for ask, says in answers)


def _evidence(detail: Detail, contents: Contents) -> EvidenceSheet | None:
    evidence = detail.action.evidence
    arguments = () if is_outside(detail.action) else argument_sources(detail, contents)
    if not evidence and not arguments:
        return None
    steps = {span.id: number for number, span in enumerate(detail.spans, 1)}
    sources = tuple(
        Source(
            paintable(one.source),
            paintable(one.excerpt),
            say("step {steps}", steps=steps[one.span]) if one.span in steps else "",
            one.span if one.span in steps else "",
        )
        for one in evidence
    )
    return EvidenceSheet(sources, arguments)


def _revised(action: Action) -> Notice | None:
    if action.revision > 1 and action.status is ActionStatus.PENDING:
        title = say("Revision {revision}: look again", revision=action.revision)
        voters = ", ".join(vote.person for vote in action.voided)
        void = say("The votes of {voters} are void", voters=voters) if voters else ""
        return Notice(
            NoticeKind.INFO, title, paintable(": ".join(filter(None, (void, action.revised_because))))
        )
    return None
