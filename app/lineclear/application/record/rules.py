"""What must hold of each entry of an action, by the ledger before it. Pure; a rule yields problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from lineclear.application.deciding.authorising import conditions, judgement
from lineclear.application.governing.scopes import scopes_of
from lineclear.application.services import moment, stamp
from lineclear.domain import authority
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirm_words, is_confirmed
from lineclear.domain.control import ActivePolicy, SafeMode
from lineclear.domain.identities import Device, Person
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.statements import DecisionStatement
from lineclear.domain.payloads import view_digest
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.limits import shown_words
from lineclear.domain.policy.stages import Escalation
from lineclear.domain.records import Recorded
from lineclear.domain.second_looks import draw, is_drawn
from lineclear.domain.standing import standing_for
from lineclear.domain.state import Aggregate
from lineclear.domain.trials import LIVE, LiveTrial, half_of
from lineclear.domain.vocabulary import ActionStatus, Grounds, Outcome, Tier, Verdict

type States = Mapping[str, Aggregate]

_WAITING: Final = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
_RUNNING: Final = frozenset({ActionStatus.STARTED})
_READY: Final = frozenset({ActionStatus.CLEARED, ActionStatus.STARTED})

FROM: Final[Mapping[type[e.Event], frozenset[ActionStatus]]] = MappingProxyType(
    {
        e.ActionEscalated: frozenset({ActionStatus.PENDING}),
        e.ActionEvaluated: frozenset({ActionStatus.PROPOSED}),
        e.ActionConsulted: _READY | {ActionStatus.PROPOSED},
        e.ActionCleared: frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING}),
        e.ActionExpired: _WAITING,
        e.ActionAnswered: frozenset(ActionStatus),
        e.ActionAsked: frozenset({ActionStatus.PENDING}),
        e.ActionClaimed: frozenset({ActionStatus.PENDING}),
        e.ActionReleased: frozenset(ActionStatus),
        e.ActionRevised: _READY | {ActionStatus.PENDING},
        e.ActionStopped: _WAITING | _RUNNING,
        e.ActionUndone: frozenset({ActionStatus.SUCCEEDED}),
        e.ActionWithdrawn: _WAITING,
        e.CanaryRevealed: frozenset({ActionStatus.PENDING, ActionStatus.REJECTED}),
        e.DeadlineMoved: _WAITING,
        e.ContentErased: frozenset(status for status in ActionStatus if not status.is_open),
        e.DecisionRecorded: frozenset({ActionStatus.PENDING, ActionStatus.CLEARED}),
        e.SecondLookDrawn: frozenset({ActionStatus.PENDING}),
        e.ExecutionAsked: _RUNNING,
        e.ExecutionCancelled: _RUNNING,
        e.ExecutionDelayed: _RUNNING,
        e.ExecutionFailed: _RUNNING,
        e.ExecutionHeld: _READY,
        e.ExecutionReconciled: frozenset({ActionStatus.UNKNOWN}),
        e.ExecutionReported: _RUNNING | {ActionStatus.UNKNOWN},
        e.ExecutionStarted: _READY,
        e.ExecutionSucceeded: _RUNNING,
        e.ExecutionUnknown: _RUNNING,
    }
)
"""From which statuses each event may follow."""


def sequence_problems(action: Action, recorded: Recorded) -> Iterator[str]:
    """Whether this can happen to an action that stands like this."""
    allowed = FROM.get(type(recorded.event), frozenset())
    if action.status not in allowed:
        yield f"{recorded.type} cannot happen to an action that is {action.status}"
    match recorded.event:
        case e.ActionRevised(revision=revision) if revision != action.revision + 1:
            yield f"revision {revision} follows revision {action.revision}"
        case e.ActionRevised(edited_by=editor) if bool(editor) is not (action.status is ActionStatus.PENDING):
            yield f"an action that is {action.status} was {'edited' if editor else 'looked at again'}"


def evaluation_problems(
    action: Action, event: e.ActionEvaluated, policy: ActivePolicy | None, states: States
) -> Iterator[str]:
    """Whether it was judged in its present revision by the policy in force, or one on trial there."""
    if event.revision != action.revision:
        yield f"revision {event.revision} was judged, and {action.revision} is present"
    may_judge = {policy.digest, *_on_trial(action, policy, states)} if policy else set()
    if policy is None or event.policy not in may_judge or event.policy_version != policy.version:
        yield "it was not judged by the policy in force"
    said = action.consulted
    denied = said is not None and said.outcome is Outcome.DENY
    if denied and event.outcome is not Outcome.DENY and _heeds(event, said):
        yield "the judge outside denied it, and it was not denied"


def _on_trial(action: Action, policy: ActivePolicy, states: States) -> Iterator[str]:
    """The policy on trial, where the action's job takes part; a job that is not at hand is given that."""
    trial, job = states.get(f"trial/{LIVE}"), states.get(f"job/{action.job}")
    if not isinstance(trial, LiveTrial) or not trial.on or trial.version != policy.version:
        return
    is_late = not isinstance(job, Job) or job.opened_at > trial.started_at
    if is_late and half_of(action.job, trial.digest) == 1:
        yield trial.digest


