"""What is asked and printed about people. Free of rules and of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lineclear.application.governing.delegation import Loan
from lineclear.application.governing.people import Grant
from lineclear.application.ports import Clock, Ids
from lineclear.application.reading.formats import local_time
from lineclear.application.reasons import require_reason
from lineclear.cli.rendering import BLANK, QUIET, STRONG, Row, Screen, rows_of, words
from lineclear.domain.identities import Delegation, Device, Glass, Person
from lineclear.domain.standing import is_over
from lineclear.domain.vocabulary import Tier
from lineclear.wire.people import People


class Staff(Protocol):
    """What the backend is asked about people."""

    def everybody(self) -> People: ...

    def enrol(self, grant: Grant, *, key: str) -> Person: ...

    def take_off(self, name: str, reason: str, *, key: str) -> Person: ...

    def delegate(self, loan: Loan, *, key: str) -> Person: ...

    def end_delegation(self, delegation: str, reason: str, *, key: str) -> Person: ...

    def break_glass(self, minutes: int, reason: str, *, key: str) -> Person: ...

    def review_glass(self, name: str, *, justified: bool, reason: str, key: str) -> Person: ...

    def revoke_device(self, device: str, *, key: str) -> Device: ...


@dataclass(frozen=True, slots=True)
class Clerk:
    """What is done about people from a terminal."""

    staff: Staff
    screen: Screen
    clock: Clock
    ids: Ids

    def list_people(self) -> None:
        """Print everybody, with devices and what was lent."""
        people = self.staff.everybody()
        self.screen.answer(people, _listed(people, self._now()))

    def enrol(self, grant: Grant) -> None:
        self._say(self.staff.enrol(grant, key=self._key()))

    def take_off(self, name: str, reason: str) -> None:
        require_reason(reason, "Taking somebody off")
        self._say(self.staff.take_off(name, reason, key=self._key()))

    def delegate(
        self, receiver: str, tier: Tier, capabilities: tuple[str, ...], lasts: timedelta, reason: str
    ) -> None:
        require_reason(reason, "Delegating")
        self._say(self.staff.delegate(Loan(receiver, tier, capabilities, lasts, reason), key=self._key()))

    def end_delegation(self, delegation: str, reason: str) -> None:
        self._say(self.staff.end_delegation(delegation, reason, key=self._key()))

    def break_glass(self, minutes: int, reason: str) -> None:
        require_reason(reason, "Breaking the glass")
        self._say(self.staff.break_glass(minutes, reason, key=self._key()))

    def review_glass(self, name: str, reason: str, *, justified: bool) -> None:
        require_reason(reason, "Reviewing a break-glass")
        self._say(self.staff.review_glass(name, justified=justified, reason=reason, key=self._key()))

    def revoke_device(self, device: str) -> None:
        revoked = self.staff.revoke_device(device, key=self._key())
        said = f"Device {revoked.id} of {revoked.person} is revoked: what it signs counts no more."
        self.screen.answer(revoked, rows_of("", said))

    def _say(self, person: Person) -> None:
        self.screen.answer(person, person_rows(person, (), self._now()))

    def _now(self) -> datetime:
        return self.clock.now().astimezone()

    def _key(self) -> str:
        return self.ids.new("req")


def person_rows(person: Person, devices: Iterable[Device], now: datetime) -> Iterator[Row]:
    """One person as an administrator has to see them."""
    yield Row("", words(person.id, QUIET if person.left else STRONG))
    if person.left:
        yield from rows_of("  ", f"Taken off by {person.left}", QUIET)
        return
    limit = f", up to {person.ceiling} {person.currency}" if person.ceiling else ""
    yield from rows_of("  ", f"{person.role}, tier {int(person.tier)}{limit}")
    for device in devices:
        state = "revoked" if device.revoked else f"key in {device.kept}"
        yield from rows_of("  ", f"device {device.id}: {state}")
    for one in person.received:
        yield from rows_of("  ", _lent(one, now))
    if person.glass is not None:
        yield from rows_of("! ", _glass(person.glass, now))


def _listed(people: People, now: datetime) -> Iterator[Row]:
    for number, person in enumerate(people.items):
        if number:
            yield BLANK
        yield from person_rows(person, (one for one in people.devices if one.person == person.id), now)


def _lent(one: Delegation, now: datetime) -> str:
    ended = "ended" if is_over(one.until, now) else "until"
    what = ", ".join(one.capabilities)
    return (
        f"{one.id}: tier {int(one.tier)} lent by {one.giver} for {what}, {ended} {local_time(one.until, now)}"
    )


def _glass(glass: Glass, now: datetime) -> str:
    """Break-glass in one sentence, whichever way it stands."""
    if glass.reviewed_by:
        found = "justified" if glass.justified else "not justified"
        return f"Break-glass at {local_time(glass.since, now)}, found {found} by {glass.reviewed_by}"
    state = "ended" if is_over(glass.until, now) else "runs until"
    until = local_time(glass.until, now)
    return f"Break-glass: tier 3, {state} {until}, not reviewed yet. Reason: {glass.reason}"
