"""What happened to an action or a job, as a pack tells it. Free of judgement: `verifying` has judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack
from lineclear.application.jobs import STEP_CONTENTS
from lineclear.application.reading.contents import AlteredError
from lineclear.application.reading.formats import counted, dollars
from lineclear.application.reading.steps import open_step
from lineclear.application.record.replay import Step
from lineclear.domain import events as e
from lineclear.domain.events import BRIEF_TYPES, Brief, decode_brief
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.vocabulary import Grounds


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the story. All texts may be from outside: show them as such."""

    index: int
    at: str
    by: str
    type: str
    says: str
    details: tuple[str, ...]


_RESTS: Final = {
    Grounds.OWN: "",
    Grounds.DELEGATED: ", lent by {giver}",
    Grounds.BREAK_GLASS: ", by breaking glass",
}
"""What a decision's tier rested on, beside the person's own."""


def tell(pack: Pack, steps: tuple[Step, ...]) -> Iterator[Told]:
    """The steps in order, with the contents that are in the pack."""
    for step in steps:
        recorded = step.recorded
        brief = _brief(pack, step)
        said = (*_details(step), *_brief_lines(brief), *_step_lines(pack, step, brief))
        details = (*said, *_contents(pack, step), _proof_line(pack, step))
        yield Told(recorded.index, recorded.at, recorded.actor, recorded.type, _says(step), details)


def _says(step: Step) -> str:
    match step.recorded.event:
        case e.ActionProposed(agent=agent, tool=tool, capability=capability, connector=connector):
            says = f"{agent} proposed {tool} ({capability}) on {connector}"
        case e.ActionRevised(revision=revision, because=because):
            says = f"revision {revision}: {because}".removesuffix(": ")
        case e.ActionEvaluated(outcome=outcome, policy_version=version, tier=tier, approvals=approvals):
            asks = f", tier {tier}, {approvals} approvals" if tier else ""
            says = f"policy version {version} says {outcome}{asks}"
        case e.DecisionRecorded(person=person, verdict=verdict, tier=tier, grounds=grounds, giver=giver):
            says = f"{person} (tier {tier}{_RESTS[grounds].format(giver=giver)}) decided: {verdict}"
        case e.ActionConsulted(said=said):
            word = said.outcome or f"nothing: {said.problem}"
            says = f"the judge at {said.url} was asked ({said.occasion}) and said {word}"
        case e.ActionCleared(by=by, clearance=clearance):
            says = f"cleared by {by} ({clearance})"
        case e.ExecutionStarted(worker=worker, key=key):
            says = f"worker {worker} started it with key {key}"
        case e.ExecutionSucceeded(reference=reference):
            says = f"it succeeded: {reference}"
        case e.SpansRecorded(steps=steps, cost_micros=cost):
            agent = step.recorded.actor.partition("/")[2]
            says = f"{agent} recorded {counted(steps, 'step')} for {dollars(cost)}"
        case event:
            says = f"{step.recorded.type} {msgspec.json.encode(event).decode()}"
    return says


def _details(step: Step) -> Iterator[str]:
    match step.recorded.event:
        case e.ActionEvaluated(policy=policy, reasons=reasons):
            yield f"policy {policy}"
            yield from (f"because {reason.effect}: {reason.code}" for reason in reasons)
        case e.ActionProposed(amount=amount, currency=currency) if amount:
            yield f"amount {amount} {currency}"
        case e.DecisionRecorded(device=device, counter=counter):
            yield f"device {device}, its signature number {counter}"
            statement = step.statement
            if statement is None:
                yield "what was signed is not in this pack"
            else:
                yield "signature holds, over payload, view, policy, revision and ledger as recorded"
                yield f"claimed time {statement.claimed_time}, valid until {statement.not_after}"


def _brief(pack: Pack, step: Step) -> Brief | None:
    digest = step.recorded.commits.get("brief", "")
    name = names.content_name(digest)
    if step.recorded.type not in BRIEF_TYPES or name not in pack.sizes:
        return None
    return decode_brief(step.recorded.type, unseal(pack.read(name)))


def _brief_lines(brief: Brief | None) -> Iterator[str]:
    match brief:
        case e.ActionBrief(title=title, target=target, note=note, why=why, because=because):
            yield from ((f"because: {because}",) if because else ())
            yield f"title: {title}"
            yield f"target: {target.kind} {target.id} in {target.connector}"
            yield from (f"{label}: {text}" for label, text in (("agent's note", note), ("why", why)) if text)
        case e.JobBrief(goal=goal):
            yield f"goal: {goal}"
        case e.DecisionBrief(reason=reason) if reason:
            yield f"reason: {reason}"
        case e.DetailBrief(detail=detail) if detail:
            yield f"detail: {detail}"


def _step_lines(pack: Pack, step: Step, brief: Brief | None) -> Iterator[str]:
    """The spans of a batch, each with what went in and what came out, where that is in the pack."""
    for span in brief.spans if isinstance(brief, e.SpansBrief) else ():
        failed = f", failed: {span.error}" if span.error else ""
        yield f"step {span.id}: {span.name} ({span.kind}), {span.start} to {span.end}{failed}"
        if span.contents and span.contents == step.recorded.commits.get(STEP_CONTENTS):
            yield from _both(pack, span)


def _both(pack: Pack, span: e.Span) -> Iterator[str]:
    name = names.content_name(span.contents)
    if name not in pack.sizes:
        yield f"step {span.id}, input and output: not in this pack"
        return
    try:
        contents = open_step(pack.read(name), span)
    except AlteredError as error:
        yield f"step {span.id}, input and output: {error}"
        return
    for side, text in (("input", contents.input), ("output", contents.output)):
        yield f"step {span.id}, {side}: {'not recorded' if text is None else text}"


def _contents(pack: Pack, step: Step) -> Iterator[str]:
    for part, digest in step.recorded.commits.items():
        here = names.committed_name(part, digest) in pack.sizes
        yield f"{part} {digest}{'' if here else ' (not in this pack)'}"
        if part == "payload" and here:
            yield unseal(pack.read(names.content_name(digest))).decode("utf-8", "backslashreplace")


def _proof_line(pack: Pack, step: Step) -> str:
    name = names.proof_name(step.recorded.index)
    return f"proof: {name}" if name in pack.sizes else "proof: by the tiles of the pack"
