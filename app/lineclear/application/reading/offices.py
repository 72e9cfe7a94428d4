"""What a console asks of the backend about policy and about people. Protocols; free of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from lineclear.application.governing.delegation import Loan
from lineclear.application.governing.people import Grant
from lineclear.application.reading.answers import Policies, PolicyChange, QueueTrial, ReplayPage, TrialState
from lineclear.application.reading.connections import TokenOffice
from lineclear.domain.control import ActivePolicy
from lineclear.domain.identities import Device, Person
from lineclear.domain.offline import OfflineRule
from lineclear.domain.trials import Guardrail


class PolicyOffice(Protocol):
    """Blocking; safe to use from several threads. Every call raises Refusal."""

    def versions(self) -> Policies: ...

    def compare(self, document: str, *, key: str) -> PolicyChange: ...

    def activate(self, document: str, *, expected: int, reason: str, key: str) -> ActivePolicy: ...

    def set_offline(self, rule: OfflineRule, reason: str, *, key: str) -> OfflineRule: ...

    def queue(self, document: str, *, key: str) -> QueueTrial: ...

    def replay(self, documents: Sequence[str], *, start: int, limit: int, key: str) -> ReplayPage: ...

    def trial(self) -> TrialState: ...

    def start_trial(
        self, document: str, *, expected: int, reason: str, guard: Guardrail, key: str
    ) -> TrialState: ...

    def stop_trial(self, reason: str, *, key: str) -> TrialState: ...


class PeopleOffice(Protocol):
    """Blocking; safe to use from several threads. Every call raises Refusal."""

    def enrol(self, grant: Grant, *, key: str) -> Person: ...

    def take_off(self, name: str, reason: str, *, key: str) -> Person: ...

    def delegate(self, loan: Loan, *, key: str) -> Person: ...

    def end_delegation(self, delegation: str, reason: str, *, key: str) -> Person: ...

    def break_glass(self, minutes: int, reason: str, *, key: str) -> Person: ...

    def review_glass(self, name: str, *, justified: bool, reason: str, key: str) -> Person: ...

    def revoke_device(self, device: str, *, key: str) -> Device: ...


class Offices(Protocol):
    """Where a console asks about people, agents' tokens and policy."""

    @property
    def people(self) -> PeopleOffice: ...

    @property
    def tokens(self) -> TokenOffice: ...

    @property
    def policies(self) -> PolicyOffice: ...


def key_of(*said: object) -> str:
    """The key of a write, from all that it says: asked again because no answer came, it happens once.

    What may rightly happen twice has to say what it was based on, such as the newest state of a person.
    """
    digest = sha256()
    for part in said:
        encoded = str(part).encode()
        digest.update(len(encoded).to_bytes(8))
        digest.update(encoded)
    return f"req_{digest.hexdigest()}"
