"""Escalation: other people are asked besides, by the document when decisions do not come, or by a reviewer.

It only ever asks for more. All that an action took before it still takes; besides, somebody of the place that
is asked must be among those who approve. They may be one of those who were needed anyway, if they fit. Nobody
below the action's own tier is asked, the deadline stays where it is, and who executes is not touched.
Free of I/O.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lineclear.application.deciding.authorising import conditions, judgement_of_stage
from lineclear.application.deciding.claiming import enrolled, waiting
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.events import ActionEscalated, EscalationBrief
from lineclear.domain.identities import Person
from lineclear.domain.policy.stages import Escalation, Place, asked, at_least
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Tier

MOST = 8
"""So often one revision is escalated, by the document and by people together."""


def raise_due(recorder: Recorder, action: Action, now: datetime) -> Action:
    """Record every escalation of the document that is due now and was not raised; each once."""
    is_over = bool(action.deadline) and moment(action.deadline) <= now
    if action.status is not ActionStatus.PENDING or action.judged is None or is_over:
        return action
    for one in action.judged.escalations:
        is_due = moment(action.revised_at) + timedelta(seconds=one.after) <= now
        if is_due and not _was_raised(action, one) and not _is_met(action, one):
            event = ActionEscalated(action.revision, one.to, after=one.after, stage=one.stage)
            action = recorder.record(Action, action.id, event)
    return action


def escalate(
    services: Services, principal: Principal, identifier: str, to: Place, reason: str, request: Request
) -> tuple[Action, bool]:
    """Ask somebody of another place besides, with a reason; True where this was answered before.

    An empty place is the next tier up. Raises Refusal(ESCALATION_REFUSED) where nobody could answer.
    """
    principal.require(Deed.DECIDE)
    require_reason(reason, "Escalating")

    def work(tx: Transaction) -> tuple[Action, bool]:
        if replayed(tx, principal, request) is not None:
            return recorded_action(tx, identifier), True
        action, person = waiting(tx, identifier), enrolled(tx, principal.subject)
        place = place_of(action, to)
        problem = why_not_escalated(action, place, tx.every(Person), services.clock.now())
        if problem:
            raise Refusal(Code.ESCALATION_REFUSED, action=action.id, problem=problem)
        event = ActionEscalated(action.revision, place, by=person.id)
        recorder = Recorder(services, tx, principal.actor)
        action = recorder.record(Action, action.id, event, brief=EscalationBrief(reason.strip()))
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)


def recorded_action(snapshot: Snapshot, identifier: str) -> Action:
    """The action as it is, or Refusal(ACTION_UNKNOWN)."""
    action = snapshot.load(Action, identifier)
    if action is None:
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return action


def place_of(action: Action, to: Place) -> Place:
    """Who is asked: one person of the place that was named, or at the next tier where none was."""
    if to.tier is None and not to.group:
        to = Place(1, Tier(min(max(action.tier, *_tiers(action)) + 1, Tier.THREE)))
    return at_least(Place(1, to.tier, to.group), action.tier)


def why_not_escalated(action: Action, place: Place, people: tuple[Person, ...], now: datetime) -> str:
    """Why nobody of this place can be asked, as the end of a sentence; empty where somebody can."""
    if any(one.to == place for one in action.escalated) or _is_asked_anyway(action, place):
        return f"somebody at {asked(place)} is asked already"
    if len(action.escalated) >= MOST:
        return f"it was escalated {MOST} times, which is the most"
    if not any(_could_answer(action, place, person, now) for person in people):
        return f"nobody at {asked(place)} could approve it"
    return ""


def _tiers(action: Action) -> tuple[Tier, ...]:
    return (Tier.ONE, *(one.to.tier for one in action.escalated if one.to.tier))


def _is_asked_anyway(action: Action, place: Place) -> bool:
    """Whether everybody who may approve it fits the place anyway; without stages, all have its tier."""
    staged = action.judged is not None and action.judged.stages
    return not staged and not place.group and place.tier == action.tier


def _could_answer(action: Action, place: Place, person: Person, now: datetime) -> bool:
    if person.left or person.tier < (place.tier or Tier.THREE):
        return False
    if place.group and place.group not in person.groups:
        return False
    if person.id == action.owner or action.proposer == f"person/{person.id}":
        return False
    unmet = {one.code for one in conditions(action, person, now) if not one.met}
    return not unmet - {"place"}


def _was_raised(action: Action, one: Escalation) -> bool:
    return any((each.to, each.stage) == (one.to, one.stage) and not each.by for each in action.escalated)


def _is_met(action: Action, one: Escalation) -> bool:
    """Whether the stage that an escalation is of is met already."""
    return bool(one.stage) and judgement_of_stage(action, one.stage).met
