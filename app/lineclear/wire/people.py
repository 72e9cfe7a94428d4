"""What is said over HTTP of people, their devices and their tokens, as values. Free of I/O."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lineclear.domain.identities import Device, Person, Token
from lineclear.domain.vocabulary import Role, Tier
from lineclear.wire.messages import Message

type Name = Annotated[str, msgspec.Meta(max_length=63)]
type Reason = Annotated[str, msgspec.Meta(max_length=4_000)]
type Minutes = Annotated[int, msgspec.Meta(ge=1, le=60)]
type Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]


class People(Message, frozen=True):
    """GET /v1/people: everybody who was ever enrolled, and their devices."""

    items: tuple[Person, ...]
    devices: tuple[Device, ...]


class EnrolPerson(Message, frozen=True):
    """POST /v1/people/{person}. `ceiling` is a decimal amount in `currency`; empty is none.

    Without `groups` the person stays in those that they are in.
    """

    role: Role
    tier: Tier
    ceiling: str = ""
    currency: str = "USD"
    groups: tuple[str, ...] | None = None


class TakeOff(Message, frozen=True):
    """POST /v1/people/{person}/leave."""

    reason: Reason


class Delegate(Message, frozen=True):
    """POST /v1/delegations: lend a tier of one's own, for named capabilities and so many hours."""

    receiver: Name
    tier: Tier
    capabilities: tuple[str, ...]
    hours: Hours
    reason: Reason


class EndDelegation(Message, frozen=True):
    """POST /v1/delegations/{delegation}/end."""

    reason: Reason = ""


class BreakGlass(Message, frozen=True):
    """POST /v1/break-glass: decide at tier 3 for so many minutes."""

    minutes: Minutes
    reason: Reason


class ReviewGlass(Message, frozen=True):
    """POST /v1/people/{person}/break-glass/review."""

    justified: bool
    reason: Reason


class IssueToken(Message, frozen=True):
    """POST /v1/tokens: a token for somebody enrolled, or for an agent of `owner`, for so many hours.

    An agent's reaches `capabilities` and nothing beyond them; without any, all that policy lets it.
    """

    name: Name
    role: Role
    owner: Name = ""
    hours: Hours = 24
    capabilities: Annotated[tuple[Name, ...], msgspec.Meta(max_length=100)] = ()


class IssuedToken(Message, frozen=True):
    """A new token. `secret` is answered once, and kept nowhere."""

    token: Token
    secret: str


class Tokens(Message, frozen=True):
    """GET /v1/tokens: every token that was given, without their secrets."""

    items: tuple[Token, ...]
