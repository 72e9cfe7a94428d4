"""People in Control: who may decide and by whose authority, and changing that. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.governing.delegation import Loan
from lineclear.application.governing.people import Grant
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import Me
from lineclear.application.reading.offices import PeopleOffice, key_of
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.people_page import JUSTIFIED, Staff, glass_sheet, people_sheet
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.sheets import Notice
from lineclear.domain.identities import Device, Person
from lineclear.domain.money import Money, MoneyError, parse_money
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier

_GRANTS = frozenset({"break", "change", "delegate", "enrol"})
"""Deeds that give somebody more than they had, or may."""

type Said = Mapping[str, str]


class Staffing(QObject):
    """All methods on the GUI thread. People are read from the replica, and so known on every page."""

    changed = Signal(object)
    """PeopleSheet."""
    glass_changed = Signal(object)
    """AlarmSheet while somebody's glass is open, else None."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with, self._me = with_, me
        self._staff = Staff()
        self._capabilities: tuple[str, ...] = ()
        self._notice: Notice | None = None
        self._asked = 0

    def start(self) -> None:
        """Read who is there."""
        self._read()

    def open(self) -> None:
        """The page came to the front: read the capabilities for which authority can be lent."""
        policies = self._with.gateway.policies
        self._with.background.run(
            lambda: _capabilities(policies.versions().document), done=self._take_names, failed=self._refuse
        )

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        if any(stream.startswith(("person/", "device/")) for stream in streams):
            self._read()

    def on_tick(self) -> None:
        """A second has gone by: a glass may be over."""
        if any(one.glass is not None or one.received for one in self._staff.people):
            self._emit()

    def do(self, deed: str, said: Said) -> None:
        """Carry out a deed of a sheet with the answers to its questions."""
        reviewer = self._with.reviewer
        if reviewer is None:
            return
        self._notice = None
        try:
            call = self._work(deed, said)
        except Refusal as refusal:
            self._refuse(refusal)
            return

        def work() -> Person | Device:
            reviewer.check(grants=deed.partition(":")[0] in _GRANTS)
            return call()

        self._with.sending.run(work, done=self._done, failed=self._refuse)

    def _work(self, deed: str, said: Said) -> Callable[[], Person | Device]:
        """What is asked of the backend. Its key says the state that it rests on, so that it happens once."""
        office = self._with.gateway.people
        kind, _, about = deed.partition(":")
        states = sorted((one.id, one.seq) for one in self._staff.people)
        key = key_of(deed, states, *sorted(said.items()))
        reason = said.get("reason", "")
        match kind:
            case "break":
                return partial(office.break_glass, _number(said, "minutes", 60), reason, key=key)
            case "review":
                justified = said["found"] == JUSTIFIED
                return partial(office.review_glass, about, justified=justified, reason=reason, key=key)
            case "delegate":
                return partial(office.delegate, _loan(said), key=key)
            case "end":
                return partial(office.end_delegation, about, reason, key=key)
            case "revoke":
                return partial(office.revoke_device, about, key=key)
            case _:
                return self._administer(office, kind, about, said, key)

    def _administer(
        self, office: PeopleOffice, kind: str, about: str, said: Said, key: str
    ) -> Callable[[], Person]:
        if kind == "leave":
            return partial(office.take_off, about, said["reason"], key=key)
        return partial(office.enrol, _grant(about or said["name"].strip(), said), key=key)

    def _done(self, _changed: Person | Device) -> None:
        self._emit()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        self._notice = notice_of(error)
        self._emit()

    def _read(self) -> None:
        self._asked += 1
        asked, store = self._asked, self._with.replica.store

        def read(snapshot: Snapshot) -> tuple[tuple[Person, ...], tuple[Device, ...]]:
            return snapshot.every(Person), snapshot.every(Device)

        def done(found: tuple[tuple[Person, ...], tuple[Device, ...]]) -> None:
            if asked == self._asked:
                self._staff = Staff(*found, self._capabilities)
                self._emit()

        self._with.background.run(lambda: store.read(read), done=done, failed=self._refuse)

    def _take_names(self, names: tuple[str, ...]) -> None:
        self._capabilities = names
        self._staff = Staff(self._staff.people, self._staff.devices, names)
        self._emit()

    def _emit(self) -> None:
        now = self._with.ticks.now()
        self.changed.emit(people_sheet(self._staff, self._me, now, self._notice))
        self.glass_changed.emit(glass_sheet(self._staff.people, now))


def _capabilities(document: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(load(document).capabilities))
    except DocumentError:
        return ()


def _loan(said: Said) -> Loan:
    lasts = timedelta(days=_number(said, "days", 30))
    capabilities = tuple(said["capabilities"].split(","))
    return Loan(said["receiver"], Tier(int(said["tier"])), capabilities, lasts, said["reason"])


def _grant(name: str, said: Said) -> Grant:
    groups = tuple(one.strip() for one in said["groups"].split(",") if one.strip())
    return Grant(name, Role(said["role"]), Tier(int(said["tier"])), _money(said), groups=groups)


def _money(said: Said) -> Money | None:
    if not said["ceiling"].strip():
        return None
    try:
        return parse_money(said["ceiling"].strip(), said["currency"].strip())
    except MoneyError as error:
        raise Refusal(Code.BODY_INVALID, problem=str(error)) from None


def _number(said: Said, key: str, most: int) -> int:
    text = said[key].strip()
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise Refusal(Code.BODY_INVALID, problem=f"{key} is a whole number from 1 to {most}")
