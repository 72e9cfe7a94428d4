"""People as sheets: authority, loans, devices, break-glass, deeds. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lineclear.application.reading.answers import Me
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.closed_words import role_word
from lineclear.desktop.presenters.control.people_sheets import (
    AnswerKind,
    Asked,
    DeedSheet,
    PeopleSheet,
    PersonRow,
)
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.ledger.alarm_sheets import AlarmSheet
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Notice, Tone
from lineclear.domain.authority import DECIDERS
from lineclear.domain.identities import Delegation, Device, Glass, Person
from lineclear.domain.principals import Deed
from lineclear.domain.standing import is_over
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Role, Tier
from lineclear.domain.wording import marked, say

JUSTIFIED = marked("Justified")
_ROLES = ("approver", "ops", "auditor", "admin")
_TIERS = ("1", "2", "3")


def _reason() -> Asked:
    return Asked("reason", say("Reason, for the ledger"))


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who was ever enrolled, their devices, and the capabilities for which authority is lent."""

    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    capabilities: tuple[str, ...] = ()

    def person(self, name: str) -> Person | None:
        return next((one for one in self.people if one.id == name), None)


def people_sheet(staff: Staff, me: Me, now: datetime, notice: Notice | None = None) -> PeopleSheet:
    """Who broke the glass first, then who is there, then who has left."""
    viewer = _Viewer(me, staff.person(me.subject))
    ordered = sorted(staff.people, key=lambda one: (not _is_unreviewed(one), bool(one.left), one.id))
    rows = tuple(_row(one, staff, viewer, now) for one in ordered)
    return PeopleSheet(rows, tuple(viewer.deeds(staff)), notice)


def glass_sheet(people: Sequence[Person], now: datetime) -> AlarmSheet | None:
    """What stands on every page while somebody's glass is open."""
    open_now = [one for one in people if is_open(one, now)]
    if not open_now:
        return None
    names = paintable(", ".join(one.id for one in open_now)).text
    said = "; ".join(_open_words(one.glass, now) for one in open_now if one.glass is not None)
    remedy = say("Somebody else of tier 3 reviews it in Control, which ends it.")
    return AlarmSheet(say("Break-glass is open: {names}", names=names), paintable(said), remedy)


def is_open(person: Person, now: datetime) -> bool:
    """Whether a person decides at tier 3 by break-glass now."""
    glass = person.glass
    return glass is not None and not glass.reviewed_by and not is_over(glass.until, now)


def _open_words(glass: Glass, now: datetime) -> str:
    return say(
        "Tier 3 until {time}. Reason: {reason}", time=local_time(glass.until, now), reason=glass.reason
    )


def _is_unreviewed(person: Person) -> bool:
    return person.glass is not None and not person.glass.reviewed_by


def _row(person: Person, staff: Staff, viewer: _Viewer, now: datetime) -> PersonRow:
    devices = [one for one in staff.devices if one.person == person.id]
    if person.left:
        state = Chip(paintable(say("Taken off by {left}", left=person.left)))
        return PersonRow(
            person.id, paintable(person.id), state, "", deeds=tuple(viewer.about(person, [], now))
        )
    limit = (
        say("up to {ceiling} {currency}", ceiling=person.ceiling, currency=person.currency)
        if person.ceiling
        else say("no limit")
    )
    groups = say("; in {groups}", groups=", ".join(person.groups)) if person.groups else ""
    return PersonRow(
        person.id,
        paintable(person.id),
        _state(person, now),
        paintable(
            say(
                "{role}, tier {tier}, {limit}{groups}",
                role=role_word(person.role),
                tier=int(person.tier),
                limit=limit,
                groups=groups,
            )
        ),
        tuple(_lines(person, devices, now)),
        tuple(viewer.about(person, devices, now)),
    )


def _state(person: Person, now: datetime) -> Chip:
    if is_open(person, now):
        return Chip(say("Break-glass open"), Tone.STOP)
    if _is_unreviewed(person):
        return Chip(say("Break-glass not reviewed"), Tone.STOP)
    return Chip(say("Tier {tier}", tier=int(person.tier)))