def _heeds(event: e.ActionEvaluated, said: Consulted | None) -> bool:
    """Whether the document names that very judge, as the reasons say."""
    asked = (one.params.get("judge") for one in event.reasons if one.path == "opa")
    return said is not None and shown_words(said.url) in asked


def recorded_problems(
    action: Action, recorded: Recorded, event: e.DecisionRecorded, device: Device | None
) -> Iterator[str]:
    """Whether a verdict is by an enrolled device of its person, on the present revision."""
    statement = recorded.commits.get("statement", "")
    if event.verdict is not Verdict.REJECT and action.status is not ActionStatus.PENDING:
        yield f"it approves what was {action.status}"
    if event.revision != action.revision:
        yield f"it is on revision {event.revision}, and {action.revision} is present"
    if device is None or device.revoked:
        yield f"its device was {'revoked' if device else 'not enrolled'} at this point of the ledger"
    elif device.person != event.person or recorded.actor != f"person/{event.person}":
        yield f"its device belongs to {device.person}, and it is said to be by {event.person}"
    elif (device.last, device.counter) != (statement, event.counter):
        yield "the device's newest signature is of another decision"


def authority_problems(
    action: Action, event: e.DecisionRecorded, person: Person | None, at: datetime
) -> Iterator[str]:
    """Whether this person could decide on this action at this point (I8, I9, I11, I12, I13)."""
    if person is None:
        yield f"{event.person} was not enrolled at this point of the ledger"
        return
    stands = standing_for(person, action, at)
    if event.tier != stands.tier:
        yield f"{person.id} was at tier {stands.tier}, and tier {event.tier} was recorded"
    if (event.grounds, event.giver) != (stands.grounds, stands.giver):
        stood, said = _rest(stands.grounds, stands.giver), _rest(event.grounds, event.giver)
        yield f"{person.id} stood by {stood}, and {said} was recorded"
    if event.groups != person.groups:
        yield f"{person.id} was in other groups than were recorded"
    for condition in conditions(action, person, at):
        if not condition.met:
            yield f"{person.id} did not meet: {authority.sentence(condition)}"
    if action.proposer == f"person/{person.id}":
        yield f"{person.id} had proposed it"
    if any(person.id in {vote.person, vote.giver} for vote in action.votes):
        yield f"{person.id} had decided on this revision before"


def _rest(grounds: Grounds, giver: str) -> str:
    return f"authority lent by {giver}" if giver else f"{grounds.replace('_', '-')} authority"


def statement_problems(
    action: Action,
    recorded: Recorded,
    statement: DecisionStatement,
    origin: str,
    previous: str | None,
    at: datetime,
) -> Iterator[str]:
    """Whether what was signed is exactly what was recorded: this ledger, action, revision, content, policy.

    `previous` is the device's decision before; None where it cannot be known here. `at` is when it counts
    as recorded.
    """
    event = recorded.event
    assert isinstance(event, e.DecisionRecorded)
    signed = {
        "verdict": (statement.verdict, event.verdict),
        "ledger": (statement.origin, origin),
        "action": (statement.action, action.id),
        "revision": (statement.revision, action.revision),
        "payload": (statement.payload_sha256, action.content.payload),
        "view": (statement.view_sha256, view_digest(action)),
        "policy": (statement.policy_sha256, action.judged.policy if action.judged else ""),
        "capability": (statement.capability, action.capability),
        "tier": (statement.tier, action.tier),
        "challenge": (statement.challenge, action.challenge),
        "counter": (statement.device_counter, event.counter),
    }
    for name, (was, expected) in signed.items():
        if was != expected:
            yield f"the {name} that was signed is {str(was)[:80]}, and the ledger has {str(expected)[:80]}"
    if (statement.dwell_ms, statement.changes_seen) != (event.dwell_ms, event.changes_seen):
        yield "for how long it was looked at, and at what, is not what was signed"
    if statement.bulk != event.bulk:
        yield f"at one look {event.bulk} were approved as recorded, and {statement.bulk} as signed"
    if previous is not None and (statement.previous_decision or "") != previous:
        yield "it does not name the device's decision before it"
    if statement.verdict is Verdict.APPROVE and moment(statement.not_after) <= at:
        yield f"it was recorded at {stamp(at)}, and valid until {statement.not_after} only"


