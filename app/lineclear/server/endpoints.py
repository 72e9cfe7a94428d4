"""What an address of the API is, as a value; routing, documentation and tests read it. Free of frameworks.

A handler runs in a thread: it may block on the store and on connectors, and raises Refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from lineclear.application.idempotency import Request, replayed
from lineclear.application.ports import Transaction
from lineclear.application.services import Services
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.bodies import read_message
from lineclear.wire.codecs import JSON
from lineclear.wire.messages import Message, Nothing

_MOST_QUERY_MEMBERS = 20
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request. `path` holds the ids in its address."""

    services: Services
    principal: Principal
    path: Mapping[str, str] = field(default_factory=dict)
    key: Request | None = None

    @property
    def request(self) -> Request:
        """The idempotent write that this is; every POST has one."""
        if self.key is None:
            raise Refusal(Code.KEY_MISSING)
        return self.key


@dataclass(frozen=True, slots=True)
class Again:
    """Not settled yet: worth asking anew once the ledger is longer than `size`, for so many seconds."""

    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send. `body` is a message, or the bytes themselves where `media_type` is not JSON.

    `version` names this state of what was read; without it, the digest of the bytes does.
    """

    body: object
    status: HTTPStatus = HTTPStatus.OK
    replayed: bool = False
    version: str = ""
    media_type: str = JSON
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with an address: the raw query of a GET, the raw body of a POST."""

    query: bytes = b""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address. `deed` is what every caller's role must allow; absent where any token may ask."""

    method: Literal["GET", "POST"]
    path: str
    says: str
    asked: type[Message]
    answered: type
    deed: Deed | None
    run: Callable[[Call, Asked], Answer]
    media_type: str = JSON


def reads[M: Message](
    path: str,
    says: str,
    handle: Callable[[Call, M], Answer],
    *,
    asked: type[M],
    answered: type,
    deed: Deed | None = None,
    media_type: str = JSON,
) -> Endpoint:
    """A GET, whose query is read as a message."""

    def run(call: Call, given: Asked) -> Answer:
        return handle(call, read_query(given.query, asked))

    return Endpoint("GET", path, says, asked, answered, deed, run, media_type)


def writes[M: Message](
    path: str,
    says: str,
    handle: Callable[[Call, M], Answer],
    *,
    asked: type[M],
    answered: type,
    deed: Deed | None = None,
) -> Endpoint:
    """A POST, whose body is read as a message; an empty body will do where nothing is asked."""

    def run(call: Call, given: Asked) -> Answer:
        read_query(given.query, Nothing)
        body = b"{}" if asked is Nothing and not given.body else given.body
        return handle(call, read_message(body, asked))

    return Endpoint("POST", path, says, asked, answered, deed, run)


def written(body: object, *, replayed: bool) -> Answer:
    """The answer to a write that made something: 201, or 200 where it had been made before."""
    return Answer(body, HTTPStatus.OK if replayed else HTTPStatus.CREATED, replayed)


def once(call: Call, run: Callable[[], Answer], *, again: Callable[[], Answer]) -> Answer:
    """A write whose use case keeps no key: run, or where its key is known, say how things stand now.

    The key is kept after the write: between the two a crash lets the same request run again, which
    these use cases bear. What must not happen is that a late repetition undoes what came after it.
    """
    store, request = call.services.store, call.request
    if store.read(lambda snapshot: replayed(snapshot, call.principal, request)) is not None:
        return replace(again(), replayed=True)
    answer = run()
    store.transact(lambda tx: _remember(tx, call.principal, request))
    return answer


def _remember(tx: Transaction, principal: Principal, request: Request) -> None:
    if replayed(tx, principal, request) is None:
        tx.remember(request.answered(principal, _DONE))


def read_query[M: Message](query: bytes, kind: type[M]) -> M:
    """A query string as a message; Refusal(QUERY_INVALID) that says which member is wrong."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(query),
            errors="strict",
            max_num_fields=_MOST_QUERY_MEMBERS,
        )
        return msgspec.convert(_once(pairs), kind, strict=False)
    except (ValueError, msgspec.ValidationError) as error:
        raise Refusal(Code.QUERY_INVALID, problem=error) from None


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members