def _lines(person: Person, devices: Sequence[Device], now: datetime) -> Iterator[Line]:
    if person.glass is not None:
        yield _glass(person.glass, now)
    for one in person.received:
        yield _lent(one, now)
    for device in devices:
        said = say("revoked") if device.revoked else say("key in {kept}", kept=device.kept)
        mark = Mark.REFUSED if device.revoked else Mark.MET
        yield Line(mark, paintable(say("Device {id}: {said}", id=device.id[:12], said=said)))
    if not devices and person.role in DECIDERS:
        yield Line(Mark.MISSING, say("No device: nothing can be signed"))


def _glass(glass: Glass, now: datetime) -> Line:
    """Break-glass in one sentence, whichever way it stands."""
    since = local_time(glass.since, now)
    if glass.reviewed_by:
        found = say("justified") if glass.justified else say("not justified")
        said = say(
            "Break-glass at {since}, found {found} by {reviewed_by}: {finding}",
            since=since,
            found=found,
            reviewed_by=glass.reviewed_by,
            finding=glass.finding,
        )
        return Line(Mark.MET if glass.justified else Mark.REFUSED, paintable(said))
    state = say("ended") if is_over(glass.until, now) else say("open until")
    until = local_time(glass.until, now)
    said = say(
        "Break-glass at {since}, {state} {until}, not reviewed. Reason: {reason}",
        since=since,
        state=state,
        until=until,
        reason=glass.reason,
    )
    return Line(Mark.REFUSED, paintable(said))


def _lent(one: Delegation, now: datetime) -> Line:
    ended = is_over(one.until, now)
    at = local_time(one.until, now)
    until = say("ended {time}", time=at) if ended else say("until {time}", time=at)
    said = say(
        "Tier {tier} lent by {giver} for {capabilities}, {until}",
        tier=int(one.tier),
        giver=one.giver,
        capabilities=", ".join(one.capabilities),
        until=until,
    )
    return Line(Mark.MISSING if ended else Mark.MET, paintable(said))


