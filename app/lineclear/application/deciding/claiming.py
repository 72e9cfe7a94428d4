"""Claims, and questions to the agent: who looks at an action, and what they want to know. Free of I/O.

Handing a claim over is in `handing`.

A claim lasts five minutes and is renewed by whoever holds it; it keeps others from deciding and editing,
never from stopping the job. An answer is the agent's word: it is shown as unverified.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lineclear.application.deciding.authorising import check_authority
from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import Task, TaskKind, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.events import (
    ActionAnswered,
    ActionAsked,
    ActionClaimed,
    ActionReleased,
    HandOverBrief,
    QuestionBrief,
)
from lineclear.domain.identities import Person
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import standing_for
from lineclear.domain.vocabulary import ActionStatus

CLAIM = timedelta(minutes=5)
RENEW_AFTER = timedelta(minutes=2)
MOST_QUESTIONS = 20


def claim(services: Services, principal: Principal, identifier: str) -> Action:
    """Claim it for five minutes, or renew. Raises Refusal(CLAIM_HELD) and others.

    Who could not decide on it keeps nobody else from it.

    Within two minutes of the last time nothing is recorded.
    """
    principal.require(Deed.DECIDE)

    def work(tx: Transaction) -> Action:
        action, now = waiting(tx, identifier), services.clock.now()
        check_claim(action, principal.subject, now)
        person = enrolled(tx, principal.subject)
        check_authority(action, person, standing_for(person, action, now), now)
        attention = action.attention
        is_fresh = attention.until and moment(attention.until) - now > CLAIM - RENEW_AFTER
        if attention.claimed_by == person.id and is_fresh:
            return action
        event = ActionClaimed(person.id, stamp(now + CLAIM))
        return record_claim(services, tx, principal, action, event)

    return services.store.transact(work)


def record_claim(
    services: Services,
    tx: Transaction,
    principal: Principal,
    action: Action,
    event: ActionClaimed,
    brief: HandOverBrief | None = None,
) -> Action:
    """Put a claim on the action's stream, and make its end due."""
    action = Recorder(services, tx, principal.actor).record(Action, action.id, event, brief=brief)
    name, due = services.ids.new("tsk"), moment(event.until)
    tx.enqueue(Task(name, TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
    return action


def release(services: Services, principal: Principal, identifier: str) -> Action:
    """Let others have it at once; nothing where one holds nothing. Raises Refusal."""
    principal.require(Deed.DECIDE)

    def work(tx: Transaction) -> Action:
        action = _known(tx, identifier)
        if action.attention.claimed_by != principal.subject:
            return action
        event = ActionReleased(principal.subject)
        return Recorder(services, tx, principal.actor).record(Action, action.id, event)

    return services.store.transact(work)


def ask(
    services: Services, principal: Principal, identifier: str, text: str, request: Request
) -> tuple[Action, bool]:
    """Ask the agent; one question at a time. True where this was answered before. Raises Refusal."""
    principal.require(Deed.DECIDE)
    require_reason(text, "Asking the agent")

    def work(tx: Transaction) -> tuple[Action, bool]:
        if replayed(tx, principal, request) is not None:
            return _known(tx, identifier), True
        action, person = waiting(tx, identifier), enrolled(tx, principal.subject)
        if action.attention.open_question is not None:
            raise Refusal(Code.STATE_CHANGED, what="the agent was asked already and has not answered")
        if len(action.attention.questions) >= MOST_QUESTIONS:
            raise Refusal(Code.BODY_INVALID, problem=f"an agent is asked {MOST_QUESTIONS} times at most")
        recorder = Recorder(services, tx, principal.actor)
        action = recorder.record(Action, action.id, ActionAsked(person.id), brief=QuestionBrief(text))
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)


def answer(
    services: Services, principal: Principal, identifier: str, text: str, request: Request
) -> tuple[Action, bool]:
    """The agent answers what it was asked; True where this was answered before. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    require_reason(text, "Answering")

    def work(tx: Transaction) -> tuple[Action, bool]:
        action = tx.load(Action, identifier)
        if action is None or action.agent != principal.subject:
            raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
        if replayed(tx, principal, request) is not None:
            return action, True
        if action.attention.open_question is None:
            raise Refusal(Code.STATE_CHANGED, what="nobody waits for an answer")
        recorder = Recorder(services, tx, principal.actor)
        action = recorder.record(Action, action.id, ActionAnswered(), brief=QuestionBrief(text))
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)


def check_claim(action: Action, person: str, now: datetime) -> None:
    """Refuse what a claim of somebody else stands against."""
    holder = action.attention.holder(now)
    if holder and holder != person:
        raise Refusal(Code.CLAIM_HELD, person=holder, until=action.attention.until)


def lapse(recorder: Recorder, action: Action, now: datetime) -> Action:
    """End a claim whose time is over."""
    attention = action.attention
    if not attention.claimed_by or attention.holder(now):
        return action
    return recorder.record(Action, action.id, ActionReleased(attention.claimed_by))


def _known(tx: Transaction, identifier: str) -> Action:
    action = tx.load(Action, identifier)
    if action is None:
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return action


def waiting(tx: Transaction, identifier: str) -> Action:
    """The action while it waits for people, or a Refusal."""
    action = _known(tx, identifier)
    if action.status is not ActionStatus.PENDING:
        raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
    return action


def enrolled(tx: Transaction, name: str) -> Person:
    """A person of the workspace, or Refusal(PERSON_UNKNOWN)."""
    person = tx.load(Person, name)
    if person is None:
        raise Refusal(Code.PERSON_UNKNOWN, person=name)
    return person
