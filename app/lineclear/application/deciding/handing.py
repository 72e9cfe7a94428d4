"""Handing an action over: a claim in another reviewer's name, with a note for them. Free of I/O.

Only to somebody who could decide on it now. The claim runs out like any other; who handed it over and what
they said stays until the receiver gives it up or decides, or somebody else takes it.
"""

from __future__ import annotations

from datetime import datetime

from lineclear.application.deciding.authorising import conditions
from lineclear.application.deciding.claiming import (
    CLAIM,
    check_claim,
    enrolled,
    record_claim,
    waiting,
)
from lineclear.application.ports import Transaction
from lineclear.application.reasons import require_short
from lineclear.application.services import Services, stamp
from lineclear.domain import authority
from lineclear.domain.actions import Action
from lineclear.domain.events import ActionClaimed, HandOverBrief
from lineclear.domain.identities import Person
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal


def hand_over(
    services: Services, principal: Principal, identifier: str, to: str, *, note: str = ""
) -> Action:
    """Claim it for somebody else. Raises Refusal(HAND_OVER_REFUSED) where they could not decide."""
    principal.require(Deed.DECIDE)
    require_short(note, "a note")

    def work(tx: Transaction) -> Action:
        action, now = waiting(tx, identifier), services.clock.now()
        check_claim(action, principal.subject, now)
        receiver = enrolled(tx, to)
        problem = why_not_to(action, receiver, principal.subject, now)
        if problem:
            raise Refusal(Code.HAND_OVER_REFUSED, person=receiver.id, problem=problem)
        event = ActionClaimed(receiver.id, stamp(now + CLAIM), handed_by=principal.subject)
        brief = HandOverBrief(note.strip()) if note.strip() else None
        return record_claim(services, tx, principal, action, event, brief)

    return services.store.transact(work)


def why_not_to(action: Action, receiver: Person, giver: str, at: datetime) -> str:
    """Why this person is handed nothing, as the end of a sentence; empty where they may be."""
    if receiver.id == giver:
        return "it is in your own hands"
    if receiver.left:
        return "they have left the workspace"
    if receiver.id == action.owner:
        return f"they own agent {action.agent}"
    if action.proposer == f"person/{receiver.id}":
        return "they asked for it"
    if any(receiver.id in {vote.person, vote.giver} for vote in action.votes):
        return "they have decided on it already"
    missing = [one for one in conditions(action, receiver, at) if not one.met]
    return f"they do not meet this: {authority.sentence(missing[0])}" if missing else ""
