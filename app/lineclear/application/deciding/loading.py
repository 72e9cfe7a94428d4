"""The action that is meant and the person who asks, or a refusal that says why not. Free of I/O."""

from __future__ import annotations

from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.identities import Person
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal


def load_action(snapshot: Snapshot, identifier: str) -> Action:
    """The action, or Refusal(ACTION_UNKNOWN)."""
    action = snapshot.load(Action, identifier)
    if action is None:
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return action


def load_person(snapshot: Snapshot, principal: Principal) -> Person:
    """The human behind a token as enrolled now, or Refusal(PERSON_UNKNOWN)."""
    person = snapshot.load(Person, principal.subject)
    if person is None or person.left:
        raise Refusal(Code.PERSON_UNKNOWN, person=principal.subject)
    return person
