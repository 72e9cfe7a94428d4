"""The story around one entry as a sheet: proposal, policy, decisions, start, effect, undo. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import msgspec

from lineclear.application.reading.blind import BLIND
from lineclear.application.reading.formats import short_digest
from lineclear.application.record.reading import (
    LedgerStory,
    Signature,
    SignatureState,
    Standing,
    StoryStep,
)
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.values import written
from lineclear.desktop.presenters.ledger.ledger_sheets import Fact, StoryLine, StorySheet
from lineclear.desktop.presenters.ledger.ledger_types import type_words
from lineclear.desktop.presenters.ledger.ledger_words import trusted_words, utc_text
from lineclear.desktop.presenters.ledger.story_words import consulted_words, decision_words
from lineclear.desktop.presenters.sheets import ChangesSheet, Chip, Line, Mark, Tone, Words
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.effects import Effect
from lineclear.domain.erasure import STEPS
from lineclear.domain.events import encode_event
from lineclear.domain.policy.reasons import ReasonEffect
from lineclear.domain.policy.stages import asked
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.records import Recorded
from lineclear.domain.text import CHUNK, paintable
from lineclear.domain.vocabulary import Outcome
from lineclear.domain.wording import marked, say

_REASONS: Final = {
    ReasonEffect.ALLOW: Mark.MET,
    ReasonEffect.ASK: Mark.ATTENTION,
    ReasonEffect.DENY: Mark.REFUSED,
    ReasonEffect.INFO: Mark.MET,
}
_STEPS_READ: Final = marked(
    "What went into these steps and what came out: the page of {job} shows it; of a pack,"
    " lineclear audit show FILE {job} prints it"
)
_OUTCOMES: Final = {
    Outcome.ALLOW: marked("Policy allowed it"),
    Outcome.ASK: marked("Policy asked for a person"),
}
_FOUND_OUT: Final = {
    True: marked("{person} found out: it happened"),
    False: marked("{person} found out: it did not happen"),
}
_SIGNED: Final = {
    SignatureState.HOLDS: (Mark.MET, marked("Signature holds")),
    SignatureState.BROKEN: (Mark.REFUSED, marked("Signature does not hold")),
    SignatureState.ABSENT: (Mark.UNKNOWN, marked("Signature not checked")),
}


def story_sheet(story: LedgerStory, said: str = "") -> StorySheet:
    """The story, with every content that is here and the reason for each that is not."""
    action, chosen = story.action, story.chosen
    return StorySheet(
        index=story.index,
        title=_title(story),
        byline=_byline(story),
        proof=_proof(story.standing),
        standing=_standing(story.standing),
        steps=tuple(_step(step, story.index) for step in story.steps) if action else (),
        facts=tuple(_facts(chosen)) if chosen and not chosen.withheld else (),
        changes=_changes(story, action) if action else None,
        undo=_undo(story, story.undone) if story.undone else None,
        notes=tuple(_notes(story)),
        said=said,
    )


def _title(story: LedgerStory) -> Words:
    if story.action is not None:
        return paintable(_named(story) or say("{tool} (text not here)", tool=story.action.tool))
    if story.chosen is None:
        return say("Entry {index:,} cannot be read", index=story.index)
    return type_words(story.chosen.recorded.type)


def _named(story: LedgerStory) -> str:
    return story.action.title if story.action else ""


def _byline(story: LedgerStory) -> Words:
    action, chosen = story.action, story.chosen
    if action is not None:
        by = action.proposer.partition("/")[2]
        return paintable(
            say(
                "{capability} → {tool}, by {by}, {id}",
                capability=action.capability,
                tool=action.tool,
                by=by,
                id=action.id,
            )
        )
    if chosen is not None and chosen.withheld:
        return say(BLIND)
    if chosen is not None:
        recorded = chosen.recorded
        return paintable(
            say(
                "{stream}, by {actor}, {time} UTC",
                stream=recorded.stream,
                actor=recorded.actor,
                time=utc_text(recorded.at),
            )
        )
    return say("Its bytes are not those of an entry.")


def _proof(standing: Standing) -> Chip:
    if not standing.is_proven:
        return Chip(say("Not proven"), Tone.STOP)
    if standing.is_pinned or standing.since:
        return Chip(say("Proven"), Tone.OK)
    return Chip(say("Proven by its own key"), Tone.CAUTION)


def _standing(standing: Standing) -> Line:
    if not standing.is_proven:
        return Line(Mark.REFUSED, paintable(standing.says))
    if standing.since:
        return Line(Mark.MET, paintable(standing.says), trusted_words(standing.key, standing.since))
    key = say("Key {digest}", digest=short_digest(standing.key))
    whose = (
        say("which you named")
        if standing.is_pinned
        else say("which came with the ledger: compare it with your own")
    )
    return Line(Mark.MET, paintable(standing.says), f"{key}, {whose}")


def _step(step: StoryStep, chosen: int) -> StoryLine:
    recorded = step.recorded
    if step.withheld:
        place = say("Entry {index:,} · {time}", index=recorded.index, time=utc_text(recorded.at))
        details = (Line(Mark.ATTENTION, say(BLIND)),)
        is_drawn = isinstance(recorded.event, e.SecondLookDrawn)
        says = _happened(step)[1] if is_drawn else say("Somebody decided on it")
        return StoryLine(recorded.index, Line(Mark.UNKNOWN, says, place), details, recorded.index == chosen)
    mark, says = _happened(step)
    place = say(
        "Entry {index:,} · {time} · {actor}",
        index=recorded.index,
        time=utc_text(recorded.at),
        actor=recorded.actor,
    )
    line = Line(mark, paintable(says), paintable(place))
    return StoryLine(recorded.index, line, tuple(_details(step)), recorded.index == chosen)


def _happened(step: StoryStep) -> tuple[Mark, str]:
    """What an entry says, and the sign before it."""
    match step.recorded.event:
        case e.ActionProposed(agent=agent, tool=tool):
            return Mark.MET, say("{agent} proposed {tool}", agent=agent, tool=tool)
        case e.ActionRevised(revision=revision, because=because):
            said = step.brief.because if isinstance(step.brief, e.ActionBrief) else ""
            because = said or because
            return Mark.ATTENTION, say("Revision {revision}: {because}", revision=revision, because=because)
        case e.ActionEvaluated(outcome=outcome, policy_version=version):
            says = say(_OUTCOMES.get(outcome, marked("Policy denied it")))
            mark = {Outcome.ALLOW: Mark.MET, Outcome.ASK: Mark.ATTENTION}.get(outcome, Mark.REFUSED)
            return mark, say("{says}, version {version}", says=says, version=version)
        case e.DecisionRecorded() as decision:
            return decision_words(decision)
        case e.ActionCleared(by=by):
            return Mark.MET, say("Cleared by {by}", by=by)
        case _:
            return _carried_out(step.recorded, step.brief)


def _carried_out(recorded: Recorded, brief: e.Brief | None) -> tuple[Mark, str]:
    said = brief.detail if isinstance(brief, e.DetailBrief) else ""
    found = _passed_on(recorded) or (Mark.MET, type_words(recorded.type))
    match recorded.event:
        case e.ExecutionStarted(worker=worker):
            found = Mark.MET, say("Started by worker {worker}", worker=worker)
        case e.ExecutionSucceeded(reference=reference):
            found = Mark.MET, say("It happened: {reference}", reference=reference)
        case e.ExecutionFailed(detail=detail):
            found = Mark.REFUSED, say("Nothing was changed: {detail}", detail=said or detail)
        case e.ExecutionUnknown(detail=detail):
            found = (
                Mark.UNKNOWN,
                say("Sent, and nobody could say whether it happened: {detail}", detail=said or detail),
            )
        case e.ExecutionReconciled(person=person, happened=happened):
            found = (
                Mark.MET,
                say(_FOUND_OUT[happened], person=person),
            )
        case e.ActionConsulted(said=judge):
            found = consulted_words(judge)
        case e.ActionUndone(by_action=other):
            found = Mark.ATTENTION, say("Taken back by {other}", other=other)
    return found


def _passed_on(recorded: Recorded) -> tuple[Mark, str] | None:
    """Who else was given it, or asked besides."""
    match recorded.event:
        case e.ActionClaimed(person=person, handed_by=giver) if giver:
            return Mark.ATTENTION, say("{giver} handed it to {receiver}", giver=giver, receiver=person)
        case e.ActionEscalated(to=to, by=by):
            who = by or say("policy, because it waited")
            return Mark.ATTENTION, say("Escalated to {place} by {name}", place=asked(to), name=who)
        case e.SecondLookDrawn(drawn=True):
            return Mark.ATTENTION, say("Drawn for a second look by somebody else")
        case e.SecondLookDrawn():
            return Mark.MET, say("Not drawn for a second look")
        case _:
            return None


def _details(step: StoryStep) -> Iterator[Line]:
    match step.recorded.event:
        case e.ActionEvaluated(reasons=reasons):
            for reason in reasons:
                yield Line(_REASONS[reason.effect], paintable(sentence(reason)), paintable(where(reason)))
        case e.ActionProposed(amount=amount, currency=currency) if amount:
            yield Line(
                Mark.MET, paintable(say("Amount {amount} {currency}", amount=amount, currency=currency))
            )
        case e.ExecutionStarted(key=key):
            yield Line(Mark.MET, paintable(say("Idempotency key {key}", key=key)))
    match step.brief:
        case e.ActionBrief(note=note, why=why):
            yield from (
                Line(Mark.UNKNOWN, paintable(text), say("The agent's words, unverified"))
                for text in (why, note)
                if text
            )
        case (
            e.DecisionBrief(reason=words) | e.EscalationBrief(reason=words) | e.HandOverBrief(note=words)
        ) if words:
            yield Line(Mark.MET, paintable(f"“{words}”"))
    if step.signature is not None:
        yield _signature(step.signature)
    for part in step.altered:
        yield Line(Mark.REFUSED, paintable(say("Its {part} was changed since: not shown", part=part)))
    if step.missing:
        yield Line(Mark.UNKNOWN, paintable(say("Not here: {missing}", missing=", ".join(step.missing))))


def _signature(signature: Signature) -> Line:
    mark, says = _SIGNED[signature.state][0], say(_SIGNED[signature.state][1])
    source = say("device {digest}", digest=short_digest(signature.device))
    statement = signature.statement
    if statement is not None and signature.state is SignatureState.HOLDS:
        over = say("over payload, view, policy, revision and ledger as recorded")
        return Line(
            mark,
            f"{says}, {over}",
            paintable(
                say(
                    "{source}, number {device_counter}",
                    source=source,
                    device_counter=statement.device_counter,
                )
            ),
        )
    return Line(mark, paintable(f"{says}: {signature.says}"), paintable(source))


def _changes(story: LedgerStory, action: Action) -> ChangesSheet | None:
    target = f"{action.target.kind} {action.target.id}" if action.target else action.tool
    if story.effect is not None:
        heading = Heading(say("Changed in {target}", target=target), before_title=say("Before"))
        return changes_sheet(story.effect.before, story.effect.after, action.shape, heading)
    if story.before is None and story.after is None:
        return None
    heading = Heading(
        say("Asked for in {target}", target=target), before_title=say("Before"), after_title=say("Asked for")
    )
    return changes_sheet(story.before, story.after, action.shape, heading)


def _undo(story: LedgerStory, undone: Effect) -> ChangesSheet:
    shape = story.action.shape if story.action else ""
    return changes_sheet(
        undone.before, undone.after, shape, Heading(say("Taken back"), before_title=say("Before"))
    )


def _facts(step: StoryStep) -> Iterator[Fact]:
    """Everything that the entry itself says, and the contents to which it commits."""
    members = [*encode_event(step.recorded.event).items()]
    if step.brief is not None:
        members += msgspec.to_builtins(step.brief).items()
    for name, value in members:
        text = value if isinstance(value, str) else written(cast("Comparable", value))
        yield Fact(paintable(name), paintable(text[:CHUNK]))
    for part, digest in step.recorded.commits.items():
        state = say("here, as committed")
        if part in step.altered or part in step.missing:
            state = say("changed") if part in step.altered else say("not here")
        yield Fact(paintable(part), paintable(f"{digest} ({state})"))


def _notes(story: LedgerStory) -> Iterator[Line]:
    chosen = story.chosen
    if chosen is not None and chosen.recorded.commits.keys() >= STEPS:
        yield Line(Mark.UNKNOWN, paintable(say(_STEPS_READ, job=chosen.recorded.id)))
    if story.is_cut:
        yield Line(
            Mark.ATTENTION, say("Only the newest {steps:,} entries of it are shown", steps=len(story.steps))
        )
    if story.action is not None and story.effect is None and story.before is None and story.after is None:
        yield Line(Mark.UNKNOWN, say("What it changed is not shown: its contents are not here"))