def escalation_problems(action: Action, recorded: Recorded, event: e.ActionEscalated) -> Iterator[str]:
    """Whether it asked for more, of this revision, by the document when it was due or by who recorded it."""
    if event.revision != action.revision:
        yield f"revision {event.revision} was escalated, and {action.revision} is present"
    if (event.to.tier or Tier.ONE) < action.tier:
        yield f"it asks tier {event.to.tier}, and the action takes tier {action.tier}"
    if event.by:
        if recorded.actor != f"person/{event.by}":
            yield f"it is said to be by {event.by}, and was recorded by {recorded.actor}"
        return
    planned = Escalation(event.after, event.to, event.stage)
    if action.judged is None or planned not in action.judged.escalations:
        yield "the policy by which it was judged does not say so"
    elif moment(recorded.at) < moment(action.revised_at) + timedelta(seconds=event.after):
        yield "it was not due yet"


def second_look_problems(action: Action, event: e.SecondLookDrawn) -> Iterator[str]:
    """Whether it was drawn once, after approvals that sufficed, and as everybody can draw it again."""
    share = action.judged.second_review if action.judged else ""
    last = action.votes[-1] if action.votes else None
    if (event.revision, event.share) != (action.revision, share) or action.second_look is not None:
        yield "it is of another revision or share than policy named, or was drawn before"
    if last is None or not judgement(action, action.votes).met:
        yield "it was drawn before the approvals sufficed"
    elif event.draw != draw(action.challenge, last.statement, last.at):
        yield "the number that was drawn is not the one that its entries give"
    if event.drawn is not is_drawn(event.share or "0", event.draw):
        yield "what it says of the number is not so"
    if event.after != tuple(vote.person for vote in action.votes):
        yield "it names others than those who had approved"


def confirmation_problems(
    action: Action, statement: DecisionStatement, sealed_payload: bytes | None
) -> Iterator[str]:
    """Whether an approval was confirmed with what it is of, from the evaluation on that asks for that.

    What is typed where there is no amount is the target, which is no part of entries: then, as where the
    payload is not at hand, it is only looked at whether anything was typed.
    """
    is_asked = action.judged is not None and action.judged.confirms and statement.verdict is Verdict.APPROVE
    if is_asked and statement.confirmed is None:
        yield "nothing was typed to confirm it, and its evaluation asks for that"
    elif is_asked and action.amount and sealed_payload is not None:
        wanted = confirm_words(action).text
        if not is_confirmed(statement.confirmed, sealed_payload, wanted):
            yield "what was typed to confirm it is not its amount"


def clearance_problems(action: Action, event: e.ActionCleared) -> Iterator[str]:
    """Whether policy or enough people cleared exactly this revision."""
    judged = action.judged
    if judged is None or (event.revision, event.policy) != (action.revision, judged.policy):
        yield "it is for another revision or policy than the one that was judged"
    elif event.by == "policy":
        if judged.outcome is not Outcome.ALLOW:
            yield f"it is said to be by policy, which said {judged.outcome}"
    elif event.by != "decisions" or judged.outcome is not Outcome.ASK:
        yield f"it is said to be by {event.by[:40]}, and policy said {judged.outcome}"
    else:
        if judged.second_review and action.second_look is None:
            yield "nothing was drawn for a second look, and policy names a share"
        for missing in judgement(action, action.votes).missing:
            yield f"the decisions did not suffice: {authority.sentence(missing)}"


def start_problems(action: Action, event: e.ExecutionStarted, states: States) -> Iterator[str]:
    """Whether what started is what was cleared, once, and nothing held it back (I1, I2, I27, I28)."""
    if not action.clearance or event.clearance != action.clearance or event.revision != action.revision:
        yield "it names another clearance or revision than the one that was given"
    if action.judged is not None and not action.judged.executes:
        yield "an agent in draft mode executes nothing"
    if action.status is ActionStatus.STARTED and action.run is not None and event.key != action.run.key:
        yield "it was sent again under another key"
    if action.status is ActionStatus.STARTED and action.run is not None and event.token <= action.run.token:
        yield f"it was sent again under lease {event.token}, and {action.run.token} was the newest"
    for scope in scopes_of(action) if action.mutates else ():
        match states.get(f"safe_mode/{scope}"):
            case SafeMode(on=True):
                yield f"safe mode was on ({scope})"


def outcome_problems(action: Action, event: e.Event) -> Iterator[str]:
    """Whether an outcome is by the holder of the newest attempt (I25)."""
    match event:
        case (
            e.ExecutionSucceeded(token=token)
            | e.ExecutionFailed(token=token)
            | e.ExecutionUnknown(token=token)
            | e.ExecutionDelayed(token=token)
            | e.ExecutionCancelled(token=token)
        ) if action.run is not None and token != action.run.token:
            yield f"it is by the holder of lease {token}, and {action.run.token} is the newest"


def undone_problems(action: Action, event: e.ActionUndone, states: States) -> Iterator[str]:
    """Whether the action that took it back did so."""
    match states.get(f"action/{event.by_action}"):
        case Action(undoes=undoes, status=ActionStatus.SUCCEEDED) if undoes == action.id:
            return
        case _:
            yield f"{event.by_action} did not take it back"
