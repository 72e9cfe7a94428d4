"""People, devices, tokens, delegation and break-glass over HTTP. Free of frameworks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from lineclear.application.governing.break_glass import break_glass, review_glass
from lineclear.application.governing.delegation import Loan, delegate, end_delegation
from lineclear.application.governing.people import (
    Grant,
    enrol,
    issue_for,
    revoke_device,
    revoke_for,
    take_off,
)
from lineclear.application.ports import Snapshot
from lineclear.domain.identities import Device, Person, Token
from lineclear.domain.money import Money, MoneyError, parse_money
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, once, reads, writes
from lineclear.wire.messages import Nothing
from lineclear.wire.people import (
    BreakGlass,
    Delegate,
    EndDelegation,
    EnrolPerson,
    IssuedToken,
    IssueToken,
    People,
    ReviewGlass,
    TakeOff,
    Tokens,
)


def _people(call: Call, _: Nothing) -> Answer:
    def work(snapshot: Snapshot) -> People:
        return People(snapshot.every(Person), snapshot.every(Device))

    return Answer(call.services.store.read(work))


def _enrol(call: Call, asked: EnrolPerson) -> Answer:
    grant = Grant(call.path["person"], asked.role, asked.tier, _ceiling(asked), groups=asked.groups)
    return _once(call, lambda: enrol(call.services, call.principal, grant), call.path["person"])


def _ceiling(asked: EnrolPerson) -> Money | None:
    try:
        return parse_money(asked.ceiling, asked.currency) if asked.ceiling else None
    except MoneyError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from None


def _take_off(call: Call, asked: TakeOff) -> Answer:
    name = call.path["person"]
    return _once(call, lambda: take_off(call.services, call.principal, name, asked.reason), name)


def _delegate(call: Call, asked: Delegate) -> Answer:
    loan = Loan(asked.receiver, asked.tier, asked.capabilities, timedelta(hours=asked.hours), asked.reason)
    return _once(call, lambda: delegate(call.services, call.principal, loan), asked.receiver)


def _end_delegation(call: Call, asked: EndDelegation) -> Answer:
    identifier = call.path["delegation"]

    def end() -> Person:
        return end_delegation(call.services, call.principal, identifier, asked.reason)

    return _once(call, end, call.principal.subject)


def _break_glass(call: Call, asked: BreakGlass) -> Answer:
    lasts = timedelta(minutes=asked.minutes)
    return _once(
        call,
        lambda: break_glass(call.services, call.principal, lasts, asked.reason),
        call.principal.subject,
    )


def _review_glass(call: Call, asked: ReviewGlass) -> Answer:
    name = call.path["person"]

    def review() -> Person:
        return review_glass(
            call.services, call.principal, name, justified=asked.justified, reason=asked.reason
        )

    return _once(call, review, name)


def _revoke_device(call: Call, _: Nothing) -> Answer:
    def revoke() -> Answer:
        return Answer(revoke_device(call.services, call.principal, call.path["device"]))

    return once(call, revoke, again=revoke)


def _tokens(call: Call, _: Nothing) -> Answer:
    call.principal.require(Deed.ADMINISTER)
    return Answer(Tokens(call.services.store.read(lambda snapshot: snapshot.every(Token))))


def _issue(call: Call, asked: IssueToken) -> Answer:
    lasts = timedelta(hours=asked.hours)
    grant = Grant(asked.name, asked.role, owner=asked.owner, lasts=lasts, capabilities=asked.capabilities)

    def issue() -> Answer:
        issued = issue_for(call.services, call.principal, grant)
        return Answer(IssuedToken(issued.token, issued.secret))

    def again() -> Answer:
        raise Refusal(Code.SECRET_SHOWN, name=asked.name)

    return once(call, issue, again=again)


def _revoke_token(call: Call, _: Nothing) -> Answer:
    def revoke() -> Answer:
        return Answer(revoke_for(call.services, call.principal, call.path["token"]))

    return once(call, revoke, again=revoke)


def _once(call: Call, change: Callable[[], Person], name: str) -> Answer:
    """A change of a person; a repeated request is answered with that person as they stand now."""

    def present(snapshot: Snapshot) -> Person:
        person = snapshot.load(Person, name)
        if person is None:
            raise Refusal(Code.PERSON_UNKNOWN, person=name)
        return person

    return once(
        call,
        lambda: Answer(change()),
        again=lambda: Answer(call.services.store.read(present)),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    reads("/v1/people", "List people and devices.", _people, asked=Nothing, answered=People, deed=Deed.READ),
    writes(
        "/v1/people/{person}",
        "Enrol a person, or change their role, tier or ceiling.",
        _enrol,
        asked=EnrolPerson,
        answered=Person,
        deed=Deed.ADMINISTER,
    ),
    writes(
        "/v1/people/{person}/leave",
        "Take a person off: their tokens, devices and delegations count no more.",
        _take_off,
        asked=TakeOff,
        answered=Person,
        deed=Deed.ADMINISTER,
    ),
    writes(
        "/v1/people/{person}/break-glass/review",
        "Say whether somebody's break-glass was justified; a reviewer of tier 3 other than them.",
        _review_glass,
        asked=ReviewGlass,
        answered=Person,
        deed=Deed.REVIEW_GLASS,
    ),
    writes(
        "/v1/delegations",
        "Lend part of one's own authority for a while.",
        _delegate,
        asked=Delegate,
        answered=Person,
        deed=Deed.DELEGATE,
    ),
    writes(
        "/v1/delegations/{delegation}/end",
        "End a delegation.",
        _end_delegation,
        asked=EndDelegation,
        answered=Person,
        deed=Deed.DELEGATE,
    ),
    writes(
        "/v1/break-glass",
        "Decide at tier 3 in an emergency; somebody else reviews it afterwards.",
        _break_glass,
        asked=BreakGlass,
        answered=Person,
        deed=Deed.BREAK_GLASS,
    ),
    writes(
        "/v1/devices/{device}/revoke",
        "Let a device's signatures count no more.",
        _revoke_device,
        asked=Nothing,
        answered=Device,
        deed=Deed.DECIDE,
    ),
    reads("/v1/tokens", "List tokens.", _tokens, asked=Nothing, answered=Tokens, deed=Deed.ADMINISTER),
    writes(
        "/v1/tokens",
        "Make a token for an enrolled person, or for an agent.",
        _issue,
        asked=IssueToken,
        answered=IssuedToken,
        deed=Deed.ADMINISTER,
    ),
    writes(
        "/v1/tokens/{token}/revoke",
        "Refuse a token from here on.",
        _revoke_token,
        asked=Nothing,
        answered=Token,
        deed=Deed.ADMINISTER,
    ),
)
