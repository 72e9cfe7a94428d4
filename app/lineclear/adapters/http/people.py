"""What a program asks of the backend about people, devices and tokens. Free of waiting."""

from __future__ import annotations

from urllib.parse import quote

from lineclear.adapters.http.connection import Connection
from lineclear.application.governing.delegation import Loan
from lineclear.application.governing.people import Grant, Issued
from lineclear.application.reading.connections import Connections
from lineclear.domain.identities import Device, Person, Token
from lineclear.wire.messages import Message, Nothing
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

_HOUR = 3_600


class PeopleClient:
    """Calls that take a person's token. Each raises Refusal; `key` makes a write idempotent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def everybody(self) -> People:
        return self._connection.get("/v1/people", People)

    def enrol(self, grant: Grant, *, key: str) -> Person:
        ceiling, currency = (
            (f"{grant.ceiling.amount:f}", grant.ceiling.currency) if grant.ceiling else ("", "USD")
        )
        asked = EnrolPerson(grant.role, grant.tier, ceiling, currency, grant.groups)
        return self._write(_at("people", grant.name), asked, Person, key)

    def take_off(self, name: str, reason: str, *, key: str) -> Person:
        return self._write(_at("people", name, "leave"), TakeOff(reason), Person, key)

    def delegate(self, loan: Loan, *, key: str) -> Person:
        hours = int(loan.lasts.total_seconds() // _HOUR)
        asked = Delegate(loan.receiver, loan.tier, loan.capabilities, hours, loan.reason)
        return self._write("/v1/delegations", asked, Person, key)

    def end_delegation(self, delegation: str, reason: str, *, key: str) -> Person:
        return self._write(_at("delegations", delegation, "end"), EndDelegation(reason), Person, key)

    def break_glass(self, minutes: int, reason: str, *, key: str) -> Person:
        return self._write("/v1/break-glass", BreakGlass(minutes, reason), Person, key)

    def review_glass(self, name: str, *, justified: bool, reason: str, key: str) -> Person:
        path = _at("people", name, "break-glass", "review")
        return self._write(path, ReviewGlass(justified, reason), Person, key)

    def revoke_device(self, device: str, *, key: str) -> Device:
        return self._write(_at("devices", device, "revoke"), Nothing(), Device, key)

    def connections(self) -> Connections:
        return self._connection.get("/v1/connections", Connections)

    def tokens(self) -> tuple[Token, ...]:
        return self._connection.get("/v1/tokens", Tokens).items

    def issue(self, grant: Grant, *, key: str) -> Issued:
        """A token for an enrolled person or an agent; without `lasts`, for a day."""
        hours = int(grant.lasts.total_seconds() // _HOUR) if grant.lasts else 24
        asked = IssueToken(grant.name, grant.role, grant.owner, hours, grant.capabilities)
        issued = self._write("/v1/tokens", asked, IssuedToken, key)
        return Issued(issued.secret, issued.token)

    def revoke_token(self, token: str, *, key: str) -> Token:
        return self._write(_at("tokens", token, "revoke"), Nothing(), Token, key)

    def _write[A](self, path: str, body: Message, answered: type[A], key: str) -> A:
        return self._connection.post(path, body, answered, key=key)


def _at(*parts: str) -> str:
    """An address; what a person typed stays one part of it."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)