@dataclass(frozen=True, slots=True)
class _Viewer:
    """Who looks, and what they may do. What the backend would refuse is told before."""

    me: Me
    person: Person | None

    def deeds(self, staff: Staff) -> Iterator[DeedSheet]:
        """What concerns nobody alone."""
        yield self._break_glass()
        yield self._delegate(staff)
        told = say("They may decide as soon as they have a token and a device.")
        asked = (Asked("name", say("Name")), *_authority(None))
        yield DeedSheet("enrol", say("Enrol"), told, asked, why_not=why_not(self.me, Deed.ADMINISTER))

    def about(self, person: Person, devices: Sequence[Device], now: datetime) -> Iterator[DeedSheet]:
        """What concerns one person."""
        if _is_unreviewed(person):
            yield self._review(person)
        for one in person.received:
            if not is_over(one.until, now):
                yield self._end(person, one)
        for device in devices:
            if not device.revoked:
                yield self._revoke(device)
        yield from self._administer(person)

    def _break_glass(self) -> DeedSheet:
        mine = self.person
        may_not = why_not(self.me, Deed.BREAK_GLASS)
        if not may_not and mine is not None and _is_unreviewed(mine):
            may_not = say("Your last break-glass is not reviewed yet.")
        told = say(
            "You decide at tier 3 for at most 60 minutes. Everybody sees it, and somebody else reviews it."
        )
        asked = (Asked("minutes", say("Minutes, 60 at most"), value="30"), _reason())
        return DeedSheet("break", say("Break the glass"), told, asked, Tone.STOP, may_not)

    def _delegate(self, staff: Staff) -> DeedSheet:
        own = int(self.person.tier) if self.person is not None else 0
        others = tuple(one.id for one in staff.people if self._may_receive(one))
        may_not = why_not(self.me, Deed.DELEGATE)
        if not may_not and not others:
            may_not = say("There is nobody to delegate to.")
        if not may_not and not staff.capabilities:
            may_not = say("Which capabilities there are is not known yet.")
        asked = (
            Asked("receiver", say("To whom"), AnswerKind.ONE, others),
            Asked("tier", say("At most at tier"), AnswerKind.ONE, _TIERS[:own]),
            Asked("capabilities", say("For"), AnswerKind.MANY, staff.capabilities),
            Asked("days", say("Days, 30 at most"), value="7"),
            _reason(),
        )
        told = say("They may decide with your authority; what was lent to you cannot be lent on.")
        return DeedSheet("delegate", say("Delegate"), told, asked, why_not=may_not)

    def _may_receive(self, person: Person) -> bool:
        return person.id != self.me.subject and not person.left and person.role in DECIDERS

    def _review(self, person: Person) -> DeedSheet:
        may_not = why_not(self.me, Deed.REVIEW_GLASS)
        if not may_not and person.id == self.me.subject:
            may_not = say("Nobody reviews their own break-glass.")
        if not may_not and (self.person is None or self.person.tier < Tier.THREE):
            may_not = say("Reviewing a break-glass takes a person of tier 3.")
        asked = (
            Asked("found", say("It was"), AnswerKind.ONE, (say(JUSTIFIED), say("Not justified"))),
            _reason(),
        )
        told = say("Reviewing ends it where it is still open.")
        return DeedSheet(f"review:{person.id}", say("Review break-glass"), told, asked, Tone.STOP, may_not)

    def _end(self, person: Person, one: Delegation) -> DeedSheet:
        may_not = why_not(self.me, Deed.DELEGATE)
        if not may_not and self.me.role != Role.ADMIN and self.me.subject not in (person.id, one.giver):
            may_not = say("Only who lent it, who has it, or an administrator ends it.")
        told = say("What {giver} lent to {id} counts no more from now on.", giver=one.giver, id=person.id)
        title = say("End loan of {giver}", giver=one.giver)
        return DeedSheet(f"end:{one.id}", _words(title), _words(told), (_reason(),), Tone.CAUTION, may_not)

    def _revoke(self, device: Device) -> DeedSheet:
        may_not = why_not(self.me, Deed.DECIDE)
        if not may_not and self.me.role != Role.ADMIN and device.person != self.me.subject:
            may_not = say("Only whose device it is, or an administrator, revokes it.")
        told = say("What it signs counts no more. This cannot be undone; another device can be enrolled.")
        title = say("Revoke {id}", id=device.id[:12])
        return DeedSheet(f"revoke:{device.id}", title, told, tone=Tone.STOP, why_not=may_not)

    def _administer(self, person: Person) -> Iterator[DeedSheet]:
        may_not = why_not(self.me, Deed.ADMINISTER)
        if not may_not and person.id == self.me.subject:
            may_not = say("Nobody changes their own authority.")
        told = say("What they had lent to others ends when their own authority changes.")
        title = say("Enrol again") if person.left else say("Change")
        yield DeedSheet(f"change:{person.id}", title, told, _authority(person), why_not=may_not)
        if not person.left:
            told = say("Their tokens, devices and all that they lent count no more.")
            yield DeedSheet(f"leave:{person.id}", say("Take off"), told, (_reason(),), Tone.STOP, may_not)


def _authority(person: Person | None) -> tuple[Asked, ...]:
    """What an administrator says of a person, as it is now."""
    role, tier = (str(person.role), str(int(person.tier))) if person is not None else ("", "1")
    ceiling = person.ceiling if person is not None else ""
    currency = (person.currency if person is not None else "") or "USD"
    groups = ", ".join(person.groups) if person is not None else ""
    return (
        Asked("role", say("Role"), AnswerKind.ONE, _ROLES, role),
        Asked("tier", say("Tier"), AnswerKind.ONE, _TIERS, tier),
        Asked("ceiling", say("Largest amount that they approve; none without"), value=ceiling, may_lack=True),
        Asked("currency", say("Currency"), value=currency),
        Asked("groups", say("Groups, by commas"), value=groups, may_lack=True),
    )


def _words(text: str) -> str:
    return paintable(text).text
