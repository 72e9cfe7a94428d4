"""People and agents' tokens without HTTP: over the use cases of one process, with the caller's rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from lineclear.application.governing import break_glass, delegation, people
from lineclear.application.governing.people import Grant, Issued
from lineclear.application.reading.connections import Connections, connections
from lineclear.application.services import Services
from lineclear.domain.identities import Device, Person, Token
from lineclear.domain.principals import Principal


class MemoryPeople:
    """What the server answers, and in the same refusals. Safe to use from any thread."""

    def __init__(self, caller: Callable[[], tuple[Services, Principal]]) -> None:
        self._caller = caller

    def enrol(self, grant: Grant, *, key: str) -> Person:
        del key  # the same again changes nothing
        return people.enrol(*self._caller(), grant)

    def take_off(self, name: str, reason: str, *, key: str) -> Person:
        del key  # who was taken off is refused
        return people.take_off(*self._caller(), name, reason)

    def delegate(self, loan: delegation.Loan, *, key: str) -> Person:
        del key  # nothing is asked twice in one process
        return delegation.delegate(*self._caller(), loan)

    def end_delegation(self, delegation_id: str, reason: str, *, key: str) -> Person:
        del key  # what has ended is refused
        return delegation.end_delegation(*self._caller(), delegation_id, reason)

    def break_glass(self, minutes: int, reason: str, *, key: str) -> Person:
        del key  # an unreviewed one is refused
        return break_glass.break_glass(*self._caller(), timedelta(minutes=minutes), reason)

    def review_glass(self, name: str, *, justified: bool, reason: str, key: str) -> Person:
        del key  # what was reviewed is refused
        return break_glass.review_glass(*self._caller(), name, justified=justified, reason=reason)

    def revoke_device(self, device: str, *, key: str) -> Device:
        del key  # the same again changes nothing
        return people.revoke_device(*self._caller(), device)


class MemoryTokens:
    """What the server answers about agents' tokens, and in the same refusals. Safe to use from any thread."""

    def __init__(self, caller: Callable[[], tuple[Services, Principal]]) -> None:
        self._caller = caller

    def connections(self) -> Connections:
        return connections(*self._caller())

    def issue(self, grant: Grant, *, key: str) -> Issued:
        del key  # nothing is asked twice in one process
        return people.issue_for(*self._caller(), grant)

    def revoke_token(self, token: str, *, key: str) -> Token:
        del key  # the same again changes nothing
        return people.revoke_for(*self._caller(), token)
